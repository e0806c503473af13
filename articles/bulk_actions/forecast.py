"""What a bulk action will do, told before it is confirmed: nothing is written or locked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from articles.bulk_actions.proposals import Proposal, proposals
from articles.changes.actors import Actor
from articles.changes.door import examine_many
from articles.content.article_state import ArticleState
from articles.models import Article, BulkAction, BulkEntry
from articles.models.history import Origin
from articles.readiness.findings import examine, subject_of_state

MOST_LOOKED_AT = 1_000
_AT_ONCE = 200
EXAMPLES = 5


@dataclass
class Group:
    """Articles of which the same is to be said: how many, and the first few of them."""

    count: int = 0
    examples: list[Article] = field(default_factory=list)

    @property
    def more_count(self) -> int:
        return self.count - len(self.examples)

    def add(self, article: Article | None) -> None:
        self.count += 1
        if article is not None and len(self.examples) < EXAMPLES:
            self.examples.append(article)


@dataclass
class Forecast:
    """Of the first `looked_at` articles: how many change, how many stay as they are, and why others are refused.
    `warnings` are readiness' own, by the check's name; `appearing` and `vanishing` are those that readers start and
    stop seeing."""

    count: int
    looked_at: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: dict[str, Group] = field(default_factory=dict)
    warnings: dict[str, Group] = field(default_factory=dict)
    appearing: Group = field(default_factory=Group)
    vanishing: Group = field(default_factory=Group)

    @property
    def refused_count(self) -> int:
        return sum(group.count for group in self.refused.values())

    @property
    def left_count(self) -> int:
        """Those that were not looked at."""
        return self.count - self.looked_at


def forecast(bulk: BulkAction, *, actor: Actor) -> Forecast:
    """By that actor's rights, now. For more than MOST_LOOKED_AT articles, of the first ones."""
    outlook, now = Forecast(bulk.count), timezone.now()
    for entries in _in_turns(bulk):
        asked = proposals(bulk, entries, now=now)
        open_ones = [proposal for proposal in asked if proposal.change]
        answers = examine_many(
            [proposal.change for proposal in open_ones if proposal.change], actor=actor, origin=Origin.ACTION
        )
        refusals = {id(proposal): str(answer) for proposal, answer in zip(open_ones, answers, strict=True) if answer}
        for proposal in asked:
            _note(outlook, proposal, refusals.get(id(proposal), proposal.refusal), now)
        _warn(outlook, [proposal for proposal in open_ones if id(proposal) not in refusals], now)
    return outlook


def _in_turns(bulk: BulkAction) -> Iterator[Sequence[BulkEntry]]:
    """In steps of which the memory is small."""
    for start in range(0, min(bulk.count, MOST_LOOKED_AT), _AT_ONCE):
        yield list(bulk.entries.filter(position__gte=start, position__lt=min(start + _AT_ONCE, MOST_LOOKED_AT)))


def _note(outlook: Forecast, proposal: Proposal, refusal: str, now: datetime) -> None:
    outlook.looked_at += 1
    if refusal:
        outlook.refused.setdefault(refusal, Group()).add(proposal.article)
    elif proposal.change is None or proposal.change.state == proposal.before:
        outlook.unchanged += 1
    else:
        outlook.changed += 1
        _note_readers(outlook, proposal, now)


def _note_readers(outlook: Forecast, proposal: Proposal, now: datetime) -> None:
    if proposal.before is None or proposal.change is None:
        return
    was, will_be = (_is_visible(state, now) for state in (proposal.before, proposal.change.state))
    if was != will_be:
        (outlook.vanishing if was else outlook.appearing).add(proposal.article)


def _warn(outlook: Forecast, passing: Sequence[Proposal], now: datetime) -> None:
    """What readiness says, without stopping it, about those that would be published."""
    subjects = {}
    for proposal in passing:
        if proposal.article and proposal.change and _publishes(proposal.before, proposal.change.state):
            subjects[subject_of_state(proposal.article.pk, proposal.change.state)] = proposal.article
    for subject, findings in examine(list(subjects), at=now).items():
        for name in {finding.name for finding in findings if not finding.is_blocker}:
            outlook.warnings.setdefault(name.replace("_", " "), Group()).add(subjects[subject])


def _publishes(before: ArticleState | None, after: ArticleState) -> bool:
    return after.content.published and not (before and before.content.published)


def _is_visible(state: ArticleState, at: datetime) -> bool:
    """What the article itself would say in that state."""
    desk = state.desk
    row = Article(published=state.content.published, live_from=desk.live_from, live_until=desk.live_until)
    return row.is_visible(at=at)
