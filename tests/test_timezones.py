"""Hours that the clocks of a zone skip, and hours that they show twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import timezones

SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SKIPPED = [
    # zone, first and last that is skipped, a second before the leap, right after it
    ("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T02:59:59", "2026-03-29T01:59:59", "2026-03-29T03:00:00"),
    ("America/New_York", "2026-03-08T02:00:00", "2026-03-08T02:59:59", "2026-03-08T01:59:59", "2026-03-08T03:00:00"),
    ("Australia/Lord_Howe", "2026-10-04T02:00:00", "2026-10-04T02:29:59", "2026-10-04T01:59:59", "2026-10-04T02:30:00"),
    ("America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T00:59:59", "2018-11-03T23:59:59", "2018-11-04T01:00:00"),
    ("Pacific/Apia", "2011-12-30T00:00:00", "2011-12-30T23:59:59", "2011-12-29T23:59:59", "2011-12-31T00:00:00"),
]
DOUBLED = [
    # zone, first and last that is shown twice, how far apart the two passes are
    ("Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T02:59:59", 60),
    ("America/New_York", "2026-11-01T01:00:00", "2026-11-01T01:59:59", 60),
    ("Australia/Lord_Howe", "2026-04-05T01:30:00", "2026-04-05T01:59:59", 30),
    ("America/Sao_Paulo", "2018-02-17T23:00:00", "2018-02-17T23:59:59", 60),
    ("Pacific/Kwajalein", "1969-09-30T12:00:00", "1969-09-30T12:00:01", 23 * 60),
]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(("name", "first", "last", "before", "after"), SKIPPED)
def test_what_clocks_skip_has_no_moment_and_two_neighbours(name, first, last, before, after):
    zone = ZoneInfo(name)
    for text in (first, last):
        assert timezones.passes(local(text), zone) == []
        assert timezones.around_gap(local(text), zone) == (local(before), local(after))
        assert timezones.around_gap(local(text) + timedelta(microseconds=7), zone) == (local(before), local(after))
    (early,), (late,) = timezones.passes(local(before), zone), timezones.passes(local(after), zone)
    assert late - early == SECOND


@pytest.mark.parametrize(("name", "first", "last", "minutes"), DOUBLED)
def test_what_clocks_show_twice_has_two_moments_in_order(name, first, last, minutes):
    zone = ZoneInfo(name)
    for text in (first, last):
        early, late = timezones.passes(local(text), zone)
        assert late - early == timedelta(minutes=minutes)
        assert [moment.astimezone(zone).replace(tzinfo=None) for moment in (early, late)] == [local(text)] * 2


@pytest.mark.parametrize(("name", "first", "last"), [row[:3] for row in DOUBLED[:4]])
def test_around_a_doubled_hour_everything_is_shown_once(name, first, last):
    zone = ZoneInfo(name)
    assert len(timezones.passes(local(first) - SECOND, zone)) == 1
    assert len(timezones.passes(local(last) + SECOND, zone)) == 1


@given(
    st.integers(-(70 * 366 * 86_400), 130 * 366 * 86_400).map(lambda seconds: EPOCH + seconds * SECOND),
    st.sampled_from(["UTC", *[row[0] for row in SKIPPED], "Africa/Casablanca", "Antarctica/Troll", "Europe/Dublin"]),
)
def test_every_moment_is_among_the_passes_of_what_clocks_show_at_it(moment, name):
    zone = ZoneInfo(name)
    assert moment in timezones.passes(moment.astimezone(zone).replace(tzinfo=None), zone)
    assert read(timezones.shown(moment, zone), zone) == moment


@pytest.mark.parametrize(
    ("name", "typed"), [*[row[:2] for row in (*SKIPPED, *DOUBLED)], ("Europe/Berlin", "1893-04-01T00:03:07")]
)
def test_what_a_refusal_suggests_is_read(name, typed):
    zone = ZoneInfo(name)
    with pytest.raises(timezones.NotOnce) as refusal:
        timezones.moment_at(local(typed), zone)
    suggested = re.search(r"(?:Use|twice:) (\S+) or (\S+)\.", str(refusal.value)).groups()
    first, second = (read(text if "T" in text else f"{typed[:10]}T{text}", zone) for text in suggested)
    assert first < second


def read(text, zone):
    moment = local(text)
    return moment if moment.tzinfo else timezones.moment_at(moment, zone)


def test_the_ends_of_the_calendar_are_an_error():
    with pytest.raises(OverflowError):
        timezones.passes(local("0001-01-01"), ZoneInfo("Asia/Kathmandu"))
