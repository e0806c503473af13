"""New documents, the changes between two contents, and the export of a seed that holds something else by now."""

from dataclasses import replace
from difflib import ndiff
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.seedfile import writer
from articles.seedfile.changes import changes_between
from articles.seedfile.reader import read
from articles.seedfile.schema import ArticleContent, extra_text, load_field
from articles.seedfile.writer import canonical, export, patch
from articles.seedfile.yaml.edits import Add, Move, Remove, Set, SetBody
from articles.seedfile.yaml.layout import Unpatchable
from tests.seedfile.content_strategies import content_with, contents, edited
from tests.seedfile.seed_text import ENTRY, IMAGE, REAL, content_of, seed

SEEDS = sorted(path for path in (Path(__file__).parents[2] / "seeds").rglob("*") if path.is_file())
fewer = settings(max_examples=settings.default.max_examples // 3)
"""For laws that take long; as the profile says, so that the thorough one tries many."""

WIDE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def edit(raw: bytes, **values) -> bytes:
    return export(raw, content_with(content_of(raw), **values))


def difference(before: bytes, after: bytes) -> list[str]:
    lines = ndiff(before.decode().splitlines(keepends=True), after.decode().splitlines(keepends=True))
    return [line.rstrip("\r\n") for line in lines if line[0] in "+-"]


# ---------------------------------------------------------------------------------------------------- new documents


def test_canonical_form_of_the_real_seed_is_the_real_seed():
    assert canonical(content_of(REAL)) == REAL


def test_canonical_form_leaves_out_what_is_empty_and_spells_out_numbers_and_flags():
    assert canonical(content_of(seed(IMAGE.join(["images:\n", ""]) + "related:\n" + ENTRY, body="Text."))).decode() == (
        "---\n"
        'title: "The night ferry returns"\n'
        "publishedDateTime: 2026-02-28T09:00:00Z\n"
        'webUrl: "https://gazette.example/ferry"\n'
        "type: article\n"
        "quality: 0\n"
        "heat: -1\n"
        "published: false\n"
        "\n"
        "provider:\n"
        "  name: The Gazette\n"
        "\n"
        "images:\n"
        '  - url: "https://gazette.example/ferry.jpg"\n'
        "    isCached: false\n"
        "\n"
        "related:\n"
        '  - title: "The ferry, again"\n'
        '    webUrl: "https://herald.example/ferry"\n'
        "    quality: 0\n"
        "---\n"
        "Text."
    )


def test_unknown_keys_come_last_in_their_part():
    raw = seed('author: "037"\nno: {k: [1, true]}\n').replace(b"{name", b"{rank: 1, name")
    lines = canonical(content_of(raw)).decode().split("---\n")[1]
    assert lines.endswith(
        '\n\nprovider:\n  name: The Gazette\n  rank: 1\n\nauthor: "037"\n"no":\n  k:\n    - 1\n    - true\n'
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2026-02-28T09:00:00.5Z", "09:00:00.500Z"), ("2026-02-28T10:00:00.123456+01:00", "09:00:00.123456Z")],
)
def test_fractions_of_a_second_are_written_when_there_are_any(written, expected):
    raw = seed(without=("publishedDateTime",), added=f"publishedDateTime: {written}\n")
    assert f"publishedDateTime: 2026-02-28T{expected}\n" in canonical(content_of(raw)).decode()


def test_content_that_no_file_can_hold_is_refused():
    content = content_of(REAL)
    for odd in ({"body": "x\r\n"}, {"title": " x"}, {"title": "\ud800"}, {"extra": "{"}, {"extra": '{"k":1.50}'}):
        with pytest.raises(Unpatchable):
            canonical(content.model_copy(update=odd))


@given(contents)
def test_law_canonical_form_reads_as_the_content(content):
    raw = canonical(content)
    assert content_of(raw) == content
    assert export(raw, content) is raw


@fewer
@given(WIDE.filter(str.strip), WIDE, st.lists(WIDE.filter(str.strip), max_size=4), WIDE, st.dictionaries(WIDE, WIDE))
def test_law_any_text_survives_new_documents_and_edits(title, excerpt, topics, body, extra):
    base = content_of(REAL)
    known = set(ArticleContent.model_fields) | {"publishedDateTime", "originalUrl", "webUrl"}
    unknown = {key: value for key, value in extra.items() if key not in known and key.strip()}
    try:
        content = content_with(base, title=title, excerpt=excerpt, topics=topics, body=body, extra=extra_text(unknown))
    except ValueError:
        return
    assert content_of(canonical(content)) == content
    assert content_of(export(REAL, content)) == content


# --------------------------------------------------------------------------------------------------------- changes


def changes(raw: bytes, **values) -> list:
    content = content_of(raw)
    return changes_between(content, content_with(content, **values))


def test_no_change_between_equals():
    assert changes(REAL) == []


def test_a_field_back_at_its_default_is_set_and_a_date_that_is_no_more_is_removed():
    content = content_of(REAL)
    related = content.related[0].model_copy(update={"published_at": None, "provider": None, "excerpt": ""})
    changed = changes(REAL, heat=-1, quality=0, topics=(), related=(related, content.related[1]))
    assert [(type(change), change.path) for change in changed] == [
        (Set, ("quality",)),
        (Set, ("topics",)),
        (Set, ("related", 0, "excerpt")),
        (Remove, ("related", 0, "publishedDateTime")),
        (Remove, ("related", 0, "provider")),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("ABC", "AC", [Remove(("topics", 1))]),
        ("ABC", "ABCD", [Add(("topics", 3), "D")]),
        ("ABC", "DABC", [Add(("topics", 0), "D")]),
        ("ABC", "AXC", [Set(("topics", 1), "X")]),
        ("ABCD", "BCDA", [Move(("topics", 0), 3)]),
        ("ABCD", "DABC", [Move(("topics", 3), 0)]),
        ("ABCD", "AD", [Remove(("topics", 2)), Remove(("topics", 1))]),
        ("AB", "XYZ", [Set(("topics", 0), "X"), Set(("topics", 1), "Y"), Add(("topics", 2), "Z")]),
        ("AB", "", [Set(("topics",), [])]),
    ],
)
def test_topics_change_by_the_fewest_edits(before, after, expected):
    raw = seed(f"topics: [{', '.join(before)}]\n")
    assert [
        replace(change, order=()) if isinstance(change, Set) else change for change in changes(raw, topics=tuple(after))
    ] == expected


# ---------------------------------------------------------------------------------------------------------- export


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_untouched_seed_is_exported_as_it_came(path):
    raw = path.read_bytes()
    assert export(raw, content_of(raw)) is raw


def scalar_edits(content: ArticleContent) -> dict[str, object]:
    """For each field that takes one line, another value."""
    return {
        "category": "Another",
        "title": 'Another: it\'s "new"',
        "published_at": "2026-01-02T03:04:05Z",
        "original_url": "https://another.example/a?b=c#d",
        "type": "another type",
        "quality": content.quality + 1 if content.quality < 100 else 0,
        "heat": content.heat + 1,
        "published": not content.published,
        "secured": "abc==",
        "provider": content.provider.model_copy(update={"name": "Another"}),
    }


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_one_edited_field_of_any_seed_is_a_one_line_difference(path):
    raw = path.read_bytes()
    content = content_of(raw)
    for field, value in scalar_edits(content).items():
        current = content_with(content, **{field: value})
        changed = export(raw, current)
        assert content_of(changed) == current
        lines = difference(raw, changed)
        assert [line[0] for line in lines if line[2:].strip()] in (["-", "+"], ["+"]), (field, lines)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_edited_lists_of_any_seed_change_only_their_own_lines(path):
    raw = path.read_bytes()
    content = content_of(raw)
    image = load_field("images", [{"url": "https://a.example/new.jpg", "width": 5}])
    for field, value, most in (
        ("topics", (*content.topics, "New topic"), 3),
        ("topics", content.topics[1:], 3),
        ("images", content.images + image, 6),
        ("related", tuple(entry.model_copy(update={"quality": 1}) for entry in content.related), 8),
        ("body", content.body + "\nOne more line.\n", 4),
    ):
        current = content_with(content, **{field: value})
        changed = export(raw, current)
        assert content_of(changed) == current
        assert len(difference(raw, changed)) <= most, (field, difference(raw, changed))


def test_publishing_is_exactly_a_one_line_difference():
    assert difference(REAL, edit(REAL, published=True)) == ["- published: false", "+ published: true"]


def test_publishing_where_the_key_is_absent_adds_it_in_order():
    assert difference(seed("quality: 3\n"), edit(seed("quality: 3\n"), published=True)) == ["+ published: true"]
    assert b"quality: 3\npublished: true\n---" in edit(seed("quality: 3\n"), published=True)


def test_desk_that_publishes_and_takes_back_gives_the_bytes_that_came():
    assert edit(edit(REAL, published=True), published=False) == REAL


def test_moved_coverage_takes_its_lines_along():
    raw = seed(f"related:\n{ENTRY}    x: 1 # why\n{ENTRY.replace('herald', 'post')}")
    content = content_of(raw)
    changed = export(raw, content_with(content, related=content.related[::-1]))
    assert sorted(changed.splitlines()) == sorted(raw.splitlines())


def test_image_with_another_address_at_its_place_keeps_its_lines():
    raw = seed("images:\n" + IMAGE.replace("\n", " # ours\n") + "    source: 'Me'\n")
    image = content_of(raw).images[0].model_copy(update={"url": "https://b.example/2.jpg"})
    assert [line[0] for line in difference(raw, edit(raw, images=(image,)))] == ["-", "+"]


def test_topics_named_twice_are_written_anew():
    raw = seed("topics:\n  - A\n  - B\n  - A\n")
    assert content_of(edit(raw, topics=("B", "C"))).topics == ("B", "C")
    assert content_of(edit(raw, topics=("A", "C"))).topics == ("A", "C")


def test_unknown_keys_change_one_by_one():
    raw = seed("author: 'X'\nx: {k: 1, l: [a, b]}\n")
    changed = edit(raw, extra='{"author":"Y","x":{"k":1,"l":["a","c"],"m":"037"},"new":true}')
    expected = raw.replace(b"'X'", b"'Y'").replace(b"b]}", b'c], m: "037"}\nnew: true')
    assert changed == expected


BYLINE = "excerpt: In short.\nbyline: A. Person # by hand\nx: 1\n"
PICTURE = "images:\n  - url: https://a.example/1.jpg\n    alt: 'Old' # ours\n    x: 1\n"


def test_an_absent_text_is_one_line_when_it_is_added_and_none_before():
    raw = seed("excerpt: In short.\nx: 1\n")
    assert export(raw, content_of(raw)) == raw
    changed = edit(raw, byline="A. Person")
    assert changed == raw.replace(b"short.\n", b'short.\nbyline: "A. Person"\n')
    assert edit(changed, byline="") == raw


def test_a_text_that_is_cleared_takes_its_line_along():
    raw = seed(BYLINE)
    assert edit(raw, byline="") == raw.replace(b"byline: A. Person # by hand\n", b"")
    assert edit(raw, byline="37") == raw.replace(b"A. Person", b'"37"')
    raw = seed(PICTURE)
    (image,) = content_of(raw).images
    assert edit(raw, images=(image.model_copy(update={"alt": ""}),)) == raw.replace(b"    alt: 'Old' # ours\n", b"")
    credited = image.model_copy(update={"alt": "New", "credit": "C"})
    assert edit(raw, images=(credited,)) == raw.replace(b"'Old' # ours\n", b"'New' # ours\n    credit: \"C\"\n")


@pytest.mark.parametrize("empty", ["byline:\n", 'byline: ""\n', "byline: ~\n"])
def test_an_empty_text_stays_as_it_stands_until_something_is_typed(empty):
    raw = seed(empty)
    assert export(raw, content_of(raw)) == raw
    assert content_of(edit(raw, byline="A. Person")).byline == "A. Person"
    assert len(difference(raw, edit(raw, byline="A. Person"))) == 2


def test_a_text_takes_the_place_of_an_unread_value_and_gives_it_back():
    raw = seed("byline: [A, B]\nx: 1\n")
    typed = edit(raw, byline="A and B", extra='{"x":1}')
    assert typed == raw.replace(b"[A, B]", b'"A and B"')
    assert content_of(edit(typed, byline="", extra='{"byline":["A","B"],"x":1}')) == content_of(raw)
    assert content_of(canonical(content_of(raw))) == content_of(raw)


def test_unknown_keys_may_change_their_order():
    raw = seed("a: 1\nb: 2\n")
    assert content_of(edit(raw, extra='{"b":2,"a":1}')).extra == '{"b":2,"a":1}'


@pytest.mark.parametrize("raw", [b"", b"---\n---\n", b"\xff"])
def test_what_is_no_seed_cannot_be_exported(raw):
    with pytest.raises(Unpatchable):
        export(raw, content_of(REAL))


def test_content_that_would_not_read_back_is_not_exported():
    with pytest.raises(Unpatchable):
        export(REAL, content_of(REAL).model_copy(update={"title": " not stripped"}))


def test_untouched_export_costs_one_reading(monkeypatch):
    content = content_of(REAL)
    monkeypatch.setattr(writer, "patch", None)
    readings = []
    monkeypatch.setattr(writer.reader, "read", lambda raw: readings.append(raw) or read(raw))
    assert export(REAL, content) is REAL
    assert len(readings) == 1


@fewer
@given(st.data())
def test_law_any_edit_is_exported_by_the_smallest_changes(data):
    base = data.draw(contents)
    current = data.draw(edited(base))
    raw = canonical(base)
    assert read(patch(raw, changes_between(base, current))).content == current
    assert content_of(export(raw, current)) == current


@fewer
@given(st.data())
def test_law_any_edit_of_any_seed_is_exported(data):
    raw = data.draw(st.sampled_from(SEEDS)).read_bytes()
    current = data.draw(edited(content_of(raw)))
    changed = export(raw, current)
    assert content_of(changed) == current
    assert export(changed, content_of(raw)) is not None


@fewer
@given(contents, st.text(st.sampled_from("ab\n-#é"), max_size=40))
def test_law_a_new_body_changes_nothing_else(content, body):
    raw = canonical(content).replace(b"\n", b"\r\n")
    changed = export(raw, content_with(content, body=body))
    assert content_of(changed) == content_with(content, body=body)
    assert changes_between(content, content_with(content, body=body)) in ([], [SetBody(body)])
