"""Direct access to a benchmark's SQLite database, without Django."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.db import connection

Row = Sequence[Any]


def make_tables() -> None:
    """A stage: tables and roles in a file that can be copied, because its log is checkpointed."""
    call_command("migrate", verbosity=0)
    connection.close()


def connect() -> sqlite3.Connection:
    """A second connection with Django's settings and manual transactions."""
    raw = sqlite3.connect(connection.get_connection_params()["database"], isolation_level=None)
    raw.executescript(connection.settings_dict["OPTIONS"]["init_command"])
    raw.execute("PRAGMA foreign_keys=ON")
    return raw


def insert(raw: sqlite3.Connection, table: str, columns: str, rows: Iterable[Row]) -> None:
    places = ", ".join("?" * len(columns.split(",")))
    raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def stored_moment(moment: datetime) -> str:
    return str(moment.replace(tzinfo=None))
