"""Which addresses the files of a tree hold, as one quick look at their front matter tells."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from articles.importing.walk import Found, Unreadable, read_file, walk
from articles.seedfile.addresses import url_key

_ADDRESS = re.compile(rb"""^webUrl:[ \t]+["']?([^\s"']+)""", re.MULTILINE)
_CLOSING = re.compile(rb"[\r\n]---[ \t]*[\r\n]")


class Addresses:
    """Takes eight bytes for each file. An address that is written in another way than most are is not seen."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._marks = array("Q", sorted(_mark(key) for folder in folders for key in _keys_below(folder)))

    def __contains__(self, key: str) -> bool:
        place = bisect_left(self._marks, _mark(key))
        return place < len(self._marks) and self._marks[place] == _mark(key)


def _keys_below(folder: Path) -> Iterator[str]:
    for entry in walk(folder):
        if isinstance(entry, Found):
            with suppress(Unreadable):
                yield from _key_in(read_file(entry))


def _key_in(raw: bytes) -> Iterator[str]:
    closing = _CLOSING.search(raw)
    found = _ADDRESS.search(raw, 0, closing.start() if closing else len(raw))
    if found:
        with suppress(ValueError):
            yield url_key(found[1].decode())


def _mark(key: str) -> int:
    """Sixteen of a key's 64 hexadecimal digits."""
    return int(key[:16], 16)
