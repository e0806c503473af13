"""The readers' page of one article, with its topics and coverage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.utils.text import Truncator

from articles.models import Article, RelatedArticle
from articles.models.article import page_path
from articles.public.cards import CARD_COLUMNS, Card, TimeShown, card_of
from articles.public.terms import TERM_WIDTH, ShownTerm, term_columns, term_of, topics_of
from articles.querysets import AT
from articles.sql.compiled import Blank, Compiled, Row

DESCRIPTION_LENGTH = 200
_ARTICLE = Blank("article", BigIntegerField())


@dataclass(frozen=True)
class Coverage:
    """The same story at another provider; `address_here` if a visible article of ours has that address."""

    title: str
    web_url: str
    provider_name: str
    time: TimeShown | None
    address_here: str


@dataclass(frozen=True)
class ArticlePage:
    card: Card
    domain: str
    byline: str
    body_html: str
    original_address: str
    topics: list[ShownTerm]
    coverage: list[Coverage]

    @property
    def description(self) -> str:
        """One paragraph of plain text for search engines and link previews."""
        text = " ".join(self.card.excerpt.split()) or f"{self.card.title} ({self.card.provider.name})"
        return Truncator(text).chars(DESCRIPTION_LENGTH)


def read_article_page(pk: int, *, at: datetime) -> ArticlePage | None:
    """The article if readers see it at that time, else None, whether it exists or not."""
    rows = _ARTICLES.rows(article=pk, at=at) if pk <= BigIntegerField.MAX_BIGINT else []
    return page_of(rows[0], topics_of(pk), ENTRIES.rows(article=pk, at=at)) if rows else None


def page_of(row: Row, topics: list[ShownTerm], entries: Iterable[Row]) -> ArticlePage:
    """Builds the page from a row of PAGE_COLUMNS and rows of ENTRY_COLUMNS, from the database or equivalent."""
    card = card_of(row)
    body_html, byline, original_url, web_url, domain, shown_as, other_domain = row[len(CARD_COLUMNS) :]
    return ArticlePage(
        card=card,
        domain=other_domain if shown_as else domain,
        byline=byline,
        body_html=body_html,
        original_address=original_url or web_url,
        topics=topics,
        coverage=[_coverage(entry) for entry in entries],
    )


def _coverage(row: Row) -> Coverage:
    title, web_url, published_at, pk, slug = row[:_TERM]
    return Coverage(
        title=title,
        web_url=web_url,
        provider_name=term_of(row[_TERM:]).name,
        time=TimeShown.of(published_at) if published_at else None,
        address_here=page_path(pk, slug) if pk else "",
    )


PAGE_COLUMNS = (
    *CARD_COLUMNS,
    *("body_html", "byline", "original_url", "web_url"),
    *("provider__domain", "provider__shown_as", "provider__shown_as__domain"),
)
_ARTICLES = Compiled(lambda: Article.objects.visible(at=AT).filter(pk=_ARTICLE).values_list(*PAGE_COLUMNS))


def _entries() -> QuerySet[RelatedArticle, Any]:
    """The same query also finds our own articles with an entry's address."""
    ours = Article.objects.visible(at=AT).filter(url_key=OuterRef("url_key")).exclude(pk=OuterRef("article"))
    here = (Subquery(ours.values("pk")), Subquery(ours.values("slug")))
    entries = RelatedArticle.objects.filter(article=_ARTICLE).order_by("position")
    return entries.values_list(*_ENTRY_OWN, *here, *term_columns("provider"))


_ENTRY_OWN = ("title", "web_url", "published_at")
ENTRY_COLUMNS = (*_ENTRY_OWN, "here_pk", "here_slug", *term_columns("provider"))
"""With key and slug of our own visible article with that address, or None."""
_TERM = len(ENTRY_COLUMNS) - TERM_WIDTH
"""Index of the provider's first column."""
ENTRIES = Compiled(_entries)
"""Of an `article` that need not be visible, with what readers see `at` a moment."""
