"""Change sets: opened by whoever makes revisions together, and taken back as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from articles import content, revisions
from articles.actors import Actor, name_of, user_of
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin


@dataclass
class UndoReport:
    """What an undo returned to its earlier state, and what it left, with the reason."""

    change_set: ChangeSet
    undone: list[Article] = field(default_factory=list)
    kept: list[tuple[Article, str]] = field(default_factory=list)


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
    """Returns every article of the set that nobody touched since, and names the others.

    The door's rights apply. An undo is a change set as well, so it can be undone; one that undid nothing leaves none.
    """
    report = UndoReport(open_change_set(ChangeSet.Kind.UNDO, actor=actor, reason=reason, undoes=change_set))
    made = change_set.revisions.select_related("article__category", "article__provider").order_by(
        "article_id", "number"
    )
    by_article: dict[int, list[Revision]] = {}
    for revision in made:
        by_article.setdefault(revision.article_id, []).append(revision)
    for steps in by_article.values():
        _undo_article(report, steps, actor)
    if not report.undone:
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
        state = revisions.with_values(article, state, {name: pair[0] for name, pair in revision.values.items()})
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
