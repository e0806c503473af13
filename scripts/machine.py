"""What this machine has to offer: room, a free port, a turn of our own, system packages. A lack raises ScriptError."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import socket
from collections.abc import Iterator

from scripts import process
from scripts.project import IS_CI, ROOT, ScriptError, say

ADDRESS = "127.0.0.1"
_DISK_FULL = re.compile(r"No space left on device|disk is full|Errno 28|Disk quota exceeded", re.IGNORECASE)
_MEGABYTE = 1_000_000


def require_space(megabytes: int) -> None:
    free = shutil.disk_usage(ROOT).free // _MEGABYTE
    if free < megabytes:
        raise ScriptError(
            f"the disk is full: {free} MB are free in {ROOT}, {megabytes} MB are needed; free some and try again."
        )


def is_disk_full(output: str) -> bool:
    """Does a program's output say that the disk was full? (SQLite's, pip's and the system's own words.)"""
    return bool(_DISK_FULL.search(output))


def disk_full() -> ScriptError:
    free = shutil.disk_usage(ROOT).free // _MEGABYTE
    room = f"{free} MB are free in {ROOT}, and the temporary folder needs room too"
    return ScriptError(f"the disk became full ({room}); free some and try again.")


def require_port(port: int) -> None:
    """Somebody may still take it before the server does; gunicorn then says so itself."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise ScriptError(_port_problem(port, error)) from error


def _port_problem(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is in use, perhaps by a Newsdesk that still runs;"
            f" end that program, or choose another port: make run PORT={port % 65535 + 1}"
        )
    if error.errno == errno.EACCES:
        return f"port {port} is for the administrator only; choose one above 1023: make run PORT=8000"
    return f"port {port} cannot be used ({error.strerror}); choose another: make run PORT=8001"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this folder: a lock on the folder itself, which leaves no file behind.

    It ends with the last process that has it, so that a pip whose parent was killed keeps the next set-up waiting.
    A file system without locks (some network ones) gives none, and set-ups then are on their own.
    """
    descriptor = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up is at work in this folder; waiting for it to end.")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL):
            raise


def may_install() -> bool:
    """Only a Debian machine of continuous integration, as root, gets packages without being asked."""
    return IS_CI and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    say(f"Installing {', '.join(packages)}.")
    for argv in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = process.capture(argv, quiet)
        if done.returncode:
            say((done.stdout + done.stderr).strip())
            raise ScriptError(f"apt-get could not install {', '.join(packages)}; its words are above.")
