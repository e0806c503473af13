"""An article as readers meet it on a list, with a typographic stand-in in place of its picture."""

from __future__ import annotations

import re
from dataclasses import dataclass

from articles.models import Article

TINTS = 8
"""How many there are in site.css."""

_WORD = re.compile(r"\w+")
_LONG_TITLE = 90
_ENDLESS_TITLE = 200


@dataclass(frozen=True)
class StandIn:
    """What stands where a picture would: the provider's initials on one of a few tints."""

    initials: str
    tint: int


@dataclass(frozen=True)
class Card:
    article: Article
    stand_in: StandIn
    length: str
    """Of the title: short, long or endless."""


def card_of(article: Article) -> Card:
    provider = article.provider.target
    stand_in = StandIn(initials_of(provider.label or provider.name), provider.pk % TINTS)
    return Card(article, stand_in, title_length(article.title))


def initials_of(name: str) -> str:
    """Two capitals where the script has capitals, else the first letter: The Copper Lantern gives CL."""
    words = [word for word in _WORD.findall(name) if word.lower() != "the"] or [name.strip()]
    letters = [word[:1].upper()[:1] for word in words[:2]]
    return "".join(letters) if all(letter != letter.lower() for letter in letters) else letters[0]


def title_length(title: str) -> str:
    if len(title) > _ENDLESS_TITLE:
        return "endless"
    return "long" if len(title) > _LONG_TITLE else "short"
