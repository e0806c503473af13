"""Waiting for what other processes do: by asking again and again, never for a fixed time. The one place in the tests
that looks at a clock, and only to give up when something hangs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

GIVES_UP_AFTER = 600
"""Seconds; nothing that a test waits for takes a tenth of that on a busy machine."""
_PAUSE = 0.005


def until(happens: Callable[[], object], *, process: subprocess.Popen[str] | None = None) -> None:
    """Returns when that is true, or when the process that would make it so has ended."""
    gives_up = time.monotonic() + GIVES_UP_AFTER
    while not happens() and (process is None or process.poll() is None):
        if time.monotonic() > gives_up:
            raise AssertionError(f"it did not happen in {GIVES_UP_AFTER} seconds")
        time.sleep(_PAUSE)
