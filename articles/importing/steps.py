"""What is known of one file, and what is to be done for it; and what went wrong that should not have, logged with its
place in the code, and without what a message may quote.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass, replace

from django.db import DatabaseError, DataError, IntegrityError

from articles.changes.door import Change
from articles.content.rendering import Rendered
from articles.importing.reading import Read, Reading, read_all
from articles.importing.receipt import FileReport
from articles.importing.walk import printable
from articles.models import ExportedFile, Source
from articles.models.importing import Outcome
from articles.seedfile import reader
from articles.seedfile.merging.merge import FieldConflict
from articles.seedfile.problems import Problem, error
from articles.seedfile.schema import ArticleContent


@dataclass
class Arrival:
    """A file's bytes and their document or, if they are not a valid seed, the problems."""

    path: str
    raw: bytes
    digest: str
    document: reader.SeedDocument | None = None
    body: Rendered | None = None
    problems: tuple[Problem, ...] = ()

    def parse(self) -> None:
        """Reads once, and caches."""
        if not self.document and not self.problems:
            self.take(read_all([self.raw])[0])

    def take(self, reading: Reading) -> None:
        """The result of reading the file."""
        if isinstance(reading, Read):
            self.document, self.body, self.problems = reading.document, reading.body, reading.document.problems
        elif isinstance(reading, Exception):
            log_failure(self.path, reading)
            self.problems = (error("could not be read; see the log"),)
        else:
            self.problems = reading

    @property
    def content(self) -> ArticleContent:
        """The document; only for a valid seed that was parsed."""
        if self.document is None:
            raise ValueError(f"{self.path} was not read")
        return self.document.content

    def line_of(self, key: str) -> int | None:
        return self.document.lines.get((key,)) if self.document else None


@dataclass
class Step:
    """What to do with one file: a change for the door, a source to create or update, and the report."""

    arrival: Arrival
    report: FileReport
    change: Change | None = None
    source: Source | None = None
    takes_source: bool = False
    conflicts: tuple[FieldConflict, ...] = ()
    agreed: frozenset[str] = frozenset()
    """Fields whose open conflict is over: file and article agree now."""
    keeps_bytes: bool = False
    """Whether the file contains only the desk's own write: the source keeps what others last wrote."""
    echo: ExportedFile | None = None
    """The desk's write that was found in the file."""
    version: int = 0
    """The article's version at planning, for conflicts and agreements."""
    displaced: tuple[Source, str] | None = None
    """Another article's source whose path this file took by moving there, and its new path."""


def refuse(arrival: Arrival, *problems: Problem) -> Step:
    return Step(arrival, FileReport(arrival.path, Outcome.REJECTED, problems=problems))


def refused(step: Step, message: str) -> Step:
    """The same step, rejected by the door."""
    report = replace(step.report, outcome=Outcome.REJECTED, article=None, changes=(), problems=(error(message),))
    step = replace(step, report=report, change=None, takes_source=False, displaced=None)
    return replace(step, conflicts=(), agreed=frozenset())


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
