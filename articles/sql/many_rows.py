"""Writes many rows with the driver's `executemany`: `bulk_create` costs four times as much, creating instances as much
again, and `bulk_update` took half of a merge's time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

from django.db import connections, router
from django.db.models import BooleanField, CharField, DateTimeField, Field, ForeignKey, IntegerField, Model, TextField

_KEPT = (CharField, TextField, IntegerField, BooleanField, ForeignKey)
"""Field types that the driver accepts as they are."""


def insert_rows(rows: Sequence[Model]) -> None:
    """Inserts new instances of one model, without setting their primary keys."""
    if rows:
        model = type(rows[0])
        _insert(model, [(field, map(attrgetter(field.attname), rows)) for field in _columns(model)])


def insert_values(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows of one model, given as values by attribute."""
    if rows:
        _insert(model, [(field, map(itemgetter(field.attname), rows)) for field in _columns(model)])


def update_rows(rows: Sequence[Model], names: Iterable[str]) -> None:
    """Writes the named fields of instances of one model."""
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    named = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    fields = [named[name] for name in names]
    settings = ", ".join(f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields)
    table, key = (connection.ops.quote_name(name) for name in (model._meta.db_table, str(named["id"].column)))
    stored = [_stored(field, map(attrgetter(field.attname), rows), connection) for field in (*fields, named["id"])]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {settings} WHERE {key} = %s", list(zip(*stored, strict=True)))  # noqa: S608  # nosec B608: names only


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _insert(model: type[Model], columns: Sequence[tuple[Field[Any, Any], Iterable[Any]]]) -> None:
    connection = connections[router.db_for_write(model)]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field, _ in columns)
    places = ", ".join(["%s"] * len(columns))
    table = connection.ops.quote_name(model._meta.db_table)
    values = zip(*(_stored(field, column, connection) for field, column in columns), strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(values))  # noqa: S608  # nosec B608: names only


def _stored(field: Field[Any, Any], column: Iterable[Any], connection: Any) -> Iterable[Any]:
    """One column's database values, cached because all rows of a change often have the same time."""
    if isinstance(field, _KEPT):
        return column
    if not isinstance(field, DateTimeField):
        return (field.get_db_prep_save(value, connection) for value in column)
    is_text = not connection.features.supports_timezones and connection.timezone is UTC
    stored = cache(lambda moment: _in_utc(moment) if is_text else field.get_db_prep_save(moment, connection))
    return (None if moment is None else stored(moment) for moment in column)


def _in_utc(moment: datetime) -> str:
    """As Django does for a database without time zones."""
    return str((moment if moment.tzinfo is UTC else moment.astimezone(UTC)).replace(tzinfo=None))
