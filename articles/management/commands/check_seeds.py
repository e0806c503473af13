"""`manage.py check_seeds`: reads seeds and reports, without a database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from articles.importing.receipt import FileReport
from articles.importing.walk import Found, PassedOver, Unreadable, read_file, walk
from articles.management.terminal import existing_path, one_sentence, problem_lines, writable
from articles.models.importing import Outcome
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import Problem, SeedError, error, warning

_VERDICTS = {Outcome.UNCHANGED: "accepted", Outcome.REJECTED: "rejected", Outcome.SKIPPED: "skipped"}


class Command(BaseCommand):
    help = (
        "Checks the seeds under PATH, or a single file, and reports every problem. Needs no database. "
        "Exits 0 if every file would be accepted, 1 if one would be rejected, 2 if PATH cannot be used, "
        "130 after Ctrl-C."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="a folder or a file")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="format of the report")

    def handle(self, *args: Any, **options: Any) -> None:
        path = existing_path(options["path"])
        with one_sentence(afterwards="nothing was written"):
            counts = self._check(path, is_json=options["format"] == "json")
        if counts["rejected"]:
            sys.exit(1)

    def _check(self, path: Path, *, is_json: bool) -> Counter[str]:
        counts = Counter[str]()
        files = []
        for report in check(path):
            verdict = _VERDICTS[report.outcome]
            counts[verdict] += 1
            if not report.problems:
                continue
            shown = {**report.as_json(), "outcome": verdict}
            if is_json:
                files.append({"path": shown["path"], "outcome": verdict, "problems": shown["problems"]})
            else:
                self.stdout.write("\n".join(writable(self.stdout, line) for line in problem_lines(shown)))
        totals = {verdict: counts[verdict] for verdict in _VERDICTS.values()}
        if is_json:
            self.stdout.write(json.dumps({"counts": totals, "files": files}))
        else:
            self.stdout.write(", ".join(f"{count} {verdict}" for verdict, count in totals.items()) + ".")
        return counts


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
