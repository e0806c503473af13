"""A command's work on many articles: in chunks, each all or nothing, all in one change set."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TextIO

from django.db import connection
from django.utils import timezone

from articles.bulk_actions.engine import CHUNK, do_some
from articles.changes.refusals import Refused
from articles.importing.write_pacing import Turns
from articles.management.selection import Chosen
from articles.models import Article, ChangeSet, Tombstone
from articles.workflow.deciding import Decision, foresee, propose, warnings_of

Answer = Any
"""The result for one article: Refused, something falsy if nothing changed, or what was made."""
Warned = dict[str, str]
"""A readiness warning: name, message, remedy and address."""
_WARNED = ("name", "message", "remedy", "address")


class Outcome(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ArticleReport:
    """The result for one article, or for a name without an article."""

    outcome: Outcome
    article: int | None = None
    title: str = ""
    name: str = ""
    why: str = ""
    warnings: Sequence[Warned] = ()


class Deed(Protocol):
    """Work on articles, given as versions by key; `of_purged` is the outcome for a purged one."""

    @property
    def of_purged(self) -> Outcome: ...

    def warnings(self, versions: Mapping[int, int]) -> dict[int, list[Warned]]:
        """By key, as of now."""

    def carry_out(
        self, versions: Mapping[int, int], change_set: ChangeSet | None
    ) -> tuple[dict[int, Answer], ChangeSet | None]:
        """In one transaction. Returns the results by key, and the change set, None while nothing changed."""

    def foresee(self, versions: Mapping[int, int]) -> dict[int, Answer]:
        """As `carry_out`, without writing."""


@dataclass(frozen=True)
class VerbDeed:
    """Applies a verb's decision to each."""

    decision: Decision
    of_purged: Outcome = Outcome.UNKNOWN

    def warnings(self, versions: Mapping[int, int]) -> dict[int, list[Warned]]:
        if not self.decision.verb.publishes:
            return {}
        findings = warnings_of(propose(self.decision, versions), at=timezone.now())
        return {pk: [{key: getattr(one, key) for key in _WARNED} for one in warned] for pk, warned in findings.items()}

    def carry_out(
        self, versions: Mapping[int, int], change_set: ChangeSet | None
    ) -> tuple[dict[int, Answer], ChangeSet | None]:
        done = do_some(self.decision, versions, change_set)
        return done.by_key, done.change_set

    def foresee(self, versions: Mapping[int, int]) -> dict[int, Answer]:
        proposals = propose(self.decision, versions)
        return {one.pk: answer for one, answer in zip(proposals, foresee(self.decision, proposals), strict=True)}


@dataclass
class ChunkedWork:
    """Work in progress. `change_set` is None while nothing changed, and in a dry run."""

    deed: Deed
    chosen: Chosen
    is_dry_run: bool = False
    change_set: ChangeSet | None = None
    counts: Counter[Outcome] = field(default_factory=Counter)

    def reports(self) -> Iterator[ArticleReport]:
        """Does the work and yields reports. If it is killed, whole chunks remain; running it again does the rest."""
        for name, stone in self.chosen.unknown:
            yield self._count(self._unknown(name, stone))
        turns = Turns(is_needed=connection.vendor == "sqlite" and not self.is_dry_run)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            self._look_ahead(spool)
            for versions, line in zip(self.chosen.chunks(CHUNK), spool, strict=True):
                turns.begin()
                started = time.perf_counter()
                reports = list(self._chunk(versions, json.loads(line)))
                turns.end(time.perf_counter() - started)
                yield from map(self._count, reports)

    def _look_ahead(self, spool: TextIO) -> None:
        """Collects the warnings of each chunk before any work: changes to one chunk must not affect the warnings of the
        next, or a dry run would report something else."""
        for versions in self.chosen.chunks(CHUNK):
            spool.write(json.dumps(self.deed.warnings(versions)) + "\n")
        spool.seek(0)

    def _chunk(self, versions: Mapping[int, int], warnings: Mapping[str, Sequence[Warned]]) -> Iterator[ArticleReport]:
        titles = dict(Article.objects.filter(pk__in=versions).values_list("pk", "title"))
        if self.is_dry_run:
            answers = self.deed.foresee(versions)
        else:
            answers, self.change_set = self.deed.carry_out(versions, self.change_set)
        for pk in versions:
            yield _report(pk, titles.get(pk, ""), answers[pk], warnings.get(str(pk), ()))

    def _unknown(self, name: str, stone: Tombstone | None) -> ArticleReport:
        if stone is None:
            return ArticleReport(Outcome.UNKNOWN, name=name, why="there is no such article")
        return ArticleReport(self.deed.of_purged, stone.article_id, stone.title, name, f"it was {stone.sentence}")

    def _count(self, report: ArticleReport) -> ArticleReport:
        self.counts[report.outcome] += 1
        return report


def _report(pk: int, title: str, answer: Answer, warnings: Sequence[Warned]) -> ArticleReport:
    if isinstance(answer, Refused):
        return ArticleReport(Outcome.REFUSED, pk, title, why=str(answer))
    if not answer:
        return ArticleReport(Outcome.UNCHANGED, pk, title)
    return ArticleReport(Outcome.CHANGED, pk, title, warnings=warnings)
