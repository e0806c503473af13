"""Admin lists, those of other apps included: each accepts only the parameters that it offers."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.admin import ListFilter, ModelAdmin, SimpleListFilter
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import IS_FACETS_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import capfirst

from articles.admin.requests import addresses
from articles.admin.requests.addresses import FormAddress, PageAddress, RowPageAddress, Unreadable
from articles.querysets import ArticleQuerySet

_LONGEST_SEARCH = 200
MOST_COUNTED = 5_000
"""Beyond this, counting and paging are too slow; the list asks to filter."""
_COLUMN = re.compile(r"-?([0-9]{1,3})")


class NearestPage(Paginator):
    """The last page may have become empty meanwhile."""

    def validate_number(self, number: int | float | str) -> int:
        return min(max(int(number), 1), self.num_pages)


class CappedPaginator(NearestPage):
    """Counts up to MOST_COUNTED rows, which bounds the cost of COUNT and OFFSET."""

    @cached_property
    def count(self) -> int:
        rows: ArticleQuerySet = self.object_list  # type: ignore[assignment]
        return rows.order_by()[: MOST_COUNTED + 1].count()

    @property
    def is_capped(self) -> bool:
        return self.count > MOST_COUNTED


class OfferedChangeList(ChangeList):
    """Accepts only what the page itself links to: pages, sort orders, the search, and the values of `list_filter`.
    Django's own ChangeList accepts any lookup on any column (CASES A06, E06)."""

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        try:
            super().__init__(request, *args, **options)
        except (IncorrectLookupParameters, DisallowedModelAdminToField, OverflowError) as problem:
            raise Unreadable.whole(request) from problem
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        controls = self._controls()(request.GET)
        addresses.read_as(request, controls, also=self.get_filters_params())
        return super().get_queryset(request, exclude_parameters)

    def get_filters(self, request: HttpRequest) -> Any:
        asked = {name: values[-1] for name, values in self.get_filters_params().items()}
        for name, value in asked.items():
            if not self.model_admin.lookup_allowed(name, value, request):
                raise Unreadable.parameter(name, value)
        try:
            chosen = super().get_filters(request)
        except ValueError as problem:  # of a date hierarchy, from a year that no calendar has
            raise IncorrectLookupParameters from problem
        filters, _, unclaimed, *_ = chosen
        for name in asked.keys() & unclaimed.keys():
            raise Unreadable.parameter(name, asked[name])
        for one in filters:
            _check_choice(one)
        return chosen

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.page_num = min(max(self.page_num, 1), self.paginator.num_pages)

    def _controls(self) -> type[forms.Form]:
        """Parameters besides the filters: "show all" and facet counts, if offered."""
        fields: dict[str, forms.Field] = {ORDER_VAR: forms.CharField(required=False, validators=[self._check_order])}
        if self.search_fields:
            fields[SEARCH_VAR] = forms.CharField(required=False, max_length=_LONGEST_SEARCH)
        if self.list_max_show_all:
            fields[ALL_VAR] = forms.CharField(required=False, max_length=0)
        if self.is_facets_optional:
            fields[IS_FACETS_VAR] = forms.ChoiceField(required=False, choices=[("True", "")])
        return type("ListAddress", (PageAddress,), fields)

    def _check_order(self, text: str) -> None:
        """Columns, as in the sort links of the header: "1.-3"."""
        columns = [_COLUMN.fullmatch(part) for part in text.split(".")]
        numbers = [int(column[1]) for column in columns if column]
        if len(numbers) < len(columns) or len(set(numbers)) < len(numbers) or not all(map(self._is_sortable, numbers)):
            raise ValidationError("That is not a sort order.")

    def _is_sortable(self, number: int) -> bool:
        return number < len(self.list_display) and self.list_display[number] in (self.sortable_by or ())


class OfferedAdmin(ModelAdmin):
    """Mixed into every admin class registered with the site (`articles.admin.site`)."""

    paginator = NearestPage

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return OfferedChangeList

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        addresses.read(request, FormAddress)
        return super().changeform_view(request, *args, **options)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        addresses.read(request, FormAddress)
        return super().delete_view(request, *args, **options)

    def history_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        addresses.read(request, RowPageAddress)
        return super().history_view(request, *args, **options)


class ReadOnlyAdmin(ModelAdmin):
    """Of rows that no form of Django's own writes."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission


def offered(admin_class: type[ModelAdmin]) -> type[ModelAdmin]:
    """The same class with OfferedAdmin as a base; its own methods win."""
    return type(admin_class.__name__, (admin_class, OfferedAdmin), {"__module__": admin_class.__module__})


def _check_choice(one: ListFilter) -> None:
    """Raises Unreadable for a value that the filter does not offer; Django checks column values by type."""
    if not isinstance(one, SimpleListFilter):
        return
    value = one.value()
    if value is not None and value not in {str(choice) for choice, _ in one.lookup_choices}:
        raise Unreadable.parameter(one.parameter_name or "", value)
