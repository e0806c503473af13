"""Detects that so many of a root's files are missing that the disk may not be mounted."""

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
"""With fewer known files, any number may be missing unless the folder is empty."""
SOURCES_AT_ONCE = 1_000


@dataclass
class _Look:
    """The state of known files: how many, which are missing, and the folders that contain some."""

    there: int = 0
    gone: list[int] = field(default_factory=list)
    folders: set[Path] = field(default_factory=set)


@dataclass
class KnownFiles:
    """The files of a root that existed at its last run."""

    root: str
    folders: Sequence[Path]
    _has_begun: bool = False

    def check(self) -> None:
        """Raises CannotImport if a folder is empty and known files are missing or, when the run starts, if fewer than
        half of FEW or more exist.

        A moved file counts as existing, by its address. Normally this only checks half of the files on disk; the tree
        is read only if they are not found at their paths."""
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
        """Stops once `enough` are found."""
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
        """Keys and paths, lazily; the first few may be enough."""
        last, size = 0, min(first, SOURCES_AT_ONCE)
        sources = self._sources().order_by("pk").values_list("pk", "path")
        while page := list(sources.filter(pk__gt=last)[:size]):
            last, size = page[-1][0], SOURCES_AT_ONCE
            yield page

    def _sources(self) -> QuerySet[Source]:
        """Except those that an export still has to write."""
        return Source.objects.filter(root=self.root, missing_at=None).exclude(exported__is_awaited=True)


def _not_below(folder: str, page: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(pk, path) for pk, path in page if not is_there(folder + path)]


def _moved_count(gone: Sequence[int], addresses: Addresses) -> int:
    """Sources whose file is missing but whose address occurs in a file of the tree: the article's address or, if an
    editor changed that, a former one of the file."""
    moved = 0
    for start in range(0, len(gone), SOURCES_AT_ONCE):
        rows = Source.objects.filter(pk__in=gone[start : start + SOURCES_AT_ONCE])
        keys = dict(rows.values_list("article", "article__url_key"))
        lost = [article for article, key in keys.items() if key not in addresses]
        moved += len(keys) - len(lost)
        moved += len({pk for key, pk in by_address_in_file(lost).items() if key in addresses})
    return moved


def _is_empty(folder: Path) -> bool:
    """Whether there are seeds; an unreadable folder may contain some."""
    return not any(isinstance(entry, Found) or entry.is_error for entry in walk(folder))


def _sentence(root: str, empty: Sequence[Path], folders: Sequence[Path], count: int, there: int) -> str:
    where = " and ".join(printable(str(folder)) for folder in empty or folders)
    what = f"{where} contains no seeds" if empty else f"{where} contains {there} of them"
    remedy = "check that the disk is mounted, or use --allow-missing if they were deleted on purpose"
    return f"root “{root}” has {count} known files, but {what}; {remedy}"
