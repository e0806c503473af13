"""The list of change sets: kind, author and number of articles; `views` shows a single one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, ShowFacets, SimpleListFilter
from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import capfirst, pluralize
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.change_sets import views
from articles.admin.labels import name_of_set
from articles.admin.requests.addresses import is_key, require_safe
from articles.admin.requests.offered_lists import CappedPaginator
from articles.admin.requests.options import MOST_OPTIONS
from articles.models import ChangeSet, Conflict, Look, Revision, Tombstone, User
from articles.workflow.verbs import all_events

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


def with_article_counts(change_sets: QuerySet[ChangeSet]) -> QuerySet[ChangeSet]:
    """`article_count`. An import run, which may have a million, stores its own count; conflict decisions may change no
    article; a purge counts tombstones."""
    own = Revision.objects.filter(change_set=OuterRef("pk")).order_by().values("change_set")
    counted = Subquery(own.values(count=Count("article", distinct=True)), output_field=IntegerField())
    told = F("import_run__created_count") + F("import_run__updated_count")
    closed = Conflict.objects.filter(closed_in=OuterRef("pk")).order_by().values("closed_in")
    decided = Subquery(closed.values(count=Count("article", distinct=True)), output_field=IntegerField())
    looked = Subquery(
        Look.objects.filter(change_set=OuterRef("pk")).order_by().values("change_set").values(count=Count("article")),
        output_field=IntegerField(),
    )
    looks = When(kind=ChangeSet.Kind.LOOK, then=looked)
    runs, decisions = When(import_run__isnull=False, then=told), When(kind=ChangeSet.Kind.CONFLICT, then=decided)
    stones = Tombstone.objects.filter(change_set=OuterRef("pk")).order_by().values("change_set")
    buried = Subquery(stones.values(count=Count("pk")), output_field=IntegerField())
    purges = When(kind=ChangeSet.Kind.PURGE, then=buried)
    return change_sets.annotate(article_count=Case(runs, decisions, purges, looks, default=Coalesce(counted, 0)))


@admin.register(ChangeSet)
class ChangeSetAdmin(admin.ModelAdmin):
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeSet]:
        return with_article_counts(super().get_queryset(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Change sets"} | (extra_context or {}))

    @method_decorator(require_safe)
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_key(object_id):
            raise Http404("There is no such change set.")
        return views.show(self, request, int(object_id))

    def has_view_permission(self, request: HttpRequest, obj: ChangeSet | None = None) -> bool:
        """Its pages contain article titles."""
        return bool(request.user.has_perm("articles.view_article"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ChangeSet | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ChangeSet | None = None) -> bool:
        return False

    @admin.display(description="change set")
    def what(self, change_set: ChangeSet) -> str:
        return capfirst(name_of_set(change_set))

    @admin.display(description="date")
    def made(self, change_set: ChangeSet) -> SafeString:
        local = timezone.localtime(change_set.created_at)
        cell = '<time datetime="{}">{}</time>'
        return format_html(cell, local.isoformat(), local.strftime("%-d %b %Y, %H:%M:%S"))

    @admin.display(description="who")
    def who(self, change_set: ChangeSet) -> SafeString:
        return format_html("<bdi>{}</bdi>", change_set.actor_name)

    @admin.display(description="articles")
    def articles(self, change_set: ChangeSet) -> str:
        count = getattr(change_set, "article_count", None) or 0
        return f"{count} article{pluralize(count)}"

    @admin.display(description="reason")
    def why(self, change_set: ChangeSet) -> SafeString:
        return format_html("<bdi>{}</bdi>", change_set.reason)
