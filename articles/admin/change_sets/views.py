"""One change set: its articles and changes, and Undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import capfirst
from django.template.response import TemplateResponse

from articles.admin.conflicts.decisions import MOST_DECIDED
from articles.admin.labels import label_of, name_of_set
from articles.admin.requests.addresses import RowPageAddress, read
from articles.importing.undo import what_returns
from articles.importing.walk import printable
from articles.models import Article, ChangeSet, Conflict, Look, Revision, Tombstone
from articles.querysets import LONG_COLUMNS
from articles.workflow.verbs import event_of

REVISIONS_PER_PAGE = 50


@dataclass(frozen=True)
class ShownStep:
    """What the set did to an article, and whether that is still its newest revision. `article` is None if it was
    purged."""

    revision: Revision
    labels: list[str]
    article: Article | None
    tombstone: Tombstone | None

    @property
    def is_newest(self) -> bool:
        return self.article is None or self.article.version == self.revision.number


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    if not admin.has_view_permission(request):
        raise PermissionDenied
    sets = ChangeSet.objects.select_related("undoes", "import_run", "bulk_action")
    change_set: ChangeSet = get_object_or_404(sets, pk=pk)
    is_purge = change_set.kind == ChangeSet.Kind.PURGE
    rows: Any = change_set.tombstones if is_purge else change_set.revisions
    page = Paginator(rows.order_by("pk"), REVISIONS_PER_PAGE).get_page(read(request, RowPageAddress)["p"])
    run = getattr(change_set, "import_run", None)
    lacking = what_returns(change_set)
    can_undo = run is None and not is_purge and bool(page.paginator.count or not lacking)
    context = {
        **admin.admin_site.each_context(request),
        "opts": ChangeSet._meta,
        "title": capfirst(name_of_set(change_set)),
        "event": event_of(change_set.kind),
        "shown": change_set,
        "run": run,
        "undone_by": list(change_set.undone_by.order_by("pk")),
        "may_undo": can_undo and request.user.has_perm("articles.change_article"),
        "what_returns": printable(lacking),
        "decided": _decided(change_set),
        "reopened": _reopened(change_set),
        "looks": _looks(change_set),
        "page": page,
        "purged": list(page) if is_purge else [],
        "steps": [] if is_purge else _steps(list(page)),
    }
    return TemplateResponse(request, "admin/articles/changeset/change_set.html", context)


def _decided(change_set: ChangeSet) -> list[tuple[Conflict, str]]:
    """Conflicts that the set closed, each with its field's label."""
    rows = change_set.conflicts_closed.select_related("article").order_by("pk")
    rows = rows.defer(*(f"article__{name}" for name in LONG_COLUMNS), "base", "incoming", "current")
    return [(conflict, label_of(conflict.field)) for conflict in rows[:MOST_DECIDED]]


def _reopened(change_set: ChangeSet) -> list[tuple[Conflict, str]]:
    rows = change_set.reopenings.select_related("conflict__article").order_by("pk")
    rows = rows.defer(*(f"conflict__article__{name}" for name in LONG_COLUMNS))
    rows = rows.defer("conflict__base", "conflict__incoming", "conflict__current")
    return [(one.conflict, label_of(one.conflict.field)) for one in rows[:MOST_DECIDED]]


def _looks(change_set: ChangeSet) -> list[Look]:
    rows = change_set.looks.select_related("article").order_by("article")
    return list(rows.defer(*(f"article__{name}" for name in LONG_COLUMNS))[:MOST_DECIDED])


def _steps(made: list[Any]) -> list[ShownStep]:
    """Two more queries for the articles of a page, purged ones included."""
    numbers = {revision.article_id for revision in made}
    articles = Article.objects.defer(*LONG_COLUMNS).in_bulk(numbers)
    rows = Tombstone.objects.filter(article__in=numbers - set(articles))
    stones = {stone.article_id: stone for stone in rows}
    return [
        ShownStep(revision, _labels(revision), articles.get(revision.article_id), stones.get(revision.article_id))
        for revision in made
    ]


def _labels(revision: Revision) -> list[str]:
    return ["created"] if revision.number == 1 else [label_of(name) for name in revision.values]
