"""The list of articles: filtered by the shared FilterSet, with a capped count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest
from django.utils import timezone

from articles.admin.article_list.reading import reading_of
from articles.admin.requests.addresses import MOST_KEY, PageAddress, Unreadable, read_as
from articles.admin.requests.offered_lists import OfferedChangeList
from articles.admin.requests.posted import actor_of
from articles.filters import DeskFilterSet
from articles.importing.receipt import with_rejection
from articles.querysets import ArticleQuerySet
from articles.readiness import findings

OPENS_ON = "undecided"
ORDERS: dict[str, tuple[str, Callable[[ArticleQuerySet], ArticleQuerySet]]] = {
    "newest": ("newest first", ArticleQuerySet.newest_first),
    "oldest": ("oldest first", ArticleQuerySet.oldest_first),
    "hottest": ("hottest first", ArticleQuerySet.hottest_first),
    "best": ("best quality first", ArticleQuerySet.best_first),
    "latest": ("latest arrivals first", ArticleQuerySet.latest_arrived_first),
    "waiting": ("waiting longest first", ArticleQuerySet.longest_waiting_first),
}
"""In words, each with its index among what is undecided; newest and oldest have one among all articles."""
_OWN_ORDERS: dict[str, tuple[str, Callable[[ArticleQuerySet], ArticleQuerySet]]] = {
    "scheduled": ("soonest first", ArticleQuerySet.soonest_live_first),
    "live": ("latest published first", ArticleQuerySet.latest_live_first),
    "ending": ("soonest end first", ArticleQuerySet.soonest_off_first),
    "ended": ("latest end first", ArticleQuerySet.latest_off_first),
}
"""What has a schedule, by its schedule; an index has each of these orders."""
_ORDERS_OF_COLUMNS = {"Quality": ("best",), "Heat": ("hottest",), "Date": ("newest", "oldest")}
_WAITING = ("undecided", "held")
_ANYWHERE = ("newest", "oldest")
_OF_ONE_TAB = ("state", "cause", "came_back", "order", "read", PAGE_VAR)


class ListAddress(PageAddress):
    """`read` is the primary key of the article in the reading pane."""

    order = forms.ChoiceField(required=False, choices=[(name, words) for name, (words, _) in ORDERS.items()])
    read = forms.IntegerField(required=False, min_value=1, max_value=MOST_KEY)


class ArticleChangeList(OfferedChangeList):
    """Accepts DeskFilterSet's parameters, and the page."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> ArticleQuerySet:
        data = request.GET.copy()
        data.setdefault("state", OPENS_ON)
        self.filterset = DeskFilterSet(data, queryset=self.root_queryset)
        self.filter_specs: list[Any] = []
        self.has_filters = self.has_active_filters = False
        self.clear_all_filters_qs = "?"
        read_as(request, self.filterset.form, also=ListAddress.base_fields)
        asked = read_as(request, ListAddress(request.GET), also=DeskFilterSet.base_filters)
        self.reading, self.asked_order = asked["read"], asked["order"]
        if self.asked_order and self.asked_order not in self.orders:
            raise Unreadable.parameter("order", self.asked_order)
        filtered: ArticleQuerySet = self.filterset.qs
        return self._order[1](filtered).for_listing()

    def get_results(self, request: HttpRequest) -> None:
        """The page's articles, each with its `findings` (none if published). A POST needs no list and runs no query."""
        super().get_results(request)
        if request.method == "POST":
            return
        articles = list(with_rejection(findings.with_facts(self.result_list)))
        by_article = findings.findings([one for one in articles if not one.published], at=timezone.now())
        for article in articles:
            article.findings = by_article.get(article.pk, [])  # type: ignore[attr-defined]
            article.reading_address = self.reading_address(article.pk)  # type: ignore[attr-defined]
        self.result_list = articles
        known = {article.pk: article.findings for article in articles}  # type: ignore[attr-defined]
        reader, now = actor_of(request), timezone.now()
        self.pane = reading_of(self.reading, reader, at=now, known=known) if self.reading else None

    @property
    def state(self) -> str:
        return str(self.filterset.form.cleaned_data["state"])

    @property
    def order(self) -> str:
        """In words."""
        return self._order[0]

    @property
    def own_order(self) -> str:
        """The tab's own order in words, if it has one."""
        return _OWN_ORDERS[self.state][0] if self.state in _OWN_ORDERS else ""

    @property
    def orders(self) -> dict[str, str]:
        """The orders that the tab offers, in words."""
        return {name: words for name, (words, _) in ORDERS.items() if name in _ANYWHERE or self.state in _WAITING}

    @property
    def _order(self) -> tuple[str, Callable[[ArticleQuerySet], ArticleQuerySet]]:
        if self.asked_order:
            return ORDERS[self.asked_order]
        return _OWN_ORDERS.get(self.state, ORDERS["newest"])

    def reading_address(self, pk: int | None) -> str:
        """The current list with this article in the pane; without a pane for None."""
        asked = {name: value for name, value in self.filterset.data.items() if value and name != "read"}
        return f"?{urlencode(asked | ({'read': pk} if pk else {}))}"

    @property
    def next_address(self) -> str:
        """With the article after the current one."""
        keys = [article.pk for article in self.result_list]
        place = keys.index(self.reading) + 1 if self.reading in keys else 0
        return self.reading_address(keys[place] if place < len(keys) else None)

    def order_by_column(self, label: str) -> dict[str, str] | None:
        """The link of a column's head, and its current sort; None for a column without an order."""
        names = [name for name in _ORDERS_OF_COLUMNS.get(label, ()) if name in self.orders]
        if not names:
            return None
        is_own = not (self.asked_order or self.own_order)
        now = self.asked_order or ("newest" if is_own else "")
        following = names[(names.index(now) + 1) % len(names)] if now in names else names[0]
        asked = {name: value for name, value in self.filterset.data.items() if value and name not in ("read", PAGE_VAR)}
        sort = {"oldest": "ascending"}.get(now, "descending") if now in names else ""
        return {"address": f"?{urlencode(asked | {'order': following})}", "sort": sort}

    @property
    def closed_address(self) -> str:
        return self.reading_address(None)

    @property
    def previous_address(self) -> str:
        keys = [article.pk for article in self.result_list]
        place = keys.index(self.reading) - 1 if self.reading in keys else -1
        return self.reading_address(keys[place]) if place >= 0 else ""

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
