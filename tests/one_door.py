"""Watches the whole suite: what our code writes of articles and their history goes through the door."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection

PROJECT = Path(__file__).parents[1]
ROWS = ("article", "articletopic", "articleimage", "relatedarticle", "securedpayload")
"""The tables that hold an article."""
_WRITES = re.compile(rf'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "articles_({"|".join(ROWS)}|revision)"')
_THROUGH = {"articles/changes/door.py", "articles/history/purging.py"}
"""The door, and what takes an article away for good."""


class AroundTheDoorError(AssertionError):
    """Our own code wrote to an article past `revisions.change_many`."""


def watch() -> None:
    """From now on, on this thread's connection."""
    if _watched not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watched)


def _watched(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    match = _WRITES.match(sql)
    if match:
        callers = list(_callers())
        is_ours = bool(callers) and callers[0].startswith("articles/")
        if is_ours and not any(name in _THROUGH or name.startswith("articles/migrations/") for name in callers):
            raise AroundTheDoorError(f"{callers[0]} writes to {match[1]} without the door: {sql[:80]}")
    return execute(sql, *rest)


def _callers() -> Iterator[str]:
    """The project's own files that led here, the nearest first."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(f"{PROJECT}/") and "/site-packages/" not in name:
            yield name.removeprefix(f"{PROJECT}/")
        frame = frame.f_back
