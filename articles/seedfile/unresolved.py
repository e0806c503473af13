"""Merges that git, or a program like it, left for somebody to finish."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable

from articles.seedfile import limits, markdown
from articles.seedfile.problems import Problem, error

_MARKER = re.compile(r"(?:\A|(?<=[\r\n]))(?:[<>]{7}(?=[ \t\r\n]|\Z)|={7}(?=[ \t]*(?:[\r\n]|\Z)))")
"""With or without a name behind the arrows. The line of |||||||, below which stands what both sides began with, decides
nothing."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_MESSAGE = "unresolved merge: keep one text and remove the lines of <<<<<<<, =======, >>>>>>>"


def unresolved_merges(text: str, body: int) -> list[Problem]:
    """Each conflict of a file whose body begins at that character: a line of <<<<<<<, later one of =======, later one
    of >>>>>>>. An article may show some, each whole within one block of fenced code; code that only one end of a
    conflict stands in is a side of it."""
    if "<<<<<<<" not in text:
        return []
    marks = _marks(text)
    if not _conflicts(marks):
        return []
    first = len(_LINE_END.findall(text, 0, body)) + 1
    blocks = {first + line: block for line, block in markdown.fenced_lines(text[body:]).items()}
    leaving = {
        end: start for end, start in _conflicts(marks).items() if _leaves_block(blocks.get(start), blocks.get(end))
    }
    outside = _conflicts(mark for mark in marks if mark[0] not in blocks)
    lines = set((leaving | outside).values())
    return [error(_MESSAGE, line=line) for line in sorted(lines)[: limits.PROBLEMS]]


def _leaves_block(start: int | None, end: int | None) -> bool:
    return start is None or start != end


def _marks(text: str) -> list[tuple[int, str]]:
    """The line of each, from 1, and its first character."""
    ends = [match.end() for match in _LINE_END.finditer(text)]
    return [(bisect(ends, match.start()) + 1, match[0][0]) for match in _MARKER.finditer(text)]


def _conflicts(marks: Iterable[tuple[int, str]]) -> dict[int, int]:
    """By the line where each ends the one where it begins. One of >>>>>>> ends the nearest that has its =======."""
    opened: list[int] = []
    halfway: set[int] = set()
    ends: dict[int, int] = {}
    for line, kind in marks:
        if kind == "<":
            opened.append(line)
        elif kind == "=" and opened:
            halfway.add(opened[-1])
        elif kind == ">" and halfway:
            while (start := opened.pop()) not in halfway:
                pass
            halfway.remove(start)
            ends[line] = start
    return ends
