"""Merging texts by lines, as diff3 does, in a time that hostile texts cannot stretch.

Finding the fewest changed lines takes up to cubic time (difflib), so the work is split first: equal beginnings and
ends go, then the lines that occur once on either side cut the rest into small pieces ("patience diff"). difflib sees
the pieces until its share of work is used up; a piece beyond that counts as rewritten from its first to its last
differing line. That is a coarser hunk, never a wrong one: at worst a conflict that a person sees through quickly.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

WORK = 2_000_000
"""For difflib and one pair of texts, in comparisons that it makes at worst: about half a second."""

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
    theirs, ours = _matched(base, incoming), _matched(base, current)
    start = (0, 0, 0)
    for place, line in enumerate(base):
        if place in theirs and place in ours:
            stop = (place, theirs[place], ours[place])
            yield base[start[0] : stop[0]], incoming[start[1] : stop[1]], current[start[2] : stop[2]]
            yield [line], [line], [line]
            start = (stop[0] + 1, stop[1] + 1, stop[2] + 1)
    yield base[start[0] :], incoming[start[1] :], current[start[2] :]


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


class _Piece(NamedTuple):
    """Lines `old` to `old_end` of one text beside lines `new` to `new_end` of another."""

    old: int
    old_end: int
    new: int
    new_end: int

    def work(self) -> int:
        """What difflib compares at worst: all with all, once for every line that it matches."""
        lines, lines_new = self.old_end - self.old, self.new_end - self.new
        return lines * lines_new * min(lines, lines_new)


def _matched(old: Lines, new: Lines) -> dict[int, int]:
    """From places in `old` to the places in `new` where the same line stands, ascending on both sides."""
    matches: dict[int, int] = {}
    room = WORK
    middle = _trimmed(_Piece(0, len(old), 0, len(new)), old, new, matches)
    for wide in _between_unique_lines(middle, old, new, matches):
        piece = _trimmed(wide, old, new, matches)
        if 0 < piece.work() <= room:
            room -= piece.work()
            matches.update(_compared(piece, old, new))
    return matches


def _trimmed(piece: _Piece, old: Lines, new: Lines, matches: dict[int, int]) -> _Piece:
    """The piece without its equal beginning and end, which are put down as matches."""
    first, first_new, last, last_new = piece.old, piece.new, piece.old_end, piece.new_end
    while first < last and first_new < last_new and old[first] == new[first_new]:
        matches[first] = first_new
        first, first_new = first + 1, first_new + 1
    while first < last and first_new < last_new and old[last - 1] == new[last_new - 1]:
        last, last_new = last - 1, last_new - 1
        matches[last] = last_new
    return _Piece(first, last, first_new, last_new)


def _between_unique_lines(piece: _Piece, old: Lines, new: Lines, matches: dict[int, int]) -> Iterator[_Piece]:
    """The pieces between lines that occur once on either side, in the same order; these are put down as matches."""
    start, start_new = piece.old, piece.new
    for place, place_new in _longest_ascent(_unique_pairs(piece, old, new)):
        matches[place] = place_new
        yield _Piece(start, place, start_new, place_new)
        start, start_new = place + 1, place_new + 1
    yield _Piece(start, piece.old_end, start_new, piece.new_end)


def _unique_pairs(piece: _Piece, old: Lines, new: Lines) -> list[tuple[int, int]]:
    counts = Counter(old[piece.old : piece.old_end])
    counts_new = Counter(new[piece.new : piece.new_end])
    places = {new[place]: place for place in range(piece.new, piece.new_end) if counts_new[new[place]] == 1}
    numbered = ((place, old[place]) for place in range(piece.old, piece.old_end))
    return [(place, places[line]) for place, line in numbered if counts[line] == 1 and line in places]


def _longest_ascent(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest selection whose second numbers ascend as the first ones do (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        tops[pile : pile + 1] = [place]
        before.append(piles[pile - 1] if pile else -1)
        piles[pile : pile + 1] = [number]
    ascent: list[tuple[int, int]] = []
    number = piles[-1] if piles else -1
    while number >= 0:
        ascent.append(pairs[number])
        number = before[number]
    return ascent[::-1]


def _compared(piece: _Piece, old: Lines, new: Lines) -> dict[int, int]:
    matcher = SequenceMatcher(None, old[piece.old : piece.old_end], new[piece.new : piece.new_end], autojunk=False)
    blocks = matcher.get_matching_blocks()
    return {piece.old + b.a + n: piece.new + b.b + n for b in blocks for n in range(b.size)}
