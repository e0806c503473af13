"""The SQLite database beneath a benchmark, spoken to without Django."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management import call_command
from django.db import connection

Row = Sequence[Any]


def make_tables() -> None:
    """A stage: tables and roles in a file that can be copied, as nothing of it waits in a log beside it."""
    call_command("migrate", verbosity=0)
    connection.close()


def connect() -> sqlite3.Connection:
    """A connection beside Django's, with the same settings; transactions are begun and committed by hand."""
    raw = sqlite3.connect(connection.get_connection_params()["database"], isolation_level=None)
    raw.executescript(connection.settings_dict["OPTIONS"]["init_command"])
    raw.execute("PRAGMA foreign_keys=ON")
    return raw


def insert(raw: sqlite3.Connection, table: str, columns: str, rows: Iterable[Row]) -> None:
    places = ", ".join("?" * len(columns.split(",")))
    raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
