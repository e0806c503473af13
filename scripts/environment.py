"""The virtual environment: made, repaired, and filled from a hashed lock only when that lock has changed.

What was done last is noted in VENV itself. A set-up that was killed leaves the note "under way", and the next one
starts from nothing: half an installation is never taken for a whole one.
"""

from __future__ import annotations

import enum
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess  # nosec B404
import sys
from dataclasses import asdict, dataclass, field, replace

from scripts import machine, process
from scripts.project import ROOT, VENV, ScriptError, say


class Lock(enum.StrEnum):
    """The files of requirements/; the later one holds everything of the earlier."""

    RUN = "run.txt"
    DEV = "dev.txt"


@dataclass(frozen=True)
class Note:
    """The digests are those of the locks that VENV fulfils; an empty `place` means that somebody else made VENV."""

    place: str = ""
    python: str = ""
    is_under_way: bool = False
    digests: dict[str, str] = field(default_factory=dict)


_NOTE = VENV / "newsdesk.json"
_LOG = VENV / "pip.log"
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_MEGABYTES = {Lock.RUN: 300, Lock.DEV: 900}
_NO_NETWORK = re.compile(
    r"Failed to establish a new connection|NameResolutionError|NewConnectionError|ConnectTimeoutError|ReadTimeoutError"
    r"|Max retries exceeded|ProxyError|Temporary failure in name resolution|\(from versions: none\)"
)


def prepare(lock: Lock) -> None:
    """Make VENV fulfil `lock`; quick when it does. The caller holds `machine.alone()`."""
    note = _read_note()
    fault = _fault(note)
    if not fault and note.digests.get(lock) == _digest(lock):
        return
    machine.require_space(_MEGABYTES[lock])
    if fault or not _has_pip():
        note = _make(fault or "its pip does not work")
    _install(lock, note)


def _read_note() -> Note:
    try:
        return Note(**json.loads(_NOTE.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Note()
    except (OSError, ValueError, TypeError):
        return Note(is_under_way=True)


def _write_note(note: Note) -> None:
    fresh = _NOTE.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(note), indent=1), encoding="utf-8")
    fresh.replace(_NOTE)


def _digest(lock: Lock) -> str:
    return hashlib.sha256((ROOT / "requirements" / lock).read_bytes()).hexdigest()


def _fault(note: Note) -> str:
    """Why VENV has to be made anew, or nothing."""
    if not VENV.exists():
        return "there is none yet"
    if note.is_under_way:
        return "its set-up was interrupted"
    if note.place not in ("", str(VENV)):
        return "it was moved or copied from another folder"
    version = _python_in_venv()
    if not version:
        return "its Python does not run"
    others = {version, note.python or version} - {_PYTHON}
    return f"it belongs to Python {' and '.join(sorted(others))}" if others else ""


def _python_in_venv() -> str:
    """The version that VENV's Python says it has, or nothing when it does not run."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        asked = process.capture([process.tool("python"), "-I", "-c", question])
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _has_pip() -> bool:
    return process.capture([process.tool("python"), "-I", "-m", "pip", "--version"]).returncode == 0


def _make(reason: str) -> Note:
    """An empty environment in the place of whatever is there."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise ScriptError(
            "this Python cannot make a virtual environment, its venv or ensurepip module is missing;"
            " on Debian and Ubuntu: apt-get install python3-venv"
        )
    say(f"Making {VENV.name} with Python {_PYTHON} ({reason}).")
    _clear()
    note = Note(place=str(VENV), python=_PYTHON, is_under_way=True)
    VENV.mkdir(parents=True)
    _write_note(note)
    # The interpreter below the one that runs, which may be the one that has just been cleared away.
    made = process.capture([getattr(sys, "_base_executable", sys.executable), "-I", "-m", "venv", str(VENV)])
    if made.returncode:
        raise _venv_error(made)
    return note


def _clear() -> None:
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)


def _venv_error(made: subprocess.CompletedProcess[str]) -> ScriptError:
    output = (made.stdout + made.stderr).strip()
    if machine.is_disk_full(output):
        return machine.disk_full()
    last = output.splitlines()[-1] if output else f"exit status {made.returncode}"
    return ScriptError(f"{VENV.name} could not be made ({last}); name another Python: make run PYTHON=python3.12")


def _install(lock: Lock, note: Note) -> None:
    say(f"Installing requirements/{lock} (about a minute the first time).")
    _write_note(replace(note, is_under_way=True))
    argv = ["-I", "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    done = process.capture([process.tool("python"), *argv, "-r", str(ROOT / "requirements" / lock)])
    if done.returncode:
        raise _pip_error(lock, note, done)
    fulfilled = Lock if lock is Lock.DEV else [lock]
    digests = {**note.digests, **{each.value: _digest(each) for each in fulfilled}}
    _write_note(Note(place=str(VENV), python=_PYTHON, digests=digests))


def _pip_error(lock: Lock, note: Note, done: subprocess.CompletedProcess[str]) -> ScriptError:
    """A pip that ended by itself has changed nothing, unless the disk was full; one that was killed may have."""
    output = done.stdout + done.stderr
    if machine.is_disk_full(output):
        return machine.disk_full()
    if done.returncode > 0:
        _write_note(replace(note, is_under_way=False))
    _LOG.write_text(output, encoding="utf-8")
    where = os.path.relpath(_LOG, ROOT)
    if _NO_NETWORK.search(output):
        return ScriptError(
            f"pip could not reach the package index; see to the network (or HTTPS_PROXY) and try again"
            f" (all that pip said is in {where})."
        )
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    reason = errors[-1].removeprefix("ERROR:").strip() if errors else f"exit status {done.returncode}"
    return ScriptError(f"pip could not install requirements/{lock}: {reason} (all that it said is in {where}).")
