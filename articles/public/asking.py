"""What a reader asks of the list, as its address says it: the filters that are known, and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from articles.filters import ArticleFilterSet
from articles.public.paging import BrokenCursor, Cursor, Place

LIST_PATH = "/"


class Unclear(ValueError):
    """The address asks for something that no list can answer."""


@dataclass(frozen=True)
class Asked:
    """Known filters that have a value, in the order of the FilterSet; any other parameter is ignored."""

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
            raise Unclear("The address names two pages at once.")
        try:
            after = Cursor.parse(self.after) if self.after else None
            return Place(after, Cursor.parse(self.before) if self.before else None)
        except BrokenCursor:
            raise Unclear("The address does not lead to a page of this list; it may have been cut short.") from None

    def address(self, *, without: str = "", **place: Cursor | None) -> str:
        """The list's path with these filters, one left out if named, and with `after` or `before`."""
        kept = {name: value for name, value in self.filters.items() if name != without}
        query = urlencode(kept | {name: str(cursor) for name, cursor in place.items() if cursor})
        return f"{LIST_PATH}?{query}" if query else LIST_PATH
