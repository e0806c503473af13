"""Lets other writers in between the batches of an import."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

LOOKS_AGAIN = 0.1
"""SQLite has no lock queue: a waiting writer polls at this interval (seconds) and misses shorter pauses."""
REST = LOOKS_AGAIN + 0.01
LONGEST_TURN = 0.4
"""Seconds of writing after which others get a turn, so that an editor's save waits well under a second."""


class Turns:
    """Pauses after writing for long without a noticeable pause; only where needed: a dry run locks nothing, and
    PostgreSQL locks rows."""

    def __init__(self, *, is_needed: bool) -> None:
        self._is_needed = is_needed
        self._written = 0.0
        self._ended = time.monotonic()

    def begin(self) -> None:
        """Called before each batch is written."""
        pause = time.monotonic() - self._ended
        if pause < REST and self._written > LONGEST_TURN and self._is_needed:
            time.sleep(REST - pause)
            pause = REST
        if pause >= REST:
            self._written = 0.0

    def end(self, seconds: float) -> None:
        """Called after each batch with its lock time."""
        self._written += seconds
        self._ended = time.monotonic()


_THRESHOLDS = (20_000, 20, 20)
"""Garbage collection thresholds; the default ones took a tenth of an import's time."""


@contextmanager
def collected_rarely() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Yields a function that checkpoints the WAL, to be called without a lock, because others may write meanwhile.
    After a kill, the next writer does it."""
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
    """A checkpoint blocked by other readers or checkpoints is left for the next time."""
    _pragma("wal_checkpoint(PASSIVE)")


def _pragma(statement: str) -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute(f"PRAGMA {statement}").fetchone()[0])
