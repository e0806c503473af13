"""Who else has an article's form open: told by a heartbeat, kept in the database so that every server process knows.

A hint and no lock. Its writes are single rows, wait for nobody, and get lost rather than hold up anything: no save
ever depends on one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from articles.models import Presence, User

EVERY = timedelta(seconds=15)
"""Between two heartbeats of a form that is looked at."""
EXPIRY = timedelta(seconds=50)
"""After which nobody is there any more: three heartbeats, and some time on the way."""
LEAST = timedelta(seconds=5)
"""Between two writes that say the same, however often a browser asks."""
PATIENCE = timedelta(milliseconds=60)
"""For which a write waits for a lock."""

_log = logging.getLogger(__name__)


def arrive(article: int, user: User, *, is_editing: bool, now: datetime) -> None:
    """The form was opened. Takes the rows of all who left without a word with it."""
    row = Presence(article_id=article, user=user, opened_at=now, seen_at=now, is_editing=is_editing)

    def write() -> None:
        Presence.objects.filter(seen_at__lt=now - EXPIRY).delete()
        _put(row, "is_editing")

    _unless_it_waits(write)


def beat(article: int, user: User, *, is_editing: bool, now: datetime) -> None:
    """Still there. What one window has typed is not taken back by another that only looks."""
    own = Presence.objects.filter(article=article, user=user).first()
    if own and timedelta(0) <= now - own.seen_at < LEAST and own.is_editing >= is_editing:
        return
    is_back = own is None or own.seen_at < now - EXPIRY
    row = Presence(article_id=article, user=user, opened_at=now, seen_at=now, is_editing=is_editing)
    also = [name for name, is_due in (("is_editing", is_editing or is_back), ("opened_at", is_back)) if is_due]
    _unless_it_waits(lambda: _put(row, *also))


def leave(article: int, user: User) -> None:
    """The form was closed."""
    _unless_it_waits(lambda: Presence.objects.filter(article=article, user=user).delete())


def others(article: int, user: User, *, now: datetime) -> list[Presence]:
    """Who else has it open, each with their `user`, the first to come first."""
    rows = Presence.objects.filter(article=article, seen_at__gte=now - EXPIRY, user__is_active=True)
    return list(rows.exclude(user=user).select_related("user"))


def _put(row: Presence, *also: str) -> None:
    """A new row, or in the one that is there a fresh `seen_at` and the fields named."""
    Presence.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["article", "user"], update_fields=["seen_at", *also]
    )


def _unless_it_waits(write: Callable[[], object]) -> None:
    try:
        with _impatience(), transaction.atomic():
            if connection.vendor == "postgresql":
                _say(f"SET LOCAL lock_timeout = {_milliseconds(PATIENCE)}")
            write()
    except DatabaseError as problem:
        _log.debug("A presence got lost: %s", problem)


@contextmanager
def _impatience() -> Iterator[None]:
    """On SQLite the first write waits for the whole database, as long as the connection says."""
    if connection.vendor != "sqlite":
        yield
        return
    _say(f"PRAGMA busy_timeout = {_milliseconds(PATIENCE)}")
    try:
        yield
    finally:
        usual = timedelta(seconds=float(connection.settings_dict["OPTIONS"].get("timeout", 5)))
        _say(f"PRAGMA busy_timeout = {_milliseconds(usual)}")


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _milliseconds(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)
