"""`python -m benchmarks --articles N`: measures, and prints one table and a verdict."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.environment import prepare, sqlite_url, stage
from benchmarks.generate import rewrite_tree, write_tree
from benchmarks.measure import Measurement
from benchmarks.report import MANY, print_report

MOST_FILES = 10_000
"""Unless `--files` says otherwise; a hundred thousand take their time."""
TIMES_AS_MANY = 10
"""So many times the files are imported as well, unless `--many` says otherwise: memory has to stay what it was."""
FILES_SAVED = 2_000
"""Per-file saves are measured on so many, and so is reading alone; both take the same time for every file."""
_TABLES = "tables.sqlite3"


def main() -> None:
    options = _options()
    files = options.files or min(options.articles, MOST_FILES)
    many = files * TIMES_AS_MANY if options.many is None else options.many
    with tempfile.TemporaryDirectory(prefix="newsdesk-benchmark-") as name:
        folder = Path(name)
        _say(f"writing {files:,} seed files")
        write_tree(folder / "seeds", files)
        if not options.database:
            _make_tables(folder / _TABLES)
        prepare(options.database or _with_tables(folder, "imports.sqlite3"))
        measured = _imports(folder, files)
        prepare(options.database or _with_tables(folder, "merge.sqlite3"))
        measured.append(_merged(folder / "seeds", files))
        prepare(options.database or _with_tables(folder, "many.sqlite3"))
        measured += _many(folder / "many", many)
        prepare(options.database or _with_tables(folder, "pages.sqlite3"))
        measured += _pages(options.articles)
    title = f"{files:,} files imported, then {many:,}; pages on {options.articles:,} articles"
    print_report(measured, title=title)


def _make_tables(file: Path) -> None:
    prepare(sqlite_url(file))
    stage("benchmarks.database.make_tables")


def _with_tables(folder: Path, name: str) -> str:
    """The address of a new database with every table; migrating each would take longer than a small benchmark."""
    shutil.copyfile(folder / _TABLES, folder / name)
    return sqlite_url(folder / name)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--articles", type=_count, default=10_000, metavar="N", help="rows beneath the pages")
    parser.add_argument("--files", type=_count, metavar="N", help=f"files to import; without it at most {MOST_FILES:,}")
    parser.add_argument(
        "--many",
        type=int,
        metavar="N",
        help=f"files to import for the memory; else {TIMES_AS_MANY} times as many",
    )
    parser.add_argument("--database", metavar="URL", help="an empty one, emptied afterwards; a new SQLite file")
    return parser.parse_args()


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _imports(folder: Path, files: int) -> list[Measurement]:
    seeds = folder / "seeds"
    _say("importing them, and again")
    first, again = stage("benchmarks.imports.imports", seeds, files)
    _say("checking that they come out as they came in, and writing them")
    exported = stage("benchmarks.exports.exports", folder / "exported", files)
    _say("writing the same rows by hand, then file by file")
    sql_ms, (saves, reading) = stage("benchmarks.imports.comparisons", seeds, files, min(files, FILES_SAVED))
    return [replace(first, sql_ms=sql_ms), again, *exported, replace(saves, sql_ms=sql_ms), reading]


def _merged(seeds: Path, files: int) -> Measurement:
    _say("editing every article and changing every file")
    stage("benchmarks.merging.edit_all", seeds, files)
    rewrite_tree(seeds, files)
    _say("merging them")
    merged: Measurement = stage("benchmarks.merging.merge", seeds, files)
    return merged


def _many(folder: Path, files: int) -> list[Measurement]:
    if files < 1:
        return [Measurement(name, left_out="--many 0") for name in MANY]
    _say(f"writing {files:,} seed files, importing them, and again")
    write_tree(folder, files)
    measured: list[Measurement] = stage("benchmarks.imports.many", folder, files)
    shutil.rmtree(folder)
    return [replace(measurement, name=name) for measurement, name in zip(measured, MANY, strict=True)]


def _pages(articles: int) -> list[Measurement]:
    _say(f"filling the tables with {articles:,} articles")
    stage("benchmarks.pages.load", articles)
    _say("publishing some of them")
    published: list[Measurement] = stage("benchmarks.publishing.publish")
    _say("asking for pages")
    measured: list[Measurement] = stage("benchmarks.pages.measure")
    return published + measured


def _say(step: str) -> None:
    print(f"... {step}", flush=True)


if __name__ == "__main__":
    main()
