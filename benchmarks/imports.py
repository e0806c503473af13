"""Import benchmarks: new files, unchanged files, and their yardsticks."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from articles.changes.actors import OPERATOR
from articles.importing.runner import Import
from articles.importing.walk import Found, read_file, walk
from articles.models.importing import Outcome
from articles.seedfile import reader
from benchmarks.measure import Measurement, measured
from benchmarks.saves import save_all


class Unexpected(Exception):
    """An import did not do what was to be measured."""


def first_import(folder: Path, count: int) -> Measurement:
    """A stage: imports the tree into an empty database. CPU is the writing process's only; others read for it."""
    return measured("first import", lambda: _import(folder, Outcome.CREATED, count), count=count)


def unchanged_files(folder: Path, count: int) -> Measurement:
    """A stage: imports the same files again."""
    return measured("unchanged files", lambda: _import(folder, Outcome.UNCHANGED, count), count=count, times=3)


def comparisons(folder: Path, sample: int) -> list[Measurement]:
    """A stage, in an empty database: reads the first `sample` files, and saves them object by object."""
    files = list(islice((entry for entry in walk(folder) if isinstance(entry, Found)), sample))
    raws = [read_file(entry) for entry in files]
    paths = [entry.path for entry in files]
    return [
        measured("reader.read alone", lambda: [reader.read(raw) for raw in raws], times=3, count=len(files)),
        measured("per-file ORM saves", lambda: save_all(folder, paths), count=len(files)),
    ]


def _import(folder: Path, outcome: Outcome, count: int) -> None:
    receipt = Import([folder], root="seeds", actor=OPERATOR).execute()
    receipt.close()
    if receipt.counts[outcome] != count:
        raise Unexpected(f"{count} files were to be {outcome}, and {dict(receipt.counts)} were")
