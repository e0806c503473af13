"""Finds and reads seed files."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from articles.seedfile import limits
from articles.seedfile.scalars import FORBIDDEN

ENDINGS = (".md", ".markdown", ".txt")
_READMES = frozenset(f"readme{ending}" for ending in ENDINGS)
_UNFIT = re.compile(rf"{FORBIDDEN.pattern}|[\n\r\t\u2028\u2029]")
_UNFIT_NAME = "has a name with control characters or bytes that are not UTF-8; rename it"
_LINK = "is a link; links are not followed"
_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Found:
    """A seed file: `path` below the folder, with forward slashes, and the folder itself."""

    path: str
    folder: Path

    @property
    def location(self) -> str:
        return f"{self.folder}/{self.path}"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A path that is not read but is named like a seed or may contain seeds; `is_error` if files may be missing because
    of it."""

    path: str
    reason: str
    is_error: bool = False


class Unreadable(Exception):
    """A file that cannot be read; the message says why."""


def walk(folder: Path) -> Iterator[Found | PassedOver]:
    """The seeds below `folder`, in byte order of their names, sub-folders in between.

    Does not follow links. Skips READMEs and names that begin with `.` or `_`.
    """
    pending = [("", iter(_entries(folder, "")))]
    while pending:
        below, entries = pending[-1]
        entry = next(entries, None)
        if entry is None:
            pending.pop()
        elif isinstance(entry, PassedOver):
            yield entry
        elif _has_seed_name(entry.name):
            yield _judge(folder, f"{below}{entry.name}", entry)
        elif entry.is_dir(follow_symlinks=False):
            inner = f"{below}{entry.name}"
            pending.append((f"{inner}/", iter(_entries(folder, inner))))
        elif entry.is_symlink() and _leads_to_folder(entry):
            yield _a_link(f"{below}{entry.name}")


def single_file(folder: Path, path: str) -> Found:
    """A named file, whatever its extension. Raises Unreadable as a walk does."""
    try:
        mode = os.lstat(folder / path).st_mode
    except OSError as problem:
        raise Unreadable(f"cannot be read: {problem.strerror}") from None
    if stat.S_ISLNK(mode):
        raise Unreadable(_LINK)
    if not stat.S_ISREG(mode):
        raise Unreadable("is not a regular file")
    if _is_unfit(path):
        raise Unreadable(_UNFIT_NAME)
    return Found(path, folder)


def read_file(file: Found) -> bytes:
    """The file's bytes, up to the size limit of seeds. Raises Unreadable."""
    try:
        descriptor = os.open(file.location, _OPEN_FLAGS)
    except OSError as problem:
        raise Unreadable(f"cannot be read: {problem.strerror}") from None
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable("is not a regular file")
        if before.st_size > limits.FILE_BYTES:
            raise Unreadable(f"is {before.st_size:,} bytes long; at most {limits.FILE_BYTES:,} are read")
        raw = os.read(descriptor, before.st_size + 1)
        after = os.fstat(descriptor)
    except OSError as problem:
        raise Unreadable(f"cannot be read: {problem.strerror}") from None
    finally:
        os.close(descriptor)
    if len(raw) != before.st_size or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Unreadable("changed while it was read; the next import takes it")
    return raw


def is_there(path: str) -> bool:
    """Whether the path exists; true if that cannot be determined."""
    try:
        os.lstat(path)
    except OSError as problem:
        return problem.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
    return True


def printable(path: str) -> str:
    """A path as one harmless line: control characters and bytes that are not UTF-8 as escapes."""
    text = os.fsencode(path).decode(errors="backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _entries(folder: Path, below: str) -> list[os.DirEntry[str] | PassedOver]:
    try:
        with os.scandir(folder / below) as entries:
            visible = [entry for entry in entries if entry.name[0] not in "._"]
    except OSError as problem:
        return [PassedOver(printable(below) or ".", f"the folder cannot be read: {problem.strerror}", is_error=True)]
    return [*sorted(visible, key=lambda entry: os.fsencode(entry.name))]


def _judge(folder: Path, path: str, entry: os.DirEntry[str]) -> Found | PassedOver:
    """Whether the name is a seed's."""
    if not entry.is_file(follow_symlinks=False):
        if entry.is_symlink():
            return _a_link(path)
        kind = "a folder" if entry.is_dir(follow_symlinks=False) else "not a regular file"
        return PassedOver(printable(path), f"has a seed's name but is {kind}")
    if _is_unfit(path):
        return PassedOver(printable(path), _UNFIT_NAME)
    return Found(path, folder)


def _a_link(path: str) -> PassedOver:
    return PassedOver(printable(path), _LINK)


def _leads_to_folder(link: os.DirEntry[str]) -> bool:
    try:
        return link.is_dir()
    except OSError:  # a loop, or no permission
        return False


def _has_seed_name(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(ENDINGS) and lower not in _READMES


def _is_unfit(path: str) -> bool:
    """A fast check: printable names need no further test."""
    return not path.isprintable() and bool(_UNFIT.search(path))
