"""The database beneath a benchmark: made ready, emptied, and spoken to without Django."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from articles.models import Article, User

Row = Sequence[Any]


class InUse(Exception):
    """The database holds articles already, and a benchmark empties what it uses."""


def make_tables() -> None:
    """A stage: tables and roles in a file that can be copied, as nothing of it waits in a log beside it."""
    call_command("migrate", verbosity=0)
    connection.close()


def make_ready() -> None:
    """Tables and roles. Raises InUse when somebody's articles are there."""
    call_command("migrate", verbosity=0)
    if Article.objects.exists():
        raise InUse("the database holds articles; name one that a benchmark may empty")


def empty() -> None:
    """Takes every row out of our own tables, users and roles apart."""
    tables = [model._meta.db_table for model in emptied_models()]
    statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=True, allow_cascade=True)
    connection.ops.execute_sql_flush(statements)


def emptied_models() -> list[type[Model]]:
    return [model for model in apps.get_app_config("articles").get_models() if model is not User]


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


class RawSQL:
    """The driver's own cursor on a connection of its own, with the settings of ours; `%s` marks a parameter."""

    def __init__(self) -> None:
        parameters = connection.get_connection_params()
        if is_sqlite():
            self._connection: Any = sqlite3.connect(parameters["database"], isolation_level=None)
            self._connection.executescript(connection.settings_dict["OPTIONS"]["init_command"])
            self._connection.execute("PRAGMA foreign_keys=ON")
        else:
            wanted = ("host", "port", "user", "password", "dbname")
            given = {name: value for name, value in parameters.items() if name in wanted}
            self._connection = psycopg.connect(**given, autocommit=True)
        self.cursor = self._connection.cursor()

    def all(self, sql: str, parameters: Row = ()) -> list[Row]:
        return self.cursor.execute(_marked(sql), parameters).fetchall()

    def many(self, sql: str, rows: Iterable[Row]) -> None:
        self.cursor.executemany(_marked(sql), rows)

    def insert(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        places = ", ".join(["%s"] * len(columns.split(",")))
        self.many(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)

    def run(self, statement: str) -> None:
        self.cursor.execute(statement)

    def close(self) -> None:
        self._connection.close()


def stored_moment(moment: datetime) -> datetime | str:
    """As the driver takes it: SQLite keeps text in UTC."""
    return str(moment.replace(tzinfo=None)) if is_sqlite() else moment


def in_one_transaction(raw: RawSQL, inserts: Iterable[tuple[str, str, Iterable[Row]]]) -> None:
    raw.run("BEGIN IMMEDIATE" if is_sqlite() else "BEGIN")
    for table, columns, rows in inserts:
        raw.insert(table, columns, rows)
    raw.run("COMMIT")


def _marked(sql: str) -> str:
    return sql.replace("%s", "?") if is_sqlite() else sql
