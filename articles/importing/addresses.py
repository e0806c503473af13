"""Which addresses the files of a tree hold, as one quick look at their front matter tells."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from articles.importing.walk import Found, Unreadable, read_file, walk
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import SeedError

_ADDRESS = re.compile(rb"""^webUrl:[ \t]+(["']?)(https?://[^\s"'\\]+)\1[ \t\r]*$""", re.MULTILINE)
_CLOSING = re.compile(rb"[\r\n]---[ \t]*[\r\n]")


class Addresses:
    """Takes eight bytes for each file."""

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
    """Most addresses are seen without reading the file."""
    closing = _CLOSING.search(raw)
    found = _ADDRESS.search(raw, 0, closing.start() if closing else len(raw))
    with suppress(ValueError, SeedError):
        yield url_key(found[2].decode() if found else reader.read(raw).content.web_url)


def _mark(key: str) -> int:
    """Sixteen of a key's 64 hexadecimal digits."""
    return int(key[:16], 16)
