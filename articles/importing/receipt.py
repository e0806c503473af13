"""The record of a run: what became of each file, and how many of each kind."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from articles.models.importing import Outcome
from articles.seedfile.problems import Problem


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file of a receipt. `article` is a primary key; `changes` names fields by the seed's keys."""

    path: str
    outcome: Outcome
    article: int | None = None
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "outcome": str(self.outcome),
            "article": self.article,
            "changes": list(self.changes),
            "problems": [problem.as_json() for problem in self.problems],
        }


class Receipt:
    """Grows with the run without growing in memory: what is not unchanged is kept in a temporary file."""

    def __init__(self, *, is_dry_run: bool) -> None:
        self.is_dry_run = is_dry_run
        self.run: int | None = None
        self.counts: Counter[Outcome] = Counter()
        self.missing_count = 0
        self._spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - `close` closes it

    def add(self, report: FileReport) -> None:
        self.counts[report.outcome] += 1
        if report.outcome is not Outcome.UNCHANGED:
            self._spool.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")

    def files(self) -> Iterator[dict[str, Any]]:
        """Every file that was not unchanged, in the order of the run, as the JSON receipt shows it."""
        self._spool.seek(0)
        for line in self._spool:
            yield json.loads(line)

    def head(self) -> dict[str, Any]:
        """The JSON receipt but for its files."""
        counts = {str(outcome): self.counts[outcome] for outcome in Outcome}
        return {"run": self.run, "dry_run": self.is_dry_run, "counts": counts}

    @property
    def has_rejected(self) -> bool:
        return self.counts[Outcome.REJECTED] > 0

    def close(self) -> None:
        self._spool.close()
