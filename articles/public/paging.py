"""Keyset pagination: a row marks where the next page begins, at any depth and whatever was added meanwhile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlencode

from django.db.models import Q

from articles.filters import ArticleFilterSet
from articles.models import Article
from articles.public.cards import CARD_COLUMNS, Card, card_of
from articles.querysets import ArticleQuerySet
from articles.sql.compiled import Row

PAGE_SIZE = 18
"""A lead, five beside it and four rows of three; six more would cost 10% more time."""

_FORMAT = "%Y%m%dT%H%M%S.%fZ"
_CURSOR = re.compile(r"([0-9]{8}T[0-9]{6}\.[0-9]{6}Z)-([0-9]{1,19})")
_LARGEST_KEY = 2**63 - 1


class Unclear(ValueError):
    """The address is invalid for any list."""


_CUT_SHORT = "The address is not a page of this list; it may have been cut short."


@dataclass(frozen=True)
class Cursor:
    """A position in a list ordered by live_from, newest first, written as 20261120T140500.000000Z-4711."""

    live_from: datetime
    pk: int

    @classmethod
    def at(cls, row: Article | Card) -> Self:
        """The position of a visible article."""
        if row.live_from is None:
            raise ValueError(f"article {row.pk} was never live")
        return cls(row.live_from, row.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Unclear."""
        match = _CURSOR.fullmatch(text)
        if match is None or int(match[2]) > _LARGEST_KEY:
            raise Unclear(_CUT_SHORT)
        try:
            return cls(datetime.strptime(match[1], _FORMAT).replace(tzinfo=UTC), int(match[2]))
        except ValueError:
            raise Unclear(_CUT_SHORT) from None

    def __str__(self) -> str:
        moment = self.live_from.astimezone(UTC)
        return f"{moment.isoformat(timespec='microseconds')[:26].translate(_COMPACT)}Z-{self.pk}"


_COMPACT = str.maketrans("", "", "-:")


@dataclass(frozen=True)
class Place:
    """The requested page: after a cursor, before it, or the first."""

    after: Cursor | None = None
    before: Cursor | None = None

    def narrow(self) -> ArticleQuerySet[Article]:
        """The articles on that side of the cursor, visible or not.

        Apply this before `visible`: of two conditions on live_from, SQLite uses the first as its index range; in the
        other order it reads every row above a deep page."""
        if self.after is not None:
            tie = Q(live_from__lt=self.after.live_from) | Q(pk__lt=self.after.pk)
            return Article.objects.filter(tie, live_from__lte=self.after.live_from)
        if self.before is not None:
            tie = Q(live_from__gt=self.before.live_from) | Q(pk__gt=self.before.pk)
            return Article.objects.filter(tie, live_from__gte=self.before.live_from)
        return Article.objects.all()


@dataclass(frozen=True)
class Page:
    """Some articles, newest live_from first; `newer` and `older` are cursors if the list continues on that side.

    It always continues on the side that the cursor came from.
    """

    cards: list[Card]
    newer: Cursor | None = None
    older: Cursor | None = None


def page_at(place: Place, articles: ArticleQuerySet[Article]) -> Page:
    """At most PAGE_SIZE of `articles`, already narrowed by `place.narrow()` and filters, in one query."""
    if place.before is None:
        rows = _fetched(articles.latest_live_first())
        return _page_of(rows[:PAGE_SIZE], has_newer=place.after is not None, has_older=len(rows) > PAGE_SIZE)
    rows = _fetched(articles.order_by("live_from", "pk"))
    return _page_of(rows[:PAGE_SIZE][::-1], has_newer=len(rows) > PAGE_SIZE, has_older=True)


def _fetched(articles: ArticleQuerySet[Article]) -> list[Row]:
    return list(articles.values_list(*CARD_COLUMNS)[: PAGE_SIZE + 1])


def _page_of(rows: list[Row], *, has_newer: bool, has_older: bool) -> Page:
    if not rows:
        return Page([])
    cards = [card_of(row) for row in rows]
    return Page(cards, Cursor.at(cards[0]) if has_newer else None, Cursor.at(cards[-1]) if has_older else None)


LIST_PATH = "/"


@dataclass(frozen=True)
class Asked:
    """Known filters with a value, in the order of the FilterSet; ignores other parameters."""

    filters: Mapping[str, str]
    after: str
    before: str

    @classmethod
    def by(cls, parameters: Mapping[str, str]) -> Self:
        filters = {name: parameters.get(name, "").strip() for name in ArticleFilterSet.base_filters}
        given = {name: value for name, value in filters.items() if value}
        return cls(given, parameters.get("after", ""), parameters.get("before", ""))

    def place(self) -> Place:
        """Raises Unclear."""
        if self.after and self.before:
            raise Unclear("The address asks for two pages.")
        after, before = (Cursor.parse(text) if text else None for text in (self.after, self.before))
        return Place(after, before)

    def address(self, *, without: str = "", **place: Cursor | None) -> str:
        """The list's path with these filters (optionally without one), and `after` or `before`."""
        kept = {name: value for name, value in self.filters.items() if name != without}
        query = urlencode(kept | {name: str(cursor) for name, cursor in place.items() if cursor})
        return f"{LIST_PATH}?{query}" if query else LIST_PATH
