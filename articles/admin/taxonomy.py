"""Display names of categories, topics and providers. The names themselves come from the files and never change."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from articles.admin.requests.addresses import is_key
from articles.models import Category, Provider, Topic


class TermAdmin(admin.ModelAdmin):
    list_display: tuple[str, ...] = ("name", "label", "shown_as")
    list_select_related = ("shown_as",)
    list_per_page = 50
    search_fields: ClassVar[tuple[str, ...]] = ("name", "label")
    fields: ClassVar[tuple[str, ...]] = ("name", "label", "shown_as")
    readonly_fields: ClassVar[tuple[str, ...]] = ("name",)
    autocomplete_fields = ("shown_as",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Names are created by articles."""
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        words = {"label": "Display as", "help_text": "Readers see that name instead, as “AI” for “ai”."}
        return super().formfield_for_foreignkey(db_field, request, **(words | options))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuses a malformed key, on which Django's widget would fail."""
        chosen = request.POST.get("shown_as", "")
        if chosen and not is_key(chosen):
            raise BadRequest("the chosen name is not valid; reload the page")
        answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        return answer

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("shown_as")


@admin.register(Category)
class CategoryAdmin(TermAdmin):
    pass


@admin.register(Topic)
class TopicAdmin(TermAdmin):
    pass


@admin.register(Provider)
class ProviderAdmin(TermAdmin):
    list_display = ("name", "domain", "label", "shown_as")
    search_fields = ("name", "domain", "label")
    fields = ("name", "domain", "label", "shown_as")
    readonly_fields = ("name", "domain")
