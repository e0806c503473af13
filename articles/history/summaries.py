"""What a list says of a change set without opening it: its articles, and whether it was undone."""

from __future__ import annotations

from django.db.models import Case, CharField, Count, Exists, F, IntegerField, Model, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest

from articles.models import ChangeSet, Conflict, ImportOutcome, Look, Reopening, Revision, Tombstone
from articles.models.importing import Outcome

_ROWS: tuple[tuple[type[Model], str], ...] = (
    (Revision, "change_set"),
    (Conflict, "closed_in"),
    (Look, "change_set"),
    (Reopening, "change_set"),
    (Tombstone, "change_set"),
)
"""Rows that name an article of a change set: a decision may change none, and a purge leaves none."""


def summarised(change_sets: QuerySet[ChangeSet]) -> QuerySet[ChangeSet]:
    """`article_count` and `first_title`; `restored_count`, the articles that its undos restored; `has_undo`, and
    `has_redo`, if such an undo was undone. All of it in the same query.

    An import, which may have a million articles, stores its own count; the first is read from its receipt."""
    told = F("import_run__created_count") + F("import_run__updated_count")
    is_import = {"import_run__isnull": False}
    undos = ChangeSet.objects.filter(undoes=OuterRef("pk"))
    return change_sets.annotate(
        article_count=Case(When(**is_import, then=told), default=_most_articles("{}")),
        first_title=Case(When(**is_import, then=_first_imported()), default=_first_title()),
        restored_count=_most_articles("{}__undoes"),
        has_undo=Exists(undos),
        has_redo=Exists(undos.filter(undone_by__isnull=False)),
    )


def summary_of(pk: int) -> ChangeSet | None:
    return summarised(ChangeSet.objects.filter(pk=pk)).first()


def undone_word(change_set: ChangeSet) -> str:
    """Of a summarised one: "undone", "partly undone" if some articles had changed, "undone and restored", or ""."""
    if not change_set.has_undo:  # type: ignore[attr-defined]
        return ""
    if change_set.has_redo:  # type: ignore[attr-defined]
        return "undone and restored"
    return "partly undone" if _has_rest(change_set) else "undone"


def is_left_to_undo(change_set: ChangeSet) -> bool:
    """Of a summarised one: whether no undo has restored all of it. What an undo restored once it does not restore
    again."""
    return not change_set.has_undo or _has_rest(change_set)  # type: ignore[attr-defined]


def _has_rest(change_set: ChangeSet) -> bool:
    is_counted = change_set.kind != ChangeSet.Kind.IMPORT
    return is_counted and change_set.restored_count < change_set.article_count  # type: ignore[attr-defined]


def _most_articles(column: str) -> Greatest:
    return Greatest(*(Coalesce(_articles_of(model, column.format(name)), 0) for model, name in _ROWS))


def _articles_of(model: type[Model], column: str) -> Subquery:
    rows = model._default_manager.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Subquery(rows.values(count=Count("article_id", distinct=True)), output_field=IntegerField())


def _first_title() -> Coalesce:
    return Coalesce(*(_title_in(model, name) for model, name in _ROWS))


def _title_in(model: type[Model], column: str) -> Subquery:
    """A purged article is named by its tombstone."""
    title = "title" if model is Tombstone else "article__title"
    rows = model._default_manager.filter(**{column: OuterRef("pk"), f"{title}__isnull": False}).order_by("pk")
    return Subquery(rows.values(title)[:1], output_field=CharField())


def _first_imported() -> Subquery:
    made = ImportOutcome.objects.filter(outcome__in=(Outcome.CREATED, Outcome.UPDATED), article__title__isnull=False)
    rows = made.filter(run__change_set=OuterRef("pk")).order_by("pk")
    return Subquery(rows.values("article__title")[:1], output_field=CharField())
