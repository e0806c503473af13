"""Previews what a verb will do to many articles. Writes and locks nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from articles.bulk_actions.engine import CHUNK, sentence_of
from articles.changes.refusals import Refused
from articles.models import Article
from articles.workflow.deciding import Decision, Proposal, foresee, propose, warnings_of

MOST_LOOKED_AT = 1_000
EXAMPLES = 5


@dataclass
class Group:
    """A group of articles: how many, and the first few."""

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
    """For the first `looked_at` articles: how many change, how many stay unchanged, and why others are refused.
    `warnings` are readiness warnings by check; `appearing` and `vanishing` are articles that go live or come down."""

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
        """Articles not covered by the preview."""
        return self.count - self.looked_at


def forecast(decision: Decision, versions: Mapping[int, int]) -> Forecast:
    """With the actor's permissions, now, for versions by key, at most the first MOST_LOOKED_AT."""
    outlook = Forecast(len(versions))
    looked_at = list(versions.items())[:MOST_LOOKED_AT]
    for start in range(0, len(looked_at), CHUNK):
        proposals = propose(decision, dict(looked_at[start : start + CHUNK]))
        answers = foresee(decision, proposals)
        for proposal, answer in zip(proposals, answers, strict=True):
            _note(outlook, proposal, answer, decision.now)
        passing = [one for one, answer in zip(proposals, answers, strict=True) if not isinstance(answer, Refused)]
        _warn(outlook, passing, decision.now)
    return outlook


def _note(outlook: Forecast, proposal: Proposal, answer: list[str] | Refused | None, now: datetime) -> None:
    outlook.looked_at += 1
    if isinstance(answer, Refused):
        outlook.refused.setdefault(sentence_of(answer), Group()).add(proposal.article)
    elif not answer:
        outlook.unchanged += 1
    else:
        outlook.changed += 1
        _note_readers(outlook, proposal, now)


def _note_readers(outlook: Forecast, proposal: Proposal, now: datetime) -> None:
    if proposal.before is None or proposal.change is None:
        return
    was, will_be = (state.is_visible(at=now) for state in (proposal.before, proposal.change.state))
    if was != will_be:
        (outlook.vanishing if was else outlook.appearing).add(proposal.article)


def _warn(outlook: Forecast, passing: Sequence[Proposal], now: datetime) -> None:
    """Readiness warnings for articles that would be published."""
    articles = {proposal.pk: proposal.article for proposal in passing}
    for pk, findings in warnings_of(passing, at=now).items():
        for name in {finding.name for finding in findings}:
            outlook.warnings.setdefault(name.replace("_", " "), Group()).add(articles[pk])
