"""One importer per tree: a second one waits until the first is done or was killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.db import connection

_KIND = 0x5EED
"""The first half of our advisory locks' keys on PostgreSQL."""


@contextmanager
def tree_lock(root: str, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Holds the tree's lock; calls `on_wait` once if another process has it.

    A session-level advisory lock on PostgreSQL; on SQLite a lock on one byte of a file beside the database. Both are
    released when the process dies. An in-memory database has one process and needs none.
    """
    key = int.from_bytes(sha256(root.encode()).digest()[:4], "big") >> 1
    if connection.vendor == "postgresql":
        with _advisory_lock(key, on_wait):
            yield
    else:
        with _file_lock(key, on_wait):
            yield


@contextmanager
def _advisory_lock(key: int, on_wait: Callable[[], None]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_KIND, key])
        if cursor.fetchone() != (True,):
            on_wait()
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_KIND, key])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_KIND, key])


@contextmanager
def _file_lock(key: int, on_wait: Callable[[], None]) -> Iterator[None]:
    opened = _lock_file()
    if opened is None:
        yield
        return
    try:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, key)
        except OSError:
            on_wait()
            fcntl.lockf(opened, fcntl.LOCK_EX, 1, key)
        yield
    finally:
        os.close(opened)


def _lock_file() -> int | None:
    """None if the file cannot be created: then SQLite itself reports the error."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        return None
    try:
        return os.open(f"{name}-import.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError:
        return None
