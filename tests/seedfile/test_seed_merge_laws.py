"""What merging promises, for any contents. `facts` takes contents to pieces in its own way, not in merge's."""

import json
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile import schema
from articles.seedfile.addresses import url_key
from articles.seedfile.merging.merge import Decision, merge
from articles.seedfile.schema import ArticleContent
from tests.seedfile.content_strategies import (
    SET_BY_EDITORS,
    content_with,
    contents,
    edited,
    odd_contents,
    plain_triples,
    triples,
)

decisions = st.booleans()


def facts(content):
    """Everything that a content says, one value per path; what is not set says nothing."""
    facts_of = {
        (field,): getattr(content, field) for field in schema.FIELDS if isinstance(getattr(content, field), str)
    }
    facts_of |= {(field,): getattr(content, field) for field in ("published_at", "quality", "heat", "published")}
    facts_of |= {("topics", topic): True for topic in content.topics}
    facts_of |= {("body", line): True for line in content.body.split("\n")}
    facts_of |= {("provider", "name"): (content.provider.name, content.provider.domain)}
    facts_of |= extra_facts(("provider",), content.provider) | extra_facts((), content)
    facts_of |= image_facts((), content)
    for entry in content.related:
        facts_of |= related_facts(("related", url_key(entry.web_url)), entry)
    del facts_of["body",], facts_of["extra",]
    return facts_of


def related_facts(path, entry):
    plain = {
        (*path, name): getattr(entry, name) for name in type(entry).model_fields if name not in ("extra", "images")
    }
    set_ones = {where: value for where, value in plain.items() if value not in (None, "", 0)}
    return {path: True} | set_ones | extra_facts(path, entry) | image_facts(path, entry)


def image_facts(path, holder):
    facts_of = {}
    for image in holder.images:
        here = (*path, "images", image.url)
        plain = {name: getattr(image, name) for name in ("width", "height", "is_cached", "alt")}
        facts_of |= {here: True} | {(*here, name): value for name, value in plain.items() if value}
        facts_of |= extra_facts(here, image)
    return facts_of


def extra_facts(path, part):
    return {(*path, "extra", key): json.dumps(value) for key, value in json.loads(part.extra or "{}").items()}


def is_removed_above(path, base, *sides):
    """Whether one of the sides took away the entry that the path lies in."""
    above = [path[:length] for length in range(1, len(path))]
    return any(base.get(entry) and not side.get(entry) for entry in above for side in sides)


def every_fact(triple, plan):
    known = [facts(content) for content in (*triple, plan.content)]
    return [(path, *(side.get(path) for side in known)) for path in set(chain.from_iterable(known))]


@given(plain_triples(), decisions)
def test_no_change_of_an_editor_is_ever_lost(triple, decided):
    plan = merge(*triple, decided=decided)
    for path, base, _, current, result in every_fact(triple, plan):
        if current != base:
            assert result == current, path


@given(plain_triples(), decisions)
def test_what_only_the_file_changed_comes_out(triple, decided):
    plan = merge(*triple, decided=decided)
    base_facts, *sides = map(facts, triple)
    for path, base, incoming, current, result in every_fact(triple, plan):
        if current == base and incoming != base and result != incoming:
            assert plan.decisions[path[0]] is Decision.CONFLICT, path
            assert path[0] in ("body", "published") or is_removed_above((*path, ""), base_facts, *sides)


@given(plain_triples(), decisions)
def test_what_nobody_changed_stays(triple, decided):
    plan = merge(*triple, decided=decided)
    for path, base, incoming, current, result in every_fact(triple, plan):
        if base == incoming == current:
            assert result == base, path


@given(plain_triples(), decisions)
def test_conflicts_are_where_both_changed_the_same_thing_differently_and_nowhere_else(triple, decided):
    plan = merge(*triple, decided=decided)
    base_facts, theirs, ours = map(facts, triple)
    clashing = set()
    for path, base, incoming, current, _ in every_fact(triple, plan):
        gone = [is_removed_above(path, base_facts, side) for side in (theirs, ours)]
        if base not in (incoming, current) and incoming != current:
            clashing.add(path[0])
        if (gone == [True, False] and current != base) or (gone == [False, True] and incoming != base):
            clashing.add(path[0])
    not_by_fact = {"body", "published", "secured"}
    assert {conflict.field for conflict in plan.conflicts} - not_by_fact == clashing - not_by_fact


@given(plain_triples(), decisions)
def test_order_is_the_editors_unless_the_file_alone_changed_it(triple, decided):
    plan = merge(*triple, decided=decided)
    keys_of = {
        "topics": lambda content: content.topics,
        "images": lambda content: [image.url for image in content.images],
        "related": lambda content: [url_key(entry.web_url) for entry in content.related],
        "extra": lambda content: list(json.loads(content.extra or "{}")),
    }
    for keys in keys_of.values():
        base, incoming, current, result = (list(keys(content)) for content in (*triple, plan.content))
        shared = set(base) & set(incoming) & set(current)
        old, theirs, ours = ([key for key in side if key in shared] for side in (base, incoming, current))
        leading = incoming if theirs != old and ours == old else current
        common = set(leading) & set(result)
        assert [key for key in result if key in common] == [key for key in leading if key in common]


@given(triples(), decisions)
def test_merging_twice_changes_nothing(triple, decided):
    base, incoming, current = triple
    result = merge(base, incoming, current, decided=decided).content
    assert merge(incoming, incoming, result, decided=decided).content == result
    again = merge(incoming, incoming, result, decided=not decided)
    assert again.content == result
    assert again.conflicts == ()
    assert set(again.decisions.values()) == {Decision.KEEP}


@given(triples(), decisions)
def test_article_that_nobody_touched_becomes_the_incoming_file(triple, decided):
    base, incoming, _ = triple
    plan = merge(base, incoming, base, decided=decided)
    stands = base.published != incoming.published and (decided or base.published)
    assert plan.content == content_with(incoming, published=base.published if stands else incoming.published)
    assert [conflict.field for conflict in plan.conflicts] == ["published"] * stands


@given(triples(), decisions)
def test_file_that_did_not_change_changes_nothing(triple, decided):
    base, _, current = triple
    plan = merge(base, base, current, decided=decided)
    assert plan.content == current
    assert plan.conflicts == ()


@given(triples(), decisions)
def test_identical_changes_are_no_conflict(triple, decided):
    base, incoming, _ = triple
    plan = merge(base, incoming, incoming, decided=decided)
    assert plan.content == incoming
    assert plan.conflicts == ()


@given(triples())
def test_publish_or_unpublish_of_an_editor_always_stands(triple):
    assert merge(*triple, decided=True).content.published == triple.current.published


@given(triples(), decisions)
def test_import_unpublishes_nothing(triple, decided):
    assert merge(*triple, decided=decided).content.published >= triple.current.published


@given(triples(), decisions, st.data())
def test_later_file_finds_every_change_of_the_editor_still_there(triple, decided, data):
    base, incoming, current = triple
    result = merge(base, incoming, current, decided=decided).content
    later = data.draw(edited(incoming))
    plan = merge(incoming, later, result, decided=decided)
    for field in SET_BY_EDITORS:
        if getattr(later, field) == getattr(incoming, field):
            assert getattr(plan.content, field) == getattr(result, field)


@given(triples() | st.tuples(odd_contents, odd_contents, odd_contents), decisions)
def test_any_three_contents_merge_into_a_valid_one(triple, decided):
    base, incoming, current = triple
    plan = merge(base, incoming, current, decided=decided)
    assert ArticleContent.model_validate(plan.content.model_dump()) == plan.content
    assert tuple(plan.decisions) == schema.FIELDS
    assert tuple(conflict.field for conflict in plan.conflicts) == plan.fields(Decision.CONFLICT)
    for field in plan.fields(Decision.KEEP):
        assert getattr(plan.content, field) == getattr(current, field)
    for conflict in plan.conflicts:
        assert conflict.base == getattr(base, conflict.field)
        assert conflict.incoming == getattr(incoming, conflict.field) != conflict.current
        assert conflict.current == getattr(current, conflict.field)


@given(contents, contents, contents, decisions)
def test_secured_is_the_files(base, incoming, current, decided):
    assert merge(base, incoming, current, decided=decided).content.secured == incoming.secured
