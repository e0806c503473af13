"""`patch`: tables of documents before and after a change."""

import random
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest

from articles.seedfile.writer import patch
from articles.seedfile.yaml.edits import Add, Move, Remove, Set, SetBody
from articles.seedfile.yaml.layout import Unpatchable, read_layout
from articles.seedfile.yaml.style import Quoted
from tests.counted_work import assert_linear, lines_run
from tests.seedfile.seed_text import REAL

KEYS = ("first", "second", "third", "fourth")


def patched(front_matter: str, *changes) -> str:
    raw = patch(f"---\n{front_matter}---\nBody.\n".encode(), changes)
    text = raw.decode()
    assert text.startswith("---\n")
    assert text.endswith("---\nBody.\n")
    return text[len("---\n") : -len("---\nBody.\n")]


def refused(front_matter: str, *changes) -> str:
    with pytest.raises(Unpatchable) as refusal:
        patch(f"---\n{front_matter}---\n".encode(), changes)
    return str(refusal.value)


# ------------------------------------------------------------------------------------------------------- the promise


def test_no_changes_give_back_the_very_same_bytes_whatever_they_are():
    assert patch(b"not a document", []) == b"not a document"


def test_setting_what_is_there_gives_back_the_same_bytes():
    assert patch(REAL, [Set(("published",), False), Set(("quality",), 37), Set(("topics",), ["Meta AI", "AI"])]) == REAL


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("y", "y"),
        ("N", "N"),
        ("0x1F", 31),
        ("+1", 1),
        ("2024-03-01T10:00:00+01:00", datetime(2024, 3, 1, 9, tzinfo=UTC)),
        ("2016-03-17 00:00:00 +0800", datetime(2016, 3, 16, 16, tzinfo=UTC)),
        ("2024-03-01 10:00:00", datetime(2024, 3, 1, 10)),  # noqa: DTZ001
    ],
)
def test_what_is_there_in_another_spelling_stays_as_it_is_written(written, value):
    assert patched(f"a: {written} # why\n", Set(("a",), value)) == f"a: {written} # why\n"


@pytest.mark.parametrize(
    ("written", "value", "becomes"),
    [("010", 8, "8"), ("010", 10, "10"), ("no", False, "false"), ("no", "no", '"no"'), ("1e3", "1e3", '"1e3"')],
)
def test_what_one_yaml_reads_otherwise_than_another_is_written_anew(written, value, becomes):
    assert patched(f"a: {written}\n", Set(("a",), value)) == f"a: {becomes}\n"


def test_a_comment_behind_an_entry_stays_when_a_collection_takes_its_place():
    after = "l:\n-   k: v   # c\n    m: 1\n- y\n"
    assert patched("l:\n-   x   # c\n- y\n", Set(("l", 0), {"k": "v", "m": 1})) == after


def test_publishing_is_a_one_line_change():
    assert patch(REAL, [Set(("published",), True)]) == REAL.replace(b"published: false", b"published: true")


def test_a_byte_order_mark_windows_line_ends_and_a_missing_last_one_stay():
    raw = b"\xef\xbb\xbf---\r\na: 1\r\nl:\r\n- x\r\n---"
    expected = b"\xef\xbb\xbf---\r\na: 2\r\nl:\r\n- x\r\n- new\r\n---"
    assert patch(raw, [Set(("a",), 2), Add(("l", 1), "new")]) == expected


def test_old_mac_line_ends_stay():
    assert patch(b"---\ra: 1\rb: |\r  x\r---\rBody", [Set(("b",), "x\ny\n")]) == b"---\ra: 1\rb: |\r  x\r  y\r---\rBody"


def test_changes_see_what_the_earlier_ones_left():
    changes = [Add(("l", 0), "new"), Set(("l", 1), "was first"), Remove(("l", 2))]
    assert patched("l:\n  - a\n  - b\n", *changes) == "l:\n  - new\n  - was first\n"


def test_one_change_to_the_real_seed_takes_little_more_work_than_laying_it_out_twice():
    """Once as it was, and once as it has become."""
    front_matter = REAL.decode().split("---\n")[1]
    once = lines_run(lambda: read_layout(front_matter))
    assert lines_run(lambda: patch(REAL, [Set(("published",), True)])) < 3 * once


# ----------------------------------------------------------------------------------------------------------- scalars

SCALARS = {
    "plain": ("a: old  # why\n", "new", "a: new  # why\n"),
    "plain that must be quoted": ("a: old  # why\n", "new: x", 'a: "new: x"  # why\n'),
    "plain for YAML 1.1 no text": ("a: old\n", "no", 'a: "no"\n'),
    "a number as text": ("a: old\n", "037", 'a: "037"\n'),
    "a time as text": ("a: old\n", "12:30", 'a: "12:30"\n'),
    "single quotes": ("a: 'it''s'  \n", "so it's", "a: 'so it''s'  \n"),
    "single quotes cannot hold lines": ("a: 'old'\n", "x\ny", 'a: "x\\ny"\n'),
    "double quotes": ('a: "o\\u00e9"\t# c\n', 'say "é" \\', 'a: "say \\"é\\" \\\\"\t# c\n'),
    "line separators are escaped": ('a: "x"\n', "x\u2028y\x85z", 'a: "x\\u2028y\\x85z"\n'),
    "a number": ("a: 37 # c\n", 38, "a: 38 # c\n"),
    "a quoted number becomes one": ('a: "37"\n', 38, "a: 38\n"),
    "a flag": ("a: no\n", True, "a: true\n"),
    "nothing": ("a: x\n", None, "a: null\n"),
    "an empty text": ("a: x\n", "", 'a: ""\n'),
    "where nothing was": ("a:\nb: 1\n", "x", "a: x\nb: 1\n"),
    "where nothing was before a comment": ("a:  # later\n", "x", "a: x  # later\n"),
    "a quoted one where null was": ("a: ~\n", Quoted("x"), 'a: "x"\n'),
    "a moment": ("a: 2024-02-25T02:03:00Z\n", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "a: 2026-01-02T03:04:05Z\n"),
    "a moment in quotes": (
        "a: '2024'\n",
        datetime(2026, 1, 2, 3, 4, 5, 120_000, UTC),
        "a: '2026-01-02T03:04:05.120Z'\n",
    ),
    "a moment elsewhere": (
        "a: 1\n",
        datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=2))),
        "a: 2026-01-02T01:04:00Z\n",
    ),
    "a plain one on two lines": ("a: one\n  two\n\n# c\nb: 1\n", "x", "a: x\n\n# c\nb: 1\n"),
    "single quotes on two lines": ("a: 'one\n\n  two' # c\nb: 1\n", "x", "a: 'x' # c\nb: 1\n"),
    "double quotes on two lines": ('a: "one \\\n  two"\nb: 1\n', "x", 'a: "x"\nb: 1\n'),
    "a value below its key": ("a:\n  old # c\nb: 1\n", "new", "a:\n  new # c\nb: 1\n"),
    "literal": ("a: |\n   x\n   y\n\n# c\nb: 1\n", "x\n\n  z\n", "a: |\n   x\n\n     z\n\n# c\nb: 1\n"),
    "literal without a last line end": ("a: | # c\n  x\nb: 1\n", "y", "a: |- # c\n  y\nb: 1\n"),
    "literal gets one": ("a: |-\n  x\nb: 1\n", "y\n", "a: |\n  y\nb: 1\n"),
    "literal cannot hold a bell": ("a: | # c\n  x\nb: 1\n", "\a", 'a: "\\x07" # c\nb: 1\n'),
    "literal that keeps blank lines": ("a: |+\n  x\n\n\nb: 1\n", "y\n\n", "a: |+\n  y\n\nb: 1\n"),
    "literal that kept blank lines": ("a: |+\n  x\n\n\nb: 1\n", "y", "a: |-\n  y\nb: 1\n"),
    "literal with blank lines to keep": ("a: |\n  x\n\nb: 1\n", "y\n\n", 'a: "y\\n\\n"\n\nb: 1\n'),
    "literal with an indicator": ("a: |2\n   x\nb: 1\n", "  y\nz\n", "a: |2\n    y\n  z\nb: 1\n"),
    "literal without one": ("a: |\n  x\nb: 1\n", " y\n", 'a: " y\\n"\nb: 1\n'),
    "literal with a longer blank line": ("a: |\n x\n   \nb: 1\n", "y\n", "a: |\n y\nb: 1\n"),
    "literal of nothing": ("a: |\n\nb: 1\n", "y", 'a: "y"\n\nb: 1\n'),
    "folded": ("a: >\n  one two\n  three\nb: 1\n", "one three four\n", "a: >\n  one\n  three\n  four\nb: 1\n"),
    "folded with paragraphs": ("a: >-\n  one two three\nb: 1\n", "x\ny\n\nz", "a: >-\n  x\n\n  y\n\n\n  z\nb: 1\n"),
    "folded cannot indent": ("a: >-\n  one\nb: 1\n", "x\n  y", 'a: "x\\n  y"\nb: 1\n'),
    "literal becomes a number": ("a: |\n  x\nb: 1\n", 1, "a: 1\nb: 1\n"),
}


@pytest.mark.parametrize("case", SCALARS)
def test_scalar_changes_its_own_characters(case):
    before, value, after = SCALARS[case]
    assert patched(before, Set(("a",), value)) == after


@pytest.mark.parametrize("text", ["- x", "? x", ": x", "#x", "&x", "*x", "!x", "|", ">", "'x", '"x', "%x", "@x", "`x"])
def test_text_that_begins_with_a_sign_is_quoted(text):
    assert patched("a: old\n", Set(("a",), text)).startswith('a: "')


@pytest.mark.parametrize(
    "text",
    [
        *("no", "Off", "Y", "~", "null", "0x1F", "0o17", "1_000", "1e3", ".5", "+1", "-1", ".inf", ".NaN"),
        *("2024-02-25", "1:30", "=", "<<", "a:", "x: y", "a #b", "a\tb", " a", "a "),
    ],
)
def test_text_that_means_something_else_is_quoted(text):
    assert patched("a: old\n", Set(("a",), text))[3] == '"'


@pytest.mark.parametrize("text", ["Meta AI", "a:b", "a#b", "it's", 'a "b"', "x, y", "港町", "3 cats", "24/7", "A.I."])
def test_harmless_text_stays_plain(text):
    assert patched("a: old\n", Set(("a",), text)) == f"a: {text}\n"


# ------------------------------------------------------------------------------------------------- keys and entries

LIST = "l:\n  - one # 1\n  # between\n  - two\n  - three\nz: 1\n"
STRUCTURE = {
    "remove the first entry": (LIST, Remove(("l", 0)), "l:\n  # between\n  - two\n  - three\nz: 1\n"),
    "remove the last entry": (LIST, Remove(("l", 2)), "l:\n  - one # 1\n  # between\n  - two\nz: 1\n"),
    "remove the only entry": ("l: # c\n  # d\n  - x # e\nz: 1\n", Remove(("l", 0)), "l: [] # c\n  # d\nz: 1\n"),
    "remove the only key": ("m:\n  k: 1\nz: 1\n", Remove(("m", "k")), "m: {}\nz: 1\n"),
    "remove the only key of all": ("# c\nm: 1\n", Remove(("m",)), "# c\n{}\n"),
    "remove a key with a list": ("a: 1\n" + LIST, Remove(("l",)), "a: 1\nz: 1\n"),
    "remove a key behind a dash": ("l:\n- a: 1 # c\n  b: 2\n", Remove(("l", 0, "a")), "l:\n- b: 2\n"),
    "comments below it stay": ("l:\n- a: 1\n  # c\n  b: 2\n", Remove(("l", 0, "a")), "l:\n-\n  # c\n  b: 2\n"),
    "remove an inner first entry": ("l:\n- - a\n  - b\n", Remove(("l", 0, 0)), "l:\n- - b\n"),
    "remove a group": ("a: 1\n\nb:\n  c: 1\n\nd: 1\n", Remove(("b",)), "a: 1\n\nd: 1\n"),
    "remove the last group": ("a: 1\n\nb: 1\n", Remove(("b",)), "a: 1\n"),
    "remove the first group": ("a: 1\n\nb: 1\n", Remove(("a",)), "b: 1\n"),
    "add an entry": (LIST, Add(("l", 3), "four"), LIST.replace("three\n", "three\n  - four\n")),
    "add an entry in between": (LIST, Add(("l", 1), "x: y"), LIST.replace("# 1\n", '# 1\n  - "x: y"\n')),
    "add a first entry": (LIST, Add(("l", 0), "zero"), LIST.replace("l:\n", "l:\n  - zero\n")),
    "entries not indented": ("l:\n- a\nz: 1\n", Add(("l", 1), "b"), "l:\n- a\n- b\nz: 1\n"),
    "quotes as beside it": ("l:\n- 'a'\n", Add(("l", 1), "b"), "l:\n- 'a'\n- 'b'\n"),
    "entries with air": ("l:\n- a\n\n- b\nz: 1\n", Add(("l", 2), "c"), "l:\n- a\n\n- b\n\n- c\nz: 1\n"),
    "an entry with keys, in the manner of the others": (
        "l:\n-   t: 'a'\n    u:\n    -   v: x\n",
        Add(("l", 1), {"t": "b", "u": [{"v": "y"}]}),
        "l:\n-   t: 'a'\n    u:\n    -   v: x\n-   t: 'b'\n    u:\n    -   v: \"y\"\n",
    ),
    "a first entry of an empty list": ("l: [] # c\nz: 1\n", Add(("l", 0), "a"), "l: # c\n  - a\nz: 1\n"),
    "a list anew": (LIST, Set(("l",), ["x"]), "l:\n  - x\nz: 1\n"),
    "a list where nothing was": (
        "m:\n    k: 1\nl: # c\nz: 1\n",
        Set(("l",), ["x"]),
        "m:\n    k: 1\nl: # c\n  - x\nz: 1\n",
    ),
    "a mapping for a text": ("a: 'x' # c\nz: 1\n", Set(("a",), {"k": 1}), "a: # c\n  k: 1\nz: 1\n"),
    "a text for a list": (LIST, Set(("l",), "x"), "l: x\nz: 1\n"),
    "a text for an entry": ("l:\n- a: 1\n  b: 2\n- c\n", Set(("l", 0), "x"), "l:\n- x\n- c\n"),
    "a mapping for an entry": ("l:\n- x\n- c\n", Set(("l", 0), {"a": 1, "b": 2}), "l:\n- a: 1\n  b: 2\n- c\n"),
    "an empty entry": ("l:\n-\n- c\n", Set(("l", 0), "x"), "l:\n- x\n- c\n"),
    "move up": (LIST, Move(("l", 2), 0), "l:\n  - three\n  - one # 1\n  # between\n  - two\nz: 1\n"),
    "move down": (LIST, Move(("l", 0), 2), "l:\n  # between\n  - two\n  - three\n  - one # 1\nz: 1\n"),
    "flow: set": ("l: [a, 'b', c] # c\n", Set(("l", 1), "x, y"), "l: [a, 'x, y', c] # c\n"),
    "flow: no question mark": ("l: [a]\n", Set(("l", 0), "https://a.example/?b"), 'l: ["https://a.example/?b"]\n'),
    "flow: plain no more": ("l: [a, b]\n", Set(("l", 0), "x, y"), 'l: ["x, y", b]\n'),
    "flow: add": ("l: [a,  b]\n", Add(("l", 2), "c"), "l: [a,  b,  c]\n"),
    "flow: add first": ("l: [a]\n", Add(("l", 0), "c"), "l: [c, a]\n"),
    "flow: add on lines": ("l: [\n  a,\n  b\n]\n", Add(("l", 1), "c"), "l: [\n  a,\n  c,\n  b\n]\n"),
    "flow: remove first": ("l: [a, b, c]\n", Remove(("l", 0)), "l: [b, c]\n"),
    "flow: remove last": ("l: [a, b, c]\n", Remove(("l", 2)), "l: [a, b]\n"),
    "flow: remove only": ("l: [ a ]\n", Remove(("l", 0)), "l: []\n"),
    "flow: move": ("l: [a, 'b', c]\n", Move(("l", 1), 2), "l: [a, c, 'b']\n"),
    "flow: add a key": ("m: {a: 1}\n", Add(("m", "b"), ["x", {}]), "m: {a: 1, b: [x, {}]}\n"),
    "flow: remove a key": ('m: {"a":1, b: 2}\n', Remove(("m", "b")), 'm: {"a":1}\n'),
    "flow: anew": ("l: [a, b] # c\n", Set(("l",), ["x", "y"]), 'l: [x, "y"] # c\n'),
    "flow: nothing there": ("m: {a: , b: 1}\n", Set(("m", "a"), "x"), "m: {a: x, b: 1}\n"),
    "keys in quotes": ("\"a\" : 1\n'b': 2\n", Set(("b",), 3), "\"a\" : 1\n'b': 3\n"),
    "anchors elsewhere": ("a: &x 1\nb: *x\nc: !t y\nd: 1\n", Set(("d",), 2), "a: &x 1\nb: *x\nc: !t y\nd: 2\n"),
    "a first key": ("# only this\n", Set(("a",), 1), "# only this\na: 1\n"),
    "a first key in braces": ("{}\n", Set(("a",), 1), "a: 1\n"),
}


@pytest.mark.parametrize("case", STRUCTURE)
def test_keys_and_entries_change_their_own_lines(case):
    before, change, after = STRUCTURE[case]
    assert patched(before, change) == after


ORDERS = {
    "behind the one before": ("first: 1\nthird: 3\n", "second", 2, "first: 1\nsecond: 2\nthird: 3\n"),
    "before the one after": ("# top\nthird: 3\n", "second", 2, "# top\nsecond: 2\nthird: 3\n"),
    "last when none is known": ("x: 0\n", "second", 2, "x: 0\nsecond: 2\n"),
    "behind the nearest, wherever that is": ("third: 3\nfirst: 1\n", "second", 2, "third: 3\nfirst: 1\nsecond: 2\n"),
    "behind its whole list": (
        "first:\n  - x\n  # - y\nthird: 3\n",
        "second",
        2,
        "first:\n  - x\n  # - y\nsecond: 2\nthird: 3\n",
    ),
    "in the group of the one before": ("first: 1\n\nthird: 3\n", "second", 2, "first: 1\nsecond: 2\n\nthird: 3\n"),
    "a group of its own": (
        "first:\n  k: 1\n\nthird: 3\n",
        "second",
        ["x"],
        "first:\n  k: 1\n\nsecond:\n  - x\n\nthird: 3\n",
    ),
    "set off from a group": ("third: 3\n\nfirst:\n  k: 1\n", "second", 2, "third: 3\n\nfirst:\n  k: 1\n\nsecond: 2\n"),
    "no blank lines, no groups": (
        "first:\n  k: 1\nthird: 3\n",
        "second",
        ["x"],
        "first:\n  k: 1\nsecond:\n  - x\nthird: 3\n",
    ),
}


@pytest.mark.parametrize("case", ORDERS)
@pytest.mark.parametrize("kind", [Add, Set])
def test_added_key_goes_where_the_order_puts_it(case, kind):
    before, key, value, after = ORDERS[case]
    assert patched(before, kind((key,), value, KEYS)) == after


def test_added_key_may_come_first_behind_a_dash():
    assert patched("l:\n  - b: 1\n", Add(("l", 0, "a"), 0, ("a", "b"))) == "l:\n  - a: 0\n    b: 1\n"


# -------------------------------------------------------------------------------------------------------------- body


def test_body_keeps_the_bytes_of_lines_that_stay():
    raw = "---\na: 1\n---\ncafe\u0301\r\ntwo\r\nthree".encode()
    assert patch(raw, [SetBody("café\n2\nthree")]) == "---\na: 1\n---\ncafe\u0301\r\n2\r\nthree".encode()


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        (b"---\na: 1\n---", "x", b"---\na: 1\n---\nx"),
        (b"---\r\na: 1\r\n---\r\n", "x\ny\n", b"---\r\na: 1\r\n---\r\nx\r\ny\r\n"),
        (b"---\na: 1\n---\nx\n", "", b"---\na: 1\n---\n"),
        (b"---\na: 1\n---\nx\n", "---\nb: 1\n---\n", b"---\na: 1\n---\n---\nb: 1\n---\n"),
    ],
)
def test_body_is_exchanged(before, body, after):
    assert patch(before, [SetBody(body)]) == after


@pytest.mark.parametrize("kinds", [1, 200])
def test_work_for_a_body_grows_with_its_lines_alone(kinds):
    def patching(count):
        lines = [f"{number % kinds}\n" for number in range(count)]
        raw = b"---\na: 1\n---\n" + "".join(lines).encode()
        return partial(patch, raw, [SetBody("x\n" + "".join(random.Random(1).sample(lines, count)))])

    assert_linear(patching, 2_500)


# ----------------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ("a: &x 1\nb: *x\n", Set(("a",), 2)),
        ("a: &x 1\nb: *x\n", Remove(("a",))),
        ("a: &x 1\nb: *x\n", Set(("b",), 2)),
        ("a: &x\n  k: 1\nb: *x\n", Set(("a", "k"), 2)),
        ("a: [1, &x 2]\n", Remove(("a",))),
        ("a: !!str 1\n", Set(("a",), 2)),
        ("a: &x {k: 1}\nb:\n  <<: *x\n  k: 2\n", Remove(("b", "k"))),
        ("a: &x {k: 1}\nb:\n  <<: *x\n", Add(("b", "k"), 2)),
        ("a: 1\na: 2\n", Set(("a",), 3)),
        ("a: 1\n", Remove(("b",))),
        ("a: 1\n", Add(("a",), 2)),
        ("a: 1\n", Set(("a", "b"), 2)),
        ("a: [1]\n", Set(("a", 1), 2)),
        ("a: [1]\n", Add(("a", 3), 2)),
        ("a: [1]\n", Add(("a", "k"), 2)),
        ("a: [1]\n", Move(("a", 0), 1)),
        ("a: 1\n", Set((), 2)),
        ("? a\n: 1\nb: 2\n", Remove(("a",))),
        ("a: [1, # c\n 2]\n", Remove(("a", 0))),
        ("- 1\n", Set(("a",), 2)),
        ("", Remove(("a",))),
        ("a: [\n", Set(("a",), 2)),
        ("a: 1\n...\nb: 1\n", Set(("a",), 2)),
        ("a: \ufdd0\n", Set(("a",), 2)),
        ("a: 1\n", Set(("a",), "\ud800")),
        ("a: 1\n", Set(("a",), datetime(2026, 1, 1))),  # noqa: DTZ001
        ("a: 1\n", SetBody("\ud800")),
    ],
)
def test_what_cannot_be_changed_with_certainty_is_refused(before, change):
    assert refused(before, change)


@pytest.mark.parametrize(
    "raw", [b"no front matter", b"---\na: 1\n", b"---\na: \xff\n---\n", b"---\n- &x\n- *y: [\n---\n"]
)
def test_what_is_no_document_is_refused(raw):
    with pytest.raises(Unpatchable):
        patch(raw, [Set(("a",), 1)])


def test_deep_nesting_is_refused_without_recursion():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    assert refused("a: 1\n", Set(("a",), deep))
    assert refused(f"a: {'[' * 30_000}{']' * 30_000}\nb: 1\n", Set(("b",), 2))


def test_huge_documents_are_refused():
    assert refused("a: 1\n" * 20_000, Set(("a",), 2))
    assert refused(f"l: [{'1,' * 30_000}]\na: 1\n", Set(("a",), 2))


@pytest.mark.parametrize("value", [object(), 1.5])
def test_what_no_content_holds_is_refused(value):
    assert refused("a: 1\n", Set(("a",), value))
