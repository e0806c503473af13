from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile.merging.sequences import identified, in_order

sides = st.lists(st.sampled_from("ABCDEFG"), unique=True, max_size=6).map("".join)


def ordered(base, incoming, current):
    """As in a set: what one side added is there, what one side removed is not."""
    kept = {key for key in incoming + current if key not in base or (key in incoming and key in current)}
    return "".join(in_order(base, incoming, current, kept))


def only(keys, known):
    return [key for key in keys if key in known]


@pytest.mark.parametrize(
    ("base", "incoming", "current", "result"),
    [
        ("ABC", "ACB", "ABC", "ACB"),
        ("ABC", "ABC", "ACB", "ACB"),
        ("ABC", "BAC", "ACB", "ACB"),
        ("ABC", "CABX", "BACY", "BXACY"),
        ("ABC", "XABC", "YABC", "YXABC"),
        ("ABC", "ABCX", "YABC", "YABCX"),
        ("ABC", "AXBYC", "CBA", "CBYAX"),
        ("ABC", "AXYC", "ABC", "AXYC"),
        ("ABC", "C", "ABCX", "CX"),
        ("", "AB", "BC", "ABC"),
    ],
)
def test_order(base, incoming, current, result):
    assert ordered(base, incoming, current) == result


@given(sides, sides, sides)
def test_every_kept_entry_is_there_once(base, incoming, current):
    result = ordered(base, incoming, current)
    added = set(incoming + current) - set(base)
    assert len(result) == len(set(result))
    assert set(result) == added | (set(base) & set(incoming) & set(current))


@given(sides, sides, sides)
def test_order_is_currents_unless_incoming_alone_moved_something(base, incoming, current):
    result = ordered(base, incoming, current)
    shared = set(base) & set(incoming) & set(current)
    incoming_moved, current_moved = (only(side, shared) != only(base, shared) for side in (incoming, current))
    leading = incoming if incoming_moved and not current_moved else current
    assert only(result, leading) == only(leading, result)


@given(sides, sides, sides)
def test_entry_that_current_alone_puts_in_front_stays_in_front(base, incoming, current):
    if current and current[0] not in base + incoming:
        assert ordered(base, incoming, current)[0] == current[0]


@given(sides, sides, sides)
def test_addition_of_incoming_follows_what_it_followed_there(base, incoming, current):
    """Directly, or behind what current alone added in the same place."""
    result = ordered(base, incoming, current)
    standing = only(incoming, result)
    for before, added in pairwise(standing):
        if added not in base + current:
            between = result[result.index(before) + 1 : result.index(added)]
            assert not set(between) & set(incoming)


@given(sides, sides)
def test_order_of_one_side_that_changed_alone_comes_out(base, side):
    assert ordered(base, side, base) == ordered(base, base, side) == ordered(base, side, side) == side


@given(sides, sides, sides)
def test_entries_get_the_identity_of_their_first_key_on_every_side(base, incoming, current):
    identities = identified(base, incoming, current, [str, str.lower])
    assert ["".join(side.values()) for side in identities] == [base, incoming, current]
    known = [{entry: identity for identity, entry in side.items()} for side in identities]
    assert all(len({side[key] for side in known if key in side}) == 1 for key in base + incoming + current)
