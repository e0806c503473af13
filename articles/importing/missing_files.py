"""Whether so many of a root's files are gone that a disk may be, rather than the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import QuerySet

from articles.importing.moved_files import Addresses, by_address_in_file
from articles.importing.roots import CannotImport
from articles.importing.walk import Found, is_there, printable, walk
from articles.models import Source

FEW = 10
"""Of fewer known files, any number may be gone while the folder holds some."""
SOURCES_AT_ONCE = 1_000


@dataclass
class _Look:
    """What was found at the places of known files: how many, which are not there, and the folders that have some."""

    there: int = 0
    gone: list[int] = field(default_factory=list)
    folders: set[Path] = field(default_factory=set)


@dataclass
class KnownFiles:
    """The files of a root that were there at its last run."""

    root: str
    folders: Sequence[Path]
    _has_begun: bool = False

    def check(self) -> None:
        """Raises CannotImport where a folder is empty and known files are gone or, when the run begins, fewer than half
        of FEW or more are there.

        A file that moved is there, by the address in it. That takes a look at the disk for half of the files, and reads
        the tree only when they are not where they were.
        """
        count = 0 if self._has_begun else self._sources().count()
        self._has_begun = True
        needed = (count + 1) // 2 if count >= FEW else 0
        look = self._look(max(needed, 1))
        empty = [folder for folder in self.folders if folder not in look.folders and _is_empty(folder)]
        if empty:
            count = needed = self._sources().count()
            look = self._look(count)
        there = look.there if look.there >= needed else look.there + _moved_count(look.gone, Addresses(self.folders))
        if there < needed:
            raise CannotImport(_sentence(self.root, empty, self.folders, count, there))

    def has_any(self) -> bool:
        return self._look(1).there > 0

    def _look(self, enough: int) -> _Look:
        """Ends when so many are there."""
        look = _Look()
        pages = self._pages(2 * enough)
        while look.there < enough and (page := next(pages, None)):
            gone = page
            for folder in self.folders:
                missing = _not_below(f"{folder}/", gone)
                if len(missing) < len(gone):
                    look.folders.add(folder)
                gone = missing
            look.there += len(page) - len(gone)
            look.gone += [pk for pk, _ in gone]
        return look

    def _pages(self, first: int) -> Iterator[list[tuple[int, str]]]:
        """Their keys and paths, of which the first few may do."""
        last, size = 0, min(first, SOURCES_AT_ONCE)
        sources = self._sources().order_by("pk").values_list("pk", "path")
        while page := list(sources.filter(pk__gt=last)[:size]):
            last, size = page[-1][0], SOURCES_AT_ONCE
            yield page

    def _sources(self) -> QuerySet[Source]:
        """But for those that an export has still to write."""
        return Source.objects.filter(root=self.root, missing_at=None).exclude(exported__is_awaited=True)


def _not_below(folder: str, page: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(pk, path) for pk, path in page if not is_there(folder + path)]


def _moved_count(gone: Sequence[int], addresses: Addresses) -> int:
    """Of the sources that have no file at their place, those whose address a file of the tree has: the article's or,
    where an editor changed that, one that was in the file."""
    moved = 0
    for start in range(0, len(gone), SOURCES_AT_ONCE):
        rows = Source.objects.filter(pk__in=gone[start : start + SOURCES_AT_ONCE])
        keys = dict(rows.values_list("article", "article__url_key"))
        lost = [article for article, key in keys.items() if key not in addresses]
        moved += len(keys) - len(lost)
        moved += len({pk for key, pk in by_address_in_file(lost).items() if key in addresses})
    return moved


def _is_empty(folder: Path) -> bool:
    """Of seeds; what cannot be read may hold some."""
    return not any(isinstance(entry, Found) or entry.is_error for entry in walk(folder))


def _sentence(root: str, empty: Sequence[Path], folders: Sequence[Path], count: int, there: int) -> str:
    where = " and ".join(printable(str(folder)) for folder in empty or folders)
    what = f"{where} contains no seeds" if empty else f"{where} contains {there} of them"
    remedy = "check that the disk is mounted, or use --allow-missing if they were deleted on purpose"
    return f"root “{root}” has {count} known files, but {what}; {remedy}"
