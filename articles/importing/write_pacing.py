"""Lets others write between the batches of an import."""

from __future__ import annotations

import time

LOOKS_AGAIN = 0.1
"""SQLite has no queue: who waits for the lock looks again after so many seconds, and misses every shorter pause."""
REST = LOOKS_AGAIN + 0.01
LONGEST_TURN = 0.4
"""Seconds of writing after which everybody else gets a turn: an editor's save then waits for well under a second."""


class Turns:
    """Rests when the import has written for long without a pause that others could notice, where that is needed: a
    dry run locks nothing, and PostgreSQL locks rows."""

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
        """Called after each batch, with how long the database was locked."""
        self._written += seconds
        self._ended = time.monotonic()
