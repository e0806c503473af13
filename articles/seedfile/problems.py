"""Problems of a seed: where, what, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `line` counts from 1 and is None if no line is to blame; `key` is dotted (`related[1].quality`) and
    empty if the whole file is meant."""

    severity: Severity
    line: int | None
    key: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        subject = f"{self.key} " if self.key else ""
        return f"{self.line or 1}: {subject}{self.message}"


def error(message: str, *, line: int | None = None, key: str = "") -> Problem:
    return Problem(Severity.ERROR, line, key, message)


def warning(message: str, *, line: int | None = None, key: str = "") -> Problem:
    return Problem(Severity.WARNING, line, key, message)


def notice(message: str, *, line: int | None = None, key: str = "") -> Problem:
    return Problem(Severity.NOTICE, line, key, message)


class SeedError(Exception):
    """A seed that cannot be read. `problems` holds every finding, errors first, in line order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Errors before warnings before notices, each by line."""
    return tuple(sorted(problems, key=lambda p: (_SEVERITIES.index(p.severity), p.line or 0)))


_SEVERITIES = tuple(Severity)
