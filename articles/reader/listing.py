"""The list of articles as a value: what was asked, what was found, and the ways on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from articles.filters import ArticleFilterSet
from articles.models import Article, Topic
from articles.models.taxonomy import Term
from articles.reader.asking import Asked, Unclear
from articles.reader.cards import Card, card_of
from articles.reader.choices import Choice
from articles.reader.paging import Page, page_at
from articles.seedfile import limits

HEADED_BY = ("category", "topic", "provider", "type")
"""Filters whose value says by itself what is listed."""


@dataclass(frozen=True)
class Chip:
    """A filter that is on, in words, and the address of the list without it."""

    name: str
    label: str
    value: str
    address_without: str


@dataclass(frozen=True)
class Listing:
    """`problem` says what is wrong with the address as a whole, the form's errors what with single filters."""

    asked: Asked
    form: Any
    problem: str
    cards: list[Card]
    chips: list[Chip]
    newer: str
    older: str

    @property
    def status(self) -> int:
        return 400 if self.problem or self.form.errors else 200

    @property
    def is_front(self) -> bool:
        """Whether it is the whole list from its top, which opens with a lead."""
        return self.status == 200 and not (self.asked.filters or self.asked.after or self.asked.before)

    @property
    def heading(self) -> str:
        """What the whole of it is, in words."""
        if len(self.chips) == 1 and self.chips[0].name in HEADED_BY:
            return self.chips[0].value
        if "q" in self.asked.filters:
            return f"Stories with “{self.asked.filters['q']}”"
        return "Stories you asked for" if self.chips else "Earlier stories"

    @property
    def path(self) -> str:
        """Its address in one spelling: known parameters alone, in a fixed order."""
        return self.asked.address(**vars(self.asked.place())) if self.status == 200 else self.asked.address()


def read_listing(parameters: Mapping[str, str], *, at: datetime, categories: list[Choice]) -> Listing:
    asked = Asked.by(parameters)
    try:
        place = asked.place()
    except Unclear as problem:
        return _unanswered(asked, ArticleFilterSet(data=dict(asked.filters)).form, str(problem))
    articles = place.narrow().visible(at=at).for_listing()
    filter_set = ArticleFilterSet(data=dict(asked.filters), queryset=articles)
    if not (filter_set.is_valid() and _has_known_years(filter_set.form)):
        return _unanswered(asked, filter_set.form, "")
    page = page_at(place, filter_set.qs)
    chips = _chips(asked, filter_set.form, _labels(asked, page, categories))
    return Listing(
        asked, filter_set.form, "", [card_of(article) for article in page.articles], chips, *_ways(asked, page)
    )


def _has_known_years(form: Any) -> bool:
    """A date at either end of the calendar cannot be moved into another time zone."""
    for name in ("since", "until"):
        day = form.cleaned_data[name]
        if day and not limits.YEARS[0] <= day.year <= limits.YEARS[1]:
            form.add_error(name, "No story is from that year.")
    return not form.errors


def _unanswered(asked: Asked, form: Any, problem: str) -> Listing:
    return Listing(asked, form, problem, [], [], "", "")


def _ways(asked: Asked, page: Page) -> tuple[str, str]:
    newer = asked.address(before=page.newer) if page.newer else ""
    return newer, asked.address(after=page.older) if page.older else ""


def _chips(asked: Asked, form: Any, labels: Mapping[str, str]) -> list[Chip]:
    return [
        Chip(name, form.fields[name].label, labels.get(name, value), asked.address(without=name))
        for name, value in asked.filters.items()
    ]


def _labels(asked: Asked, page: Page, categories: list[Choice]) -> dict[str, str]:
    """How readers see the terms that are filtered by. A term that no visible article bears stays as it was typed."""
    offered = {choice.value: choice.label for choice in categories}
    labels = {"category": offered.get(asked.filters.get("category", ""))}
    if page.articles:
        labels |= {name: term.shown for name, term in _terms(asked, page.articles[0]).items()}
    return {name: label for name, label in labels.items() if label}


def _terms(asked: Asked, found: Article) -> dict[str, Term]:
    """What an article that was found bears of the terms that were asked for."""
    terms: dict[str, Term] = {"provider": found.provider}
    if found.category is not None:
        terms["category"] = found.category
    if "topic" in asked.filters:
        borne = Topic.objects.filter(articletopic__article=found).select_related("shown_as")
        terms["topic"] = next(topic for topic in borne if asked.filters["topic"] in _names(topic))
    return terms


def _names(term: Term) -> set[str]:
    return {term.slug, term.name, term.target.slug, term.target.name}
