"""Unexpected errors: logged with their place in the code, without their messages, which may quote data."""

from __future__ import annotations

import logging
import traceback

from django.db import DatabaseError, DataError, IntegrityError

from articles.importing.walk import printable

logger = logging.getLogger(__name__)

_LOST_A_RACE = {"40001", "40P01"}
"""PostgreSQL's serialization_failure and deadlock_detected."""


class OvertakenError(Exception):
    """Another writer changed data between planning a step and writing it."""


def log_failure(path: str, failure: Exception) -> None:
    """Without the message: pydantic's and PostgreSQL's quote whole rows, and a `secured` must not be logged."""
    frames = "".join(traceback.format_tb(failure.__traceback__))
    logger.error("%s was not imported: %s at\n%s", printable(path), type(failure).__name__, frames)


def is_contention(failure: Exception) -> bool:
    """Whether a concurrent writer may be the cause, so that a retry may help."""
    if isinstance(failure, IntegrityError | OvertakenError):
        return True
    return getattr(failure.__cause__, "sqlstate", None) in _LOST_A_RACE


def is_of_one_file(failure: Exception) -> bool:
    """Whether a single file may be the cause, rather than the database as a whole."""
    return not isinstance(failure, DatabaseError) or isinstance(failure, IntegrityError | DataError)
