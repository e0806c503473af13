"""Measures CPU time of this process (best of several runs), queries, and peak memory."""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Measurement:
    """Milliseconds per file or page: CPU of this process, and wall clock, including waits for the disk and other
    processes."""

    name: str
    cpu: float = 0.0
    clock: float = 0.0
    queries: int | None = None
    peak_mb: int | None = None


def measured(
    name: str,
    action: Callable[[], object],
    *,
    times: int = 1,
    count: int = 1,
    prepare: Callable[[], object] = lambda: None,
) -> Measurement:
    """The best of `times` runs, each of `count` files or pages; `prepare` runs before each and does not count."""
    gc.collect()
    timings = []
    for _ in range(times):
        prepare()
        with _counted_queries() as queries:
            cpu, clock = time.process_time(), time.perf_counter()
            action()
            timings.append((time.process_time() - cpu, time.perf_counter() - clock))
    cpu, clock = (min(seconds) * 1_000 / count for seconds in zip(*timings, strict=True))
    return Measurement(name, cpu, clock, len(queries), _peak_mb())


@contextmanager
def _counted_queries() -> Iterator[list[None]]:
    """One entry per statement that Django sends, without transaction statements."""
    sent: list[None] = []

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        sent.append(None)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield sent


def _peak_mb() -> int:
    """The most memory that this process ever held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
