"""One file of a run, and what to do with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from articles.changes.door import Change
from articles.content.rendering import Rendered
from articles.importing.failures import log_failure
from articles.importing.reading import Read, Reading, read_all
from articles.importing.receipt import FileReport
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
