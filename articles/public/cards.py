"""An article in a readers' list, with a typographic stand-in for its picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, Self
from urllib.parse import quote
from zlib import crc32

from django.utils import timezone

from articles.models.article import page_path
from articles.moments import day
from articles.public.terms import TERM_WIDTH, ShownTerm, term_columns, term_of
from articles.sql.compiled import Row

USUAL_TYPE = "article"

TINTS = 8
"""The number of tints in site.css."""

_WORD = re.compile(r"\w+")
_ARABIC_THE = "ال"
_LONG_TITLE = 60
_ENDLESS_TITLE = 160


class TimeShown(NamedTuple):
    """A time in the current time zone, for machines and for people."""

    iso: str
    text: str
    zone: str

    @classmethod
    def of(cls, moment: datetime) -> Self:
        local = timezone.localtime(moment)
        return cls(local.isoformat(), f"{day(moment)}, {local:%H:%M}", local.tzname() or "")


@dataclass(frozen=True, slots=True)
class Card:
    """The values that a card shows, computed once: template filters cost several times as much per card."""

    pk: int
    live_from: datetime
    initials: str
    """What stands where a picture would: the provider's initials, on one of a few tints."""
    tint: int
    length: str
    """Length class of the title: short, long or endless."""
    title: str
    excerpt: str
    address: str
    category: ShownTerm
    provider: ShownTerm
    type: str
    type_query: str
    time: TimeShown

    @property
    def other_type(self) -> str:
        """The type, unless it is the usual one."""
        return "" if self.type == USUAL_TYPE else self.type


_OWN = ("pk", "slug", "title", "excerpt", "published_at", "live_from", "type")
_TERMS = len(_OWN)
CARD_COLUMNS = (*_OWN, *term_columns("category"), *term_columns("provider"))


def card_of(row: Row) -> Card:
    """Builds a card from a row that starts with CARD_COLUMNS; rows are twice as fast as instances."""
    pk, slug, title, excerpt, published_at, live_from, type_ = row[:_TERMS]
    category = term_of(row[_TERMS : _TERMS + TERM_WIDTH])
    provider = term_of(row[_TERMS + TERM_WIDTH : len(CARD_COLUMNS)])
    return Card(
        pk=pk,
        live_from=live_from,
        initials=initials_of(provider.name),
        tint=crc32(provider.slug.encode()) % TINTS,
        length=title_length(title),
        title=title,
        excerpt=excerpt,
        address=page_path(pk, slug),
        category=category,
        provider=provider,
        type=type_,
        type_query=quote(type_, safe=""),
        time=TimeShown.of(published_at),
    )


@lru_cache(maxsize=1_000)
def initials_of(name: str) -> str:
    """Two capitals if the script has capitals, else the first letter: The Copper Lantern gives CL."""
    words = [word.removeprefix(_ARABIC_THE) for word in _WORD.findall(name) if word.lower() != "the"]
    words = [word for word in words if word] or [name.strip() or "?"]
    letters = [word[:1].upper()[:1] for word in words[:2]]
    return "".join(letters) if all(letter != letter.lower() for letter in letters) else letters[0]


def title_length(title: str) -> str:
    if len(title) > _ENDLESS_TITLE:
        return "endless"
    return "long" if len(title) > _LONG_TITLE else "short"
