"""Creates and repairs the virtual environment, and installs from a hashed lock file if it has changed.

A stamp file records its Python, its location, and the installed locks. The stamp is emptied first and written last, so
that an incomplete installation is never taken for a complete one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator

from scripts import project
from scripts.project import ROOT, VENV, ScriptError, say, tool

RUN, DEV = "requirements/run.txt", "requirements/dev.txt"  # the later lock includes the earlier one
_STAMP = VENV / "newsdesk.stamp"
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_IDENTITY = f"Python {_PYTHON} in {VENV.resolve()}"
_IS_SOUND = f"import sys, pip; sys.exit('%d.%d' % sys.version_info[:2] != '{_PYTHON}' or sys.prefix == sys.base_prefix)"
_INSTALL = "-I -m pip install -q --no-input --disable-pip-version-check --require-hashes -r"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this folder: locks the folder itself, without a lock file.

    The lock ends with the last process that holds it, so a pip whose parent was killed still blocks the next set-up. A
    file system without locks (some network ones) gives no protection."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    with contextlib.suppress(OSError):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running in this folder; waiting for it to finish.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def prepare(lock: str) -> None:
    """Install `lock` into VENV; fast if it is installed. The caller holds `alone()`."""
    stamp = _read_stamp()
    if not (_IDENTITY in stamp and _is_sound()):
        _make()
        stamp = [_IDENTITY]
    if _digest(lock) not in stamp:
        _install(lock, stamp)


def _read_stamp() -> list[str]:
    """An environment without a stamp was created by somebody else, and is used as it is."""
    try:
        return _STAMP.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [_IDENTITY]


def _write_stamp(*lines: str) -> None:
    _STAMP.write_text("\n".join(lines), encoding="utf-8")


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _is_sound() -> bool:
    """Does VENV run this version of Python, with pip?"""
    try:
        return project.capture([tool("python"), "-I", "-c", _IS_SOUND]).returncode == 0
    except OSError:
        return False


def _make() -> None:
    """Replaces whatever is there by an empty environment; follows a symbolic link."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise ScriptError(
            "this Python cannot make a virtual environment, its venv or ensurepip module is missing;"
            " on Debian and Ubuntu: apt-get install python3-venv"
        )
    say(f"Making {VENV.name} with Python {_PYTHON}.")
    place = VENV.resolve()
    if place.is_dir():
        (place / "pyvenv.cfg").unlink(missing_ok=True)  # first, so that an interrupted removal is detected
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.mkdir(parents=True)
    _write_stamp()
    # The base interpreter, because the running one may be in the environment just removed.
    argv = [getattr(sys, "_base_executable", sys.executable), "-I", "-m", "venv", str(place)]
    project.ask(argv, trouble=f"{VENV.name} could not be made (PYTHON=python3.12 names another Python): ")


def _install(lock: str, stamp: list[str]) -> None:
    """A pip that failed by itself has changed nothing, unless the disk was full; one that was killed may have."""
    say(f"Installing {lock} (about a minute the first time).")
    _write_stamp()
    done = project.capture([tool("python"), *_INSTALL.split(), lock])
    if done.returncode:
        cause = project.cause_of(done)
        if done.returncode > 0 and cause != project.FULL_DISK:
            _write_stamp(*stamp)
        raise ScriptError(f"pip could not install {lock}: {cause}")
    _write_stamp(_IDENTITY, *map(_digest, [RUN, DEV] if lock == DEV else [RUN]))
