"""Fills the tables with any number of articles, as an import leaves them, for the page benchmarks."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from django.db.models import Model

from articles.models import Article, ArticleImage, ArticleTopic, RelatedArticle, Revision, Source
from benchmarks.environment import connect
from benchmarks.imports import first_import

_TABLES = (Article, ArticleTopic, ArticleImage, RelatedArticle, Source, Revision)
_UNIQUE = "lower(hex(randomblob(32)))"
_ANOTHER = {
    (Article, "id"): "id + :first",
    (Article, "url_key"): _UNIQUE,
    (Article, "web_url"): "web_url || '?copy=' || :first",
    (Article, "published_at"): "datetime(published_at, :later)",
    (Article, "live_from"): "datetime(live_from, :later)",
    (Source, "path"): "path || :first",
    (Source, "path_key"): _UNIQUE,
    (Source, "raw"): "x''",
}
"""The columns that differ in a copy, besides the article's id; the source bytes of a million files are left out."""


def load(folder: Path, files: int, count: int) -> None:
    """A stage: imports the tree into an empty database, and copies its articles up to `count`.

    Without indexes and durability, which would take hours for a million.
    """
    first_import(folder, files)
    raw = connect()
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-512000"):
        raw.execute(f"PRAGMA {pragma}")
    indexes = _drop_indexes(raw)
    for first in range(files, count, files):
        raw.execute("BEGIN")
        for model in _TABLES:
            values = {"first": first, "later": f"+{first // files} minutes", "last": min(files, count - first)}
            raw.execute(_copy(model), values)
        raw.execute("COMMIT")
    for statement in indexes:
        raw.execute(statement)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def _drop_indexes(raw: sqlite3.Connection) -> list[str]:
    """Drops the indexes; returns the statements that recreate them."""
    ours = "type = 'index' AND sql LIKE 'CREATE%ON \"articles_%'"
    indexes = raw.execute(f"SELECT name, sql FROM sqlite_master WHERE {ours}").fetchall()
    for name, _ in indexes:
        raw.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in indexes]


def _copy(model: type[Model]) -> str:
    key = "id" if model is Article else "article_id"
    columns = [field.column for field in model._meta.concrete_fields if model is Article or not field.primary_key]
    copied = {"article_id": "article_id + :first"} | {name: to for (of, name), to in _ANOTHER.items() if of is model}
    table, values = model._meta.db_table, ", ".join(copied.get(column, f'"{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({named}) SELECT {values} FROM {table} WHERE {key} <= :last"
