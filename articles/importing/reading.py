"""Reads seeds in other processes while this one writes, if there are enough of them to be worth it."""

from __future__ import annotations

import multiprocessing
import os
import pickle  # nosec B403: for what our own processes packed
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait

from articles.content.rendering import Rendered, rendered
from articles.seedfile import reader
from articles.seedfile.problems import Problem, SeedError

WORTH_IT = 300
"""Files read in this process first: starting another one costs about as much."""
AT_ONCE = 50
"""Files to one message."""
MOST_PROCESSES = 4
_PARTS_AHEAD = 3
"""Queued messages per process, so that it never waits for work."""
_PATIENCE = 5.0
"""Seconds without a result after which the processes are checked."""
_TURN_OF_A_THREAD = 0.0005
"""Thread switch interval in seconds, for the pool's thread that feeds the readers while this process writes; with
Python's 0.005 they were idle for a third of the time."""


@dataclass(frozen=True, slots=True)
class Read:
    """A parsed seed, with the slow work that needs no database."""

    document: reader.SeedDocument
    body: Rendered


Reading = Read | tuple[Problem, ...] | Exception
"""A seed, the problems of an invalid one, or an unexpected error."""


def read_all(raws: Sequence[bytes]) -> list[Reading]:
    return [_read(raw) for raw in raws]


def _read_packed(raws: Sequence[bytes]) -> bytes:
    """The pickled result of another process, unpacked by `Readings`: the pool's thread would do that while this process
    writes, and slow it down."""
    return pickle.dumps(read_all(raws), pickle.HIGHEST_PROTOCOL)


@dataclass(eq=False)
class _Part:
    """Some seeds: unassigned, given to a process (`future`), or read here (`is_ours`)."""

    raws: Sequence[bytes]
    future: Future[bytes] | None = None
    is_ours: bool = False


class ReadingRoom:
    """Distributes seeds to readers. `close` ends the processes; they exit by themselves if this one is killed."""

    def __init__(self, processes: int | None = None, *, worth_it: int = WORTH_IT) -> None:
        spare = (os.cpu_count() or 1) - 1
        self._processes = min(spare, MOST_PROCESSES) if processes is None else processes
        self._worth_it = worth_it
        self._read_count = 0
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[_Part] = deque()
        self._handed_out = 0
        self._lock = threading.RLock()
        self._usual_turn = sys.getswitchinterval()

    def begin(self, raws: Sequence[bytes]) -> Readings:
        """Starts reading; results are fetched later."""
        self._read_count += len(raws)
        if self._pool is None and self._processes > 0 and self._read_count > self._worth_it:
            context = multiprocessing.get_context("spawn")
            sys.setswitchinterval(_TURN_OF_A_THREAD)
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=_end_with_parent)
        parts = [_Part(raws[start : start + AT_ONCE]) for start in range(0, len(raws), AT_ONCE)]
        with self._lock:
            self._waiting += parts if self._pool else []
            self._hand_out()
        return Readings(parts, self)

    def take(self, part: _Part) -> bool:
        """Claims the part for this process, if nobody has it."""
        with self._lock:
            part.is_ours = part.future is None
        return part.is_ours

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        sys.setswitchinterval(self._usual_turn)
        if pool is not None:
            _end_if_one_died(pool)
            pool.shutdown(cancel_futures=True)

    def check(self) -> None:
        """Lets those who wait know of a process that was killed."""
        if pool := self._pool:
            _end_if_one_died(pool)

    def _hand_out(self) -> None:
        """Few at a time: work cannot be withdrawn from a pool that breaks."""
        while self._pool and self._waiting and self._handed_out < _PARTS_AHEAD * self._processes:
            part = self._waiting.popleft()
            if part.is_ours:
                continue
            try:
                with _deaf_to_interrupts():
                    part.future = self._pool.submit(_read_packed, part.raws)
            except BrokenProcessPool:
                self._pool = None
                self._waiting.clear()
                return
            self._handed_out += 1
            part.future.add_done_callback(self._came_back)

    def _came_back(self, future: Future[bytes]) -> None:
        """Called in the pool's thread, which may hold a lock that `submit` takes when the pool breaks or closes."""
        if future.cancelled() or future.exception() is not None:
            self._waiting.clear()
            return
        with self._lock:
            self._handed_out -= 1
            self._hand_out()


class Readings:
    """The results of some seeds: read by other processes meanwhile, or here on demand."""

    def __init__(self, parts: Sequence[_Part], room: ReadingRoom) -> None:
        self._parts = parts
        self._room = room

    def results(self) -> list[Reading]:
        """In the order of submission. While waiting, this process reads the last unassigned seeds, and those of a
        process that was killed."""
        ours: dict[_Part, list[Reading]] = {}
        for part in reversed(self._parts):
            if not self._room.take(part):
                break
            ours[part] = read_all(part.raws)
        return [reading for part in self._parts for reading in ours.get(part) or self._result(part)]

    def _result(self, part: _Part) -> list[Reading]:
        while part.future is not None:
            try:
                packed = part.future.result(timeout=_PATIENCE)
            except TimeoutError:
                self._room.check()
            except BrokenProcessPool:
                break
            else:
                unpacked: list[Reading] = pickle.loads(packed)  # noqa: S301  # nosec B301: our process packed it
                return unpacked
        return read_all(part.raws)


def _end_if_one_died(pool: ProcessPoolExecutor) -> None:
    """A process killed while it wrote leaves the pool waiting for the rest of its message. Without the other processes
    and without our own end of the pipe the pool notices, and gives up."""
    processes = list((pool._processes or {}).values())
    if any(process.exitcode is not None for process in processes):
        for process in processes:
            process.kill()
        pool._result_queue._writer.close()  # type: ignore[attr-defined]


def _read(raw: bytes) -> Reading:
    try:
        document = reader.read(raw)
        return Read(document, rendered(document.content.body))
    except SeedError as refusal:
        return refusal.problems
    except Exception as failure:
        return failure


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started meanwhile ignore Ctrl-C, which a terminal sends to all of them; this process ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """A killed parent cannot end its processes, which would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
