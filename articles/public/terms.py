"""Categories, topics and providers as readers see them: the displayed term if a term is shown as another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet

from articles.models import Article, ArticleTopic, Category
from articles.querysets import AT
from articles.sql.compiled import Blank, Compiled, Row

_COLUMNS = ("pk", "slug", "label", "name")
OWN_COLUMNS = tuple(f"{step}{name}" for step in ("", "shown_as__") for name in _COLUMNS)
TERM_WIDTH = len(OWN_COLUMNS)


class ShownTerm(NamedTuple):
    pk: int
    slug: str
    name: str
    query: str
    """The slug, URL-encoded."""


NO_TERM = ShownTerm(0, "", "", "")


def term_columns(relation: str) -> list[str]:
    """TERM_WIDTH columns for `term_of`."""
    return [f"{relation}__{name}" for name in OWN_COLUMNS]


def term_of(columns: Row) -> ShownTerm:
    """From the columns of the term and of the one it is shown as."""
    pk, slug, label, name = columns[4:] if columns[4] else columns[:4]
    return ShownTerm(pk, slug, label or name, quote(slug)) if pk else NO_TERM


def topics_of(article: int) -> list[ShownTerm]:
    return shown_topics(_TOPICS.rows(article=article))


def shown_topics(rows: Iterable[Row]) -> list[ShownTerm]:
    """In order; terms shown as the same one are merged."""
    return list({term.pk: term for term in map(term_of, rows)}.values())


def topic_called(name: str, article: int) -> str:
    """The displayed form of the article's topic with this slug or name, its own or that of the one it is shown as."""
    return next((term_of(row).name for row in _TOPICS.rows(article=article) if name in row), "")


_TOPICS = Compiled(
    lambda: (
        ArticleTopic.objects.filter(article=Blank("article", BigIntegerField()))
        .order_by("position")
        .values_list(*term_columns("topic"))
    )
)


MOST_CATEGORIES = 40


@dataclass(frozen=True)
class Choice:
    """A filter value and its label."""

    value: str
    label: str


def category_choices(*, at: datetime) -> list[Choice]:
    """Categories with visible articles, by name; terms shown as another one count as that one."""
    terms = {row[:3] if row[0] else row[3:] for row in _CATEGORIES.rows(at=at)}
    return _in_order([Choice(slug, label or name) for slug, label, name in terms])


def with_term(choices: list[Choice], term: ShownTerm) -> list[Choice]:
    """The choices, in order, including this term if it has one."""
    if not term.pk or any(choice.value == term.slug for choice in choices):
        return choices
    return _in_order([*choices, Choice(term.slug, term.name)])


def _in_order(choices: list[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: (choice.label.casefold(), choice.value))


def type_choices(*, at: datetime) -> list[Choice]:
    return [Choice(name, name) for (name,) in _TYPES.rows(at=at)]


def _categories_seen() -> QuerySet[Category, Any]:
    seen = Article.objects.visible(at=AT).filter(category=OuterRef("pk"))
    own, other = ("slug", "label", "name"), ("shown_as__slug", "shown_as__label", "shown_as__name")
    return Category.objects.filter(Exists(seen)).values_list(*other, *own)[:MOST_CATEGORIES]


_CATEGORIES = Compiled(_categories_seen)
_TYPES = Article.objects.visible(at=AT).known_types()


def including(choices: list[Choice], chosen: str) -> list[Choice]:
    """The choices, plus the address's value if it is not among them, so that the form keeps it."""
    if not chosen or any(choice.value == chosen for choice in choices):
        return choices
    return [*choices, Choice(chosen, chosen)]
