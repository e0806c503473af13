"""What is known of one file, and what is to be done for it."""

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
    """A file's bytes, and what reading them gave: a document or, if they are no seed, its problems."""

    path: str
    raw: bytes
    digest: str
    document: reader.SeedDocument | None = None
    body: Rendered | None = None
    problems: tuple[Problem, ...] = ()

    def parse(self) -> None:
        """Once; what has been read stays read."""
        if not self.document and not self.problems:
            self.take(read_all([self.raw])[0])

    def take(self, reading: Reading) -> None:
        """What reading the file gave."""
        if isinstance(reading, Read):
            self.document, self.body, self.problems = reading.document, reading.body, reading.document.problems
        elif isinstance(reading, Exception):
            log_failure(self.path, reading)
            self.problems = (error("could not be read; see the log"),)
        else:
            self.problems = reading

    @property
    def content(self) -> ArticleContent:
        """Of a file that is a seed, once it was parsed."""
        if self.document is None:
            raise ValueError(f"{self.path} was not read")
        return self.document.content

    def line_of(self, key: str) -> int | None:
        return self.document.lines.get((key,)) if self.document else None


@dataclass
class Step:
    """What is to be done for one file: a change for the door, a source to make or to move on, and the report."""

    arrival: Arrival
    report: FileReport
    change: Change | None = None
    source: Source | None = None
    takes_source: bool = False
    conflicts: tuple[FieldConflict, ...] = ()
    agreed: frozenset[str] = frozenset()
    """Fields whose open conflict is over: the file and the article say the same now."""
    keeps_bytes: bool = False
    """Whether the file says nothing that is not known: the source keeps what others last wrote."""
    echo: ExportedFile | None = None
    """The write of the desk's that was found in the file."""
    version: int = 0
    """The article's, on which conflicts and agreements were planned."""
    displaced: tuple[Source, str] | None = None
    """The source of another article, whose path the file took by being moved there, and the path that it gets."""


def refuse(arrival: Arrival, *problems: Problem) -> Step:
    return Step(arrival, FileReport(arrival.path, Outcome.REJECTED, problems=problems))


def refused(step: Step, message: str) -> Step:
    """The same step as one that the door did not let through."""
    report = replace(step.report, outcome=Outcome.REJECTED, article=None, changes=(), problems=(error(message),))
    step = replace(step, report=report, change=None, takes_source=False, displaced=None)
    return replace(step, conflicts=(), agreed=frozenset())
