"""The list of articles: filtered by the shared FilterSet, and counted no further than anybody reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest
from django.utils import timezone

from articles.admin.requests.addresses import PageAddress, Unreadable, read_as
from articles.admin.requests.offered_lists import OfferedChangeList
from articles.filters import DeskFilterSet
from articles.querysets import ArticleQuerySet
from articles.readiness import findings

OPENS_ON = "undecided"
_OWN_ORDERS: dict[str, tuple[str, Callable[[ArticleQuerySet], ArticleQuerySet]]] = {
    "scheduled": ("soonest first", ArticleQuerySet.soonest_live_first),
    "live": ("latest published first", ArticleQuerySet.latest_live_first),
    "ending": ("soonest end first", ArticleQuerySet.soonest_off_first),
    "ended": ("latest end first", ArticleQuerySet.latest_off_first),
}
"""What has a schedule, by its schedule; an index has each of these orders."""
_WAITING = ("undecided", "held")
_ANYWHERE = ("newest", "oldest")
_OF_ONE_TAB = ("state", "cause", "came_back", "order", PAGE_VAR)


class ArticleChangeList(OfferedChangeList):
    """Takes from the address what DeskFilterSet knows, and the page."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> ArticleQuerySet:
        data = request.GET.copy()
        data.setdefault("state", OPENS_ON)
        self.filterset = DeskFilterSet(data, queryset=self.root_queryset)
        self.filter_specs: list[Any] = []
        self.has_filters = self.has_active_filters = False
        self.clear_all_filters_qs = "?"
        read_as(request, self.filterset.form, also=[PAGE_VAR])
        read_as(request, PageAddress(request.GET), also=DeskFilterSet.base_filters)
        if self.asked_order and self.asked_order not in self.orders:
            raise Unreadable.parameter("order", self.asked_order)
        filtered: ArticleQuerySet = self.filterset.qs
        return self._order[1](filtered).for_listing()

    def get_results(self, request: HttpRequest) -> None:
        """The articles of the page as a list, each with its `findings`, none if it is published. A post shows no list,
        and asks for none."""
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
    def asked_order(self) -> str:
        return str(self.filterset.form.cleaned_data["order"])

    @property
    def order(self) -> str:
        """In words."""
        return self._order[0]

    @property
    def own_order(self) -> str:
        """The one of the tab, in words, if it is none of those that can be asked for."""
        return _OWN_ORDERS[self.state][0] if self.state in _OWN_ORDERS else ""

    @property
    def orders(self) -> dict[str, str]:
        """Those that the tab offers, in words."""
        return {
            name: words
            for name, (words, _) in DeskFilterSet.ORDERS.items()
            if name in _ANYWHERE or self.state in _WAITING
        }

    @property
    def _order(self) -> tuple[str, Callable[[ArticleQuerySet], ArticleQuerySet]]:
        if self.asked_order:
            return DeskFilterSet.ORDERS[self.asked_order]
        return _OWN_ORDERS.get(self.state, DeskFilterSet.ORDERS["newest"])

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The states as links that keep the other filters."""
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
            if value not in (None, "") and name not in ("state", "order")
        ]
