"""Pictures as lines of a text box: an address and, if known, its size, as in "https://… 1050x550"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_LINE = re.compile(r"(?P<url>\S+)(?:\s+(?P<width>\d{1,7})\s*[x×]\s*(?P<height>\d{1,7}))?\Z")


def picture_line(url: str, width: int | None, height: int | None) -> str:
    return url if width is None or height is None else f"{url} {width}x{height}"


def typed_pictures(text: str, known: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines that are not blank. One whose address is `known` keeps what a line does not show.

    A line that is no address and size is taken for an address, for the schema to refuse.
    """
    return [_typed(line, known) for line in map(str.strip, text.splitlines()) if line]


def _typed(line: str, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    found = _LINE.match(line)
    url = found["url"] if found else line
    sizes = {name: int(found[name]) for name in ("width", "height")} if found and found["width"] else {}
    return {**known.get(url, {"url": url}), **sizes}
