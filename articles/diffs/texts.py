"""A word-by-word diff with a bounded running time, even for hostile texts.

Compares lines first, then the words of differing lines; characters instead of words where there are no blanks (Chinese,
Japanese, Thai, long runs of anything). Beyond `WORK`, a passage counts as rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from articles.seedfile.merging.matching import Matcher

WORK = 300_000
"""Comparisons per pair of texts: less than a tenth of a second, because a history page shows many."""
LONG_WORD = 60
AROUND = 160
"""Unchanged characters shown beside a change."""
MOST_CHANGED = 3_000
"""Characters shown of one changed passage."""
MOST_PIECES = 400
"""Pieces shown of one text."""
_ABSORBED = 1_000
_BLANKS = str.maketrans({" ": "·", "\t": "→", "\n": "¶\n"})


class Kind(StrEnum):
    """REST is the end of a text with too many changes to show."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    REST = "rest"


@dataclass(frozen=True)
class Piece:
    """An unchanged, removed or added passage. `left_out` counts the characters of a folded one without text."""

    kind: Kind
    text: str
    left_out: int = 0

    @property
    def seen(self) -> str:
        """The text, with visible signs if only white space was added or removed."""
        is_blank = self.kind is not Kind.SAME and not self.text.strip()
        return self.text.translate(_BLANKS) if is_blank else self.text


def compare_texts(before: str, after: str) -> tuple[Piece, ...]:
    """Concatenated, same and removed pieces give `before`, same and added ones `after`."""
    matcher = Matcher(WORK)
    return tuple(_pieces(_steps_by_word(_lines(before), _lines(after), matcher)))


def folded(pieces: Sequence[Piece]) -> list[Piece]:
    """For display: long passages are shortened to the context of a change, or to their beginning and end."""
    shown: list[Piece] = []
    for number, piece in enumerate(pieces[:MOST_PIECES]):
        is_changed = piece.kind is not Kind.SAME
        head = MOST_CHANGED if is_changed else AROUND * (number > 0)
        tail = AROUND * (is_changed or number < len(pieces) - 1)
        shown += _shortened(piece, head, tail)
    rest = sum(len(piece.text) for piece in pieces[MOST_PIECES:])
    return [*shown, Piece(Kind.REST, "", rest)] if rest else shown


class _Step(NamedTuple):
    """Text removed and added at one place, and the unchanged passage after it."""

    removed: str
    added: str
    same: str


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _steps_by_word(old: list[str], new: list[str], matcher: Matcher) -> Iterator[_Step]:
    for removed, added, same in _steps(old, new, matcher.matched(old, new)):
        if removed and added:
            words, words_new = _words(removed), _words(added)
            yield from _without_islands(_steps(words, words_new, matcher.matched(words, words_new)))
            yield _Step("", "", same)
        else:
            yield _Step(removed, added, same)


def _steps(old: list[str], new: list[str], matches: Mapping[int, int]) -> Iterator[_Step]:
    place, place_new = 0, 0
    for start, start_new, stop in _runs(matches, len(old), len(new)):
        removed, added = old[place:start], new[place_new:start_new]
        yield _Step("".join(removed), "".join(added), "".join(old[start:stop]))
        place, place_new = stop, start_new + stop - start


def _runs(matches: Mapping[int, int], end: int, end_new: int) -> Iterator[tuple[int, int, int]]:
    """Runs of matching neighbours as (start, start in the new text, end); an empty one at the end."""
    start, start_new, stop = 0, 0, 0
    for place in sorted(matches):
        if place != stop or matches[place] != start_new + stop - start:
            yield start, start_new, stop
            start, start_new = place, matches[place]
        stop = place + 1
    yield start, start_new, stop
    yield end, end_new, end


def _without_islands(steps: Iterable[_Step]) -> Iterator[_Step]:
    """An unchanged passage between two longer changes, such as a blank or an "of", reads more easily as changed."""
    last = _Step("", "", "")
    for step in steps:
        size, size_last = (max(len(each.removed), len(each.added)) for each in (step, last))
        if len(last.same) <= min(size, size_last, _ABSORBED) and size_last <= _ABSORBED:
            removed, added = last.removed + last.same + step.removed, last.added + last.same + step.added
            last = _Step(removed, added, step.same)
        else:
            yield last
            last = step
    yield last


def _pieces(steps: Iterable[_Step]) -> Iterator[Piece]:
    """Joins neighbours of a kind; removed text comes before the text added in its place."""
    waiting: dict[Kind, list[str]] = {kind: [] for kind in (Kind.SAME, Kind.REMOVED, Kind.ADDED)}
    for removed, added, same in steps:
        if (removed or added) and waiting[Kind.SAME]:
            yield from _emptied(waiting)
        waiting[Kind.REMOVED] += [removed] if removed else []
        waiting[Kind.ADDED] += [added] if added else []
        if same and (waiting[Kind.REMOVED] or waiting[Kind.ADDED]):
            yield from _emptied(waiting)
        waiting[Kind.SAME] += [same] if same else []
    yield from _emptied(waiting)


def _emptied(waiting: dict[Kind, list[str]]) -> Iterator[Piece]:
    for kind, texts in waiting.items():
        if texts:
            yield Piece(kind, "".join(texts))
            texts.clear()


_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a\ufe00-\ufe0f\u200d"
_SIGNS = r"!-&(-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u2018\u201a-\u2027\u2030-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
_WORD = re.compile(rf"\n|[^\S\n]+|[{_UNSPACED}][{_MARKS}]*|[{_SIGNS}]|[^\s{_UNSPACED}{_SIGNS}]+")
_CHARACTER = re.compile(rf"(?s:.)(?:[{_MARKS}]+(?:(?<=\u200d).)?)*")


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in _WORD.findall(text):
        words += [word] if len(word) <= LONG_WORD else _CHARACTER.findall(word)
    return words


def _shortened(piece: Piece, head: int, tail: int) -> list[Piece]:
    kind, text = piece.kind, piece.text
    if len(text) <= head + tail + AROUND:
        return [piece]
    begin, end = _blank_before(text, head), len(text) - _blank_before(text[::-1], tail)
    parts = Piece(kind, text[:begin]), Piece(kind, "", left_out=end - begin), Piece(kind, text[end:])
    return [part for part in parts if part.text or part.left_out]


def _blank_before(text: str, place: int) -> int:
    """The position after the last blank before `place`, or `place` if none is near."""
    near = text[max(0, place - LONG_WORD) : place]
    blank = max(near.rfind(" "), near.rfind("\n")) + 1
    return place - len(near) + blank if blank else place
