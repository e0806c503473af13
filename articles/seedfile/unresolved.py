"""Finds unresolved merge conflicts of git and similar tools."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable

from articles.seedfile import limits, markdown
from articles.seedfile.problems import Problem, error

_MARKER = re.compile(r"(?:\A|(?<=[\r\n]))(?:[<>]{7}(?=[ \t\r\n]|\Z)|={7}(?=[ \t]*(?:[\r\n]|\Z)))")
"""With or without a name after the arrows. The line of |||||||, which starts the common ancestor, is not needed."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_MESSAGE = "unresolved merge: keep one text and remove the lines of <<<<<<<, =======, >>>>>>>"


def unresolved_merges(text: str, body: int) -> list[Problem]:
    """The conflicts of a file whose body begins at that character: a line of <<<<<<<, later one of =======, later one
    of >>>>>>>. A conflict entirely within one block of fenced code is text; if only one end is in the block, it
    counts."""
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
    """The line number of each, from 1, and its first character."""
    ends = [match.end() for match in _LINE_END.finditer(text)]
    return [(bisect(ends, match.start()) + 1, match[0][0]) for match in _MARKER.finditer(text)]


def _conflicts(marks: Iterable[tuple[int, str]]) -> dict[int, int]:
    """The first line of each, by its last line. A >>>>>>> closes the nearest <<<<<<< that has a =======."""
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
