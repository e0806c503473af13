"""The rules of a merge, one by one, by name."""

import pytest

from articles.seedfile import schema
from articles.seedfile.merging.merge import Decision, FieldConflict, merge
from articles.seedfile.schema import ArticleContent, Image, Provider, Related, extra_text
from tests.seedfile.content_strategies import content_with
from tests.seedfile.seed_text import REAL, content_of

TAKE, KEEP, CONFLICT = Decision.TAKE, Decision.KEEP, Decision.CONFLICT
BASE = ArticleContent(
    title="The night ferry returns",
    web_url="https://gazette.example/ferry",
    type="article",
    published_at="2026-02-28T09:00:00Z",
    provider={"name": "The Gazette", "domain": "gazette.example"},
)


def merged(field, base, incoming, current, *, decided=False):
    """The decision for a field, and its value: of contents that differ in nothing else."""
    sides = [content_with(BASE, **{field: value}) for value in (base, incoming, current)]
    plan = merge(*sides, decided=decided)
    assert plan.content == content_with(BASE, **{field: getattr(plan.content, field)})
    return plan.decisions[field], getattr(plan.content, field)


def image(name, **values):
    return Image(url=f"https://cdn.example/{name}.jpg", **values)


def story(name, **values):
    return Related(**{"title": name, "web_url": f"https://{name}.example/", **values})


def names_of(entries):
    return [entry.title if isinstance(entry, Related) else entry.url[20:-4] for entry in entries]


# Values


@pytest.mark.parametrize(
    ("base", "incoming", "current", "decision", "result"),
    [
        ("a", "a", "a", KEEP, "a"),
        ("a", "a", "b", KEEP, "b"),
        ("a", "b", "a", TAKE, "b"),
        ("a", "b", "b", TAKE, "b"),
        ("a", "b", "c", CONFLICT, "c"),
    ],
)
@pytest.mark.parametrize("field", ["category", "title", "excerpt", "byline", "type"])
def test_value_is_taken_kept_or_in_conflict(field, base, incoming, current, decision, result):
    assert merged(field, base, incoming, current) == (decision, result)


def test_texts_of_a_picture_merge_one_by_one():
    base, theirs = image("a", alt="Old", credit="A"), image("a", alt="New", credit="A", caption="Theirs")
    assert merged("images", (base,), (theirs,), (image("a", alt="Old", credit="Mine"),)) == (
        TAKE,
        (image("a", alt="New", credit="Mine", caption="Theirs"),),
    )
    assert merged("images", (base,), (theirs,), (image("a", alt="Mine", credit="A"),)) == (
        CONFLICT,
        (image("a", alt="Mine", credit="A", caption="Theirs"),),
    )


def test_number_counts_as_one_value():
    assert merged("heat", 1, 5, 3) == (CONFLICT, 3)


def test_conflict_holds_the_three_values():
    plan = merge(*(content_with(BASE, title=title) for title in "abc"), decided=False)
    assert plan.conflicts == (FieldConflict("title", "a", "b", "c"),)
    assert plan.fields(CONFLICT) == ("title",)


def test_every_field_has_a_decision_in_the_order_of_the_seed():
    plan = merge(BASE, BASE, BASE, decided=False)
    assert dict(plan.decisions) == dict.fromkeys(schema.FIELDS, KEEP)
    assert tuple(plan.decisions) == schema.FIELDS


def test_secured_is_the_files_whatever_the_article_has():
    assert merged("secured", "a", "b", "a") == (TAKE, "b")
    assert merged("secured", "a", "b", "c") == (TAKE, "b")
    assert merged("secured", "a", "a", "c") == (TAKE, "a")
    assert merged("secured", "a", "b", "b") == (KEEP, "b")


# published


@pytest.mark.parametrize(
    ("base", "incoming", "current", "decided", "decision", "result"),
    [
        (False, True, False, False, TAKE, True),
        (False, True, False, True, CONFLICT, False),
        (True, False, True, False, CONFLICT, True),
        (True, False, True, True, CONFLICT, True),
        (True, True, False, True, KEEP, False),
        (False, False, True, True, KEEP, True),
        (False, False, True, False, KEEP, True),
        (False, True, True, True, KEEP, True),
        (False, True, True, False, TAKE, True),
        (True, False, False, True, KEEP, False),
        (True, False, False, False, TAKE, False),
        (True, True, True, False, KEEP, True),
    ],
)
def test_published(base, incoming, current, decided, decision, result):
    assert merged("published", base, incoming, current, decided=decided) == (decision, result)


def test_unpublished_article_takes_the_new_title_of_a_file_that_still_says_published():
    base = content_with(BASE, published=True)
    plan = merge(base, content_with(base, title="New"), content_with(base, published=False), decided=True)
    assert plan.content == content_with(BASE, title="New", published=False)
    assert plan.conflicts == ()


def test_editors_title_and_flag_stand_beside_the_files_excerpt_and_topics():
    base = content_of(REAL)
    incoming = content_with(base, excerpt="New", topics=[*base.topics, "Chips"])
    current = content_with(base, title="Ours", published=True)
    plan = merge(base, incoming, current, decided=True)
    assert plan.content == content_with(incoming, title="Ours", published=True)
    assert plan.fields(TAKE) == ("excerpt", "topics")
    assert plan.conflicts == ()


# topics


@pytest.mark.parametrize(
    ("base", "incoming", "current", "decision", "result"),
    [
        ("AB", "ABX", "AB", TAKE, "ABX"),
        ("AB", "ABX", "ABY", TAKE, "ABYX"),
        ("AB", "XAB", "YAB", TAKE, "YXAB"),
        ("AB", "AXB", "AYB", TAKE, "AYXB"),
        ("AB", "A", "ABY", TAKE, "AY"),
        ("AB", "ABX", "B", TAKE, "BX"),
        ("AB", "A", "B", TAKE, ""),
        ("ABC", "ABXC", "AC", TAKE, "AXC"),
        ("ABC", "CBA", "ABCY", TAKE, "CYBA"),
        ("ABC", "ABCX", "CBA", TAKE, "CXBA"),
        ("ABC", "BCA", "CBA", KEEP, "CBA"),
        ("ABC", "CABX", "CBAY", TAKE, "CBXAY"),
        ("AB", "AXYB", "YAB", TAKE, "YAXB"),
        ("A", "AX", "AXY", KEEP, "AXY"),
        ("", "XY", "YX", KEEP, "YX"),
        ("A", "", "B", KEEP, "B"),
    ],
)
def test_topics_are_an_ordered_set(base, incoming, current, decision, result):
    assert merged("topics", *map(tuple, (base, incoming, current))) == (decision, tuple(result))


def test_more_topics_than_an_article_may_have_are_a_conflict():
    base = [f"base {number}" for number in range(48)]
    ours, theirs = (*base, "ours 1"), (*base, "theirs 1", "theirs 2")
    assert merged("topics", base, theirs, ours) == (CONFLICT, ours)
    assert merged("topics", base, theirs[:-1], ours) == (TAKE, (*ours, "theirs 1"))


# images and coverage


@pytest.mark.parametrize(
    ("base", "incoming", "current", "decision", "result"),
    [
        ("ab", "abx", "aby", TAKE, "abyx"),
        ("ab", "xab", "yab", TAKE, "yxab"),
        ("ab", "b", "aby", TAKE, "by"),
        ("abc", "cab", "abcy", TAKE, "cyab"),
        ("abc", "abcx", "ca", TAKE, "cxa"),
        ("ab", "b", "a", TAKE, ""),
    ],
)
@pytest.mark.parametrize(("field", "entry"), [("images", image), ("related", story)])
def test_entries_are_added_removed_and_moved_on_either_side(field, entry, base, incoming, current, decision, result):
    made, value = merged(field, *(tuple(map(entry, side)) for side in (base, incoming, current)))
    assert (made, "".join(names_of(value))) == (decision, result)


def test_fields_of_an_entry_merge_like_those_of_an_article():
    base = (story("a", quality=1, excerpt="old"),)
    incoming = (story("a", quality=9, excerpt="old"),)
    current = (story("a", quality=1, excerpt="new"),)
    assert merged("related", base, incoming, current) == (TAKE, (story("a", quality=9, excerpt="new"),))


def test_entry_that_both_sides_changed_differently_is_a_conflict_and_the_rest_merges():
    base = (story("a", quality=1, excerpt="old"), story("b"))
    incoming = (story("a", quality=9, excerpt="new"), story("b", quality=5), story("c"))
    current = (story("a", quality=2, excerpt="old"), story("b"))
    result = (story("a", quality=2, excerpt="new"), story("b", quality=5), story("c"))
    assert merged("related", base, incoming, current) == (CONFLICT, result)


@pytest.mark.parametrize(("field", "entry"), [("images", image), ("related", story)])
def test_entry_removed_by_the_file_and_changed_by_an_editor_stays_and_is_a_conflict(field, entry):
    ours = entry("a", extra='{"k":1}')
    base, incoming, current = (entry("a"), entry("b")), (entry("b"), entry("c")), (ours, entry("b"))
    assert merged(field, base, incoming, current) == (CONFLICT, (ours, entry("b"), entry("c")))


@pytest.mark.parametrize(("field", "entry"), [("images", image), ("related", story)])
def test_entry_removed_by_an_editor_and_changed_by_the_file_stays_away_and_is_a_conflict(field, entry):
    base, incoming, current = (entry("a"),), (entry("a", extra='{"k":1}'), entry("c")), ()
    assert merged(field, base, incoming, current) == (CONFLICT, (entry("c"),))


def test_entry_that_both_sides_added_merges_as_if_nothing_had_been_set():
    incoming, current = (image("a", width=800, height=5),), (image("a", width=800, is_cached=True),)
    assert merged("images", (), incoming, current) == (TAKE, (image("a", width=800, height=5, is_cached=True),))
    assert merged("images", (), incoming, (image("a", width=7),)) == (CONFLICT, (image("a", width=7, height=5),))


def test_pictures_of_an_entry_merge_by_url():
    base, incoming, current = (
        (story("a", images=tuple(image(name, **values) for name, values in side)),)
        for side in (
            [("x", {}), ("y", {})],
            [("x", {"width": 3}), ("y", {}), ("new", {})],
            [("ours", {}), ("x", {"height": 4})],
        )
    )
    result = (image("ours"), image("x", width=3, height=4), image("new"))
    assert merged("related", base, incoming, current) == (TAKE, (story("a", images=result),))


def test_provider_of_an_entry_is_one_value():
    base = (story("a", provider=Provider(name="A")),)
    incoming = (story("a", provider=Provider(name="A", domain="a.example")),)
    current = (story("a", provider=Provider(name="B")),)
    assert merged("related", base, incoming, current) == (CONFLICT, current)
    assert merged("related", base, incoming, (story("a"),)) == (CONFLICT, (story("a"),))


def test_more_pictures_than_an_entry_may_have_are_a_conflict():
    base = [image(number) for number in range(49)]
    incoming, current = (story("a", images=[*base, image(name)]) for name in ("theirs", "ours"))
    plain = (story("a", images=base),)
    assert merged("related", plain, (incoming,), (current,)) == (CONFLICT, (current,))


def test_repeated_addresses_pair_up_by_occurrence():
    base = (image("a", width=1), image("a", width=2))
    incoming = (image("a", width=1), image("a", width=2, height=9))
    current = (image("a", width=1, is_cached=True), image("a", width=2))
    result = (image("a", width=1, is_cached=True), image("a", width=2, height=9))
    assert merged("images", base, incoming, current) == (TAKE, result)


@pytest.mark.parametrize(("field", "entry"), [("images", image), ("related", story)])
def test_of_repeated_addresses_the_entry_that_is_the_same_stays(field, entry):
    base = (entry("a"), entry("a", extra='{"k":1}'))
    incoming = (entry("a"), entry("a", extra='{"k":1,"l":2}'))
    assert merged(field, base, incoming, base[1:]) == (TAKE, incoming[1:])


def test_repeated_address_added_on_both_sides_is_added_once():
    base = (image("a"),)
    both = (image("a"), image("a", width=2))
    assert merged("images", base, both, (*both, image("b"))) == (KEEP, (*both, image("b")))


def test_other_spelling_of_an_address_is_a_change_of_the_same_entry():
    base = (story("a", web_url="http://a.example/"),)
    incoming = (story("a", web_url="https://a.example/"),)
    current = (story("a", web_url="http://a.example/", quality=5),)
    result = (story("a", web_url="https://a.example/", quality=5),)
    assert merged("related", base, incoming, current) == (TAKE, result)


def test_same_spelling_goes_before_another_spelling():
    base = (story("a", web_url="http://a.example/"), story("b", web_url="https://a.example/"))
    incoming = (base[1].model_copy(update={"quality": 5}),)
    current = (*base, story("c"))
    assert merged("related", base, incoming, current) == (TAKE, (*incoming, story("c")))


# provider and unknown keys


def test_name_and_domain_of_a_provider_are_one_value_beside_its_unknown_keys():
    base = Provider(name="A", domain="a.example", extra=extra_text({"k": "1"}))
    incoming = Provider(name="A", domain="b.example", extra=extra_text({"k": "1"}))
    current = Provider(name="A", domain="a.example", extra=extra_text({"k": "2"}))
    result = Provider(name="A", domain="b.example", extra=extra_text({"k": "2"}))
    assert merged("provider", base, incoming, current) == (TAKE, result)
    renamed = Provider(name="B", domain="a.example")
    assert merged("provider", base, incoming, renamed) == (CONFLICT, renamed)


@pytest.mark.parametrize(
    ("base", "incoming", "current", "decision", "result"),
    [
        ({"k": "1"}, {"k": "1", "x": "1"}, {"y": "2", "k": "1"}, TAKE, {"y": "2", "k": "1", "x": "1"}),
        ({"k": "1", "l": "1"}, {"k": "2", "l": "1"}, {"k": "1", "l": "2"}, TAKE, {"k": "2", "l": "2"}),
        ({"k": "1"}, {"k": "2", "x": "1"}, {"k": "3"}, CONFLICT, {"k": "3", "x": "1"}),
        ({"k": "1"}, {}, {"k": "1", "x": "1"}, TAKE, {"x": "1"}),
        ({"k": "1"}, {}, {"k": "2"}, CONFLICT, {"k": "2"}),
        ({"k": "1", "l": "1"}, {"l": "1"}, {"k": "1"}, TAKE, {}),
        ({"k": "1", "l": "1"}, {"l": "1", "k": "1"}, {"k": "1", "l": "2"}, TAKE, {"l": "2", "k": "1"}),
        ({}, {"k": {"a": "1"}}, {"k": {"b": "1"}}, CONFLICT, {"k": {"b": "1"}}),
    ],
)
def test_unknown_keys_merge_by_key_and_keep_their_order(base, incoming, current, decision, result):
    sides = map(extra_text, (base, incoming, current))
    assert merged("extra", *sides) == (decision, extra_text(result))


@pytest.mark.parametrize("odd", ["{", "[]", "1", '{"k": 1}', '{"k":1.50}', '{"k":1,"k":2}', "[" * 9_999])
def test_unknown_keys_in_a_text_that_cannot_be_rebuilt_are_one_value(odd):
    assert merged("extra", "", '{"x":1}', odd) == (CONFLICT, odd)
    assert merged("extra", "", odd, "") == (TAKE, odd)


def test_true_is_not_one():
    assert merged("extra", '{"k":1,"l":0}', '{"k":true,"l":0}', '{"k":1,"l":2}') == (TAKE, '{"k":true,"l":2}')


# body


def test_body_merges_by_lines():
    base = "One\n\nTwo\n\nThree\n"
    incoming = "One\n\nTwo\n\nThree, by the file\n\nFour\n"
    current = "One, by us\n\nTwo\n\nThree\n"
    result = "One, by us\n\nTwo\n\nThree, by the file\n\nFour\n"
    assert merged("body", base, incoming, current) == (TAKE, result)


def test_body_with_one_hunk_in_conflict_stays_whole():
    base = "One\n\nTwo\n\nThree\n"
    current = "One, by us\n\nTwo\n\nThree\n"
    assert merged("body", base, "One, by the file\n\nTwo\n\nThree, new\n", current) == (CONFLICT, current)


def test_body_too_long_with_both_sides_changes_is_a_conflict():
    base = "\n".join(f"{number:063}" for number in range(4096 * 2 - 1))
    incoming, current = base + "\n" + "x" * 40, "y" * 40 + "\n" + base
    assert merged("body", base, incoming, current) == (CONFLICT, current)
    assert merged("body", base, base + "\nx", current)[0] is TAKE
