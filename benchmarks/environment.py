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
    """Sets the environment for the processes that `stage` starts."""
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
    """Runs `function`, a dotted name, in its own process, so that peaks of memory are separate.

    The name is resolved there, after Django's setup; this process needs neither.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(_call, function, arguments).result()


def _call(function: str, arguments: tuple[Any, ...]) -> Any:
    django.setup()
    return import_string(function)(*arguments)


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
