"""Paths, messages, and running programs, with the virtual environment first in PATH.

Children inherit file descriptors (`close_fds=False`): if a set-up is killed, the pip it started still holds its lock.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / (os.environ.get("NEWSDESK_VENV") or ".venv")
FULL_DISK = "the disk is full; free some space (in the project's folder and the temporary folder) and try again."
_CAUSES = {
    FULL_DISK: r"No space left on device|disk is full|Errno 28|Disk quota exceeded",
    "the package index could not be reached; check the network (or HTTPS_PROXY) and try again.": (
        r"Failed to establish a new connection|NameResolutionError|NewConnectionError|ConnectTimeoutError"
        r"|ReadTimeoutError|Max retries exceeded|ProxyError|Temporary failure (in name )?resol|\(from versions: none\)"
    ),
}
_MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")


class ScriptError(Exception):
    """Stops a script with one sentence: what is wrong, and the remedy."""


def say(text: str) -> None:
    """Flushed, so that our lines stay in order with those of the programs we start."""
    print(text, flush=True)


def complain(text: str) -> None:
    print(f"newsdesk: {text}", file=sys.stderr, flush=True)


def tool(name: str) -> str:
    """The path of a program of the virtual environment."""
    return str(VENV / "bin" / name)


def run(argv: Sequence[str], changes: Mapping[str, str] | None = None) -> int:
    """The exit status, as in a shell. On Ctrl-C, waits for the program to finish first."""
    with subprocess.Popen(argv, cwd=ROOT, env=environment(changes), close_fds=False) as child:  # nosec B603
        try:
            status = child.wait()
        except KeyboardInterrupt:
            child.wait()
            raise
    return status if status >= 0 else 128 - status


def capture(argv: Sequence[str], changes: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The exit status with both outputs as text, whatever bytes they hold; standard input is empty."""
    texts = {"stdin": subprocess.DEVNULL, "capture_output": True, "encoding": "utf-8", "errors": "replace"}
    return subprocess.run(argv, cwd=ROOT, env=environment(changes), close_fds=False, **texts)  # nosec B603


def ask(argv: Sequence[str], changes: Mapping[str, str] | None = None, *, trouble: str = "") -> str:
    """The program's output. Raises ScriptError if it fails: `trouble`, and the cause."""
    done = capture(argv, changes)
    if done.returncode:
        raise ScriptError(trouble + cause_of(done))
    return done.stdout


def cause_of(failed: subprocess.CompletedProcess[str]) -> str:
    """One sentence. If the cause is unknown, prints all lines and returns the last one."""
    output = (failed.stdout + failed.stderr).strip()
    for cause, pattern in _CAUSES.items():
        if re.search(pattern, output, re.IGNORECASE):
            return cause
    if "\n" in output:
        say(output)
    last = output.rpartition("\n")[2] or f"exit status {failed.returncode}"
    return re.sub(r"^(CommandError: |newsdesk cannot start: |ERROR: )", "", last)


def require_program(names: Sequence[str], *packages: str) -> None:
    """Any of the names will do. Installs packages only in continuous integration, as root on Debian."""
    if any(map(shutil.which, names)):
        return
    remedy = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.environ.get("CI", "").lower() not in ("1", "true", "yes") or os.geteuid() or not shutil.which("apt-get"):
        raise ScriptError(f"there is no {names[0]} on this machine; install it (Debian: {remedy}).")
    say(f"Installing {', '.join(packages)}.")
    for command in ("apt-get update", remedy):
        ask(command.split(), {"DEBIAN_FRONTEND": "noninteractive"}, trouble=f"{names[0]} could not be installed: ")


def environment(changes: Mapping[str, str] | None) -> dict[str, str]:
    """Our environment without variables that would confuse another Python, and with `changes`."""
    kept = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    path = os.pathsep.join([str(VENV / "bin"), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(VENV), **(changes or {})}
