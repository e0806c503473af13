"""Decides conflicts: keep ours or use the source, through the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from pydantic import ValidationError

from articles.changes import door, refusals
from articles.changes.actors import Actor
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState
from articles.history import change_sets
from articles.models import Article, ChangeSet, Conflict
from articles.models.history import Origin
from articles.seedfile import reader
from articles.workflow import publishing

LOOK_AGAIN = "it has changed since you loaded the page; reload"


@dataclass
class DecisionReport:
    """What one decision closed, and what it refused, with reasons. The change set is deleted if nothing was closed."""

    change_set: ChangeSet
    decided: list[Conflict] = field(default_factory=list)
    refused: list[tuple[Conflict, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Decision:
    """`values` are the new JSON values by the conflict's key; no entry keeps the current value."""

    outcome: Conflict.Outcome
    values: dict[int, Any]
    versions: Mapping[int, int]
    actor: Actor
    reason: str


def open_conflicts() -> QuerySet[Conflict]:
    """Newest first, each with its article."""
    rows = Conflict.objects.filter(closed_at=None).select_related("article__category", "article__provider")
    return rows.order_by("-pk")


def keep(
    conflicts: Iterable[Conflict], *, actor: Actor, versions: Mapping[int, int] | None = None, reason: str = ""
) -> DecisionReport:
    """Keeps the articles' values. Needs the same permissions as changing them.

    `versions`, by article, are those that the actor saw (default: of the given instances); an article at another
    version is refused."""
    return _decide(list(conflicts), Conflict.Outcome.KEPT, {}, versions, actor, reason)


def take(
    conflicts: Iterable[Conflict], *, actor: Actor, versions: Mapping[int, int] | None = None, reason: str = ""
) -> DecisionReport:
    """Sets each field to the source's value; those of one article in one change."""
    shown = list(conflicts)
    theirs = {conflict.pk: conflict.values[1] for conflict in shown}
    return _decide(shown, Conflict.Outcome.TAKEN, theirs, versions, actor, reason)


@transaction.atomic
def _decide(
    conflicts: Sequence[Conflict],
    outcome: Conflict.Outcome,
    values: dict[int, Any],
    versions: Mapping[int, int] | None,
    actor: Actor,
    reason: str,
) -> DecisionReport:
    seen = versions or {conflict.article_id: conflict.article.version for conflict in conflicts}
    decision = _Decision(outcome, values, seen, actor, reason)
    opened = change_sets.open_change_set(ChangeSet.Kind.CONFLICT, actor=decision.actor, reason=decision.reason)
    report = DecisionReport(opened)
    articles = _locked(conflicts)
    standing = _still_standing(conflicts, articles, decision, report)
    if decision.values:
        standing = _changed(standing, articles, decision, report)
    _close(standing, decision.outcome, opened, timezone.now())
    report.decided = standing
    if not standing:
        opened.delete()
    return report


def _locked(conflicts: Sequence[Conflict]) -> dict[int, Article]:
    rows = Article.objects.for_change({conflict.article_id for conflict in conflicts})
    return {article.pk: article for article in rows.select_for_update(of=("self",))}


def _still_standing(
    conflicts: Sequence[Conflict], articles: dict[int, Article], decision: _Decision, report: DecisionReport
) -> list[Conflict]:
    """The conflicts that are open, at the version that was seen, and allowed for the actor; refuses the others."""
    rows = Conflict.objects.filter(pk__in=[conflict.pk for conflict in conflicts], closed_at=None)
    still_open = set(rows.select_for_update().values_list("pk", flat=True))
    standing = []
    for conflict in conflicts:
        article, seen = articles.get(conflict.article_id), decision.versions[conflict.article_id]
        if article is None or article.version != seen:
            refusal = str(refusals.Stale(seen, article.version if article else None))
        elif conflict.pk not in still_open:
            refusal = LOOK_AGAIN
        else:
            refusal = str(refusals.refusal_to_change(decision.actor, article, conflict.field) or "")
        if refusal:
            report.refused.append((conflict, refusal))
        else:
            standing.append(conflict)
    return standing


def _changed(
    conflicts: Sequence[Conflict], articles: dict[int, Article], decision: _Decision, report: DecisionReport
) -> list[Conflict]:
    """Changes the articles to the decided values. Returns the conflicts of those that the door accepted."""
    groups: dict[int, list[Conflict]] = {}
    for conflict in conflicts:
        groups.setdefault(conflict.article_id, []).append(conflict)
    states = article_state.read_states([articles[pk] for pk in groups]) if groups else {}
    changes, done = [], []
    for pk, group in groups.items():
        try:
            state = _with_values(
                articles[pk], states[pk], {conflict.field: decision.values[conflict.pk] for conflict in group}
            )
        except ValidationError as failure:
            _refuse(report, group, f"the value is not valid: {_first_fault(failure)}")
        else:
            decides = frozenset(conflict.field for conflict in group)
            changes.append(door.Change(state, articles[pk], decision.versions[pk], decides=decides))
    results = door.change_many(
        changes, actor=decision.actor, origin=Origin.ACTION, change_set=report.change_set, reason=decision.reason
    )
    for change, result in zip(changes, results, strict=True):
        group = groups[change.article.pk] if change.article else []
        if isinstance(result, refusals.Refused):
            _refuse(report, group, str(result))
        else:
            done.extend(group)
    return done


def _with_values(article: Article, state: ArticleState, values: dict[str, Any]) -> ArticleState:
    """A decision on `published` publishes or unpublishes now."""
    others = {name: value for name, value in values.items() if name != "published"}
    state = revision_values.with_values(article, state, others)
    if "published" not in values:
        return state
    if values["published"]:
        return publishing.published_state(state, at=None, now=timezone.now())
    return publishing.unpublished_state(state)


def _first_fault(failure: ValidationError) -> str:
    return reader.describe(failure.errors(include_url=False)[0])


def _refuse(report: DecisionReport, conflicts: Iterable[Conflict], why: str) -> None:
    report.refused.extend((conflict, why) for conflict in conflicts)


def _close(conflicts: Sequence[Conflict], outcome: Conflict.Outcome, change_set: ChangeSet, now: datetime) -> None:
    """Also those that the door just closed because the change set the source's value, for the right outcome."""
    rows = Conflict.objects.filter(pk__in=[conflict.pk for conflict in conflicts])
    rows.update(outcome=outcome, closed_in=change_set, closed_at=now)
