"""Queries with a fixed shape, compiled once: building and compiling cost several times the execution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = tuple[Any, ...]


class Blank(Expression):
    """A named placeholder, filled in at execution."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)

    def stored(self, value: Any, connection: Any) -> Any:
        """As the database takes it."""
        return self.output_field.get_db_prep_value(value, connection)


class Compiled:
    """A query that is built at its first run; its blanks get other values at each.

    `within` is SQL around it, with its text at `{query}`.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Any]], *, within: str = "{query}") -> None:
        self._build = build
        self._within = within

    def rows(self, **values: Any) -> list[Row]:
        """Of a `values_list`."""
        _, compiler, _, _ = self._statement
        return [tuple(row) for row in compiler.results_iter([self._fetched(values)])]

    def instances(self, **values: Any) -> list[Any]:
        """Of models, as the query set would make them."""
        queryset, compiler, _, _ = self._statement
        ready: Any = copy(compiler)
        ready.execute_sql = lambda *_, **__: [self._fetched(values)]
        queryset = queryset.all()
        queryset.query.get_compiler = lambda *_, **__: ready
        return list(queryset)

    @property
    def sql(self) -> str:
        """SQL to embed in another statement. Raises ValueError for a query with parameters."""
        _, _, sql, parameters = self._statement
        if parameters:
            raise ValueError("a query with parameters cannot be embedded as text")
        return sql

    def _fetched(self, values: dict[str, Any]) -> list[Sequence[Any]]:
        _, compiler, sql, parameters = self._statement
        connection = connections[compiler.using or DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled(parameter, values, connection) for parameter in parameters])
            return cast("list[Sequence[Any]]", cursor.fetchall())

    @cached_property
    def _statement(self) -> tuple[Any, SQLCompiler, str, tuple[Any, ...]]:
        """Converters from database to Python values, from the compiler."""
        queryset = self._build()
        compiler = queryset.query.get_compiler(queryset.db)
        sql, parameters = compiler.as_sql()
        return queryset, compiler, self._within.format(query=sql), tuple(parameters)


def _filled(parameter: Any, values: dict[str, Any], connection: Any) -> Any:
    if not isinstance(parameter, Blank):
        return parameter
    return parameter.stored(values[parameter.name], connection)
