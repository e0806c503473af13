"""How a thing is measured: CPU time of this process, the best of several runs; queries; the peak of memory."""

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
class Timing:
    """Milliseconds: CPU of this process, and by the clock, waits for the disk and for other processes included."""

    cpu: float = 0.0
    clock: float = 0.0

    def each(self, count: int) -> Timing:
        return Timing(self.cpu / count, self.clock / count)


@dataclass(frozen=True)
class Measurement:
    """The time of one file or page, beside the CPU milliseconds of hand-written SQL for the same rows."""

    name: str
    time: Timing = Timing()
    queries: int | None = None
    sql_ms: float | None = None
    peak_mb: int | None = None
    left_out: str = ""
    """Why it was not measured; empty when it was."""

    @property
    def per_second(self) -> float:
        return 1_000 / self.time.clock

    @property
    def ratio(self) -> float | None:
        return self.time.cpu / self.sql_ms if self.sql_ms else None


def best_time(action: Callable[[], object], *, times: int, prepare: Callable[[], object] = lambda: None) -> Timing:
    """The fastest of `times` runs, by CPU and by the clock; `prepare` runs before each and does not count."""
    gc.collect()
    timings = [_time(action, prepare) for _ in range(times)]
    return Timing(min(timing.cpu for timing in timings), min(timing.clock for timing in timings))


def _time(action: Callable[[], object], prepare: Callable[[], object]) -> Timing:
    prepare()
    cpu, clock = time.process_time(), time.perf_counter()
    action()
    return Timing((time.process_time() - cpu) * 1_000, (time.perf_counter() - clock) * 1_000)


class QueryCounter:
    """Counts the statements that Django sends, transactions' own apart."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


@contextmanager
def counted_queries() -> Iterator[QueryCounter]:
    counter = QueryCounter()
    with connection.execute_wrapper(counter):
        yield counter


def peak_mb() -> int:
    """The most memory that this process ever held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
