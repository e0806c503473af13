"""Seeds for tests: a minimal one, to which a test adds the lines it is about, and the real one."""

from pathlib import Path

import pytest

from articles.seedfile import reader
from articles.seedfile.problems import Problem, SeedError
from articles.seedfile.schema import ArticleContent

REAL = (Path(__file__).parents[2] / "seeds" / "000_46925ec215a6d86c.txt").read_bytes()

MINIMAL = {
    "title": "title: The night ferry returns\n",
    "webUrl": "webUrl: https://gazette.example/ferry\n",
    "type": "type: article\n",
    "publishedDateTime": "publishedDateTime: 2026-02-28T09:00:00Z\n",
    "provider": "provider: {name: The Gazette}\n",
}
ADDED = 7
"""The line of the file on which added lines begin; one less for each key left out."""

ENTRY = "  - title: The ferry, again\n    webUrl: https://herald.example/ferry\n"
IMAGE = "  - url: https://gazette.example/ferry.jpg\n"


def seed(added: str = "", *, body: str = "", without: tuple[str, ...] = ()) -> bytes:
    kept = "".join(line for key, line in MINIMAL.items() if key not in without)
    return f"---\n{kept}{added}---\n{body}".encode()


def seed_with(line: str) -> bytes:
    """The minimal seed whose last key, on line 6, is this one, in the place of its own if it had one."""
    key = line.partition(":")[0]
    return seed(line + "\n", without=(key,))


def content_of(raw: bytes) -> ArticleContent:
    return reader.read(raw).content


def problems_of(raw: bytes) -> list[tuple[int | None, str, str]]:
    """Line, key and message of everything said about a file that is refused."""
    with pytest.raises(SeedError) as refusal:
        reader.read(raw)
    return [(problem.line, problem.key, problem.message) for problem in refusal.value.problems]


def said_about(raw: bytes) -> tuple[Problem, ...]:
    """The problems of a file, read or refused."""
    try:
        return reader.read(raw).problems
    except SeedError as refusal:
        return refusal.problems


def assert_refused(raw: bytes, *expected: tuple[int | None, str, str]) -> None:
    """Exactly these lines and keys are to blame, in this order, and each message holds the words given."""
    problems = problems_of(raw)
    assert [problem[:2] for problem in problems] == [problem[:2] for problem in expected], problems
    for (_, _, message), (_, _, words) in zip(problems, expected, strict=True):
        assert words in message, problems
