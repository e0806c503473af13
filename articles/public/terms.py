"""Categories, topics and providers as readers meet them: the other one, where a term is shown as another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from django.db.models import BigIntegerField

from articles.models import ArticleTopic
from articles.sql.compiled import Blank, Compiled, Row

_COLUMNS = ("pk", "slug", "label", "name")
OWN_COLUMNS = tuple(f"{step}{name}" for step in ("", "shown_as__") for name in _COLUMNS)
TERM_WIDTH = len(OWN_COLUMNS)


class ShownTerm(NamedTuple):
    pk: int
    slug: str
    name: str
    query: str
    """The slug as an address' query takes it."""


NO_TERM = ShownTerm(0, "", "", "")


def term_columns(relation: str) -> list[str]:
    """TERM_WIDTH columns for `term_of`."""
    return [f"{relation}__{name}" for name in OWN_COLUMNS]


def term_of(columns: Row) -> ShownTerm:
    """Of the term's columns, and those of the one it is shown as."""
    pk, slug, label, name = columns[4:] if columns[4] else columns[:4]
    return ShownTerm(pk, slug, label or name, quote(slug)) if pk else NO_TERM


def topics_of(article: int) -> list[ShownTerm]:
    return shown_topics(_TOPICS.rows(article=article))


def shown_topics(rows: Iterable[Row]) -> list[ShownTerm]:
    """In their order; two that are shown as the same one are one."""
    return list({term.pk: term for term in map(term_of, rows)}.values())


def topic_called(name: str, article: int) -> str:
    """How readers see the article's topic with this slug or name, its own or that of the one it is shown as."""
    return next((term_of(row).name for row in _TOPICS.rows(article=article) if name in row), "")


_TOPICS = Compiled(
    lambda: (
        ArticleTopic.objects.filter(article=Blank("article", BigIntegerField()))
        .order_by("position")
        .values_list(*term_columns("topic"))
    )
)
