"""What the commands share: arguments that cannot be used, sentences about the database, text that a terminal takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError

from articles.importing.walk import printable

CANNOT_BE_USED = 2
"""The exit status for a path, an option or a database that cannot be used."""


def unusable(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=CANNOT_BE_USED)


def existing_folder(path: str | Path) -> Path:
    if not os.path.isdir(path):
        what = "is a file" if os.path.exists(path) else "does not exist"
        raise unusable(f"{printable(str(path))} {what}; name a folder")
    return Path(path)


def about_database(problem: DatabaseError, *, afterwards: str) -> CommandError:
    """One sentence; `afterwards` says what holds now and what to do."""
    text = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
    if "no such table" in text or "does not exist" in text or "no such column" in text:
        return unusable(f"the database lacks a table or column ({text}); run manage.py migrate")
    return unusable(f"the database cannot be used ({text}); {afterwards}")


def problem_lines(report: dict[str, Any]) -> list[str]:
    """The problems of one file of a receipt, each as one harmless line."""
    name = f"{report['outcome']} {printable(report['path'])}"
    return [_problem_line(name, problem) for problem in report["problems"]]


def writable(stream: Any, text: str) -> str:
    """With escapes for what the encoding of `stream` lacks."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _problem_line(name: str, problem: dict[str, Any]) -> str:
    line = f":{problem['line']}" if problem["line"] else ""
    key = f"{problem['key']} " if problem["key"] else ""
    return f"{name}{line}: {key}{printable(problem['message'])}"
