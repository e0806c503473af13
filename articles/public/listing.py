"""A list of articles as a value: the query, the results, and links to further pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from articles.filters import ArticleFilterSet
from articles.models import Article
from articles.public.cards import Card
from articles.public.paging import Asked, Page, Unclear, page_at
from articles.public.terms import Choice, topic_called
from articles.querysets import ArticleQuerySet
from articles.seedfile import limits

Errors = Mapping[str, Any]

HEADED_BY = ("category", "topic", "provider", "type")
"""Filters whose value alone makes a heading."""


@dataclass(frozen=True)
class Chip:
    """An active filter in words, and the address of the list without it."""

    name: str
    label: str
    value: str
    address_without: str


@dataclass(frozen=True)
class Listing:
    """`problem` is an error of the whole address; `errors` are errors of single filters, by name."""

    asked: Asked
    errors: Errors
    problem: str
    cards: list[Card]
    chips: list[Chip]
    newer: str
    older: str

    @property
    def status(self) -> int:
        return 400 if self.problem or self.errors else 200

    @property
    def is_front(self) -> bool:
        """Whether it is the unfiltered first page, which opens with a lead."""
        return self.status == 200 and not (self.asked.filters or self.asked.after or self.asked.before)

    @property
    def heading(self) -> str:
        """The heading of the list."""
        if len(self.chips) == 1 and self.chips[0].name in HEADED_BY:
            return self.chips[0].value
        if "q" in self.asked.filters:
            return f"Stories matching “{self.asked.filters['q']}”"
        return "Selected stories" if self.chips else "Earlier stories"

    @property
    def path(self) -> str:
        """The canonical address: only known parameters, in a fixed order."""
        return self.asked.address(**vars(self.asked.place())) if self.status == 200 else self.asked.address()


def read_listing(parameters: Mapping[str, str], *, at: datetime, categories: list[Choice]) -> Listing:
    asked = Asked.by(parameters)
    try:
        place = asked.place()
    except Unclear as problem:
        return _unanswered(asked, _filtered(asked, Article.objects.none())[1], str(problem))
    articles, errors = _filtered(asked, place.narrow().visible(at=at))
    if errors:
        return _unanswered(asked, errors, "")
    page = page_at(place, articles)
    return Listing(asked, {}, "", page.cards, _chips(asked, _labels(asked, page, categories)), *_ways(asked, page))


def _filtered(asked: Asked, articles: ArticleQuerySet[Article]) -> tuple[ArticleQuerySet[Article], Errors]:
    """The filtered `articles`, and errors of the filters. Without filters the FilterSet is skipped, which saves a tenth
    of the front page."""
    if not asked.filters:
        return articles, {}
    filter_set = ArticleFilterSet(data=dict(asked.filters), queryset=articles)
    if filter_set.is_valid() and _has_known_years(filter_set.form):
        return filter_set.qs, {}
    return articles, filter_set.form.errors


def _has_known_years(form: Any) -> bool:
    """Dates at either end of the calendar cannot be converted to another time zone."""
    for name in ("since", "until"):
        day = form.cleaned_data[name]
        if day and not limits.YEARS[0] <= day.year <= limits.YEARS[1]:
            form.add_error(name, "No stories from that year.")
    return not form.errors


def _unanswered(asked: Asked, errors: Errors, problem: str) -> Listing:
    return Listing(asked, errors, problem, [], [], "", "")


def _ways(asked: Asked, page: Page) -> tuple[str, str]:
    newer = asked.address(before=page.newer) if page.newer else ""
    return newer, asked.address(after=page.older) if page.older else ""


def _chips(asked: Asked, labels: Mapping[str, str]) -> list[Chip]:
    names = ArticleFilterSet.base_filters
    return [
        Chip(name, names[name].label, labels.get(name) or value, asked.address(without=name))
        for name, value in asked.filters.items()
    ]


def _labels(asked: Asked, page: Page, categories: list[Choice]) -> dict[str, str]:
    """The displayed names of the filters' terms, taken from a found article. A term that no visible article uses stays
    as typed."""
    if not page.cards:
        offered = {choice.value: choice.label for choice in categories}
        return {"category": offered.get(asked.filters.get("category", ""), "")}
    card = page.cards[0]
    topic = asked.filters.get("topic")
    return {
        "category": card.category.name,
        "provider": card.provider.name,
        "topic": topic_called(topic, card.pk) if topic else "",
    }
