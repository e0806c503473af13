"""Previews a state, saved or not: builds rows like the database's from the state, and `article_page` does the rest.
Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from articles.content.article_state import ArticleState
from articles.content.rendering import render_body
from articles.content.taxonomy import ProviderName, provider_names, slugs_to_come
from articles.models import Article, Category, Provider, Topic
from articles.models.taxonomy import Term
from articles.public.article_page import ENTRY_COLUMNS, PAGE_COLUMNS, ArticlePage, page_of
from articles.public.terms import OWN_COLUMNS, TERM_WIDTH, shown_topics, term_columns
from articles.seedfile import schema
from articles.seedfile.addresses import url_key
from articles.sql.compiled import Row

KeyT = TypeVar("KeyT", str, ProviderName)
_NO_TERM: Row = (None,) * TERM_WIDTH
_NOT_SHOWN_AS_ANOTHER: Row = (None,) * (TERM_WIDTH // 2)
_DOMAINS = ("domain", "shown_as", "shown_as__domain")
_PLAIN = ("title", "excerpt", "byline", "published_at", "type", "original_url", "web_url")
_NAME = OWN_COLUMNS.index("name")


def pages_of(states: Sequence[ArticleState], article: Article | None, *, at: datetime) -> list[ArticlePage]:
    """One page per state of the article (None for a new one), with a constant number of queries.

    A name without a row is shown as spelled, with the slug that saving would give it.
    """
    contents = [state.content for state in states]
    terms = _Terms.of(contents)
    here = _seen_here(contents, article, at)
    return [
        page_of(
            _row(state, article, terms),
            shown_topics(terms.topics[name] for name in state.content.topics),
            [_entry(entry, terms, here) for entry in state.content.related],
        )
        for state in states
    ]


@dataclass(frozen=True)
class _Terms:
    """Terms by name, with `label` and `shown_as` as readers' pages load them; then a provider's domains."""

    categories: dict[str, Row]
    topics: dict[str, Row]
    providers: dict[ProviderName, Row]

    @classmethod
    def of(cls, contents: Sequence[schema.ArticleContent]) -> _Terms:
        return cls(
            _term_rows(Category, {content.category for content in contents} - {""}),
            _term_rows(Topic, {topic for content in contents for topic in content.topics}),
            _provider_rows(set(provider_names(contents))),
        )

    def provider(self, provider: schema.Provider | None) -> Row:
        return self.providers[provider.name, provider.domain][:TERM_WIDTH] if provider else _NO_TERM


def _term_rows(model: type[Category] | type[Topic], names: set[str]) -> dict[str, Row]:
    rows = model._default_manager.filter(name__in=names).values_list(*OWN_COLUMNS) if names else ()
    known = {row[_NAME]: tuple(row) for row in rows}
    return known | _rows_to_come(model, names - known.keys(), {name: name for name in names})


def _provider_rows(keys: set[ProviderName]) -> dict[ProviderName, Row]:
    rows = Provider.objects.filter(name__in={name for name, _ in keys}).values_list(*OWN_COLUMNS, *_DOMAINS)
    known = {(row[_NAME], row[TERM_WIDTH]): tuple(row) for row in rows}
    new = _rows_to_come(Provider, keys - known.keys(), {key: key[0] for key in keys})
    return known | {key: (*row, key[1], None, None) for key, row in new.items()}


def _rows_to_come(model: type[Term], missing: set[KeyT], names: dict[KeyT, str]) -> dict[KeyT, Row]:
    """With keys that no row has."""
    slugs = slugs_to_come(model, missing) if missing else {}
    return {
        key: (-place, slug, "", names[key], *_NOT_SHOWN_AS_ANOTHER)
        for place, (key, slug) in enumerate(slugs.items(), 1)
    }


def _seen_here(
    contents: Sequence[schema.ArticleContent], article: Article | None, at: datetime
) -> dict[str, tuple[int, str]]:
    """Our own visible articles that coverage links to, by `url_key`."""
    keys = {url_key(entry.web_url) for content in contents for entry in content.related}
    if not keys:
        return {}
    others = Article.objects.visible(at=at).filter(url_key__in=keys).exclude(pk=article.pk if article else 0)
    return {key: (pk, slug) for key, pk, slug in others.values_list("url_key", "pk", "slug")}


def _row(state: ArticleState, article: Article | None, terms: _Terms) -> Row:
    """A row of PAGE_COLUMNS. A new article has neither key nor slug yet."""
    content = state.content
    provider = terms.providers[content.provider.name, content.provider.domain]
    values = {
        **{name: getattr(content, name) for name in _PLAIN},
        **_under("category", terms.categories.get(content.category, _NO_TERM)),
        **_under("provider", provider[:TERM_WIDTH]),
        **{f"provider__{name}": value for name, value in zip(_DOMAINS, provider[TERM_WIDTH:], strict=True)},
        "pk": article.pk if article else 0,
        "slug": article.slug if article else "",
        "live_from": state.desk.live_from,
        "body_html": _body_html(content.body, article),
    }
    return tuple(values[column] for column in PAGE_COLUMNS)


def _entry(entry: schema.Related, terms: _Terms, here: dict[str, tuple[int, str]]) -> Row:
    here_pk, here_slug = here.get(url_key(entry.web_url), (None, None))
    values = {
        **{name: getattr(entry, name) for name in ("title", "web_url", "published_at")},
        **_under("provider", terms.provider(entry.provider)),
        "here_pk": here_pk,
        "here_slug": here_slug,
    }
    return tuple(values[column] for column in ENTRY_COLUMNS)


def _under(relation: str, term: Row) -> dict[str, Any]:
    return dict(zip(term_columns(relation), term, strict=True))


def _body_html(body: str, article: Article | None) -> str:
    """The stored HTML if the body is unchanged."""
    return article.body_html if article and article.body == body else render_body(body)
