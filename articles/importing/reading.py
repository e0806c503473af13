"""Reads seeds in other processes while this one writes, once there are enough of them to pay for starting those."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait

from articles.seedfile import reader
from articles.seedfile.problems import Problem, SeedError

WORTH_IT = 300
"""Files read here before others are asked to help: starting a process costs about as much."""
AT_ONCE = 25
"""Files to one message."""
MOST_PROCESSES = 4

Reading = reader.SeedDocument | tuple[Problem, ...] | Exception
"""A document, the problems of what is no seed, or what should not have happened."""


def read_all(raws: Sequence[bytes]) -> list[Reading]:
    return [_read(raw) for raw in raws]


class ReadingRoom:
    """Hands out seeds to be read. `close` ends the processes; they end by themselves when this one is killed."""

    def __init__(self, processes: int | None = None, *, worth_it: int = WORTH_IT) -> None:
        spare = (os.cpu_count() or 1) - 1
        self._processes = min(spare, MOST_PROCESSES) if processes is None else processes
        self._worth_it = worth_it
        self._read_count = 0
        self._pool: ProcessPoolExecutor | None = None

    def begin(self, raws: Sequence[bytes]) -> Readings:
        """Begins to read; the results are asked for later."""
        self._read_count += len(raws)
        if self._pool is None and self._processes > 0 and self._read_count > self._worth_it:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=_end_with_parent)
        parts = [raws[start : start + AT_ONCE] for start in range(0, len(raws), AT_ONCE)]
        return Readings([(part, self._submit(part)) for part in parts])

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _submit(self, part: Sequence[bytes]) -> Future[list[Reading]] | None:
        if self._pool is None:
            return None
        try:
            with _deaf_to_interrupts():
                return self._pool.submit(read_all, part)
        except BrokenProcessPool:
            return None


class Readings:
    """What became of some seeds: read by others meanwhile, or here when asked for."""

    def __init__(self, parts: Sequence[tuple[Sequence[bytes], Future[list[Reading]] | None]]) -> None:
        self._parts = parts

    def results(self) -> list[Reading]:
        """In the order in which the seeds were handed in; here as well, if the process that had them was killed."""
        return [reading for raws, future in self._parts for reading in _result(raws, future)]


def _result(raws: Sequence[bytes], future: Future[list[Reading]] | None) -> list[Reading]:
    try:
        return future.result() if future else read_all(raws)
    except BrokenProcessPool:
        return read_all(raws)


def _read(raw: bytes) -> Reading:
    try:
        return reader.read(raw)
    except SeedError as refusal:
        return refusal.problems
    except Exception as failure:
        return failure


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that start meanwhile never hear Ctrl-C, which a terminal sends to all of them: this one ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """A killed parent cannot tell its processes to end, and they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
