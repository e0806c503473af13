"""An article as readers meet it on a list, with a typographic stand-in in place of its picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone

from articles.models import Article, Category, Provider

USUAL_TYPE = "article"

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

    # What a card shows, made here once: a filter in a template costs several times as much, on every card.
    title: str
    excerpt: str
    address: str
    category_name: str
    category_slug: str
    provider_name: str
    provider_slug: str
    other_type: str
    """The type, unless it is the usual one."""
    other_type_query: str
    time_iso: str
    time_shown: str


def card_of(article: Article) -> Card:
    provider = article.provider.target
    category = article.category.target if article.category else None
    other_type = "" if article.type == USUAL_TYPE else article.type
    moment = timezone.localtime(article.published_at)
    return Card(
        article=article,
        category=category,
        provider=provider,
        stand_in=StandIn(initials_of(provider.shown), provider.pk % TINTS),
        length=title_length(article.title),
        title=article.title,
        excerpt=article.excerpt,
        address=article.get_absolute_url(),
        category_name=category.shown if category else "",
        category_slug=quote(category.slug) if category else "",
        provider_name=provider.shown,
        provider_slug=quote(provider.slug),
        other_type=other_type,
        other_type_query=quote(other_type, safe=""),
        time_iso=moment.isoformat(),
        time_shown=moment.strftime("%-d %B %Y, %H:%M"),
    )


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
