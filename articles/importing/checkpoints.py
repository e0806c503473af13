"""SQLite's write-ahead log, copied into the database between turns of writing instead of at the end of transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Yields what copies the log: to be called where no lock is held, as others may write meanwhile. A process that is
    killed leaves the log to whoever writes next."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield lambda: None
        return
    usual = _pragma("wal_autocheckpoint")
    _pragma("wal_autocheckpoint=0")
    try:
        yield _copy
    finally:
        _pragma(f"wal_autocheckpoint={usual}")
    _copy()


def _copy() -> None:
    """What others are reading, or copying themselves, is left for the next time."""
    _pragma("wal_checkpoint(PASSIVE)")


def _pragma(statement: str) -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute(f"PRAGMA {statement}").fetchone()[0])
