"""`python -m benchmarks N`: measures on N articles, and prints a table and a verdict."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.environment import prepare, stage
from benchmarks.generate import write_tree
from benchmarks.measure import Measurement
from benchmarks.report import TWICE, print_report

FEWEST = 200
"""With fewer, there are not enough undecided and live articles to measure."""
MOST_FILES = 10_000
"""Default maximum of `--files`; a hundred thousand take long."""
FILES_COPIED = 1_000
"""Imported for the page benchmarks; their rows are then copied as often as needed."""
FILES_SAVED = 2_000
"""Sample for per-file saves and for reading only; their time per file is constant."""


def main() -> None:
    options = _options()
    files = options.files or min(options.articles, MOST_FILES)
    with tempfile.TemporaryDirectory(prefix="newsdesk-benchmark-") as name:
        folder = Path(name)
        tables = folder / "tables.sqlite3"
        prepare(tables)
        stage("benchmarks.environment.make_tables")
        measurements = _imports(folder, files)
        measurements += [replace(measured, name=measured.name + TWICE) for measured in _imports(folder, 2 * files)]
        _say("saving file by file, and only reading")
        _use_new_database(folder)
        measurements += stage("benchmarks.imports.comparisons", folder / str(files), min(files, FILES_SAVED))
        measurements += _pages(folder, options.articles)
    title = f"{files:,} files imported, then {2 * files:,}; pages on {options.articles:,} articles"
    print_report(measurements, title=title)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("articles", type=_count, nargs="?", default=10_000, metavar="N", help="rows beneath the pages")
    parser.add_argument("--files", type=_count, metavar="N", help=f"files to import; without it at most {MOST_FILES:,}")
    return parser.parse_args()


def _count(text: str) -> int:
    if int(text) < FEWEST:
        raise argparse.ArgumentTypeError(f"must be {FEWEST} or more")
    return int(text)


def _imports(folder: Path, files: int) -> list[Measurement]:
    """Each in its own process, so that peaks of memory are separate."""
    seeds = folder / str(files)
    _say(f"writing {files:,} seed files, importing them, and again")
    write_tree(seeds, files)
    _use_new_database(folder)
    return [stage(f"benchmarks.imports.{name}", seeds, files) for name in ("first_import", "unchanged_files")]


def _pages(folder: Path, articles: int) -> list[Measurement]:
    _say(f"filling the tables with {articles:,} articles, publishing some, and asking for pages")
    copied = min(articles, FILES_COPIED)
    write_tree(folder / "copied", copied)
    _use_new_database(folder)
    stage("benchmarks.rows.load", folder / "copied", copied, articles)
    published: list[Measurement] = stage("benchmarks.publishing.publish")
    return published + stage("benchmarks.pages.measure")


def _use_new_database(folder: Path) -> None:
    """A migrated database to copy: migrating each time would take longer than a small benchmark."""
    database = folder / "newsdesk.sqlite3"
    for left in folder.glob("newsdesk.sqlite3*"):
        left.unlink()
    shutil.copyfile(folder / "tables.sqlite3", database)
    prepare(database)


def _say(step: str) -> None:
    print(f"... {step}", flush=True)


if __name__ == "__main__":
    main()
