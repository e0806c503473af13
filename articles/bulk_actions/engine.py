"""Applies a verb to some articles in one transaction and one change set: the list's selection, or a chunk of a bulk
action or command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from articles.changes.refusals import Refused, Stale
from articles.history import change_sets
from articles.models import ChangeSet, Revision
from articles.workflow.deciding import Decision, Proposal, Result, carry_out, propose

CHUNK = 200
"""Articles per transaction; on SQLite an editor's save may have to wait for one."""
CHANGED = "somebody has changed it since; check it again"
GONE = "it no longer exists"


@dataclass(frozen=True)
class Done:
    """One proposal and one result per article, in order. `change_set` is None if nothing changed."""

    proposals: Sequence[Proposal]
    results: Sequence[Result]
    change_set: ChangeSet | None

    @property
    def by_key(self) -> dict[int, Result]:
        return {proposal.pk: result for proposal, result in zip(self.proposals, self.results, strict=True)}


@transaction.atomic
def do_some(decision: Decision, versions: Mapping[int, int], change_set: ChangeSet | None = None) -> Done:
    """At most CHUNK articles; each is changed, unchanged or refused independently. Opens a change set if none is given
    and something changes."""
    proposals = propose(decision, versions, is_locking=True)
    opened = change_set or change_sets.open_change_set(decision.verb.name, actor=decision.actor, reason=decision.reason)
    results = carry_out(decision, proposals, opened)
    if any(isinstance(result, Revision) for result in results):
        return Done(proposals, results, opened)
    if change_set is None:
        opened.delete()
    return Done(proposals, results, change_set)


def sentence_of(refusal: Refused) -> str:
    """The reason, worded the same for all articles of a batch."""
    if isinstance(refusal, Stale):
        return CHANGED if refusal.found else GONE
    return str(refusal)
