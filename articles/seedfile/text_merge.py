"""Merging texts by lines, as diff3 does, in a time that hostile texts cannot stretch (`matching`).

A piece that `Matcher` does not look into is a coarser hunk, never a wrong one: at worst a conflict that a person sees
through quickly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import groupby

from articles.seedfile.matching import Matcher

Lines = list[str]


def merge_lines(base: str, incoming: str, current: str) -> str | None:
    """The text with the changes of both sides, or None where they clash.

    A hunk is what stands between two lines that are on all three sides. Changes of both sides within one hunk clash
    unless they are the same: as in git, edits in neighbouring lines do. So does a line that one side moved and the
    other moved or removed: to git it would be there twice, or back.
    """
    sides = base.split("\n"), incoming.split("\n"), current.split("\n")
    merged: Lines = []
    for hunk in _hunks(*sides):
        chosen = _chosen(*hunk)
        if chosen is None:
            return None
        merged += chosen
    return None if _is_any_back(merged, *sides) else "\n".join(merged)


def _hunks(base: Lines, incoming: Lines, current: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """All lines of the three sides in pieces, by turns different ones and a single line that all sides have."""
    theirs, ours = Matcher().matched(base, incoming), Matcher().matched(base, current)
    unclear = _unclear(base, theirs, ours)
    start = (0, 0, 0)
    for place, line in enumerate(base):
        if place in theirs and place in ours and place not in unclear:
            stop = (place, theirs[place], ours[place])
            yield base[start[0] : stop[0]], incoming[start[1] : stop[1]], current[start[2] : stop[2]]
            yield [line], [line], [line]
            start = (stop[0] + 1, stop[1] + 1, stop[2] + 1)
    yield base[start[0] :], incoming[start[1] :], current[start[2] :]


def _unclear(base: Lines, *sides: Collection[int]) -> set[int]:
    """Equal lines in a row of which each side dropped others: which ones, nobody can tell, and taken literally, what
    both dropped once would be gone twice."""
    unclear: set[int] = set()
    for _, row in groupby(range(len(base)), base.__getitem__):
        places = set(row)
        dropped = [places.difference(side) for side in sides]
        if all(dropped) and any(one != dropped[0] for one in dropped):
            unclear |= places
    return unclear


def _chosen(base: Lines, incoming: Lines, current: Lines) -> Lines | None:
    if incoming in (base, current):
        return current
    return incoming if current == base else None


def _is_any_back(merged: Lines, *sides: Lines) -> bool:
    """Whether a line is there more often than what the sides added and removed accounts for. Blank ones may be."""
    base, incoming, current = map(Counter, sides)
    for line, count in Counter(merged).items():
        changes = incoming[line] - base[line], current[line] - base[line]
        added, removed = sum(change for change in changes if change > 0), max(0, *(-change for change in changes))
        if count > base[line] + added - removed and line.strip():
            return True
    return False
