import random
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile import limits
from articles.seedfile.merging import lines, matching
from articles.seedfile.merging.lines import merge_lines
from tests.counted_work import CountedMatcher, assert_linear

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


def _numbers(count):
    return [f"{number:x}" for number in range(count)]


def _marked(lines, digit):
    return [line + "x" * (number % 10 == digit) for number, line in enumerate(lines)]


def _in_three_orders(lines):
    return lines, _shuffled(lines, 1), _shuffled(lines, 2)


def _small_pieces(count, piece):
    return [line for number in range(count // 50) for line in (f"u{number}", *piece * 3)]


HOSTILE = {
    "distinct lines": lambda n: (_numbers(n), _numbers(n)[::-1], _shuffled(_numbers(n), 1)),
    "every tenth line changed": lambda n: (_numbers(n), _marked(_numbers(n), 3), _marked(_numbers(n), 7)),
    "few lines": lambda n: _in_three_orders([str(number % 7) for number in range(n)]),
    "lines that come twice": lambda n: _in_three_orders([str(number // 2) for number in range(n)]),
    "blank lines": lambda n: ([""] * n, ["x", *[""] * (n - 2), "x"], ["y", *[""] * (n - 2), "y"]),
    "small pieces": lambda n: [
        _small_pieces(n, piece) for piece in ("abababababababab", "babbabaabbababab", "aabbaabbaabbaabb")
    ],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_of_merging_hostile_texts_grows_with_their_length_alone(monkeypatch, name):
    monkeypatch.setattr(lines, "Matcher", CountedMatcher)

    def merging(count):
        texts = ["\n".join(side) for side in HOSTILE[name](count)]
        return lambda: merge_lines(*texts)

    assert_linear(merging, 2_000, share=2 * matching.WORK)


def test_text_of_the_longest_merges_line_by_line():
    base = [f"{number:x}" for number in range(97_000)]
    sides = ["\n".join(side) for side in (base, _marked(base, 3), _marked(base, 7))]
    assert limits.BODY * 0.9 < max(map(len, sides)) <= limits.BODY
    merged = merge_lines(*sides)
    assert merged is not None
    assert merged.count("x") == 19_400


def test_what_is_too_much_to_compare_is_a_conflict_and_no_line_is_lost():
    """Beyond `WORK` a piece is one hunk: what one side alone changed comes out, what both changed is for a person."""
    base, incoming, current = ("\n".join(side) for side in HOSTILE["few lines"](2_000))
    assert merge_lines(base, incoming, current) is None
    assert merge_lines(base, incoming, base) == merge_lines(base, base, incoming) == incoming
    assert merge_lines(f"{base}\n--\nend", f"{incoming}\n--\nend", f"{base}\n--\nEnd") == f"{incoming}\n--\nEnd"
