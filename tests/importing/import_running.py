"""Runs imports for tests: seeds to write, `manage.py import_seeds` in this process or in one of its own."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article
from tests.database_dump import changed_tables, every_row
from tests.halting import HALTED
from tests.waiting import GIVES_UP_AFTER

PROJECT = Path(__file__).parents[2]
_DROP_FROM_BOUNDING_SET, _OVERRIDE, _READ_SEARCH = 24, 1, 2


@dataclass
class Ran:
    """An import that ended: its exit status, the receipt, and what it wrote on standard error."""

    status: int
    receipt: dict[str, Any]
    errors: str

    @property
    def counts(self) -> dict[str, int]:
        """Those that are not 0."""
        return {name: count for name, count in self.receipt["counts"].items() if count}

    @property
    def outcomes(self) -> dict[str, str]:
        return {file["path"]: file["outcome"] for file in self.receipt["files"]}

    def file(self, path: str) -> dict[str, Any]:
        return next(file for file in self.receipt["files"] if file["path"] == path)

    def said(self, path: str) -> str:
        """The messages about a file, one a line."""
        return "\n".join(problem["message"] for problem in self.file(path)["problems"])


def story(slug: str, added: str = "", *, body: str = "", **keys: str) -> bytes:
    """A seed whose address ends in `slug`; `keys` replace lines of it, None leaves one out."""
    lines = {
        "title": f"The story of {slug}",
        "webUrl": f"https://gazette.example/{slug}",
        "type": "article",
        "publishedDateTime": "2026-02-28T09:00:00Z",
        "provider": "{name: The Gazette, domain: gazette.example}",
    } | keys
    head = "".join(f"{key}: {value}\n" for key, value in lines.items() if value is not None)
    return f"---\n{head}{added}---\n{body}".encode()


def write(folder: Path, path: str, raw: bytes) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(raw)
    return file


def import_seeds(*words: Any) -> Ran:
    """`import_seeds` with these words, in this process. Raises CommandError as the command does."""
    out, errors, status = StringIO(), StringIO(), 0
    try:
        call_command("import_seeds", *map(str, words), "--format", "json", stdout=out, stderr=errors)
    except SystemExit as end:
        status = int(end.code or 0)
    return Ran(status, json.loads(out.getvalue()), errors.getvalue())


def refused(*words: Any) -> str:
    """The one sentence with which such an import ends, with 2 and with nothing written; a dry run says the same."""
    before = every_row()
    said = []
    for more in ((), ("--dry-run",)):
        out = StringIO()
        with pytest.raises(CommandError) as refusal:
            call_command("import_seeds", *map(str, words), *more, stdout=out)
        assert (refusal.value.returncode, out.getvalue()) == (2, "")
        said.append(str(refusal.value))
    assert changed_tables(before) == set()
    assert said[0] == said[1]
    assert said[0].isprintable()
    return said[0]


def article_of(slug: str) -> Article:
    return Article.objects.get(web_url=f"https://gazette.example/{slug}")


def database_url() -> str:
    """The database of this test, for another process."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    name, password, host, port = (settings[key] for key in ("USER", "PASSWORD", "HOST", "PORT"))
    return f"postgres://{name}:{password}@{host}:{port}/{settings['NAME']}"


def environment_of(url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "ENV_FILE": "",
        "SECRET_KEY": "a test key is no secret, but it has to have a certain length",
        "DATABASE_URL": url,
    }


def start(*words: Any, url: str, without_root: bool = False, **environment: str) -> subprocess.Popen[str]:
    """manage.py with these words, in a process group of its own; `without_root` takes root's right to open any file."""
    lose = _lose_roots_rights if without_root and os.geteuid() == 0 else None
    return _begun("manage.py", *words, env=environment_of(url) | environment, stdin=subprocess.DEVNULL, preexec_fn=lose)


def halted(*words: Any, place: str, call: int = 1, url: str) -> subprocess.Popen[str]:
    """The same, which has come to that call of the function at `place`, and stands still (`halting`). `finished` lets
    it go on, and tells what it writes from there."""
    environment = environment_of(url) | {"DJANGO_SETTINGS_MODULE": "newsdesk.settings"}
    process = _begun("-m", "tests.halting", place, call, *words, env=environment, stdin=subprocess.PIPE)
    assert process.stdout is not None
    has_halted = any(line == HALTED for line in process.stdout)
    assert has_halted, finished(process).stderr
    return process


def go_on(process: subprocess.Popen[str]) -> None:
    """Lets a halted one do so."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _begun(*words: Any, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


def finished(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    try:
        out, errors = process.communicate(timeout=GIVES_UP_AFTER)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def run(*words: Any, url: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return finished(start(*words, url=url, **options))


def _lose_roots_rights() -> None:
    libc = ctypes.CDLL(None)
    for capability in (_OVERRIDE, _READ_SEARCH):
        libc.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)
