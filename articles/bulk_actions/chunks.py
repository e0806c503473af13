"""Runs a bulk action chunk by chunk, each with its results in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from articles.bulk_actions.choosing import arguments_of
from articles.bulk_actions.engine import CHUNK, do_some, sentence_of
from articles.bulk_actions.taking_back import open_undo, take_back
from articles.changes.actors import Actor, name_of
from articles.changes.refusals import Refused
from articles.models import BulkAction, BulkEntry
from articles.models.bulk import UNDO
from articles.models.history import Origin
from articles.sql.many_rows import update_rows
from articles.workflow.deciding import Decision, Result
from articles.workflow.verbs import VERBS, check_right

Outcome = BulkEntry.Outcome

_LONGEST = 500
"""Characters stored of a refusal."""


def do_chunk(pk: int, *, actor: Actor) -> BulkAction:
    """Processes the next CHUNK entries with the actor's permissions; nothing if none are left.

    Locks the action, so that concurrent requests process consecutive chunks; without a join, because PostgreSQL
    re-reads only the locked row after waiting. Raises NotAllowed.
    """
    with transaction.atomic():
        bulk = BulkAction.objects.select_for_update().get(pk=pk)
        check_right(bulk.verb, actor)
        if not bulk.is_running:
            return bulk
        entries = list(bulk.entries.filter(position__gte=bulk.done_count)[:CHUNK])
        if bulk.verb == UNDO:
            _take_back(bulk, entries, actor)
        else:
            _do(bulk, entries, actor)
        update_rows(entries, ["outcome", "message"])
        _count(bulk, entries)
        bulk.worked_by, bulk.worked_at = name_of(actor), timezone.now()
        bulk.finished_at = bulk.worked_at if not bulk.left_count else None
        bulk.save()
    return bulk


def stop(pk: int, *, actor: Actor) -> BulkAction:
    """Stops the action; the remaining entries stay untouched. Raises NotAllowed."""
    with transaction.atomic():
        bulk = BulkAction.objects.select_for_update().get(pk=pk)
        check_right(bulk.verb, actor)
        if bulk.is_running:
            bulk.finished_at = bulk.worked_at = timezone.now()
            bulk.worked_by = name_of(actor)
            bulk.save(update_fields=["finished_at", "worked_at", "worked_by"])
    return bulk


def _do(bulk: BulkAction, entries: Sequence[BulkEntry], actor: Actor) -> None:
    """The first chunk that changes something opens the change set."""
    decision = Decision(VERBS[bulk.verb], arguments_of(bulk), actor, Origin.ACTION, bulk.reason)
    done = do_some(decision, {entry.article_id: entry.version for entry in entries}, bulk.change_set)
    bulk.change_set = done.change_set
    for entry in entries:
        _settle(entry, done.by_key[entry.article_id])


def _take_back(bulk: BulkAction, entries: Sequence[BulkEntry], actor: Actor) -> None:
    """Deletes a change set that is still empty."""
    undoing = bulk.change_set or open_undo(bulk, actor=actor)
    if take_back(entries, undoing, actor=actor):
        bulk.change_set = undoing
    elif bulk.change_set is None:
        undoing.delete()


def _settle(entry: BulkEntry, result: Result) -> None:
    if isinstance(result, Refused):
        entry.outcome, entry.message = Outcome.REFUSED, sentence_of(result)[:_LONGEST]
    else:
        entry.outcome, entry.message = (Outcome.CHANGED if result else Outcome.UNCHANGED), ""


def _count(bulk: BulkAction, entries: Sequence[BulkEntry]) -> None:
    counts = Counter(entry.outcome for entry in entries)
    bulk.done_count += len(entries)
    bulk.changed_count += counts[Outcome.CHANGED]
    bulk.unchanged_count += counts[Outcome.UNCHANGED]
    bulk.refused_count += counts[Outcome.REFUSED]
