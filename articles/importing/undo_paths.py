"""Which files of a run cannot return to the paths that they had, for others stand there and stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import F

from articles.models import EarlierSource, ImportRun, Source
from articles.models.source import path_key
from articles.sql.many_rows import Among

ARTICLES_AT_ONCE = 500
_Key = TypeVar("_Key", int, str)


def barred(run: ImportRun, touched: Callable[[Sequence[int]], set[int]]) -> set[int]:
    """The articles whose earlier path the file of another one has that keeps it: of one that the run did not move,
    that is `touched`, or that is barred itself. Those that changed places can all return.

    Of all files of the run only those that it moved are kept in memory.
    """
    wanted = _earlier_paths(run)
    holders = dict(_holders(wanted.values()))
    wanting = {holders[key]: article for article, key in wanted.items() if key in holders}
    staying = [holder for holder in wanting if holder not in wanted]
    staying += [article for some in _slices(wanted) for article in touched(some)]
    barred_pks: set[int] = set()
    while staying:
        article = wanting.get(staying.pop())
        if article is not None and article not in barred_pks:
            barred_pks.add(article)
            staying.append(article)
    return barred_pks


def _earlier_paths(run: ImportRun) -> dict[int, str]:
    """By article, the key of the path that its file had before the run moved it."""
    rows = EarlierSource.objects.filter(replaced_in=run).exclude(path=F("article__source__path"))
    return {article: path_key(root, path) for article, root, path in rows.values_list("article", "root", "path")}


def _holders(keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    for some in _slices(keys):
        yield from Source.objects.filter(Among("path_key", some)).values_list("path_key", "article")


def _slices(values: Iterable[_Key]) -> Iterator[list[_Key]]:
    """Of ARTICLES_AT_ONCE."""
    keys = list(values)
    return (keys[start : start + ARTICLES_AT_ONCE] for start in range(0, len(keys), ARTICLES_AT_ONCE))
