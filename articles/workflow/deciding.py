"""Applies a verb to articles: computes the wanted states, and changes them through the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from articles.changes.actors import Actor
from articles.changes.door import Change, change_many, foresee_many
from articles.changes.refusals import Refused, Stale
from articles.content import article_state
from articles.content.article_state import ArticleState, publishes
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.readiness.findings import Finding, examine, subject_of_state
from articles.workflow.verbs import VERBS, Arguments, Verb

Result = Revision | Refused | None
"""The result for one article: its revision, a refusal, or None if nothing changed."""


@dataclass(frozen=True)
class Decision:
    """A verb with its arguments, actor, origin and reason."""

    verb: Verb
    given: Arguments
    actor: Actor
    origin: Origin
    reason: str = ""
    now: datetime = field(default_factory=timezone.now)

    def wanted(self, state: ArticleState) -> ArticleState:
        """Raises Refused."""
        return self.verb.wanted(state, self.given, self.now)


@dataclass(frozen=True)
class Proposal:
    """The change that a decision asks for, or the refusal. `article` is None if it no longer exists."""

    pk: int
    article: Article | None = None
    before: ArticleState | None = None
    change: Change | None = None
    refusal: Refused | None = None

    @property
    def publishes(self) -> bool:
        return self.change is not None and publishes(self.before, self.change.state)


def propose(decision: Decision, versions: Mapping[int, int], *, is_locking: bool = False) -> list[Proposal]:
    """One proposal per article, in order, with a constant number of queries.

    `versions` are the expected ones, by key: a changed article is refused as stale, unless the verb works on the row as
    it is. `is_locking` locks the rows until the transaction ends, in key order like the door."""
    rows = Article.objects.for_change(versions)
    articles = {row.pk: row for row in (rows.select_for_update(of=("self",)) if is_locking else rows)}
    states = article_state.read_states(list(articles.values())) if articles else {}
    return [_proposal(decision, pk, shown, articles.get(pk), states.get(pk)) for pk, shown in versions.items()]


def carry_out(decision: Decision, proposals: Sequence[Proposal], change_set: ChangeSet | None = None) -> list[Result]:
    """One result per proposal, in order; refused proposals keep their refusal. Raises as `door.change_many`."""
    changes = [proposal.change for proposal in proposals if proposal.change]
    made = iter(
        change_many(
            changes,
            actor=decision.actor,
            origin=decision.origin,
            change_set=change_set,
            reason=decision.reason,
        )
    )
    return [next(made) if proposal.change else proposal.refusal for proposal in proposals]


def foresee(decision: Decision, proposals: Sequence[Proposal]) -> list[list[str] | Refused | None]:
    """As `carry_out`, without writing or locking: returns the fields that would change instead of revisions."""
    changes = [proposal.change for proposal in proposals if proposal.change]
    answers = iter(foresee_many(changes, actor=decision.actor, origin=decision.origin))
    return [next(answers) if proposal.change else proposal.refusal for proposal in proposals]


def warnings_of(proposals: Sequence[Proposal], *, at: datetime) -> dict[int, list[Finding]]:
    """Readiness warnings by key, for articles that would be published."""
    publishing = [proposal for proposal in proposals if proposal.publishes]
    subjects = {subject_of_state(one.pk, one.change.state): one.pk for one in publishing if one.change}
    return {
        subjects[subject]: [finding for finding in findings if not finding.is_blocker]
        for subject, findings in examine(list(subjects), at=at).items()
    }


@transaction.atomic
def decide(
    name: str,
    articles: Sequence[Article],
    *,
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
    **given: Any,
) -> list[Result]:
    """Applies the named verb to loaded articles. Raises BadArguments."""
    verb = VERBS[name]
    decision = Decision(verb, verb.read_arguments(given), actor, origin, reason)
    proposals = propose(decision, {article.pk: article.version for article in articles}, is_locking=True)
    return carry_out(decision, proposals, change_set)


def _proposal(
    decision: Decision, pk: int, shown: int, article: Article | None, before: ArticleState | None
) -> Proposal:
    if article is None or before is None:
        return Proposal(pk, refusal=Stale(shown, None))
    if article.version != shown and not decision.verb.works_on_row:
        return Proposal(pk, article, before, refusal=Stale(shown, article.version))
    try:
        change = Change(decision.wanted(before), article, article.version)
    except Refused as refusal:
        return Proposal(pk, article, before, refusal=refusal)
    return Proposal(pk, article, before, change)
