import random
import time
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile import limits
from articles.seedfile.text_merge import merge_lines

texts = st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=12).map("\n".join)


@st.composite
def distinct_sides(draw):
    """A base of distinct lines, and two sides that replaced, removed and added lines of their own."""
    base = [f"line {number}" for number in range(draw(st.integers(1, 12)))]
    sides = []
    for name in ("incoming", "current"):
        edits = draw(st.lists(st.sampled_from(["keep", "keep", "keep", "drop", "change", "add"]), min_size=len(base)))
        lines = []
        for line, edit in zip(base, edits, strict=False):
            lines += {"keep": [line], "drop": [], "change": [f"{line} {name}"], "add": [line, f"{line} {name}"]}[edit]
        sides.append(lines)
    return base, *sides


@pytest.mark.parametrize(
    ("base", "incoming", "current", "result"),
    [
        ("a b c", "A b c", "a b C", "A b C"),
        ("a b c", "a b c", "a X c", "a X c"),
        ("a b c", "A b c", "X b c", None),
        ("a b c", "A b c", "A b c", "A b c"),
        ("a b c", "A b c", "A b C", "A b C"),
        ("a b c", "A b c", "a B c", None),
        ("a b c", "a c", "a b C", None),
        ("a b c d", "a c d", "a b c D", "a c D"),
        ("a b c", "a x b c", "a b y c", "a x b y c"),
        ("a b", "a x b", "a y b", None),
        ("a b", "a x b", "a x b", "a x b"),
        ("a b c", "c", "a b", None),
        ("a", "", "a", ""),
        ("", "x", "y", None),
        ("a - b - c", "a - x - b - c", "a - b - C", "a - x - b - C"),
        ("- - - -", "- x - - -", "- - - y -", "- x - - y -"),
        ("a - - - b c", "A - - b c", "a - - b C", None),
        ("x a - - - b y", "X a - - b y", "x a - - b Y", "X a - - b Y"),
        ("a - - - b c", "A - - b c", "a - - - b C", "A - - b C"),
        ("a b c", "b a c", "b c", None),
        ("a b c", "b c", "b a c", None),
        ("a b c d", "b a c d", "b c a d", None),
        ("a b c d", "b a c d", "a b c D", "b a c D"),
        ("a b c d", "a a b c d", "a b c d a", "a a b c d a"),
    ],
)
def test_hunks_of_both_sides_merge_unless_they_touch(base, incoming, current, result):
    merged = merge_lines(*(text.replace(" ", "\n") for text in (base, incoming, current)))
    assert merged == (None if result is None else result.replace(" ", "\n"))


def test_line_separator_of_unicode_ends_no_line():
    assert merge_lines("a\u2028b\nx\nc", "A\u2028b\nx\nc", "a\u2028b\nx\nC") == "A\u2028b\nx\nC"


@given(texts, texts, texts)
def test_sides_can_be_exchanged(base, incoming, current):
    assert merge_lines(base, incoming, current) == merge_lines(base, current, incoming)


@given(texts, texts)
def test_change_of_one_side_alone_comes_out(base, side):
    assert merge_lines(base, side, base) == merge_lines(base, base, side) == merge_lines(base, side, side) == side


@given(distinct_sides())
def test_every_line_that_a_side_added_or_dropped_is_added_or_dropped(sides):
    base, incoming, current = sides
    merged = merge_lines(*("\n".join(side) for side in sides))
    if merged is None:
        assert incoming not in (base, current)
        assert current != base
        return
    lines = merged.split("\n") if merged else []
    both = set(incoming) & set(current)
    assert set(lines) == (set(incoming) | set(current)) - (set(base) - both)
    assert _is_within([line for line in current if line in lines], lines)
    assert _is_within([line for line in incoming if line in lines], lines)


@given(distinct_sides())
def test_conflict_is_only_where_changes_touch(sides):
    base, *changed = sides
    spans = [
        [(start, stop) for tag, start, stop, *_ in SequenceMatcher(None, base, side).get_opcodes() if tag != "equal"]
        for side in changed
    ]
    touching = any(a <= d and c <= b for a, b in spans[0] for c, d in spans[1])
    if merge_lines(*("\n".join(side) for side in sides)) is None:
        assert touching


def _is_within(part, whole):
    rest = iter(whole)
    return all(line in rest for line in part)


def _shuffled(lines, seed):
    return random.Random(seed).sample(lines, len(lines))


MANY = [f"{number:x}" for number in range(100_000)]
FEW = [str(number % 7) for number in range(100_000)]
TWICE = [str(number // 2) for number in range(100_000)]
HOSTILE = {
    "distinct lines": (MANY, MANY[::-1], _shuffled(MANY, 1)),
    "every tenth line changed": (
        MANY,
        [line + "x" * (number % 10 == 3) for number, line in enumerate(MANY)],
        [line + "x" * (number % 10 == 7) for number, line in enumerate(MANY)],
    ),
    "few lines": (FEW, _shuffled(FEW, 1), _shuffled(FEW, 2)),
    "lines that come twice": (TWICE, _shuffled(TWICE, 1), _shuffled(TWICE, 2)),
    "blank lines": ([""] * 100_000, ["x", *[""] * 99_998, "x"], ["y", *[""] * 99_998, "y"]),
    "small pieces": (
        [line for number in range(2_000) for line in (f"u{number}", *"abababababababab" * 3)],
        [line for number in range(2_000) for line in (f"u{number}", *"babbabaabbababab" * 3)],
        [line for number in range(2_000) for line in (f"u{number}", *"aabbaabbaabbaabb" * 3)],
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_merge_in_bounded_time(name):
    texts = ["\n".join(side) for side in HOSTILE[name]]
    assert max(map(len, texts)) <= limits.BODY * 1.2
    began = time.process_time()
    merge_lines(*texts)
    assert time.process_time() - began < 2


def test_long_texts_with_many_changes_on_both_sides_merge():
    sides = ["\n".join(side) for side in HOSTILE["every tenth line changed"]]
    merged = merge_lines(*sides)
    assert merged is not None
    assert merged.count("x") == 20_000
