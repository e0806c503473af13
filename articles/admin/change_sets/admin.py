"""Change sets: the list of what was done together, by whom and to how many, and the page of each, with Undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, ShowFacets, SimpleListFilter
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import capfirst
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.conflicts.decisions import MOST_DECIDED
from articles.admin.labels import articles_in, label_of, name_of_set, time_cell
from articles.admin.requests.addresses import RowPageAddress, key_of, read, require_safe
from articles.admin.requests.offered_lists import CappedPaginator, OfferedChangeList, ReadOnlyAdmin
from articles.admin.requests.options import MOST_OPTIONS
from articles.admin.requests.posted import allowed
from articles.history.summaries import is_left_to_undo, summarised, undone_word
from articles.importing.undo import what_returns
from articles.importing.walk import printable
from articles.models import Article, ChangeSet, Conflict, Look, Revision, Tombstone, User
from articles.querysets import LONG_COLUMNS, with_article
from articles.workflow.verbs import all_events, event_of

_OPERATOR = "operator"


class WhoFilter(SimpleListFilter):
    """By account (indexed); the operator has none."""

    title = "who"
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        staff = User.objects.filter(is_staff=True).order_by("username").values_list("pk", "username")[:MOST_OPTIONS]
        return [(_OPERATOR, _OPERATOR), *((str(pk), name) for pk, name in staff)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ChangeSet]) -> QuerySet[ChangeSet]:
        wanted = self.value()
        if wanted is None:
            return queryset
        if wanted == _OPERATOR:
            return queryset.filter(actor=None, actor_name=_OPERATOR)
        return queryset.filter(actor=int(wanted))


class KindFilter(SimpleListFilter):
    title = "change"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [(kind, event.capitalize()) for kind, event in all_events()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ChangeSet]) -> QuerySet[ChangeSet]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(kind=wanted)


class ChangeSetList(OfferedChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """Summarises the rows of the page alone, not all those that the paginator counts."""
        super().get_results(request)
        self.result_list = summarised(self.result_list)


@admin.register(ChangeSet)
class ChangeSetAdmin(ReadOnlyAdmin):
    """Newest first, with a capped count; filters reach older ones."""

    list_display = ("what", "made", "who", "articles", "why")
    list_filter = (KindFilter, WhoFilter)
    list_per_page = 50
    list_max_show_all = 0
    ordering = ("-pk",)
    sortable_by = ()
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeSetList]:
        return ChangeSetList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Change sets"} | (extra_context or {}))

    @method_decorator(require_safe)
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return show(self, request, key_of(object_id, "change set"))

    def has_view_permission(self, request: HttpRequest, obj: ChangeSet | None = None) -> bool:
        """Its pages contain article titles."""
        return bool(request.user.has_perm("articles.view_article"))

    @admin.display(description="change set")
    def what(self, change_set: ChangeSet) -> SafeString:
        name, undone = capfirst(name_of_set(change_set)), undone_word(change_set)
        return format_html('{} <span class="mark">{}</span>', name, undone) if undone else format_html("{}", name)

    @admin.display(description="date")
    def made(self, change_set: ChangeSet) -> SafeString:
        return time_cell(change_set.created_at)

    @admin.display(description="who")
    def who(self, change_set: ChangeSet) -> SafeString:
        return format_html("<bdi>{}</bdi>", change_set.actor_name)

    @admin.display(description="articles")
    def articles(self, change_set: ChangeSet) -> SafeString:
        return format_html("<bdi>{}</bdi>", articles_in(change_set))

    @admin.display(description="reason")
    def why(self, change_set: ChangeSet) -> SafeString:
        return format_html("<bdi>{}</bdi>", change_set.reason)


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
    allowed(admin, request)
    sets = summarised(ChangeSet.objects.select_related("undoes", "import_run", "bulk_action"))
    change_set: ChangeSet = get_object_or_404(sets, pk=pk)
    is_purge = change_set.kind == ChangeSet.Kind.PURGE
    rows: Any = change_set.tombstones if is_purge else change_set.revisions
    page = Paginator(rows.order_by("pk"), REVISIONS_PER_PAGE).get_page(read(request, RowPageAddress)["p"])
    run = getattr(change_set, "import_run", None)
    lacking = what_returns(change_set)
    can_undo = run is None and not is_purge and bool(page.paginator.count or not lacking)
    may_undo = can_undo and is_left_to_undo(change_set) and request.user.has_perm("articles.change_article")
    context = {
        **admin.admin_site.each_context(request),
        "opts": ChangeSet._meta,
        "title": f"{capfirst(name_of_set(change_set))}: {articles_in(change_set)}",
        "undone": undone_word(change_set),
        "event": event_of(change_set.kind),
        "shown": change_set,
        "run": run,
        "undone_by": list(change_set.undone_by.order_by("pk")),
        "may_undo": may_undo,
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
    rows = with_article(change_set.conflicts_closed.order_by("pk")).defer("base", "incoming", "current")
    return [(conflict, label_of(conflict.field)) for conflict in rows[:MOST_DECIDED]]


def _reopened(change_set: ChangeSet) -> list[tuple[Conflict, str]]:
    rows = change_set.reopenings.select_related("conflict__article").order_by("pk")
    rows = rows.defer(*(f"conflict__article__{name}" for name in LONG_COLUMNS))
    rows = rows.defer("conflict__base", "conflict__incoming", "conflict__current")
    return [(one.conflict, label_of(one.conflict.field)) for one in rows[:MOST_DECIDED]]


def _looks(change_set: ChangeSet) -> list[Look]:
    return list(with_article(change_set.looks.order_by("article"))[:MOST_DECIDED])


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
