"""The receipt of a run: the outcome of each file, and counts; as printed and as stored."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from articles.models import Article, ImportOutcome, ImportRun
from articles.models.importing import Outcome
from articles.querysets import ArticleQuerySet
from articles.seedfile.problems import Problem
from articles.sql.many_rows import in_key_order

ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file of a receipt. `article` is a primary key; `changes` names fields by the seed's keys."""

    path: str
    outcome: Outcome
    article: int | None = None
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of_row(cls, row: ImportOutcome) -> FileReport:
        problems = tuple(Problem(**problem) for problem in row.problem_list)
        return cls(row.path, Outcome(row.outcome), row.article_id, tuple(row.changes.split()), problems)

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "outcome": str(self.outcome),
            "article": self.article,
            "changes": list(self.changes),
            "problems": [problem.as_json() for problem in self.problems],
        }


def with_rejection(articles: ArticleQuerySet[Article]) -> ArticleQuerySet[Article]:
    """Annotates `rejection`: the key of the line with which the latest finished run of the root rejected the file."""
    finished = ImportRun.objects.filter(root=OuterRef(OuterRef("source__root")), finished_at__isnull=False)
    latest = Subquery(finished.order_by("-pk").values("pk")[:1])
    lines = ImportOutcome.objects.filter(run=latest, outcome=Outcome.REJECTED, path=OuterRef("source__path"))
    return articles.annotate(rejection=Subquery(lines.order_by("-pk").values("pk")[:1]))


def rejection_of(article: Article) -> ImportOutcome | None:
    """Of an article loaded `with_rejection`; without one, no query."""
    line = getattr(article, "rejection", None)
    return ImportOutcome.objects.filter(pk=line).first() if line else None


class Receipt:
    """Bounded memory: files that are not unchanged are kept in a temporary file."""

    def __init__(self, *, root: str, is_dry_run: bool) -> None:
        self.root = root
        self.is_dry_run = is_dry_run
        self.run: int | None = None
        self.counts: Counter[Outcome] = Counter()
        self.missing_count = 0
        self.undone_count = 0
        self._spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - `close` closes it

    def add(self, report: FileReport) -> None:
        self.counts[report.outcome] += 1
        if report.outcome is not Outcome.UNCHANGED:
            self._spool.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")

    def files(self) -> Iterator[dict[str, Any]]:
        """Every file except unchanged ones, in the order of the run, in the format of the JSON receipt."""
        self._spool.seek(0)
        for line in self._spool:
            yield json.loads(line)

    def head(self) -> dict[str, Any]:
        """The JSON receipt without its files."""
        return _head(self.run, self.root, self.counts, is_dry_run=self.is_dry_run)

    def as_json(self) -> Iterator[str]:
        """The JSON receipt, a file at a time."""
        return _joined(self.head(), self.files())

    @property
    def has_rejected(self) -> bool:
        return self.counts[Outcome.REJECTED] > 0

    def close(self) -> None:
        self._spool.close()


def kept_receipt(run: ImportRun) -> Iterator[str]:
    """The JSON receipt of a stored run, a file at a time, as the command printed it, except that an article deleted
    since is null. No query stays open while rows are sent."""
    counts = {outcome: run.count_of(outcome) for outcome in Outcome}
    return _joined(
        _head(run.pk, run.root, counts, is_dry_run=False),
        (FileReport.of_row(row).as_json() for page in in_key_order(run.outcomes.all(), ROWS_AT_ONCE) for row in page),
    )


def _head(run: int | None, root: str, counts: Mapping[Outcome, int], *, is_dry_run: bool) -> dict[str, Any]:
    shown = {str(outcome): counts[outcome] for outcome in Outcome}
    return {"run": run, "root": root, "dry_run": is_dry_run, "counts": shown}


def _joined(head: dict[str, Any], files: Iterable[dict[str, Any]]) -> Iterator[str]:
    """In pieces, so that a receipt of any length fits into memory; in ASCII, for any terminal."""
    yield json.dumps(head).removesuffix("}") + ', "files": ['
    for number, file in enumerate(files):
        yield f"{',' if number else ''}\n{json.dumps(file)}"
    yield "]}\n"
