"""An article as readers meet it on a list, with a typographic stand-in in place of its picture."""

from __future__ import annotations

import re
from dataclasses import dataclass

from articles.models import Article, Category, Provider

TINTS = 8
"""How many there are in site.css."""

_WORD = re.compile(r"\w+")
_ARABIC_THE = "ال"
_LONG_TITLE = 60
_ENDLESS_TITLE = 160


@dataclass(frozen=True)
class StandIn:
    """What stands where a picture would: the provider's initials on one of a few tints."""

    initials: str
    tint: int


@dataclass(frozen=True)
class Card:
    """`category` and `provider` are those that readers meet in place of the article's own."""

    article: Article
    category: Category | None
    provider: Provider
    stand_in: StandIn
    length: str
    """Of the title: short, long or endless."""


def card_of(article: Article) -> Card:
    provider = article.provider.target
    category = article.category.target if article.category else None
    stand_in = StandIn(initials_of(provider.shown), provider.pk % TINTS)
    return Card(article, category, provider, stand_in, title_length(article.title))


def initials_of(name: str) -> str:
    """Two capitals where the script has capitals, else the first letter: The Copper Lantern gives CL."""
    words = [word.removeprefix(_ARABIC_THE) for word in _WORD.findall(name) if word.lower() != "the"]
    words = [word for word in words if word] or [name.strip() or "?"]
    letters = [word[:1].upper()[:1] for word in words[:2]]
    return "".join(letters) if all(letter != letter.lower() for letter in letters) else letters[0]


def title_length(title: str) -> str:
    if len(title) > _ENDLESS_TITLE:
        return "endless"
    return "long" if len(title) > _LONG_TITLE else "short"
