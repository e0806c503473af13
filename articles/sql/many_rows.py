"""Writes many rows with the driver's `executemany`: `bulk_create` costs four times as much, creating instances as much
again, and `bulk_update` took half of a merge's time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    F,
    Field,
    ForeignKey,
    IntegerField,
    Lookup,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.sql.compiler import SQLCompiler

from articles.sql.compiled import Blank

_KEPT = (CharField, TextField, IntegerField, BooleanField, ForeignKey)
"""Field types that the driver accepts as they are."""


def in_key_order(rows: QuerySet[Any, Any], size: int) -> Iterator[list[Any]]:
    """Page by page, instances or tuples that begin with their key; no query stays open in between."""
    last, ordered = 0, rows.order_by("pk")
    while page := list(ordered.filter(pk__gt=last)[:size]):
        yield page
        last = page[-1][0] if isinstance(page[-1], tuple) else page[-1].pk


def insert_rows(rows: Sequence[Model]) -> None:
    """Inserts new instances of one model, without setting their primary keys."""
    if rows:
        model = type(rows[0])
        _insert(model, [(field, map(attrgetter(field.attname), rows)) for field in _columns(model)])


def insert_values(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows of one model, given as values by attribute."""
    if rows:
        _insert(model, [(field, map(itemgetter(field.attname), rows)) for field in _columns(model)])


def insert_or_update(row: Model, unique: Sequence[str], names: Sequence[str]) -> None:
    """Inserts a new instance; where another has the same `unique` columns, writes the named ones of that instead."""
    quoted = connections[router.db_for_write(type(row))].ops.quote_name
    settings = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in names)
    columns = [(field, [getattr(row, field.attname)]) for field in _columns(type(row))]
    conflict = f" ON CONFLICT ({', '.join(map(quoted, unique))}) DO UPDATE SET {settings}"  # nosec B608: names only
    _insert(type(row), columns, conflict)


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


def _insert(model: type[Model], columns: Sequence[tuple[Field[Any, Any], Iterable[Any]]], instead: str = "") -> None:
    connection = connections[router.db_for_write(model)]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field, _ in columns)
    places = ", ".join(["%s"] * len(columns))
    table = connection.ops.quote_name(model._meta.db_table)
    values = zip(*(_stored(field, column, connection) for field, column in columns), strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places}){instead}", list(values))  # noqa: S608  # nosec B608: names only


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


class Many(Blank):
    """For several values as one parameter."""

    def __init__(self, name: str) -> None:
        super().__init__(name, TextField())

    def stored(self, value: Iterable[str | int], connection: Any) -> Any:
        return _as_one(value, connection)


class Among(Lookup):
    """Whether a column of text or keys has one of these values: one parameter, where `__in` prepares each value by
    itself, which costs more than to look it up. In a compiled query, those of a `Many`."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: str | Any, values: Iterable[str | int] | Many) -> None:
        many = values if isinstance(values, Many) else list(values)
        super().__init__(F(column) if isinstance(column, str) else column, many)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        if self.rhs == []:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        many = self.rhs if isinstance(self.rhs, Many) else _as_one(self.rhs, connection)
        is_among = "= ANY(%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"
        return f"{column} {is_among}", [*parameters, many]


def _as_one(values: Iterable[str | int], connection: Any) -> Any:
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))
