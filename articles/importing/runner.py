"""Runs an import: reads batches of files without a lock, and writes them in short transactions.

If a run is killed, whole batches remain; the next run does the rest.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.changes.actors import Actor
from articles.content.taxonomy import Taxonomy
from articles.history import change_sets
from articles.importing import write_pacing
from articles.importing.lock import tree_lock
from articles.importing.planning import Planner
from articles.importing.reading import ReadingRoom, Readings
from articles.importing.receipt import FileReport, Receipt
from articles.importing.roots import remember
from articles.importing.steps import Arrival, is_contention, is_of_one_file, log_failure
from articles.importing.walk import Found, PassedOver, Unreadable, is_there, printable, read_file, walk
from articles.importing.write_pacing import Turns, collected_rarely
from articles.importing.writing import count_outcomes, examine, record, write
from articles.models import ChangeSet, ImportRun, Source, UndoneFile
from articles.models.importing import Outcome
from articles.models.source import path_key
from articles.seedfile import reader
from articles.seedfile.problems import error, warning
from articles.sql.many_rows import Among, in_key_order

WRITE_SECONDS = 0.15
"""Seconds per transaction: an editor's save waits no longer than that."""
SMALLEST_BATCH, FIRST_BATCH, LARGEST_BATCH = 20, 100, 1_000
BATCHES_OF_A_TURN = 3
"""After this many batches, the files of the next ones are fetched from disk and readers, without a lock."""
TURNS_AHEAD = 2
"""This many turns are read ahead of the one that is written, so that readers never wait for the writer."""
TURN_BYTES = 8 * 1024 * 1024
FILES_AT_ONCE = 2_000
"""This many files are looked up in the database before the first of them is fetched from disk."""
SOURCES_AT_ONCE = 5_000
TRIES = 5


@dataclass(frozen=True)
class _Turn:
    """Files of some batches, except unchanged ones, being read."""

    entries: list[Arrival | FileReport]
    unchanged: int
    readings: Readings

    def __bool__(self) -> bool:
        return bool(self.entries or self.unchanged)

    def read(self) -> list[Arrival | FileReport]:
        arrivals = [entry for entry in self.entries if isinstance(entry, Arrival)]
        for arrival, reading in zip(arrivals, self.readings.results(), strict=True):
            arrival.take(reading)
        return self.entries


class Import:
    """One run over the folders of `root`'s tree, or over some `files` of it.

    `check` is called under the root's lock before anything is written, and again before files are marked as missing;
    its exceptions end the run. `on_progress` receives the number of further files done; `on_wait` is called if another
    importer of the root holds the lock. A dry run does the same but writes nothing. Files of an undone run are skipped
    until they change, unless `is_again`."""

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        root: str,
        actor: Actor,
        files: Sequence[Found] = (),
        is_dry_run: bool = False,
        is_again: bool = False,
        check: Callable[[], None] = lambda: None,
        on_progress: Callable[[int], None] = lambda count: None,
        on_wait: Callable[[], None] = lambda: None,
        readers: ReadingRoom | None = None,
    ) -> None:
        self.folders = folders
        self.root = root
        self.actor = actor
        self.receipt = Receipt(root=root, is_dry_run=is_dry_run)
        self.planner = Planner(root, folders, actor=actor, is_dry_run=is_dry_run)
        self._is_again = is_again
        self._has_unread = False
        self._single_files, self._check = files, check
        self._on_progress, self._on_wait = on_progress, on_wait
        self._run: ImportRun | None = None
        self._taxonomy = Taxonomy()
        self._turns = Turns(is_needed=connection.vendor == "sqlite" and not is_dry_run)
        self._readers = readers or ReadingRoom()

    def execute(self) -> Receipt:
        """Imports everything and returns the receipt. Raises DatabaseError if the database cannot be used."""
        if self.receipt.is_dry_run:
            return self._execute()
        with tree_lock(self.root, on_wait=self._on_wait):
            return self._execute()

    def _execute(self) -> Receipt:
        self._check()
        self._open_run()
        self._recall_undone()
        try:
            with collected_rarely(), write_pacing.held_back() as copy_log:
                self._import(self._files(), copy_log)
        finally:
            self._readers.close()
        if not self._single_files:
            self._check()
            self._mark_missing()
        self._forget_undone()
        self._close_run()
        self.receipt.undone_count = self.planner.undone_count
        return self.receipt

    def _recall_undone(self) -> None:
        """Loads the digests that undone runs had read, or deletes them."""
        undone = UndoneFile.objects.filter(root=self.root)
        if not self._is_again:
            self.planner.undone = frozenset(undone.values_list("digest", flat=True))
        elif not self.receipt.is_dry_run:
            undone.delete()

    def _forget_undone(self) -> None:
        """Deletes digests of undone runs for files that have changed: the same bytes would then be a new change."""
        if self.receipt.is_dry_run or self._has_unread or self.planner.still_undone == self.planner.undone:
            return
        rows = UndoneFile.objects.filter(root=self.root)
        gone = rows.exclude(path_key__in=rows.filter(Among("digest", self.planner.still_undone)).values("path_key"))
        if self._single_files:
            gone = gone.filter(Among("path_key", [path_key(self.root, file.path) for file in self._single_files]))
        gone.delete()

    def _import(self, files: Iterator[Arrival | FileReport | None], copy_log: Callable[[], None]) -> None:
        """While the files of one turn are written, the next ones are read."""
        size = next_batches = FIRST_BATCH
        turns = deque([self._begin_turn(files, size)])
        while turn := turns.popleft():
            while len(turns) < TURNS_AHEAD:
                turns.append(self._begin_turn(files, next_batches * BATCHES_OF_A_TURN))
            copy_log()
            self._count_unchanged(turn.unchanged)
            size = self._write_turn(turn.read(), size)
            next_batches = size if turn.entries else LARGEST_BATCH

    def _count_unchanged(self, count: int) -> None:
        self.receipt.counts[Outcome.UNCHANGED] += count
        if self._run is not None and count:
            count_outcomes(self._run, {Outcome.UNCHANGED: count})
        self._on_progress(count)

    def _write_turn(self, entries: Sequence[Arrival | FileReport], size: int) -> int:
        """Writes batch by batch, starting with `size` files. Returns the size that takes WRITE_SECONDS, not measured on
        the last few files of a turn."""
        self.planner.prepare([entry for entry in entries if isinstance(entry, Arrival)])
        rest = entries
        while rest:
            batch, rest = rest[:size], rest[size:]
            self._turns.begin()
            seconds = self._settle(batch)
            self._turns.end(seconds)
            self._on_progress(len(batch))
            if len(batch) == size or seconds > WRITE_SECONDS:
                size = max(SMALLEST_BATCH, min(LARGEST_BATCH, int(len(batch) * WRITE_SECONDS / max(seconds, 0.001))))
        return size

    def _open_run(self) -> None:
        if self.receipt.is_dry_run:
            return
        with transaction.atomic():
            change_set = change_sets.open_change_set(ChangeSet.Kind.IMPORT, actor=self.actor)
            remember(self.root, self.folders, is_whole=not self._single_files)
            files = [file.location for file in self._single_files]
            paths = "\n".join(map(printable, files or [str(folder.resolve()) for folder in self.folders]))
            started_at = timezone.now()
            self._run = ImportRun.objects.create(
                change_set=change_set, root=self.root, paths=paths, started_at=started_at
            )
        self.receipt.run = self._run.pk

    def _files(self) -> Iterator[Arrival | FileReport | None]:
        """None for each unchanged file, so that its memory is released at once."""
        for place, folder in enumerate(self.folders):
            single = (file for file in self._single_files if file.folder == folder)
            entries = single if self._single_files else walk(folder)
            while some := list(islice(entries, FILES_AT_ONCE)):
                self.planner.expect([entry.path for entry in some if isinstance(entry, Found)])
                for entry in some:
                    if isinstance(entry, PassedOver):
                        yield self._unread(entry.path, entry.reason) if entry.is_error else _skipped(entry)
                    else:
                        yield self._arrival(entry, place)

    def _arrival(self, file: Found, place: int) -> Arrival | FileReport | None:
        for earlier in self.folders[:place]:
            if is_there(os.path.join(earlier, file.path)):
                there = printable(str(earlier))
                return self._unread(file.path, f"is also in {there}; give each folder its own --root")
        try:
            raw = read_file(file)
        except Unreadable as problem:
            return self._unread(file.path, str(problem))
        digest = reader.digest_of(raw)
        return None if self.planner.recognises(file.path, digest) else Arrival(file.path, raw, digest)

    def _unread(self, path: str, reason: str) -> FileReport:
        self._has_unread = True
        return _rejected(path, reason)

    def _begin_turn(self, files: Iterator[Arrival | FileReport | None], size: int) -> _Turn:
        """Checks the next files without a lock, and starts reading those that changed."""
        entries: list[Arrival | FileReport] = []
        unchanged = weight = 0
        for entry in islice(files, size):
            if entry is None:
                unchanged += 1
                continue
            entries.append(entry)
            weight += len(entry.raw) if isinstance(entry, Arrival) else 0
            if weight >= TURN_BYTES:
                break
        raws = [entry.raw for entry in entries if isinstance(entry, Arrival)]
        return _Turn(entries, unchanged, self._readers.begin(raws))

    def _settle(self, batch: Sequence[Arrival | FileReport]) -> float:
        """Plans and writes the batch. Returns how many seconds the database was locked."""
        arrivals = [entry for entry in batch if isinstance(entry, Arrival)]
        others = [entry for entry in batch if isinstance(entry, FileReport)]
        started = time.perf_counter()
        reports = self._write_with_retries(arrivals, others)
        seconds = time.perf_counter() - started
        places = {entry.path: place for place, entry in enumerate(batch)}
        for report in sorted(reports, key=lambda report: places[report.path]):
            self.receipt.add(report)
        return seconds

    def _write_with_retries(self, arrivals: Sequence[Arrival], others: Sequence[FileReport]) -> list[FileReport]:
        """If another importer takes an address first, everything is looked up again. A batch that the database still
        refuses is retried file by file, so that one file cannot block the others."""
        for _ in range(TRIES):
            try:
                return self._write(arrivals, others)
            except Exception as failure:
                self._taxonomy = Taxonomy()
                if not is_contention(failure):
                    if not is_of_one_file(failure):
                        raise
                    break
        reports = self._write([], others)
        for arrival in arrivals:
            reports += self._write_alone(arrival)
        return reports

    def _write_alone(self, arrival: Arrival) -> list[FileReport]:
        try:
            return self._write([arrival], [])
        except Exception as failure:
            if not is_of_one_file(failure):
                raise
            log_failure(arrival.path, failure)
            self._taxonomy = Taxonomy()
            return self._write([], [_rejected(arrival.path, "could not be stored; see the log")])

    def _write(self, arrivals: Sequence[Arrival], others: Sequence[FileReport]) -> list[FileReport]:
        if self._run is None:
            return [*others, *(step.report for step in examine(self.planner.plan(arrivals), actor=self.actor))]
        reports = [*others]
        with transaction.atomic():
            while arrivals:
                steps = self.planner.plan(arrivals)
                reports += write(steps, run=self._run, actor=self.actor, taxonomy=self._taxonomy)
                arrivals = arrivals[len(steps) :]
            record(self._run, reports)
        return reports

    def _mark_missing(self) -> None:
        """Marks sources whose file is missing, in slices: checks each source of the root that this run has not seen on
        disk. Files that are back lost their mark when they were written."""
        sources = Source.objects.filter(root=self.root).exclude(exported__is_awaited=True)
        for keys in in_key_order(sources.values_list("pk"), SOURCES_AT_ONCE):
            unseen = set(self.planner.unseen(pk for (pk,) in keys))
            page = self._not_of_this_run(sources.filter(pk__range=(min(unseen), max(unseen)))) if unseen else []
            lost = {pk for pk, path, _ in page if pk in unseen and self.planner.is_gone(pk, path)}
            gone = [pk for pk, _, missing_at in page if pk in lost and missing_at is None]
            self.receipt.missing_count += len(gone)
            if gone and not self.receipt.is_dry_run:
                Source.objects.filter(pk__in=gone).update(missing_at=timezone.now())

    def _not_of_this_run(self, sources: QuerySet[Source]) -> list[tuple[int, str, datetime | None]]:
        """Sources that this run moved aside have no file in it."""
        run = self._run
        others = sources.exclude(run=run, imported_at__gte=run.started_at) if run is not None else sources
        return list(others.values_list("pk", "path", "missing_at"))

    def _close_run(self) -> None:
        if self._run is not None:
            self._run.finished_at = timezone.now()
            self._run.save(update_fields=["finished_at"])


def _skipped(entry: PassedOver) -> FileReport:
    return FileReport(entry.path, Outcome.SKIPPED, problems=(warning(entry.reason),))


def _rejected(path: str, message: str) -> FileReport:
    return FileReport(path, Outcome.REJECTED, problems=(error(message),))
