"""A verb done to some articles at once, in one transaction and one change set: the list's selection, a chunk of a bulk
action, a chunk of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from articles.changes.refusals import Refused, Stale
from articles.history import change_sets
from articles.models import ChangeSet, Revision
from articles.workflow.deciding import Decision, Proposal, Result, carry_out, propose

CHUNK = 200
"""Articles in one transaction, which on SQLite an editor's save may have to wait for."""
CHANGED = "somebody has changed it since; check it again"
GONE = "it no longer exists"


@dataclass(frozen=True)
class Done:
    """One proposal and one result an article, in order. `change_set` is None where nothing changed."""

    proposals: Sequence[Proposal]
    results: Sequence[Result]
    change_set: ChangeSet | None

    @property
    def by_key(self) -> dict[int, Result]:
        return {proposal.pk: result for proposal, result in zip(self.proposals, self.results, strict=True)}


@transaction.atomic
def do_some(decision: Decision, versions: Mapping[int, int], change_set: ChangeSet | None = None) -> Done:
    """At most CHUNK of them; each is done, unchanged or refused by itself. Opens a change set where none is given and
    something changes."""
    proposals = propose(decision, versions, is_locking=True)
    opened = change_set or change_sets.open_change_set(decision.verb.name, actor=decision.actor, reason=decision.reason)
    results = carry_out(decision, proposals, opened)
    if any(isinstance(result, Revision) for result in results):
        return Done(proposals, results, opened)
    if change_set is None:
        opened.delete()
    return Done(proposals, results, change_set)


def sentence_of(refusal: Refused) -> str:
    """Of one among many: the same words for the same reason."""
    if isinstance(refusal, Stale):
        return CHANGED if refusal.found else GONE
    return str(refusal)
