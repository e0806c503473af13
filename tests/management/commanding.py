"""Runs a command of manage.py in this process, as a shell would see it end."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

from django.core.management import CommandError, call_command


@dataclass
class Ended:
    """Its exit status, and what it wrote."""

    status: int
    out: str
    errors: str

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def outcomes(self) -> dict[int | str, str]:
        """By article, or by the name that none has."""
        return {entry["article"] or entry["name"]: entry["outcome"] for entry in self.report["articles"]}

    @property
    def reasons(self) -> dict[int | str, str]:
        return {entry["article"] or entry["name"]: entry["reason"] for entry in self.report["articles"]}


def manage(name: str, *words: Any, typed: str | None = None, monkeypatch: Any = None) -> Ended:
    """`typed` is standard input, for which the test's monkeypatch is needed."""
    if typed is not None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode(errors="surrogateescape"))))
    out, errors, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command(name, *map(str, words), stdout=out, stderr=errors)
    except SystemExit as end:
        status = int(end.code or 0)
    except CommandError as end:
        status = end.returncode
        errors.write(f"{end}\n")
    return Ended(status, out.getvalue(), errors.getvalue())


def told(name: str, *words: Any, **options: Any) -> Ended:
    """With its report as JSON."""
    return manage(name, *words, "--format", "json", **options)
