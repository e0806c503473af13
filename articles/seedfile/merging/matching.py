"""Finds the units of one text that also occur in another, with a bounded number of steps, even for hostile texts.

Units are lines or words. Finding a minimal diff takes up to cubic time (difflib), so the work is split first: common
beginnings and ends are removed, then units that occur once on either side cut the rest into small pieces ("patience
diff"), at about a dozen comparisons or lookups per unit. difflib processes pieces until its budget is used up; a piece
beyond that counts as rewritten from its first to its last differing unit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from operator import lt
from typing import NamedTuple

WORK = 2_000_000
"""difflib's budget, in worst-case comparisons: about half a second."""

Units = list[str]


class Matcher:
    """Compares one or several texts; difflib's budget is shared by all of them."""

    def __init__(self, work: int = WORK) -> None:
        self._room = work

    def matched(self, old: Units, new: Units) -> dict[int, int]:
        """Positions in `old` mapped to positions of equal units in `new`, ascending on both sides."""
        matches: dict[int, int] = {}
        middle = _trimmed(_Piece(0, len(old), 0, len(new)), old, new, matches)
        for wide in _between_unique_units(middle, old, new, matches):
            piece = _trimmed(wide, old, new, matches)
            if 0 < piece.work() <= self._room:
                self._room -= piece.work()
                matches.update(_compared(piece, old, new))
        return matches


def longest_ascent(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence that ascends in both numbers (patience sorting)."""
    places = [place for _, place in pairs]
    if all(map(lt, places, places[1:])):
        return pairs
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, place in enumerate(places):
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


class _Piece(NamedTuple):
    """Units `old` to `old_end` of one text, and `new` to `new_end` of the other."""

    old: int
    old_end: int
    new: int
    new_end: int

    def work(self) -> int:
        """difflib's worst case: all with all, for every matched unit."""
        units, units_new = self.old_end - self.old, self.new_end - self.new
        return units * units_new * min(units, units_new)


def _trimmed(piece: _Piece, old: Units, new: Units, matches: dict[int, int]) -> _Piece:
    """The piece without its common beginning and end, which are recorded as matches."""
    first, first_new, last, last_new = piece.old, piece.new, piece.old_end, piece.new_end
    while first < last and first_new < last_new and old[first] == new[first_new]:
        matches[first] = first_new
        first, first_new = first + 1, first_new + 1
    while first < last and first_new < last_new and old[last - 1] == new[last_new - 1]:
        last, last_new = last - 1, last_new - 1
        matches[last] = last_new
    return _Piece(first, last, first_new, last_new)


def _between_unique_units(piece: _Piece, old: Units, new: Units, matches: dict[int, int]) -> Iterator[_Piece]:
    """The pieces between units that occur once on either side, in the same order; those are recorded as matches."""
    start, start_new = piece.old, piece.new
    for place, place_new in longest_ascent(_unique_pairs(piece, old, new)):
        matches[place] = place_new
        if start < place and start_new < place_new:
            yield _Piece(start, place, start_new, place_new)
        start, start_new = place + 1, place_new + 1
    yield _Piece(start, piece.old_end, start_new, piece.new_end)


def _unique_pairs(piece: _Piece, old: Units, new: Units) -> list[tuple[int, int]]:
    units, units_new = _part(piece, old, new)
    places, places_new = _places_of_unique(units, piece.old), _places_of_unique(units_new, piece.new)
    pairs = zip(places.values(), map(places_new.get, places), strict=True)
    return [(place, place_new) for place, place_new in pairs if place_new is not None]


def _places_of_unique(units: Units, first: int) -> dict[str, int]:
    """Positions of the units that occur once, counted from `first`, ascending."""
    places = dict(zip(units, range(first, first + len(units)), strict=True))
    if len(places) == len(units):
        return places
    return {unit: places[unit] for unit, count in Counter(units).items() if count == 1}


def _compared(piece: _Piece, old: Units, new: Units) -> dict[int, int]:
    units, units_new = _part(piece, old, new)
    if set(units).isdisjoint(units_new):
        return {}
    blocks = SequenceMatcher(None, units, units_new, autojunk=False).get_matching_blocks()
    return {piece.old + b.a + n: piece.new + b.b + n for b in blocks for n in range(b.size)}


def _part(piece: _Piece, old: Units, new: Units) -> tuple[Units, Units]:
    return old[piece.old : piece.old_end], new[piece.new : piece.new_end]
