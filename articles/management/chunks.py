"""One thing done to many articles: chunk by chunk, each whole or not at all, all in one change set."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, TextIO

from django.db import connection, transaction

from articles.changes import door
from articles.changes.actors import Actor
from articles.changes.door import Change
from articles.changes.refusals import Refused, Stale
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import change_sets
from articles.importing.write_pacing import Turns
from articles.management.selection import Chosen
from articles.models import Article, ChangeSet, Tombstone
from articles.models.history import Origin

CHUNK = 200
"""Articles in one transaction, which on SQLite an editor's save may have to wait for."""

Answers = Sequence[Any]
"""One an article: Refused, something that is false where nothing was to do, or what was made."""
Warned = dict[str, str]
"""A warning of readiness: name, message, remedy and address."""
Look = Callable[[Sequence[Article]], Mapping[int, Sequence[Warned]]]
"""The warnings about articles, by key."""


class Outcome(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ArticleReport:
    """What became of one article, or of a name that none has."""

    outcome: Outcome
    article: int | None = None
    title: str = ""
    name: str = ""
    why: str = ""
    warnings: Sequence[Warned] = ()


@dataclass(frozen=True)
class Deed:
    """What is done: to some articles, within a change set; and what that would come to, with nothing written."""

    kind: ChangeSet.Kind
    carry_out: Callable[[Sequence[Article], ChangeSet], Answers]
    foresee: Callable[[Sequence[Article]], Answers]
    warnings: Look | None = None
    of_purged: Outcome = Outcome.UNKNOWN
    """What a name comes to that was a purged article's."""


def through_the_door(
    kind: ChangeSet.Kind,
    wanted: Callable[[ArticleState], ArticleState],
    *,
    actor: Actor,
    reason: str,
    warnings: Look | None = None,
) -> Deed:
    """A deed that brings each article to the state that `wanted` makes of its own, or raises Refused about."""

    def carry_out(articles: Sequence[Article], change_set: ChangeSet) -> Answers:
        change_many = partial(door.change_many, origin=Origin.COMMAND, change_set=change_set)
        return _answered(articles, wanted, partial(change_many, actor=actor, reason=reason))

    def foresee(articles: Sequence[Article]) -> Answers:
        return _answered(articles, wanted, partial(door.foresee_many, actor=actor, origin=Origin.COMMAND))

    return Deed(kind, carry_out, foresee, warnings)


@dataclass
class ChunkedWork:
    """A deed on its way. `change_set` is None while nothing changed, and in a dry run."""

    deed: Deed
    chosen: Chosen
    actor: Actor
    reason: str
    is_dry_run: bool = False
    change_set: ChangeSet | None = None
    counts: Counter[Outcome] = field(default_factory=Counter)

    def reports(self) -> Iterator[ArticleReport]:
        """Does it while it tells. Killed at any moment, it leaves whole chunks; running again does the rest."""
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
        """Writes down the warnings about each chunk, as they stand before anything is done: what is done to one chunk
        must not change what is said of the next, or a dry run would say something else."""
        look = self.deed.warnings
        for versions in self.chosen.chunks(CHUNK):
            spool.write(json.dumps(look(list(_articles_at(versions).values())) if look else {}) + "\n")
        spool.seek(0)

    def _chunk(self, versions: Mapping[int, int], warnings: Mapping[str, Sequence[Warned]]) -> Iterator[ArticleReport]:
        """Those that somebody changed or took away since they were chosen are refused."""
        rows = _articles_at(versions)
        fresh = [article for pk, article in rows.items() if article.version == versions[pk]]
        answers = dict(zip([article.pk for article in fresh], self._answers(fresh), strict=True))
        for pk, version in versions.items():
            article = rows.get(pk)
            answer = answers.get(pk) if pk in answers else Stale(version, article.version if article else None)
            yield _outcome_of(pk, article.title if article else "", answer, warnings.get(str(pk), ()))

    def _answers(self, articles: Sequence[Article]) -> Answers:
        if not articles:
            return ()
        return self.deed.foresee(articles) if self.is_dry_run else self._carried_out(articles)

    @transaction.atomic
    def _carried_out(self, articles: Sequence[Article]) -> Answers:
        """The first chunk that changes something opens the change set."""
        opened = self.change_set or change_sets.open_change_set(self.deed.kind, actor=self.actor, reason=self.reason)
        answers = self.deed.carry_out(articles, opened)
        if any(answer and not isinstance(answer, Refused) for answer in answers):
            self.change_set = opened
        elif self.change_set is None:
            opened.delete()
        return answers

    def _unknown(self, name: str, stone: Tombstone | None) -> ArticleReport:
        if stone is None:
            return ArticleReport(Outcome.UNKNOWN, name=name, why="there is no such article")
        return ArticleReport(self.deed.of_purged, stone.article_id, stone.title, name, f"it was {stone.sentence}")

    def _count(self, report: ArticleReport) -> ArticleReport:
        self.counts[report.outcome] += 1
        return report


def _answered(
    articles: Sequence[Article],
    wanted: Callable[[ArticleState], ArticleState],
    door: Callable[[list[Change]], Sequence[Any]],
) -> Answers:
    states = article_state.read_states(articles)
    refusals: dict[int, Refused] = {}
    changes: list[Change] = []
    for article in articles:
        try:
            changes.append(Change(wanted(states[article.pk]), article, article.version))
        except Refused as refusal:
            refusals[article.pk] = refusal
    results = iter(door(changes))
    return [refusals[article.pk] if article.pk in refusals else next(results) for article in articles]


def _articles_at(versions: Mapping[int, int]) -> dict[int, Article]:
    rows = Article.objects.filter(pk__in=versions).select_related("category", "provider").order_by("pk")
    return {article.pk: article for article in rows}


def _outcome_of(pk: int, title: str, answer: Any, warnings: Sequence[Warned]) -> ArticleReport:
    if isinstance(answer, Refused):
        return ArticleReport(Outcome.REFUSED, pk, title, why=str(answer))
    return (
        ArticleReport(Outcome.CHANGED, pk, title, warnings=warnings)
        if answer
        else ArticleReport(Outcome.UNCHANGED, pk, title)
    )
