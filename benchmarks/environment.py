"""What a benchmark runs in, whatever `.env` or the shell say; and its SQLite database, spoken to without Django."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string


def prepare(database: Path) -> None:
    """Sets what the settings read, for the processes that `stage` starts."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="benchmarks.settings",
        ENV_FILE="",
        SECRET_KEY=secrets.token_urlsafe(50),
        DATABASE_URL=f"sqlite:///{database}",
        SITE_URL="http://testserver",
        ALLOWED_HOSTS="testserver",
        DEMO="false",
        DEBUG="false",
        TIME_ZONE="UTC",
    )


def stage(function: str, *arguments: Any) -> Any:
    """What `function`, a dotted name, returns in a process of its own: its peak of memory is nobody else's.

    The name is resolved there, once Django is set up; this process needs neither.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(_call, function, arguments).result()


def _call(function: str, arguments: tuple[Any, ...]) -> Any:
    django.setup()
    return import_string(function)(*arguments)


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
