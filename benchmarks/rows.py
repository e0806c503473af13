"""Any number of stories straight into the tables, without files: what the pages are measured on."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from articles.content.rendering import render_body
from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    Category,
    Provider,
    RelatedArticle,
    Revision,
    Source,
    Topic,
)
from articles.models.source import path_key
from articles.seedfile import reader
from articles.seedfile.addresses import canonical
from benchmarks.database import RawSQL, Row, is_sqlite, stored_moment
from benchmarks.generate import CATEGORIES, PROVIDERS, TOPICS, Coverage, Story, stories

ROWS_AT_ONCE = 10_000
_IMAGES = '[{{"url": "{0.url}", "width": {0.width}, "height": {0.height}, "isCached": true}}]'
_COLUMNS = {
    Article: "id, slug, category_id, title, excerpt, body, body_html, published_at, original_url, web_url, url_key, "
    "type, quality, heat, published, live_from, live_until, provider_id, extra, provider_extra, version, created_at, "
    "updated_at, set_aside_note, set_aside_before, byline",
    ArticleTopic: "article_id, topic_id, position",
    ArticleImage: "article_id, position, url, width, height, is_cached, extra, alt, caption, credit",
    RelatedArticle: "article_id, position, title, excerpt, published_at, web_url, url_key, type, provider_id, quality, "
    "images, extra, provider_extra",
    Source: "article_id, root, path, path_key, digest, raw, reader_version, run_id, "
    "imported_at, missing_at, is_loss_reviewed",
    Revision: "article_id, number, actor_id, actor_name, origin, reason, change_set_id, source_digest, changes, "
    "created_at",
}


def load(count: int) -> None:
    """Fills an empty database with `count` stories, as an import would have left them, but for the files' bytes."""
    terms = _Terms()
    raw = RawSQL()
    _trade_safety_for_speed(raw)
    indexes = _drop_indexes(raw)
    told = stories(count)
    while batch := list(islice(told, ROWS_AT_ONCE)):
        raw.run("BEGIN")
        for model, columns in _COLUMNS.items():
            rows = (row for story in batch for row in _ROWS[model](story, terms))
            raw.insert(model._meta.db_table, columns, rows)
        raw.run("COMMIT")
    for statement in indexes:
        raw.run(statement)
    _end(raw)


class _Terms:
    """Categories, topics and providers by name."""

    def __init__(self) -> None:
        with transaction.atomic():
            for name in CATEGORIES:
                Category.objects.create(name=name, slug=slugify(name))
            for name in TOPICS:
                Topic.objects.create(name=name, slug=slugify(name))
            for name, domain in PROVIDERS:
                Provider.objects.create(name=name, domain=domain, slug=slugify(name))
        self.categories = dict(Category.objects.values_list("name", "pk"))
        self.topics = dict(Topic.objects.values_list("name", "pk"))
        self.providers = {
            (name, domain): pk for name, domain, pk in Provider.objects.values_list("name", "domain", "pk")
        }


def _trade_safety_for_speed(raw: RawSQL) -> None:
    if is_sqlite():
        raw.run("PRAGMA foreign_keys=OFF")
        raw.run("PRAGMA synchronous=OFF")
        raw.run("PRAGMA cache_size=-512000")


def _drop_indexes(raw: RawSQL) -> list[str]:
    """On SQLite, where filling them row by row takes hours for a million; returns how to make them again."""
    if not is_sqlite():
        return []
    indexes = raw.all(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE%%ON \"articles_%%'"
    )
    for name, _ in indexes:
        raw.run(f'DROP INDEX "{name}"')
    return [sql for _, sql in indexes]


def _end(raw: RawSQL) -> None:
    """Explicit keys leave PostgreSQL's counters behind."""
    if is_sqlite():
        raw.run("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        raw.run("SELECT setval(pg_get_serial_sequence('articles_article', 'id'), max(id)) FROM articles_article")
    raw.close()


def _article(story: Story, terms: _Terms) -> Iterator[Row]:
    moment = stored_moment(story.published_at)
    yield (
        story.number + 1,
        slugify(story.title, allow_unicode=True)[:70].strip("-"),
        terms.categories[story.category],
        story.title,
        story.excerpt,
        story.body,
        render_body(story.body),
        moment,
        story.web_url,
        story.web_url,
        _key(story.web_url),
        story.type,
        story.quality,
        -1,
        story.published,
        moment if story.published else None,
        None,
        terms.providers[story.provider],
        "",
        "",
        1,
        moment,
        moment,
        "",
        "",
        "",
    )


def _topics(story: Story, terms: _Terms) -> Iterator[Row]:
    for position, name in enumerate(story.topics):
        yield story.number + 1, terms.topics[name], position


def _image(story: Story, terms: _Terms) -> Iterator[Row]:
    yield story.number + 1, 0, story.picture.url, story.picture.width, story.picture.height, True, *[""] * 4


def _related(story: Story, terms: _Terms) -> Iterator[Row]:
    for position, entry in enumerate(story.related):
        yield (story.number + 1, position, *_coverage(entry, terms))


def _coverage(entry: Coverage, terms: _Terms) -> Row:
    return (
        entry.title,
        entry.excerpt,
        stored_moment(entry.published_at),
        entry.web_url,
        _key(entry.web_url),
        "article",
        terms.providers[entry.provider],
        entry.quality,
        _IMAGES.format(entry.picture),
        "",
        "",
    )


def _source(story: Story, terms: _Terms) -> Iterator[Row]:
    digest = sha256(story.path.encode()).hexdigest()
    moment = stored_moment(story.published_at)
    key = path_key("seeds", story.path)
    yield story.number + 1, "seeds", story.path, key, digest, b"", reader.VERSION, None, moment, None, False


def _revision(story: Story, terms: _Terms) -> Iterator[Row]:
    moment = stored_moment(story.published_at)
    yield story.number + 1, 1, None, "operator", "import", "", None, "", "", moment


def _key(address: str) -> str:
    return sha256(canonical(address).encode()).hexdigest()


_ROWS: dict[Any, Any] = {
    Article: _article,
    ArticleTopic: _topics,
    ArticleImage: _image,
    RelatedArticle: _related,
    Source: _source,
    Revision: _revision,
}
