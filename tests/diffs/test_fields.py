from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from hypothesis import given

from articles.diffs.fields import EntriesDifference, Fate, difference
from articles.diffs.texts import Kind
from articles.seedfile import schema
from tests.seedfile.content_strategies import odd_contents

PICTURE = {"url": "https://img.example/1.jpg"}
OTHER = {"url": "https://img.example/2.jpg"}
STORY = {"title": "Ferry", "webUrl": "https://wire.example/1", "provider": {"name": "Wire"}}


def fates(changed):
    return [(entry.fate.value, entry.name) for entry in changed.entries]


def rendered(*words):
    return render_to_string("admin/articles/difference.html", {"difference": difference(*words)})


@given(odd_contents, odd_contents)
def test_every_field_of_any_two_contents_has_a_difference(one, other):
    for name in schema.FIELDS:
        diff = difference(name, *(schema.dump_field(name, getattr(side, name)) for side in (one, other)))
        assert diff.field == name


@given(odd_contents, odd_contents)
def test_entries_account_for_both_sides(one, other):
    for name in ("topics", "images", "related"):
        before, after = (schema.dump_field(name, getattr(side, name)) for side in (one, other))
        diff = difference(name, before, after)
        assert isinstance(diff, EntriesDifference)
        removed = sum(entry.fate is Fate.REMOVED for entry in diff.entries)
        added = sum(entry.fate is Fate.ADDED for entry in diff.entries)
        assert len(after) - len(before) == added - removed
        assert (before == after) == (not diff.entries)
        assert diff.same_count + len(diff.entries) - removed == len(after)


def test_topics_are_added_removed_and_moved():
    changed = difference("topics", ["a", "b", "c", "d"], ["d", "a", "c", "e"])
    assert fates(changed) == [("removed", "b"), ("moved", "d"), ("added", "e")]
    assert (changed.entries[1].was_at, changed.entries[1].is_at) == (4, 1)
    assert changed.same_count == 2


def test_a_picture_is_known_by_its_address():
    changed = difference("images", [PICTURE, OTHER], [OTHER, PICTURE | {"width": 800, "height": 600}])
    entry = next(entry for entry in changed.entries if entry.fate is Fate.CHANGED)
    assert entry.name == PICTURE["url"]
    assert [(part.field, part.before, part.after) for part in entry.differences] == [
        ("width", None, 800),
        ("height", None, 600),
    ]


def test_a_coverage_entry_is_known_by_its_web_address_and_told_field_by_field():
    after = STORY | {
        "title": "Night ferry",
        "webUrl": "https://wire.example/1#top",
        "provider": {"name": "The Wire"},
        "images": [PICTURE],
    }
    (entry,) = difference("related", [STORY], [after]).entries
    assert (entry.fate, entry.name, entry.is_moved) == (Fate.CHANGED, "Night ferry", False)
    assert [part.field for part in entry.differences] == ["title", "web_url", "provider", "images"]
    assert fates(entry.differences[3]) == [("added", PICTURE["url"])]


def test_an_added_entry_says_what_it_is():
    (entry,) = difference("related", [], [STORY]).entries
    assert (entry.name, entry.facts) == ("Ferry", ("Wire", "https://wire.example/1"))


def test_unknown_keys_are_told_one_by_one():
    changed = difference("extra", '{"a":1,"b":"x y","c":[2]}', '{"a":1,"b":"x z","d":null}')
    assert fates(changed) == [("removed", "c"), ("changed", "b"), ("added", "d")]
    (value,) = changed.entries[1].differences
    assert [piece.text for piece in value.pieces if piece.kind is not Kind.SAME] == ["y", "z"]


def test_unknown_keys_that_are_no_json_are_compared_as_text():
    assert difference("extra", "{", "[").shape == "text"


@pytest.mark.parametrize(
    ("field", "before", "after", "values"),
    [
        ("quality", 0, 80, (0, 80)),
        ("published", False, True, (False, True)),
        ("live_until", None, "2026-11-01T12:00:00Z", (None, datetime(2026, 11, 1, 12, tzinfo=UTC))),
    ],
)
def test_numbers_flags_and_moments_are_told_before_and_after(field, before, after, values):
    diff = difference(field, before, after)
    assert (diff.before, diff.after) == values


def test_a_secured_is_said_to_have_changed_and_nothing_else():
    page = rendered("secured", "a" * 64, "b" * 64)
    assert "changed" in page
    assert "aaa" not in page
    assert "bbb" not in page


def test_what_came_and_went_is_marked_up_and_said_in_words():
    page = rendered("title", "Old ferry", "New ferry")
    removed = '<del><span class="visually-hidden">removed: </span><bdi>Old</bdi></del>'
    added = '<ins><span class="visually-hidden">added: </span><bdi>New</bdi></ins>'
    assert f'dir="ltr">{removed}{added}<bdi> ferry</bdi></p>' in page


@pytest.mark.parametrize("field", ["title", "body", "topics", "images", "related", "provider", "extra"])
def test_every_text_of_a_difference_is_escaped(field):
    evil = "<script>alert(1)</script>"
    sides = {
        "topics": ([evil], ["a"]),
        "images": ([], [{"url": f"https://x.example/{evil}", "extra": f'{{"{evil}":1}}'}]),
        "related": ([STORY], [STORY | {"title": evil, "provider": {"name": evil}}]),
        "provider": ({"name": "a"}, {"name": evil}),
        "extra": ("", f'{{"{evil}":"{evil}"}}'),
    }
    page = rendered(field, *sides.get(field, ("a", evil)))
    assert "<script" not in page
    assert "&lt;script" in page


def test_texts_of_a_picture_are_facts_of_a_new_one_and_differences_of_a_known_one():
    texts = {"alt": "A ferry", "caption": "At the quay", "credit": "A. Person"}
    (added,) = difference("images", [], [{"url": "https://x.example/"} | texts]).entries
    assert added.facts == tuple(texts.values())
    (changed,) = difference("images", [{"url": "https://x.example/"}], [{"url": "https://x.example/"} | texts]).entries
    assert [part.field for part in changed.differences] == list(texts)


def test_a_text_from_right_to_left_is_shown_so():
    assert 'dir="rtl"' in rendered("title", "1 הספרייה", "1 הספריות")
    assert 'dir="ltr"' in rendered("title", "a הספרייה", "b")


def test_value_that_is_the_same_is_neither_removed_nor_added():
    page = rendered("published", True, True)
    assert "<del>" not in page
    assert "<ins>" not in page
    assert "yes" in page
