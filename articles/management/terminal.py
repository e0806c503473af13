"""What the commands share: ends in one sentence, arguments that cannot be used, moments as somebody types them, text
that a terminal takes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from articles.importing.roots import is_root_name
from articles.importing.walk import printable
from articles.seedfile import limits
from articles.timezones import NotOnce, moment_at

CANNOT_BE_USED = 2
"""The exit status for a path, an option, a disk or a database that cannot be used."""
STOPPED = 130
"""The exit status after Ctrl-C."""
_LACKING = {"42P01", "42703"}
"""PostgreSQL's undefined_table and undefined_column."""


def unusable(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=CANNOT_BE_USED)


def existing_folder(path: str | Path) -> Path:
    if not os.path.isdir(path):
        what = "is a file" if os.path.exists(path) else "does not exist"
        raise unusable(f"{printable(str(path))} {what}; give a folder")
    return Path(path)


def root_name(name: str | None) -> str | None:
    if name is not None and not is_root_name(name):
        raise unusable("--root must be a name of 1 to 100 printable characters that does not begin with -")
    return name


def existing_path(path: str | Path) -> Path:
    if not os.path.exists(path):
        raise unusable(f"{printable(str(path))} does not exist; give a file or a folder")
    return Path(path)


@contextmanager
def one_sentence(*, afterwards: str) -> Iterator[None]:
    """Stops the command without a traceback if the database or the disk fails, or on Ctrl-C.

    `afterwards` says what state that leaves and what to do. Raises CommandError.
    """
    try:
        yield
        sys.stdout.flush()
    except (DatabaseError, InterfaceError) as problem:
        raise _about_database(problem, afterwards) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again at exit
        raise unusable(f"the output was closed; {afterwards}") from None
    except OSError as problem:
        where = f"{printable(str(problem.filename))}: " if problem.filename else ""
        raise unusable(f"{where}{problem.strerror or problem}; {afterwards}") from None
    except KeyboardInterrupt:
        raise CommandError(f"stopped; {afterwards}", returncode=STOPPED) from None


def input_lines() -> Iterator[str]:
    """Lines of standard input, without line endings; bytes that are not UTF-8 are escaped."""
    for line in iter(getattr(sys.stdin, "buffer", sys.stdin).readline, None):
        if not line:
            return
        text = line.decode(errors="backslashreplace") if isinstance(line, bytes) else line
        yield text.rstrip("\r\n")


def problem_lines(report: dict[str, Any]) -> list[str]:
    """The problems of one file of a receipt, each as one harmless line."""
    name = f"{report['outcome']} {printable(report['path'])}"
    return [_problem_line(name, problem) for problem in report["problems"]]


def writable(stream: Any, text: str) -> str:
    """Escapes characters that `stream`'s encoding lacks."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _about_database(problem: Exception, afterwards: str) -> CommandError:
    text = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
    is_lacking = "no such table" in text or "no such column" in text
    if is_lacking or getattr(problem.__cause__, "sqlstate", None) in _LACKING:
        return unusable(f"the database lacks a table or column ({text}); run manage.py migrate")
    if type(problem.__cause__).__name__ == "PoolTimeout":
        place = f"{connection.settings_dict['HOST'] or 'this machine'}:{connection.settings_dict['PORT'] or 5432}"
        text = f"no connection to PostgreSQL at {place}"
    return unusable(f"the database cannot be used ({text}); {afterwards}")


def _problem_line(name: str, problem: dict[str, Any]) -> str:
    line = f":{problem['line']}" if problem["line"] else ""
    key = f"{problem['key']} " if problem["key"] else ""
    return f"{name}{line}: {key}{printable(problem['message'])}"


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?\Z", re.ASCII)


def moment(option: str, text: str | None) -> datetime | None:
    """ISO 8601 with an offset, or in the site's time zone. None if the option is missing.

    Without an offset, a time that does not exist or occurs twice in the site's zone is refused.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text) if _MOMENT.match(text) else None
    except ValueError:
        read = None
    if read is None:
        raise unusable(f"{option} {printable(text)} is not a time; write 2026-12-01T09:00 or 2026-12-01T09:00+01:00")
    first, last = limits.YEARS
    if not first < read.year < last:
        raise unusable(f"{option} {printable(text)} is not between the years {first} and {last}")
    return read.astimezone(UTC) if read.tzinfo else _at_the_site(option, text, read)


def _at_the_site(option: str, text: str, local: datetime) -> datetime:
    zone = timezone.get_default_timezone()
    try:
        return moment_at(local, zone)
    except NotOnce as problem:
        raise unusable(f"{option} {text} in {zone}: {problem}") from problem
