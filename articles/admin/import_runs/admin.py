"""The list of import runs; `run_view` shows a single one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import DateFieldListFilter, ModelAdmin, ShowFacets, SimpleListFilter
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.import_runs import views
from articles.admin.requests.addresses import is_key, require_POST, require_safe
from articles.admin.requests.options import MOST_OPTIONS
from articles.models import ImportRun
from articles.models.importing import Outcome


class _NamesFilter(SimpleListFilter):
    """A filter by one of a column's values."""

    column = ""

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        values = ImportRun.objects.order_by(self.column).values_list(self.column, flat=True).distinct()
        return [(value, value) for value in values[:MOST_OPTIONS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(**{self.column: wanted})


class RootFilter(_NamesFilter):
    title = "root"
    parameter_name = "root"
    column = "root"


class ActorFilter(_NamesFilter):
    title = "who"
    parameter_name = "who"
    column = "change_set__actor_name"


class OutcomeFilter(SimpleListFilter):
    title = "outcome"
    parameter_name = "with"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [(str(outcome), f"with {outcome} files") for outcome in Outcome if outcome is not Outcome.UNCHANGED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        wanted = self.value()
        return queryset if wanted is None else queryset.filter(**{f"{wanted}_count__gt": 0})


class DateFilter(DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "date"


def _count_column(outcome: Outcome) -> Any:
    @admin.display(description=outcome.label, ordering=f"{outcome}_count")
    def count(run: ImportRun) -> SafeString:
        number = run.count_of(outcome)
        span = '<span class="tally is-{}{}" data-label="{}">{}</span>'
        return format_html(span, outcome, "" if number else " is-none", outcome.label, number)

    return count


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):
    list_display = ("__str__", "began", "actor", "root", *map(_count_column, Outcome))
    list_filter = (OutcomeFilter, RootFilter, ActorFilter, ("started_at", DateFilter))
    list_select_related = ("change_set",)
    list_per_page = 50
    search_fields = ("=pk", "root", "paths", "change_set__actor_name")
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def get_urls(self) -> list[URLPattern]:
        receipt = self.admin_site.admin_view(require_safe(self.receipt_view))
        undo = self.admin_site.admin_view(require_POST(self.undo_view))
        return [
            path("<path:object_id>/receipt.json", receipt, name="articles_importrun_receipt"),
            path("<path:object_id>/undo/", undo, name="articles_importrun_undo"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Import runs"} | (extra_context or {}))

    @method_decorator(require_safe)
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return views.show(self, request, _key(object_id))

    def receipt_view(self, request: HttpRequest, object_id: str) -> Any:
        return views.receipt(self, request, _key(object_id))

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return views.undo(self, request, _key(object_id))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    @admin.display(description="started", ordering="started_at")
    def began(self, run: ImportRun) -> SafeString:
        local = timezone.localtime(run.started_at)
        ending = "" if run.finished_at else ", not finished"
        cell = '<time datetime="{}">{}</time>{}'
        return format_html(cell, local.isoformat(), local.strftime("%-d %b %Y, %H:%M:%S"), ending)

    @admin.display(description="who", ordering="change_set__actor_name")
    def actor(self, run: ImportRun) -> SafeString:
        return format_html("<bdi>{}</bdi>", run.change_set.actor_name)


def _key(object_id: str) -> int:
    if not is_key(object_id):
        raise Http404("There is no such import.")
    return int(object_id)
