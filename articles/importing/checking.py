"""Checks seeds without a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from articles.importing.receipt import FileReport
from articles.importing.walk import Found, PassedOver, Unreadable, read_file, walk
from articles.models.importing import Outcome
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import Problem, SeedError, error, warning


def check(path: Path) -> Iterator[FileReport]:
    """Checks the seeds below a folder, or one file whatever its name; `unchanged` means accepted. Two files with the
    same address are found within the folder."""
    first_paths: dict[str, str] = {}
    entries: Iterable[Found | PassedOver] = walk(path) if path.is_dir() else [Found(path.name, path.parent)]
    for entry in entries:
        if isinstance(entry, PassedOver):
            outcome = Outcome.REJECTED if entry.is_error else Outcome.SKIPPED
            yield FileReport(entry.path, outcome, problems=(warning(entry.reason),))
            continue
        try:
            document = reader.read(read_file(entry))
        except Unreadable as problem:
            yield _rejected(entry.path, error(str(problem)))
        except SeedError as failure:
            yield _rejected(entry.path, *failure.problems)
        else:
            yield _judged(entry.path, document, first_paths)


def _judged(path: str, document: reader.SeedDocument, first_paths: dict[str, str]) -> FileReport:
    first = first_paths.setdefault(url_key(document.content.web_url), path)
    if first != path:
        return _rejected(path, error(f"duplicate of {first}: it has the same webUrl", key="webUrl"))
    return FileReport(path, Outcome.UNCHANGED, problems=document.problems)


def _rejected(path: str, *problems: Problem) -> FileReport:
    return FileReport(path, Outcome.REJECTED, problems=problems)
