"""`manage.py check_seeds`: reads seeds and reports, without a database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from articles.importing.checking import check
from articles.management.terminal import existing_path, one_sentence, problem_lines, writable
from articles.models.importing import Outcome

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
