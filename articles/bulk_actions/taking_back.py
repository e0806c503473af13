"""Undo of many articles, as a bulk action."""

from __future__ import annotations

from collections.abc import Sequence

from articles.bulk_actions import choosing
from articles.bulk_actions.engine import GONE
from articles.changes.actors import Actor
from articles.history import change_sets
from articles.history.change_sets import UndoReport
from articles.models import Article, BulkAction, BulkEntry, ChangeSet, User
from articles.models.bulk import UNDO


def prepare_undo(change_set: ChangeSet, *, actor: Actor) -> BulkAction:
    """Starts without confirmation, because an undo can be undone. Raises NothingChosen, and ValueError for an import
    with its files."""
    if change_set.kind == ChangeSet.Kind.IMPORT:
        raise ValueError("an import is undone with its files, by importing.undo")
    pks = change_sets.articles_of(change_set)
    versions = dict(Article.objects.filter(pk__in=pks).values_list("pk", "version"))
    return choosing.store({pk: versions.get(pk, 0) for pk in pks}, UNDO, actor, arguments=_arguments(change_set))


def undo_begun(change_set: ChangeSet, *, actor: User) -> BulkAction | None:
    """An unfinished one of the same user."""
    begun = BulkAction.objects.filter(verb=UNDO, actor=actor, finished_at=None)
    return begun.filter(arguments=_arguments(change_set)).first()


def open_undo(bulk: BulkAction, *, actor: Actor) -> ChangeSet:
    """The change set that `take_back` fills."""
    change_set = ChangeSet.objects.get(pk=bulk.given["change_set"])
    return change_sets.open_undo(change_set, actor=actor, reason=bulk.reason)


def take_back(entries: Sequence[BulkEntry], undoing: ChangeSet, *, actor: Actor) -> bool:
    """Records the result of each entry, in key order. Returns whether anything was restored.

    If a purge removed articles of the set meanwhile, later ones take their places and are reported again in turn.
    """
    told: dict[int, tuple[str, str]] = {}
    after: int | None = entries[0].article_id - 1
    while after is not None and after < entries[-1].article_id:
        report = change_sets.undo_some(undoing, actor=actor, after=after, most=len(entries))
        told |= _outcomes(report)
        after = report.next_after
    for entry in entries:
        entry.outcome, entry.message = told.get(entry.article_id, (BulkEntry.Outcome.REFUSED, GONE))
    return any(outcome == BulkEntry.Outcome.CHANGED for outcome, _ in told.values())


def _outcomes(report: UndoReport) -> dict[int, tuple[str, str]]:
    returned = [*(article.pk for article in report.undone), *(conflict.article_id for conflict in report.reopened)]
    kept = {article.pk: (str(BulkEntry.Outcome.REFUSED), why) for article, why in report.kept}
    return dict.fromkeys(returned, (str(BulkEntry.Outcome.CHANGED), "")) | kept


def _arguments(change_set: ChangeSet) -> str:
    return f'{{"change_set": {change_set.pk}}}'
