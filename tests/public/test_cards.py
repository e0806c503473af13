"""The stand-in of a picture, and the places in a list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.public.cards import initials_of, title_length
from articles.public.paging import Cursor, Unclear


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("The Copper Lantern", "CL"),
        ("Northmoor Post", "NP"),
        ("Spiegel", "S"),
        ("The", "T"),
        ("港町新報", "港"),
        ("المرفأ اليوم", "م"),
        ("01.AI", "0"),
        ("ßig ñame", "SÑ"),
        ("🎻", "🎻"),
        ("—", "—"),
    ],
)
def test_a_provider_is_known_by_its_initials(name, expected):
    assert initials_of(name) == expected


@given(st.text(min_size=1))
def test_every_name_has_one_or_two_initials(name):
    assert 1 <= len(initials_of(name)) <= 2


def test_long_titles_are_set_smaller():
    assert [title_length("x" * n) for n in (20, 100, 400)] == ["short", "long", "endless"]


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**63 - 1))
def test_a_cursor_is_read_as_it_was_written(live_from, pk):
    cursor = Cursor(live_from, pk)
    assert Cursor.parse(str(cursor)) == cursor


@given(st.text())
def test_anything_else_is_a_broken_cursor(text):
    with pytest.raises(Unclear):
        Cursor.parse(text)


def test_a_cursor_can_be_read_by_people():
    assert str(Cursor(datetime(2026, 11, 20, 14, 5, tzinfo=UTC), 4711)) == "20261120T140500.000000Z-4711"
