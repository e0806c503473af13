"""What the database holds, as values that tests compare."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model

from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    Category,
    Conflict,
    EarlierSource,
    Provider,
    RelatedArticle,
    Revision,
    SecuredPayload,
    Source,
    Topic,
)

DESK = (
    Category,
    Topic,
    Provider,
    Article,
    ArticleTopic,
    ArticleImage,
    RelatedArticle,
    SecuredPayload,
    Source,
    EarlierSource,
    Conflict,
    Revision,
)
_VOLATILE = {"id", "created_at", "updated_at", "imported_at", "missing_at", "run", "change_set", "actor", "shown_as"}
_VOLATILE |= {"replaced_in", "opened_in", "opened_at", "closed_in", "closed_at"}
_NAMED_BY = {
    Article: ("url_key",),
    Category: ("name",),
    Topic: ("name",),
    Provider: ("name", "domain"),
}


def every_row() -> dict[str, list[tuple[Any, ...]]]:
    """All tables with all their rows."""
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in connection.introspection.table_names(cursor)}


def changed_tables(before: dict[str, list[Any]]) -> set[str]:
    """The tables that hold something else than they did."""
    now = every_row()
    return {table for table in before.keys() | now.keys() if before.get(table) != now.get(table)}


def tables_with(text: str) -> set[str]:
    """The tables that hold `text` anywhere in a row."""
    return {table for table, rows in every_row().items() if any(text in _text(value) for row in rows for value in row)}


def desk_rows() -> dict[str, list[dict[str, Any]]]:
    """The articles with all that belongs to them, without what differs from run to run: keys, moments, runs."""
    return {model.__name__: sorted(_portable(model), key=repr) for model in DESK}


def forget_articles() -> None:
    """Empties the importer's tables, children first."""
    names = (
        "tombstone conflict importoutcome exportedfile earliersource source revision securedpayload relatedarticle "
        "articleimage articletopic article importrun changeset topic category provider"
    )
    config = Article._meta.apps.get_app_config("articles")
    with connection.cursor() as cursor:
        for name in names.split():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(config.get_model(name)._meta.db_table)}")


def _portable(model: type[Model]) -> list[dict[str, Any]]:
    columns: list[str] = []
    for field in model._meta.concrete_fields:
        if field.name not in _VOLATILE:
            parts = _NAMED_BY[field.related_model] if field.related_model else ()
            columns += [f"{field.name}__{part}" for part in parts] or [field.name]
    return [{name: _plain(value) for name, value in row.items()} for row in model._default_manager.values(*columns)]


def _rows(cursor: Any, table: str) -> list[tuple[Any, ...]]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
    return sorted((tuple(_plain(value) for value in row) for row in cursor.fetchall()), key=repr)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
