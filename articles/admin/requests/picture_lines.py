"""Pictures as lines of text: an address and, if known, the size, as in "https://… 1050x550"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

Picture = Mapping[str, Any]
_LINE = re.compile(r"(?P<url>\S+)(?:\s+(?P<width>\d{1,7})\s*[x×]\s*(?P<height>\d{1,7}))?\Z")
_SIZE = ("width", "height")


def picture_line(url: str, width: int | None, height: int | None) -> str:
    return url if width is None or height is None else f"{url} {width}x{height}"


def typed_pictures(text: str, known: Iterable[Picture]) -> list[dict[str, Any]]:
    """Parses the non-blank lines. Each keeps the other data of the picture in `known` that it came from: the one with
    the same line, else the next with its address. A size removed from the line is removed from the picture.

    A malformed line is treated as an address, which the schema refuses.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    left = list(known)
    shown_so = [_claimed(left, _line_of, line) for line in lines]
    return [_typed(line, before, left) for line, before in zip(lines, shown_so, strict=True)]


def _claimed(left: list[Picture], said: Callable[[Picture], str], wanted: str) -> Picture | None:
    """Removes and returns the first one that matches."""
    place = next((place for place, picture in enumerate(left) if said(picture) == wanted), None)
    return None if place is None else left.pop(place)


def _line_of(picture: Picture) -> str:
    return picture_line(picture["url"], picture.get("width"), picture.get("height"))


def _typed(line: str, before: Picture | None, left: list[Picture]) -> dict[str, Any]:
    if before is not None:
        return dict(before)
    match = _LINE.match(line)
    url = match["url"] if match else line
    same = _claimed(left, itemgetter("url"), url) or {"url": url}
    if match and match["width"]:
        return {**same, **{name: int(match[name]) for name in _SIZE}}
    is_size_shown = _line_of(same) != url
    return {name: value for name, value in same.items() if not (is_size_shown and name in _SIZE)}
