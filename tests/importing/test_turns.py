from __future__ import annotations

import time

import pytest

from articles.importing.turns import LONGEST_TURN, REST, Turns


@pytest.fixture
def rests(monkeypatch):
    """The clock moves by rests alone."""
    now, taken = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def sleep(seconds):
        taken.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    return taken


def write_batches(turns, count, seconds=0.15):
    for _ in range(count):
        turns.begin()
        turns.end(seconds)


def test_a_long_import_rests_before_it_has_written_for_long(rests):
    write_batches(Turns(is_needed=True), 10)
    assert len(rests) == 3
    assert all(rest == pytest.approx(REST) for rest in rests)
    assert 3 * 0.15 > LONGEST_TURN > 2 * 0.15


def test_reading_between_two_batches_is_a_rest_as_well(rests):
    turns = Turns(is_needed=True)
    for _ in range(10):
        turns.begin()
        turns.end(0.15)
        time.sleep(2 * REST)
    assert rests == [2 * REST] * 10


def test_a_short_pause_is_made_longer(rests):
    turns = Turns(is_needed=True)
    write_batches(turns, 3)
    time.sleep(0.05)
    turns.begin()
    assert rests == [0.05, pytest.approx(REST - 0.05)]


def test_where_nobody_is_kept_out_there_is_no_rest(rests):
    write_batches(Turns(is_needed=False), 10)
    assert rests == []
