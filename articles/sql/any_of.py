"""A condition for many keys at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler


class Among(Lookup):
    """Whether a text column has one of these values, as one parameter; `__in` prepares each value separately, which
    costs more than the lookup."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: str | Any, values: Iterable[str]) -> None:
        super().__init__(F(column) if isinstance(column, str) else column, list(values))

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        if not self.rhs:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", [*parameters, self.rhs]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(self.rhs)]  # noqa: S608  # nosec B608: a name only
