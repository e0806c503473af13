"""The one place that turns a scalar's text into a typed value.

YAML 1.1 reads `no` as false, `012` as ten and `12:30` as 750. Here a scalar stays the text it is, and knows
whether it was quoted; the schema alone decides what it means.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from functools import cache

from articles.seedfile import limits

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
"""Control characters and noncharacters (Unicode 23.7): PostgreSQL, XML or both refuse them."""

_WHOLE_NUMBER = re.compile(r"(?:0|-?[1-9][0-9]*)\Z", re.ASCII)
_DIGITS = 12
_LINE_BREAKS = re.compile(r"[\t\n\r\u2028\u2029]\s*")
_HOUR = r"(?:[01]\d|2[0-3])"
_MOMENT = re.compile(
    rf"\d{{4}}-\d\d-\d\d[Tt ]{_HOUR}:\d\d(?::\d\d(?:\.\d{{1,9}})?)?(?:[Zz]|[+-]{_HOUR}:?[0-5]\d)?\Z", re.ASCII
)
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Plain(str):
    """The text of an unquoted scalar."""

    __slots__ = ()


def is_null(value: object) -> bool:
    """True for YAML's ways to write no value: nothing, `~`, `null`; never for a quoted text."""
    return value is None or (type(value) is Plain and value in NULLS)


def forbidden_character(value: str) -> str | None:
    """The problem with the characters of `value`, or None."""
    forbidden = first_forbidden(value)
    if forbidden is None:
        return None
    return f"contains the character U+{ord(forbidden[0]):04X} at position {forbidden.start() + 1}; remove it"


def first_forbidden(value: str) -> re.Match[str] | None:
    """Its position, or None. Printable text is never forbidden, which is a ten times faster check."""
    if value.isprintable() or value.replace("\n", "").isprintable():
        return None
    return FORBIDDEN.search(value)


def combining_run(value: str) -> str | None:
    """The problem with the combining marks of `value`, or None: normalising long runs takes quadratic time."""
    if len(value) <= limits.COMBINING_RUN or value.isascii():
        return None
    sample = value[:: limits.COMBINING_RUN]  # a run that is too long contains a combining character
    if sample.isascii() or not _combining_mark().search(sample) or not _combining_run().search(value):
        return None
    return f"has more than {limits.COMBINING_RUN:,} combining marks in a row; remove them"


def text(value: object) -> str:
    """Text of several lines: NFC, line ends as line feeds, otherwise exact. Raises ValueError."""
    if is_null(value):
        return ""
    if not isinstance(value, str):
        raise ValueError(f"is {_kind(value)}; write text")
    if value.isascii():
        return str(value) if value.isprintable() else _checked(_line_feeds(value))
    return _checked(unicodedata.normalize("NFC", _sortable(_line_feeds(value))))


def line(value: object) -> str:
    """Text of one line: as `text`, ends stripped, line breaks and tabs as one space."""
    if isinstance(value, str) and value.isascii() and value.isprintable() and value not in NULLS:
        return str(value).strip()  # most lines need nothing
    stripped = text(value).strip()
    return stripped if stripped.isprintable() else _LINE_BREAKS.sub(" ", stripped)


def filled_line(value: object) -> str:
    """A non-empty line."""
    filled = line(value)
    if not filled:
        raise ValueError("is empty; write text or remove the key")
    return filled


def whole_number(value: object) -> int:
    """An unquoted decimal number, or Python's own. Raises ValueError."""
    if type(value) is int:
        return value
    if type(value) is Plain and _WHOLE_NUMBER.match(value):
        if len(value) > _DIGITS:
            raise ValueError(f"{shown(value)} is out of range; it has {len(value):,} digits")
        return int(value)
    raise ValueError(f"{shown(value)} is not a whole number; write digits without quotes")


def flag(value: object) -> bool:
    """Unquoted `true` or `false`, nothing similar. Raises ValueError."""
    if type(value) is bool:
        return value
    if type(value) is Plain and value in ("true", "false"):
        return value == "true"
    raise ValueError(f"{shown(value)} is neither true nor false; write one of them, without quotes")


def moment(value: object) -> datetime:
    """An instant (RFC 3339), as an aware datetime in UTC. Raises ValueError with the remedy."""
    if isinstance(value, datetime):
        return _in_range(value)
    if not isinstance(value, str):
        raise ValueError(f"is {_kind(value)}; write a date like 2026-02-28T09:00:00Z")
    if not _MOMENT.match(value):
        raise ValueError(_not_a_moment(value))
    try:
        parsed = datetime.fromisoformat(value.upper())
        if parsed.tzinfo is not None:
            return _in_range(parsed)
    except ValueError as problem:
        raise ValueError(f"{shown(value)} is not a date ({problem}); write 2026-02-28T09:00:00Z") from None
    raise ValueError(f"{shown(value)} has no time zone; write {value.replace(' ', 'T')}Z or an offset like +02:00")


def optional_moment(value: object) -> datetime | None:
    return None if is_null(value) else moment(value)


def shown(value: object) -> str:
    """A value as an error message shows it: short, and harmless on a terminal."""
    if not isinstance(value, str):
        return _kind(value)
    return f'"{printable(value if len(value) <= 40 else value[:37] + "...")}"'


def printable(value: str) -> str:
    """The text with control characters, line breaks and direction marks escaped."""
    return value if value.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"


def _line_feeds(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _checked(value: str) -> str:
    problem = forbidden_character(value)
    if problem:
        raise ValueError(problem)
    return value


def _sortable(value: str) -> str:
    problem = combining_run(value)
    if problem:
        raise ValueError(problem)
    return value


@cache
def _combining_run() -> re.Pattern[str]:
    mark = _combining_mark().pattern
    return re.compile(f"(?<!{mark}){mark}{{{limits.COMBINING_RUN + 1}}}")


@cache
def _combining_mark() -> re.Pattern[str]:
    """By the first character of the decomposition: U+0F73 has class 0, and is made of two marks that get sorted."""
    decomposed = ((chr(code), unicodedata.normalize("NFD", chr(code))) for code in range(0x300, 0x1F000))
    marks = re.escape("".join(mark for mark, parts in decomposed if unicodedata.combining(parts[0])))
    return re.compile(f"[{marks}]")


def _in_range(value: datetime) -> datetime:
    first, last = limits.YEARS
    if value.tzinfo is None:
        raise ValueError("has no time zone")
    if not first <= value.year <= last or not first <= value.astimezone(UTC).year <= last:
        raise ValueError(f"the year must be from {first} to {last}")
    return value.astimezone(UTC)


def _not_a_moment(value: str) -> str:
    try:
        return f"{shown(value)} is a date without time; write {date.fromisoformat(value)}T09:00:00Z"
    except ValueError:
        return f"{shown(value)} is not a date; write 2026-02-28T09:00:00Z"
