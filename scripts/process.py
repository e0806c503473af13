"""Starting programs, in the project's folder and with the virtual environment first in PATH.

Children keep inheritable file descriptors (`close_fds=False`): a set-up that is killed leaves its lock to the pip it
started, until that ends too.
"""

from __future__ import annotations

import os
import subprocess  # nosec B404
from collections.abc import Mapping, Sequence
from typing import NoReturn

from scripts.project import ROOT, VENV

_MISLEADING = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")


def tool(name: str) -> str:
    """The path of a program of the virtual environment."""
    return str(VENV / "bin" / name)


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our own environment without what would lead another Python astray, and with `changes`."""
    kept = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    path = os.pathsep.join([str(VENV / "bin"), kept.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(VENV), **(changes or {})}


def run(argv: Sequence[str], changes: Mapping[str, str] | None = None) -> int:
    """The exit status, as a shell would give it. On Ctrl-C the program may end in its own way before we do."""
    with subprocess.Popen(argv, cwd=ROOT, env=environment(changes), close_fds=False) as child:  # nosec B603
        try:
            status = child.wait()
        except KeyboardInterrupt:
            child.wait()
            raise
    return status if status >= 0 else 128 - status


def capture(argv: Sequence[str], changes: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The exit status with both outputs as text, whatever bytes they hold; standard input is empty."""
    return subprocess.run(  # nosec B603
        argv,
        cwd=ROOT,
        env=environment(changes),
        close_fds=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def become(argv: Sequence[str], changes: Mapping[str, str] | None = None) -> NoReturn:
    """End here and go on as that program, so that signals reach it and its exit status is ours."""
    os.chdir(ROOT)
    os.execve(argv[0], list(argv), environment(changes))  # noqa: S606  # nosec B606
