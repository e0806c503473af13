"""Writes seeds into a folder: never outside it, never through a link, never over unknown bytes."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path, PurePosixPath

from articles.exporting import LEAVES_FOLDER, is_below_folder
from articles.seedfile import limits, reader

_TAKES_NO_FILE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_IN_THE_WAY = {
    errno.ELOOP: "is not written through a link; remove the link",
    errno.ENOTDIR: "is not written: a link or a file is in the place of a folder; remove it",
    errno.EISDIR: "is not written: a folder has that name; remove it",
}
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.newsdesk")
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Unwritable(Exception):
    """The file cannot be written; the message says why."""


class Changed(Exception):
    """The file was changed or deleted since it was checked."""


def digest_in(folder: Path, path: str) -> str | None:
    """The digest of the file at `path` below `folder`; None if there is none. A file above the size limit gets a digest
    that no seed has. Raises Unwritable and OSError as `put` does."""
    with _opened_below(folder, path, makes_folders=False) as descriptor:
        return None if descriptor is None else _digest(descriptor, PurePosixPath(path).name)


def sweep(folder: Path) -> None:
    """Removes temporary files of a killed export. Nobody else may be writing there."""
    for below, _, names in os.walk(folder):
        for name in filter(_TEMPORARY.fullmatch, names):
            with suppress(OSError):
                os.unlink(os.path.join(below, name))


def put(folder: Path, path: str, raw: bytes, *, over: str | None) -> None:
    """Writes the file atomically, over one with the digest `over`, or where there is none.

    Raises Changed if something else is there, Unwritable, and OSError from the disk.
    """
    with _opened_below(folder, path, makes_folders=True) as descriptor:
        if descriptor is None:
            raise Unwritable("cannot be written: its folder was removed")
        _put_in(descriptor, PurePosixPath(path).name, raw, over)


@contextmanager
def _opened_below(folder: Path, path: str, *, makes_folders: bool) -> Iterator[int | None]:
    """A descriptor of `path`'s folder; None if it does not exist."""
    steps = PurePosixPath(path)
    if not is_below_folder(steps):
        raise Unwritable(LEAVES_FOLDER)
    try:
        with _open_folder(folder, steps.parts[:-1], makes_folders=makes_folders) as descriptor:
            yield descriptor
    except OSError as problem:
        if problem.errno in _TAKES_NO_FILE:
            raise OSError(problem.errno, problem.strerror, str(folder)) from None
        raise Unwritable(_IN_THE_WAY.get(problem.errno or 0, f"cannot be written: {problem.strerror}")) from None


@contextmanager
def _open_folder(folder: Path, steps: Sequence[str], *, makes_folders: bool) -> Iterator[int | None]:
    """A link on the way is an error."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in steps:
            if makes_folders:
                with suppress(FileExistsError):
                    os.mkdir(step, dir_fd=descriptor)
            try:
                below = os.open(step, _FOLDER_FLAGS, dir_fd=descriptor)
            except FileNotFoundError:
                yield None
                return
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def _digest(descriptor: int, name: str) -> str | None:
    """Raises OSError for a link."""
    try:
        opened = os.open(name, _READ_FLAGS, dir_fd=descriptor)
    except FileNotFoundError:
        return None
    with os.fdopen(opened, "rb") as file:
        raw = file.read(limits.FILE_BYTES + 1)
    return reader.digest_of(raw)


def _put_in(descriptor: int, name: str, raw: bytes, over: str | None) -> None:
    """Checks immediately before renaming; a new name is used only while it is free."""
    temporary = f".{secrets.token_hex(8)}.newsdesk"
    try:
        _write_beside(descriptor, temporary, raw, _stat(descriptor, name) if over else None)
        if _digest(descriptor, name) != over:
            raise Changed
        if over is None:
            _link(descriptor, temporary, name)
        else:
            os.replace(temporary, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
    finally:  # after Ctrl-C as well
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=descriptor)
    os.fsync(descriptor)


def _link(descriptor: int, temporary: str, name: str) -> None:
    try:
        os.link(temporary, name, src_dir_fd=descriptor, dst_dir_fd=descriptor, follow_symlinks=False)
    except FileExistsError:
        raise Changed from None
    except PermissionError:  # a file system without hard links
        os.replace(temporary, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)


def _stat(descriptor: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _write_beside(descriptor: int, temporary: str, raw: bytes, replaced: os.stat_result | None) -> None:
    """If the file system supports it, the file is named only when complete, so that a killed process leaves nothing.

    Has the mode, owner and group of the file it replaces, or those of a new file.
    """
    opened, has_name = _opened(descriptor, temporary, 0o600 if replaced else 0o666)
    with closing(os.fdopen(opened, "wb")) as file:
        file.write(raw)
        file.flush()
        if replaced:
            _take_access(file.fileno(), replaced)
        os.fsync(file.fileno())
        if not has_name:
            os.link(f"/proc/self/fd/{file.fileno()}", temporary, dst_dir_fd=descriptor, follow_symlinks=True)


def _take_access(opened: int, replaced: os.stat_result) -> None:
    """As far as the process may and the file system supports it; if the group cannot be kept, it gets only the
    permissions of others."""
    mode = stat.S_IMODE(replaced.st_mode) & 0o777
    try:
        _chown(opened, replaced)
    except OSError:
        mode &= 0o707 | (mode & 0o007) << 3
    with suppress(OSError):
        os.fchmod(opened, mode)


def _chown(opened: int, replaced: os.stat_result) -> None:
    with suppress(OSError):
        os.fchown(opened, replaced.st_uid, replaced.st_gid)
        return
    os.fchown(opened, -1, replaced.st_gid)


def _opened(descriptor: int, temporary: str, mode: int) -> tuple[int, bool]:
    """A new file, and whether it is already named."""
    flags = os.O_WRONLY | os.O_CLOEXEC
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        with suppress(OSError):  # not every file system has unnamed files; other errors occur below
            return os.open(".", flags | os.O_TMPFILE, mode, dir_fd=descriptor), False
    return os.open(temporary, flags | os.O_CREAT | os.O_EXCL, mode, dir_fd=descriptor), True
