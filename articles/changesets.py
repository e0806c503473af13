"""Change sets: opened by whoever makes revisions together, and taken back as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from articles import content, revision_values, revisions
from articles.actors import Actor, name_of, user_of
from articles.models import Article, ChangeSet, Conflict, Revision
from articles.models.history import Origin


@dataclass
class UndoReport:
    """What an undo returned to its earlier state, which conflicts are open again, and what it left, with the reason."""

    change_set: ChangeSet
    undone: list[Article] = field(default_factory=list)
    kept: list[tuple[Article, str]] = field(default_factory=list)
    reopened: list[Conflict] = field(default_factory=list)


def open_change_set(
    kind: ChangeSet.Kind, *, actor: Actor, reason: str = "", undoes: ChangeSet | None = None
) -> ChangeSet:
    return ChangeSet.objects.create(
        kind=kind,
        actor=user_of(actor),
        actor_name=name_of(actor),
        reason=reason[: revisions.REASON_LENGTH],
        created_at=timezone.now(),
        undoes=undoes,
    )


@transaction.atomic
def undo(change_set: ChangeSet, *, actor: Actor, reason: str = "") -> UndoReport:
    """Returns every article of the set that nobody touched since, and names the others. The conflicts that the set
    closed are open again with them.

    The door's rights apply. An undo is a change set as well, so it can be undone; one that undid nothing leaves none.
    """
    if change_set.kind == ChangeSet.Kind.IMPORT:
        raise ValueError("an import run is taken back with its files, by importing.undoing")
    report = UndoReport(open_change_set(ChangeSet.Kind.UNDO, actor=actor, reason=reason, undoes=change_set))
    made = change_set.revisions.select_related("article__category", "article__provider").order_by(
        "article_id", "number"
    )
    by_article: dict[int, list[Revision]] = {}
    for revision in made:
        by_article.setdefault(revision.article_id, []).append(revision)
    for steps in by_article.values():
        _undo_article(report, steps, actor)
    if change_set.kind != ChangeSet.Kind.IMPORT:
        _reopen_conflicts(report, change_set, actor)
    if not report.undone and not report.reopened:
        report.change_set.delete()
    return report


def _undo_article(report: UndoReport, steps: list[Revision], actor: Actor) -> None:
    article = steps[0].article
    why_not = _why_not(article, steps)
    if why_not:
        report.kept.append((article, why_not))
        return
    state = content.read_state(article)
    for revision in reversed(steps):
        state = revision_values.with_values(article, state, {name: pair[0] for name, pair in revision.values.items()})
    try:
        revisions.change(
            article,
            state,
            actor=actor,
            origin=Origin.UNDO,
            change_set=report.change_set,
            reason=report.change_set.reason,
            expected_version=steps[-1].number,
        )
    except revisions.Refused as refusal:
        report.kept.append((article, str(refusal)))
    else:
        report.undone.append(article)


def _why_not(article: Article, steps: list[Revision]) -> str:
    if steps[0].number == 1:
        return "it was created by this; unpublish it instead"
    if article.version != steps[-1].number:
        return "it was changed since"
    return ""


def _reopen_conflicts(report: UndoReport, change_set: ChangeSet, actor: Actor) -> None:
    """Those of an article that stays as it is stay closed, and those that have a successor."""
    closed = change_set.conflicts_closed.select_related("article__category", "article__provider").order_by("pk")
    found = list(closed.select_for_update(of=("self",)))
    others = Conflict.objects.filter(article__in={conflict.article_id for conflict in found})
    newest = {(article, name): pk for pk, article, name in others.order_by("pk").values_list("pk", "article", "field")}
    undone, kept = {article.pk for article in report.undone}, {article.pk for article, _ in report.kept}
    for conflict in found:
        refusal = revisions.refusal_to_change(actor, conflict.article, conflict.field)
        if newest[conflict.article_id, conflict.field] != conflict.pk or conflict.article_id in kept:
            continue
        if refusal and conflict.article_id not in undone:
            report.kept.append((conflict.article, str(refusal)))
        else:
            report.reopened.append(conflict)
    again = Conflict.objects.filter(pk__in=[conflict.pk for conflict in report.reopened])
    again.update(outcome="", closed_in=None, closed_at=None)
