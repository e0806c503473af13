"""Merges texts by lines, like diff3, with a bounded number of steps, even for hostile texts (`matching`).

A piece that `Matcher` skips becomes a coarser hunk, never a wrong one: at worst a conflict that a person decides
quickly, and a conflict keeps every side's text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from articles.seedfile.merging.matching import Matcher

Lines = list[str]
Hunk = tuple[Lines, Lines, Lines]


def merge_lines(base: str, incoming: str, current: str) -> str | None:
    """The text with the changes of both sides, or None if they clash.

    A hunk is the text between two lines common to all three sides. Changes of both sides within one hunk clash unless
    they are equal, so edits in neighbouring lines clash, as in git. So does a line that one side moved and the other
    moved or removed: git would duplicate or restore it."""
    merged: Lines = []
    changed: tuple[Lines, Hunk] = [], ([], [], [])
    for shared, hunk in _hunks(base.split("\n"), incoming.split("\n"), current.split("\n")):
        chosen = _chosen(*hunk)
        if chosen is None:
            return None
        merged += shared + chosen
        for lines, more in zip((changed[0], *changed[1]), (chosen, *hunk), strict=True):
            lines += more
    return None if _is_any_back(changed[0], *changed[1]) else "\n".join(merged)


def _hunks(base: Lines, incoming: Lines, current: Lines) -> Iterator[tuple[Lines, Hunk]]:
    """All lines of the three sides: the differing ones, each after the common lines before it."""
    theirs, ours = Matcher().matched(base, incoming), Matcher().matched(base, current)
    unclear = _unclear(base, theirs, ours)
    shared = [place for place in range(len(base)) if place in theirs and place in ours and place not in unclear]
    ends = [(place, theirs[place], ours[place]) for place in shared]
    same, first, first_theirs, first_ours = 0, 0, 0, 0
    for place, place_theirs, place_ours in [*ends, (len(base), len(incoming), len(current))]:
        if place == len(base) or (place, place_theirs, place_ours) != (first, first_theirs, first_ours):
            hunk = base[first:place], incoming[first_theirs:place_theirs], current[first_ours:place_ours]
            yield base[same:first], hunk
            same = place
        first, first_theirs, first_ours = place + 1, place_theirs + 1, place_ours + 1


def _unclear(base: Lines, *sides: Collection[int]) -> set[int]:
    """A run of equal lines from which each side removed some: it is ambiguous which, and applying both literally would
    remove too many."""
    unclear: set[int] = set()
    for row in _rows_of_equals(base):
        dropped = [{place for place in row if place not in side} for side in sides]
        if all(dropped) and any(one != dropped[0] for one in dropped):
            unclear.update(row)
    return unclear


def _rows_of_equals(lines: Lines) -> Iterator[range]:
    """Runs of two or more equal lines."""
    begin = 0
    for place in range(1, len(lines) + 1):
        if place == len(lines) or lines[place] != lines[begin]:
            if place - begin > 1:
                yield range(begin, place)
            begin = place


def _chosen(base: Lines, incoming: Lines, current: Lines) -> Lines | None:
    if incoming in (base, current):
        return current
    return incoming if current == base else None


def _is_any_back(merged: Lines, *sides: Lines) -> bool:
    """Whether a line occurs more often than the sides' additions and removals explain, except blank lines. Only
    considers hunks: the lines between them occur equally often on every side."""
    base, incoming, current = map(Counter, sides)
    for line, count in Counter(merged).items():
        changes = incoming[line] - base[line], current[line] - base[line]
        added, removed = sum(change for change in changes if change > 0), max(0, *(-change for change in changes))
        if count > base[line] + added - removed and line.strip():
            return True
    return False
