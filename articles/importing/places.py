"""Where a source stands whose own path another file took."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from articles.models import Source

_LONGEST_NAME = 255


def path_beside(source: Source, path: str, is_on_disk: Callable[[str], bool]) -> str:
    """`b.md` becomes `b.article-7.md`, where no file is: the source of article 7 is missing there until its file turns
    up."""
    found = PurePosixPath(path)
    mark = f".article-{source.article_id}{found.suffix}"
    stem = found.stem
    while len(f"{stem}{mark}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    beside = str(found.with_name(f"{stem}{mark}"))
    return path_beside(source, beside, is_on_disk) if is_on_disk(beside) else beside
