"""An import that writes rests between its batches. No time passes here: the clock moves by what is told."""

from __future__ import annotations

import time

import pytest

from articles.importing.write_pacing import LONGEST_TURN, LOOKS_AGAIN, REST, Turns

BATCH = 0.15


class Clock:
    """Moves by `passes` alone; who would sleep takes a rest, and it moves as well."""

    def __init__(self) -> None:
        self.now = 100.0
        self.rests: list[float] = []

    def passes(self, seconds: float) -> None:
        self.now += seconds

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.passes(seconds)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(time, "monotonic", lambda: made.now)
    monkeypatch.setattr(time, "sleep", made.rest)
    return made


def write_batches(turns, count, clock):
    """When each of them held the lock, from and until."""
    held = []
    for _ in range(count):
        turns.begin()
        began = clock.now
        clock.passes(BATCH)
        turns.end(BATCH)
        held.append((began, clock.now))
    return held


def test_a_long_import_rests_before_it_has_written_for_long(clock):
    write_batches(Turns(is_needed=True), 10, clock)
    assert len(clock.rests) == 3
    assert all(rest == pytest.approx(REST) for rest in clock.rests)
    assert 3 * BATCH > LONGEST_TURN > 2 * BATCH


def test_whoever_waits_gets_in_after_three_batches_at_most(clock):
    """SQLite looks again every now and then; whenever an editor's save begins, one look falls into a rest."""
    held = write_batches(Turns(is_needed=True), 40, clock)
    for begins in (held[0][0] + number / 100 for number in range(300)):
        look = begins
        while any(start <= look < end for start, end in held):
            look += LOOKS_AGAIN
        assert sum(begins < end and start < look for start, end in held) <= 4


def test_reading_between_two_batches_is_a_rest_as_well(clock):
    turns = Turns(is_needed=True)
    for _ in range(10):
        write_batches(turns, 1, clock)
        clock.passes(2 * REST)
    assert clock.rests == []


def test_a_short_pause_is_made_longer(clock):
    turns = Turns(is_needed=True)
    write_batches(turns, 3, clock)
    clock.passes(0.05)
    turns.begin()
    assert clock.rests == [pytest.approx(REST - 0.05)]


def test_where_nobody_is_kept_out_there_is_no_rest(clock):
    write_batches(Turns(is_needed=False), 10, clock)
    assert clock.rests == []
