"""The list of articles: filtered by the shared FilterSet, with a capped count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest
from django.utils import timezone

from articles.admin.requests.addresses import PageAddress, read_as
from articles.admin.requests.offered_lists import OfferedChangeList
from articles.filters import DeskFilterSet
from articles.querysets import ArticleQuerySet
from articles.readiness import findings

OPENS_ON = "undecided"
_ORDERS: dict[str, tuple[str, Callable[[ArticleQuerySet], ArticleQuerySet]]] = {
    "scheduled": ("soonest first", ArticleQuerySet.soonest_live_first),
    "ending": ("soonest end first", ArticleQuerySet.soonest_off_first),
    "ended": ("latest end first", ArticleQuerySet.latest_off_first),
}
"""Order by schedule; each order has an index."""
_BY_DATE = ("newest first", ArticleQuerySet.newest_first)
_OF_ONE_TAB = ("state", "cause", "came_back", PAGE_VAR)


class ArticleChangeList(OfferedChangeList):
    """Accepts DeskFilterSet's parameters, and the page."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> ArticleQuerySet:
        data = request.GET.copy()
        data.setdefault("state", OPENS_ON)
        self.filterset = DeskFilterSet(data, queryset=self.root_queryset)
        self.filter_specs: list[Any] = []
        self.has_filters = self.has_active_filters = False
        self.clear_all_filters_qs = "?"
        read_as(request, self.filterset.form, also=[PAGE_VAR])
        read_as(request, PageAddress(request.GET), also=DeskFilterSet.base_filters)
        filtered: ArticleQuerySet = self.filterset.qs
        in_order = _ORDERS.get(self.state, _BY_DATE)[1]
        return in_order(filtered).for_listing()

    def get_results(self, request: HttpRequest) -> None:
        """The page's articles, each with its `findings` (none if published). A POST needs no list and runs no query."""
        super().get_results(request)
        if request.method == "POST":
            return
        articles = list(findings.with_facts(self.result_list))
        by_article = findings.findings([one for one in articles if not one.published], at=timezone.now())
        for article in articles:
            article.findings = by_article.get(article.pk, [])  # type: ignore[attr-defined]
        self.result_list = articles

    @property
    def state(self) -> str:
        return str(self.filterset.form.cleaned_data["state"])

    @property
    def order(self) -> str:
        return _ORDERS.get(self.state, _BY_DATE)[0]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The tabs, as links that keep the other filters."""
        kept = {name: value for name, value in self.filterset.data.items() if value and name not in _OF_ONE_TAB}
        return [
            {"label": label, "query": urlencode(kept | {"state": value}), "is_current": value == self.state}
            for value, label in DeskFilterSet.STATES
        ]

    @property
    def chosen(self) -> list[str]:
        """The filters in use, apart from the state."""
        return [
            name
            for name, value in self.filterset.form.cleaned_data.items()
            if value not in (None, "") and name != "state"
        ]
