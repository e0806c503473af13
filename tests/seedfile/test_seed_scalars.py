import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile import limits, scalars
from articles.seedfile.scalars import Plain, flag, line, moment, shown, text, whole_number

TEXTS = st.text(st.characters(codec="utf-8"))


# ---------------------------------------------------------------------------------------------------------- moments

MOMENTS = [
    ("2026-02-28T09:00:00Z", datetime(2026, 2, 28, 9, tzinfo=UTC)),
    ("2026-02-28t09:00:00z", datetime(2026, 2, 28, 9, tzinfo=UTC)),
    ("2026-02-28 09:00Z", datetime(2026, 2, 28, 9, tzinfo=UTC)),
    ("2026-02-28T09:00:00+02:00", datetime(2026, 2, 28, 7, tzinfo=UTC)),
    ("2026-02-28T09:00:00-0930", datetime(2026, 2, 28, 18, 30, tzinfo=UTC)),
    ("2026-02-28T09:00:00-00:00", datetime(2026, 2, 28, 9, tzinfo=UTC)),
    ("2026-02-28T09:00:00.5Z", datetime(2026, 2, 28, 9, microsecond=500_000, tzinfo=UTC)),
    ("2026-02-28T09:00:00.123456789Z", datetime(2026, 2, 28, 9, microsecond=123_456, tzinfo=UTC)),
    ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
    ("1000-01-01T00:00:00Z", datetime(1000, 1, 1, tzinfo=UTC)),
    ("9998-12-31T23:59:59Z", datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)),
]


@pytest.mark.parametrize(("written", "expected"), MOMENTS)
def test_moment_with_a_zone_is_read_as_utc(written, expected):
    assert moment(Plain(written)) == moment(written) == expected
    assert moment(written).tzinfo is UTC


NOT_MOMENTS = [
    pytest.param("2026-02-28T09:00:00", "has no time zone; write 2026-02-28T09:00:00Z or an offset", id="naive"),
    pytest.param("2026-02-28 09:00:00", "has no time zone; write 2026-02-28T09:00:00Z or", id="naive-with-space"),
    pytest.param("2026-02-28", "is a date without time; write 2026-02-28T09:00:00Z", id="date-only"),
    pytest.param("2026-02-31", '"2026-02-31" is not a date; write 2026-02-28T09:00:00Z', id="impossible-date-only"),
    pytest.param("2026-02-31T09:00:00", "is not a date", id="impossible-and-naive"),
    pytest.param("2026-02-31T09:00:00Z", "is not a date (day is out of range", id="impossible"),
    pytest.param("2026-2-3", "is not a date; write", id="short"),
    pytest.param("31-02-2026", "is not a date; write", id="other-order"),
    pytest.param("2025-02-29T09:00:00Z", "is not a date (", id="no-leap-year"),
    pytest.param("2026-13-01T09:00:00Z", "is not a date (", id="month-13"),
    pytest.param("2016-12-31T23:59:60Z", "is not a date (", id="leap-second"),
    pytest.param("2026-02-28T24:00:00Z", "is not a date; write", id="hour-24"),
    pytest.param("2026-02-28T09:60:00Z", "is not a date (", id="minute-60"),
    pytest.param("2026-02-28T09:00:00+24:00", "is not a date; write", id="offset-24"),
    pytest.param("2026-02-28T09:00:00+02:60", "is not a date; write", id="offset-minute-60"),
    pytest.param("2026-02-28T09:00:00+02", "is not a date; write", id="offset-without-minutes"),
    pytest.param("2026-02-28T09:00:00 +02:00", "is not a date; write", id="offset-behind-space"),
    pytest.param("2026-02-28T09:00:00Z\n", "is not a date; write", id="line-feed"),
    pytest.param("2026-02-28T09:00:00ZZ", "is not a date; write", id="two-zones"),
    pytest.param("2026-02-28T09:00:00,5Z", "is not a date; write", id="comma"),
    pytest.param("2026-W09-6T09:00:00Z", "is not a date; write", id="week-date"),
    pytest.param("٢٠٢٦-02-28T09:00:00Z", "is not a date; write", id="arabic-digits"),
    pytest.param("0000-01-01T00:00:00Z", "is not a date (", id="year-0"),
    pytest.param("0001-01-01T00:00:00+14:00", "the year must be from 1000 to 9998", id="year-1"),
    pytest.param("9999-12-31T23:59:59-14:00", "the year must be from 1000 to 9998", id="year-9999"),
    pytest.param("1000-01-01T00:00:00+14:00", "the year must be", id="year-999-in-utc"),
    pytest.param("9998-12-31T23:59:59-14:00", "the year must be", id="year-9999-in-utc"),
    pytest.param("1750000000", "is not a date; write", id="seconds"),
    pytest.param("", "is not a date; write", id="empty"),
    pytest.param("yesterday", '"yesterday" is not a date; write 2026-02-28T09:00:00Z', id="word"),
    pytest.param([], "is a list; write a date like", id="list"),
    pytest.param({}, "is a mapping; write a date like", id="mapping"),
    pytest.param(datetime(2026, 2, 28), "has no time zone", id="naive-value"),  # noqa: DTZ001
]


@pytest.mark.parametrize(("written", "message"), NOT_MOMENTS)
def test_any_other_moment_is_refused_with_the_remedy(written, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        moment(written)
    assert message in str(refusal.value)


@given(st.text(st.sampled_from("0123456789-:.TtZz+ W"), max_size=30) | TEXTS)
def test_moment_is_read_or_refused(written):
    try:
        assert moment(written).tzinfo is UTC
    except ValueError as refusal:
        assert "write" in str(refusal)  # noqa: PT017


@given(
    st.datetimes(datetime(1001, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_moment_survives_any_offset(instant, minutes):
    zone = timezone(timedelta(minutes=minutes))
    assert moment(instant.astimezone(zone).isoformat()) == instant


def test_optional_moment_may_be_null():
    assert scalars.optional_moment(None) is scalars.optional_moment(Plain("~")) is None
    with pytest.raises(ValueError, match="is not a date"):
        scalars.optional_moment("")


# ------------------------------------------------------------------------------------------------- numbers and flags


@pytest.mark.parametrize(("written", "number"), [("0", 0), ("37", 37), ("-1", -1), ("999999999999", 999_999_999_999)])
def test_digits_without_quotes_are_a_number(written, number):
    assert whole_number(Plain(written)) == number


def test_number_of_the_desk_is_taken_as_it_is():
    assert whole_number(37) == 37


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-",
        "-0",
        "+1",
        "01",
        "1_0",
        "0x1F",
        "1e3",
        "3.7",
        "1.0",
        ".nan",
        "٣",
        "³",
        "1\n",
        " 1",
        "true",
        "null",
        "1,000",
    ],
)
def test_anything_else_is_not_a_number(written):
    with pytest.raises(ValueError, match="is not a whole number; write digits without quotes"):
        whole_number(Plain(written))


@pytest.mark.parametrize("value", ["37", True, 3.0, None, [], {}])
def test_quoted_digits_and_other_values_are_not_a_number(value):
    with pytest.raises(ValueError, match="is not a whole number"):
        whole_number(value)


def test_Y13_long_number_is_refused_unread():  # noqa: N802
    with pytest.raises(ValueError, match="is out of range; it has 5,001 digits"):
        whole_number(Plain("1" + "0" * 5_000))


def test_true_and_false_are_flags():
    assert flag(Plain("true")) is flag(True) is True
    assert flag(Plain("false")) is flag(False) is False


@pytest.mark.parametrize("word", ["", "True", "FALSE", "yes", "no", "on", "off", "y", "0", "1", "null", "~", "true "])
def test_no_other_word_is_a_flag(word):
    with pytest.raises(ValueError, match="is neither true nor false; write one of them, without quotes"):
        flag(Plain(word))


@pytest.mark.parametrize("value", ["true", "false", 0, 1, None, []])
def test_quoted_false_is_refused(value):
    with pytest.raises(ValueError, match="is neither true nor false"):
        flag(value)


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_only_an_unquoted_null_is_null(word):
    assert scalars.is_null(Plain(word))
    assert not scalars.is_null(word)


# ------------------------------------------------------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" a ", " a "),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("cafe\u0301", "café"),
        ("e\u0301\r\n", "é\n"),
        ("\u212b", "Å"),
        ("a\u2028b", "a\u2028b"),
        ("null", "null"),
        (Plain("null"), ""),
        (None, ""),
    ],
)
def test_text_is_kept_with_line_feeds_in_nfc(written, expected):
    assert text(written) == expected
    assert type(text(written)) is str


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("  a  b  ", "a  b"),
        ("a\nb", "a b"),
        ("a\t\r\n  b", "a b"),
        ("a\u2028\u2029b", "a b"),
        ("\u3000a\u00a0b\u3000", "a\u00a0b"),
        ("a\u00a0\n\u00a0b", "a\u00a0 b"),
        ("\u200b", "\u200b"),
        ("", ""),
    ],
)
def test_line_has_no_line_breaks(written, expected):
    assert line(written) == expected


@pytest.mark.parametrize("value", [1, True, [], {}, ()])
def test_only_texts_are_text(value):
    with pytest.raises(ValueError, match="write text"):
        text(value)


@pytest.mark.parametrize("value", ["", "  ", "\n", "\u3000", Plain("null"), None])
def test_filled_line_says_something(value):
    with pytest.raises(ValueError, match="is empty; write text or remove the key"):
        scalars.filled_line(value)


FORBIDDEN = [
    "\0",
    "\x0b",
    "\x0c",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9f",
    "\ud800",
    "\udfff",
    "\ufdd0",
    "\ufffe",
    "\uffff",
    "\U0010ffff",
]


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda c: f"U+{ord(c):04X}")
def test_Y21_forbidden_character_is_named_with_its_place(character):  # noqa: N802
    with pytest.raises(ValueError, match=rf"contains the character U\+{ord(character):04X} at position 3; remove it"):
        text(f"ab{character}")


@pytest.mark.parametrize(
    "character", ["\t", "\n", "\u00a0", "\u200b", "\u202e", "\u2028", "\ue000", "\ufeff", "\ufffd", "😀"]
)
def test_Y28_other_characters_are_kept(character):  # noqa: N802
    assert text(f"a{character}b") == f"a{character}b"


@pytest.mark.parametrize("mark", ["\u0301", "\u0345", "\u0f73", "\u0f75", "\u0f81", "\u1ab0"], ids=ascii)
def test_Y28_long_run_of_marks_is_refused(mark):  # noqa: N802
    assert scalars.combining_run("a" + mark * limits.COMBINING_RUN) is None
    with pytest.raises(ValueError, match="has more than 1,000 combining marks in a row; remove them"):
        text("a" + mark * (limits.COMBINING_RUN + 1))


@pytest.mark.parametrize("before", [0, 1, 500, 998, 999, 1_000, 1_001, 2_499])
def test_Y28_long_run_of_marks_is_found_wherever_it_begins(before):  # noqa: N802
    run = "\u0301" * (limits.COMBINING_RUN + 1)
    assert scalars.combining_run(f"{'é' * before}{run}{'é' * 700}")
    assert scalars.combining_run(f"{'a' * before}{run}")
    assert scalars.combining_run(f"{'é' * before}{run[2:]}x{run[2:]}") is None


def test_nothing_that_is_printable_is_forbidden():
    """Else the search for what is forbidden would not be begun."""
    every = map(chr, range(sys.maxunicode + 1))
    assert not [character for character in every if character.isprintable() and scalars.FORBIDDEN.search(character)]


@given(TEXTS)
def test_text_is_normalised_once_for_all(written):
    try:
        once = text(written)
    except ValueError:
        assert scalars.forbidden_character(written)
    else:
        assert text(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert "\r" not in once


@given(TEXTS)
def test_line_is_made_once_for_all(written):
    try:
        once = line(written)
    except ValueError:
        assert scalars.forbidden_character(written)
    else:
        assert line(once) == once == once.strip()
        assert not set(once) & set("\t\n\r\u2028\u2029")


# --------------------------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", '"a"'),
        ("x" * 41, f'"{"x" * 37}..."'),
        ("a\nb\x1b[31m\u202e", r'"a\u000ab\u001b[31m\u202e"'),
        ("é 😀", '"é 😀"'),
        ([], "a list"),
        ((), "a list"),
        ({}, "a mapping"),
        (1, "a int"),
    ],
)
def test_value_is_shown_short_and_harmless(value, expected):
    assert shown(value) == expected


@given(st.text())
def test_whatever_is_shown_is_printable(value):
    assert shown(value).isprintable()
    assert scalars.printable(value).isprintable()
