import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.diffs import texts
from articles.diffs.texts import Kind, Piece, compare_texts, folded
from tests.counted_work import CountedMatcher, assert_linear

SHORT = {Kind.SAME: "", Kind.REMOVED: "-", Kind.ADDED: "+"}
alike = st.lists(st.sampled_from(["the ", "ferry", " ", "\n", "港", "é", "e\u0301", "🚢\u200d🌊", "a" * 70, "."])).map(
    "".join
)
any_text = alike | st.text(max_size=200)


def shown(before, after):
    """Pieces as "-old +new same"."""
    return "|".join(SHORT[piece.kind] + piece.text for piece in compare_texts(before, after))


def side(pieces, kind):
    return "".join(piece.text for piece in pieces if piece.kind in (Kind.SAME, kind))


@given(any_text, any_text)
def test_what_stayed_and_went_is_the_text_before_and_what_stayed_and_came_the_one_after(before, after):
    pieces = compare_texts(before, after)
    assert side(pieces, Kind.REMOVED) == before
    assert side(pieces, Kind.ADDED) == after
    assert all(piece.text for piece in pieces)
    assert all(one.kind is not other.kind for one, other in pairwise(pieces))


@given(any_text)
def test_equal_texts_have_no_changes(text):
    assert compare_texts(text, text) == ((Piece(Kind.SAME, text),) if text else ())


@given(any_text, any_text)
def test_folding_leaves_out_only_what_it_counts(before, after):
    pieces = compare_texts(before, after)
    total = sum(len(piece.text) or piece.left_out for piece in folded(pieces))
    assert total == sum(len(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("The quick brown fox.", "The slow brown fox.", "The |-quick|+slow| brown fox."),
        ("don't go", "do go", "-don't|+do| go"),
        ("one two three", "one three", "one |-two |three"),
        ("a bold new plan", "an old plan", "-a bold new|+an old| plan"),
        ("東京は晴れです", "東京は雨です", "東京は|-晴れ|+雨|です"),
        ("first\nsecond\nthird", "first\nthird", "first\n|-second\n|third"),
        ("0" * 5000, "0" * 5001, "0" * 5000 + "|+0"),
        ("café", "cafe", "-café|+cafe"),
        ("", "new", "+new"),
    ],
)
def test_words_are_what_is_compared_and_characters_where_blanks_divide_nothing(before, after, pieces):
    assert shown(before, after) == pieces


def test_a_short_word_between_two_changes_is_shown_as_changed():
    assert shown("storms of winter came", "calms of summer came") == "-storms of winter|+calms of summer| came"


def test_an_accent_is_never_torn_from_its_letter():
    assert shown("x" * 70 + "e\u0301", "x" * 70 + "e\u0300") == "x" * 70 + "|-e\u0301|+e\u0300"


def test_blanks_alone_that_came_or_went_are_seen():
    came = next(piece for piece in compare_texts("one two", "one  two") if piece.kind is Kind.ADDED)
    assert not came.seen.strip("·")
    assert [piece.seen for piece in compare_texts("a", "a\n")] == ["a", "¶\n"]


def test_long_passages_that_stayed_are_folded_at_a_blank():
    words = "".join(f"word{n} " for n in range(200))
    pieces = folded(compare_texts(f"old {words}old", f"new {words}new"))
    same = [piece for piece in pieces if piece.kind is Kind.SAME]
    assert [bool(piece.left_out) for piece in same] == [False, True, False]
    assert same[0].text.endswith(" ")
    assert same[2].text.startswith(" word")
    assert len(same[0].text) + len(same[2].text) <= 2 * texts.AROUND


def test_a_long_passage_that_came_is_folded_as_well():
    came = folded(compare_texts("", "word " * 20_000))
    assert [piece.kind for piece in came] == [Kind.ADDED] * 3
    assert came[1].left_out > 90_000


def test_of_very_many_changes_the_rest_is_counted():
    before, after = ("\n".join(f"{word} {n}" for n in range(1000)) for word in ("old", "new"))
    pieces = folded(compare_texts(before, after))
    assert len(pieces) == texts.MOST_PIECES + 1
    assert pieces[-1].kind is Kind.REST


def _chosen(letters, count):
    return "".join(random.Random(count).choices(letters, k=count))


def _shuffled(count):
    numbers = [str(number) for number in range(count)]
    return "\n".join(random.Random(count).sample(numbers, count))


IDEOGRAPHS = [chr(0x4E00 + number) for number in range(500)]
HOSTILE = {
    "no blanks": lambda n: ("x" * n, "y" * n),
    "two letters": lambda n: (_chosen("01", n), _chosen("01", n + 1)),
    "empty lines": lambda n: ("\n" * n, "a\n" * (n // 2)),
    "few words": lambda n: (" ".join(_chosen("abcdefgh", n // 2)), " ".join(_chosen("abcdefgh", n // 2 + 1))),
    "no spaces in Chinese": lambda n: (_chosen(IDEOGRAPHS, n // 3), _chosen(IDEOGRAPHS, n // 3 + 1)),
    "every line": lambda n: ["\n".join(f"{a} {n} {b}" for n in range(n // 10)) for a, b in ("ab", "ba")],
    "lines in another order": lambda n: ("\n".join(map(str, range(n // 6))), _shuffled(n // 6)),
}
LENGTH = 5_000


@pytest.mark.parametrize("name", HOSTILE)
def test_work_of_comparing_hostile_texts_grows_with_their_length_alone(monkeypatch, name):
    monkeypatch.setattr(texts, "Matcher", CountedMatcher)

    def comparing(length):
        before, after = HOSTILE[name](length)
        return lambda: folded(compare_texts(before, after))

    assert_linear(comparing, LENGTH, share=2 * texts.WORK)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_told_apart_to_the_letter(name):
    before, after = HOSTILE[name](20 * LENGTH)
    pieces = compare_texts(before, after)
    assert (side(pieces, Kind.REMOVED), side(pieces, Kind.ADDED)) == (before, after)
