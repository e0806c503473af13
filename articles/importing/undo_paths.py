"""Which files of a run cannot return to their former paths, because others occupy them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import F

from articles.models import EarlierSource, ImportRun, Source
from articles.models.source import path_key
from articles.sql.any_of import Among

ARTICLES_AT_ONCE = 500
_Key = TypeVar("_Key", int, str)


def barred(run: ImportRun, touched: Callable[[Sequence[int]], set[int]]) -> set[int]:
    """Articles whose former path another article's file occupies and keeps: a file that the run did not move, that is
    `touched`, or that cannot return itself. Files that swapped paths can all return.

    Only the files that the run moved are kept in memory.
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
    """The key of each file's path before the run moved it, by article."""
    rows = EarlierSource.objects.filter(replaced_in=run).exclude(path=F("article__source__path"))
    return {article: path_key(root, path) for article, root, path in rows.values_list("article", "root", "path")}


def _holders(keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    for some in _slices(keys):
        yield from Source.objects.filter(Among("path_key", some)).values_list("path_key", "article")


def _slices(values: Iterable[_Key]) -> Iterator[list[_Key]]:
    """For one batch of ARTICLES_AT_ONCE."""
    keys = list(values)
    return (keys[start : start + ARTICLES_AT_ONCE] for start in range(0, len(keys), ARTICLES_AT_ONCE))
