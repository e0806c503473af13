"""Reads and writes `ArticleState` from and to rows, one or many, with a constant number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Model

from articles.content.rendering import render_body
from articles.content.taxonomy import Taxonomy, plain_slug
from articles.models import Article, ArticleImage, ArticleTopic, RelatedArticle, SecuredPayload
from articles.querysets import Standing, standing_of
from articles.seedfile import schema
from articles.seedfile.addresses import url_key
from articles.sql.compiled import Compiled
from articles.sql.many_rows import Among, Many, insert_values, update_rows

Values = dict[str, Any]
Bodies = Mapping[str, str]
"""HTML of bodies that are already rendered."""


@dataclass(frozen=True)
class DeskState:
    """What the desk knows besides the content; no file contains it.

    `set_aside` is the `Cause` of a dismissal, or ""; `set_aside_before` is the former cause, if a change of the source
    has returned the article to the queue. `hold` is the reason for a hold, or "".
    """

    live_from: datetime | None = None
    live_until: datetime | None = None
    set_aside: str = ""
    set_aside_note: str = ""
    set_aside_before: str = ""
    hold: str = ""


@dataclass(frozen=True)
class ArticleState:
    content: schema.ArticleContent
    desk: DeskState = DeskState()

    @property
    def published(self) -> bool:
        return self.content.published

    def standing(self, *, at: datetime) -> Standing:
        """As `Article.is_visible`."""
        return standing_of(self.content.published, self.desk.live_from, self.desk.live_until, at=at)

    def is_visible(self, *, at: datetime) -> bool:
        return self.standing(at=at) is Standing.LIVE


DESK_FIELDS = tuple(field.name for field in fields(DeskState))
SCHEDULE = ("live_from", "live_until")
_NULL_WHEN_EMPTY = ("set_aside", "hold")
FIELDS = (*schema.FIELDS, *DESK_FIELDS)
PLAIN_COLUMNS = (
    *("title", "excerpt", "byline", "published_at", "original_url", "type", "quality", "heat", "published", "extra"),
)
_DESK, _PLAIN = frozenset(DESK_FIELDS), frozenset(PLAIN_COLUMNS)
_SLUG_WHEN_EMPTY = "article"
_NO_IMAGES = ""


def value_of(state: ArticleState, field: str) -> Any:
    return getattr(state.desk if field in _DESK else state.content, field)


def with_fields(state: ArticleState, values: Mapping[str, Any]) -> ArticleState:
    """The state with some fields set to values that were checked."""
    desk = {name: value for name, value in values.items() if name in _DESK}
    content = {name: value for name, value in values.items() if name not in _DESK}
    return ArticleState(state.content.model_copy(update=content), replace(state.desk, **desk))


def publishes(before: ArticleState | Article | None, after: ArticleState) -> bool:
    """Whether a change publishes. `before` is None for a new article."""
    return after.published and not (before is not None and before.published)


def differing_fields(before: ArticleState, after: ArticleState) -> list[str]:
    """The fields in which two states differ, in the order of the seed's keys, desk state last."""
    if before == after:
        return []
    return [field for field in FIELDS if value_of(before, field) != value_of(after, field)]


def secured_digest(text: str) -> str:
    """The digest by which all other tables refer to a `secured`; "" for none."""
    return sha256(text.encode()).hexdigest() if text else ""


def read_state(article: Article) -> ArticleState:
    """The article's current state."""
    return read_states([article])[article.pk]


def read_states(articles: Sequence[Article]) -> dict[int, ArticleState]:
    """States by primary key: columns from the given instances, parts from the database."""
    rows = _Rows([article.pk for article in articles])
    return {article.pk: rows.state(article) for article in articles}


def insert(states: Sequence[ArticleState], *, taxonomy: Taxonomy, bodies: Bodies, now: datetime) -> list[int]:
    """Creates articles with all parts at version 1, and returns their keys. May raise IntegrityError for an existing
    address."""
    taxonomy.learn(state.content for state in states)
    rows = [_new_article(state, taxonomy, bodies, now) for state in states]
    insert_values(Article, rows)
    addresses = [row["url_key"] for row in rows]
    keys = dict(Article.objects.filter(Among("url_key", addresses)).values_list("url_key", "pk"))
    pks = [keys[address] for address in addresses]
    numbered = [(pk, state.content) for pk, state in zip(pks, states, strict=True)]
    for part in PARTS:
        _insert_part(part, numbered, taxonomy, now)
    return pks


def update(
    articles: Sequence[tuple[Article, ArticleState, list[str]]], *, taxonomy: Taxonomy, bodies: Bodies, now: datetime
) -> None:
    """Writes the given fields of each (article, state, fields), columns and parts, and increments its version. The
    caller holds the row locks."""
    taxonomy.learn(state.content for _, state, _ in articles)
    columns: set[str] = {"version", "updated_at"}
    for article, state, changed in articles:
        values = _columns(state, changed, taxonomy, bodies)
        columns.update(values)
        for column, value in values.items():
            setattr(article, column, value)
        article.version += 1
        article.updated_at = now
    update_rows([article for article, _, _ in articles], sorted(columns))
    for part in PARTS:
        _replace_part(part, [(a.pk, state.content) for a, state, changed in articles if part in changed], taxonomy, now)


def _new_article(state: ArticleState, taxonomy: Taxonomy, bodies: Bodies, now: datetime) -> Values:
    values = _columns(state, FIELDS, taxonomy, bodies)
    slug = plain_slug(state.content.title) or _SLUG_WHEN_EMPTY
    return values | {"slug": slug, "version": 1, "created_at": now, "updated_at": now}


def _columns(state: ArticleState, changed: Iterable[str], taxonomy: Taxonomy, bodies: Bodies) -> Values:
    """The columns of the changed fields, including derived ones."""
    content = state.content
    values: Values = {}
    for field in changed:
        if field in _DESK or field in _PLAIN:
            value = value_of(state, field)
            values[field] = (value or None) if field in _NULL_WHEN_EMPTY else value
        elif field == "category":
            values["category_id"] = taxonomy.category(content.category)
        elif field == "provider":
            values["provider_id"] = taxonomy.provider(content.provider)
            values["provider_extra"] = content.provider.extra
        elif field == "web_url":
            values |= {"web_url": content.web_url, "url_key": url_key(content.web_url)}
        elif field == "body":
            html = bodies.get(content.body)
            values |= {"body": content.body, "body_html": render_body(content.body) if html is None else html}
    return values


# Parts: rows of their own, replaced as a whole when their field changed.


def _topic_rows(pk: int, content: schema.ArticleContent, taxonomy: Taxonomy, now: datetime) -> list[Values]:
    names = enumerate(content.topics)
    return [{"article_id": pk, "position": n, "topic_id": taxonomy.topics[name]} for n, name in names]


def _image_rows(pk: int, content: schema.ArticleContent, taxonomy: Taxonomy, now: datetime) -> list[Values]:
    return [{**dict(image), "article_id": pk, "position": position} for position, image in enumerate(content.images)]


def _related_rows(pk: int, content: schema.ArticleContent, taxonomy: Taxonomy, now: datetime) -> list[Values]:
    return [
        {
            **dict(entry),
            "article_id": pk,
            "position": position,
            "url_key": url_key(entry.web_url),
            "provider_id": taxonomy.provider(entry.provider),
            "images": _images_text(entry.images),
            "provider_extra": entry.provider.extra if entry.provider else "",
        }
        for position, entry in enumerate(content.related)
    ]


def _secured_rows(pk: int, content: schema.ArticleContent, taxonomy: Taxonomy, now: datetime) -> list[Values]:
    digest = secured_digest(content.secured)
    return [{"article_id": pk, "text": content.secured, "digest": digest, "created_at": now}]


PARTS: dict[str, tuple[type[Model], Callable[[int, schema.ArticleContent, Taxonomy, datetime], list[Values]]]] = {
    "topics": (ArticleTopic, _topic_rows),
    "images": (ArticleImage, _image_rows),
    "related": (RelatedArticle, _related_rows),
    "secured": (SecuredPayload, _secured_rows),
}


def _insert_part(
    part: str, numbered: Sequence[tuple[int, schema.ArticleContent]], taxonomy: Taxonomy, now: datetime
) -> None:
    model, rows_of = PARTS[part]
    rows = [row for pk, content in numbered if getattr(content, part) for row in rows_of(pk, content, taxonomy, now)]
    insert_values(model, rows)


def _replace_part(
    part: str, numbered: Sequence[tuple[int, schema.ArticleContent]], taxonomy: Taxonomy, now: datetime
) -> None:
    """Replaces the parts; a new `secured` is added, and earlier ones are kept."""
    if not numbered:
        return
    model, rows_of = PARTS[part]
    if model is not SecuredPayload:
        model._default_manager.filter(article__in=[pk for pk, _ in numbered]).delete()
    rows = [row for pk, content in numbered for row in rows_of(pk, content, taxonomy, now)]
    insert_values(model, rows)


def _images_text(images: tuple[schema.Image, ...]) -> str:
    return json.dumps(schema.dump_field("images", images), ensure_ascii=False) if images else _NO_IMAGES


class _Rows:
    """Parts of some articles, read once, by primary key."""

    def __init__(self, pks: list[int]) -> None:
        self.topics: Mapping[int, list[str]] = _grouped(_TOPICS.rows(pks=pks))
        self.images = _grouped((pk, row) for pk, *row in _IMAGES.rows(pks=pks))
        self.related = _grouped((pk, row) for pk, *row in _ENTRIES.rows(pks=pks))
        self.secured: Mapping[int, str] = dict(_SECURED.rows(pks=pks))

    def state(self, article: Article) -> ArticleState:
        values: Values = {column: getattr(article, column) for column in PLAIN_COLUMNS}
        values["category"] = article.category.name if article.category else ""
        values["web_url"] = article.web_url
        values["provider"] = _provider(article.provider.name, article.provider.domain, article.provider_extra)
        values["topics"] = tuple(self.topics[article.pk])
        values["images"] = tuple(
            schema.Image.of(dict(zip(_IMAGE, row, strict=True))) for row in self.images[article.pk]
        )
        values["related"] = tuple(_related(*row) for row in self.related[article.pk])
        values["secured"] = self.secured.get(article.pk, "")
        values["body"] = article.body
        return ArticleState(schema.ArticleContent.of(values), _desk(article))


_IMAGE = ("url", "width", "height", "is_cached", "alt", "caption", "credit", "extra")
_RELATED = ("title", "excerpt", "published_at", "web_url", "type", "quality", "images", "extra")
_PROVIDER = ("provider__name", "provider__domain", "provider_extra")


def _parts(model: type[Model], order: str, *columns: str) -> Compiled:
    """Of the articles `pks`, each after the key of its own."""
    rows = model._default_manager.order_by(order)
    return Compiled(lambda: rows.filter(Among("article_id", Many("pks"))).values_list("article_id", *columns))


_TOPICS = _parts(ArticleTopic, "position", "topic__name")
_IMAGES = _parts(ArticleImage, "position", *_IMAGE)
_ENTRIES = _parts(RelatedArticle, "position", *_RELATED, *_PROVIDER)
_SECURED = _parts(SecuredPayload, "pk", "text")


def _desk(article: Article) -> DeskState:
    return DeskState(
        article.live_from,
        article.live_until,
        article.set_aside or "",
        article.set_aside_note,
        article.set_aside_before,
        article.hold or "",
    )


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _provider(name: str, domain: str, extra: str) -> schema.Provider:
    return schema.Provider.of({"name": name, "domain": domain, "extra": extra})


def _related(*row: Any) -> schema.Related:
    values = dict(zip(_RELATED, row, strict=False))
    name, domain, extra = row[len(_RELATED) :]
    values["images"] = schema.load_field("images", json.loads(values["images"])) if values["images"] else ()
    values["provider"] = None if name is None else _provider(name, domain, extra)
    return schema.Related.of(values)
