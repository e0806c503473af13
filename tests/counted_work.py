"""Work, counted: the same number on every machine, whatever else runs there. Tests hold it against the work for half as
much, or against what may be read at most; they never measure a time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from articles.seedfile.merging.matching import Matcher

MOST = 10_000_000
"""Lines; what runs more is not waited for."""


class TooMuchWorkError(AssertionError):
    """It ran more lines than it may."""


def lines_run(work: Callable[[], Any], *, most: float = MOST) -> int:
    """How many lines of Python `work()` runs, loops counted by their rounds; what C does within one line counts once.
    Raises TooMuchWorkError when they are more than `most`."""
    count = 0

    def traced(_frame: Any, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        if count > most:
            raise TooMuchWorkError(f"more than {most:,.0f} lines of Python")
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


class Counted(str):
    """A text of which each comparison and each look-up in a dict or a set is a line of Python, so that it counts."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        return str.__hash__(self)


class CountedMatcher(Matcher):
    """A `Matcher` whose comparisons count, wherever they are made."""

    def matched(self, old: list[str], new: list[str]) -> dict[int, int]:
        return super().matched([Counted(unit) for unit in old], [Counted(unit) for unit in new])


def assert_linear(work: Callable[[int], Callable[[], Any]], size: int, *, share: int = 0) -> None:
    """That `work(size)()` runs about half as many lines as `work(2 * size)()`; `share` is for what is bounded of
    itself, however long a text is."""
    half = lines_run(work(size))
    lines_run(work(2 * size), most=2.3 * half + share)
