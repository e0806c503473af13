"""A condition for many keys at once, as a batch of files has them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Lookup, TextField
from django.db.models.sql.compiler import SQLCompiler

from articles.sql.compiled import Blank


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
        is_found = "= ANY(%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"
        return f"{column} {is_found}", [*parameters, many]


def _as_one(values: Iterable[str | int], connection: Any) -> Any:
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))
