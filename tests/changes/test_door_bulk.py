"""The door for one article and the door for many are one: equal rows and equal revisions for any contents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from articles.changes import door, refusals
from articles.changes.actors import OPERATOR
from articles.changes.door import Change
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState, DeskState
from articles.content.rendering import rendered
from articles.content.taxonomy import Taxonomy
from articles.models import Article, Revision
from articles.models.history import Origin
from articles.seedfile.schema import FIELDS, ArticleContent
from tests.database_dump import desk_rows
from tests.factories import make_content, make_state
from tests.sampling import examples

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

letters = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=6)
names = st.sampled_from(["AI", "ai", "New", "new", "北京", "<b>", "?", "Meta AI"]) | letters.map(lambda t: f"n{t}")
texts = st.sampled_from(["", "One", "<script>", "# Head\n\n*text*\n", "l1\nl2"]) | letters
moments = st.integers(-1000, 1000).map(lambda hours: NOW + timedelta(hours=hours, microseconds=hours))
addresses = st.integers(0, 10**9).map(lambda number: f"https://a.example/{number}?x={number}")
extras = st.sampled_from(["", '{"b":1,"a":[2]}', '{"Published":true}'])
providers = st.fixed_dictionaries(
    {"name": names, "domain": st.sampled_from(["", "a.example", "b.example"]), "extra": extras}
)
images = st.fixed_dictionaries(
    {"url": addresses, "width": st.none() | st.integers(0, 9), "height": st.none(), "is_cached": st.booleans()},
    optional={"extra": extras},
)
related = st.fixed_dictionaries(
    {"title": names, "web_url": addresses},
    optional={
        "excerpt": texts,
        "published_at": st.none() | moments,
        "type": st.sampled_from(["", "video"]),
        "provider": st.none() | providers,
        "quality": st.integers(0, 100),
        "images": st.lists(images, max_size=2),
        "extra": extras,
    },
)
fields = st.fixed_dictionaries(
    {"title": names, "type": st.sampled_from(["article", "video"]), "provider": providers, "published_at": moments},
    optional={
        "category": st.just("") | names,
        "excerpt": texts,
        "original_url": st.just("") | addresses,
        "quality": st.integers(0, 100),
        "heat": st.integers(-1, 2**31 - 1),
        "published": st.booleans(),
        "topics": st.lists(names, max_size=3),
        "images": st.lists(images, max_size=2),
        "related": st.lists(related, max_size=2),
        "secured": texts,
        "body": texts,
        "extra": extras,
    },
)
schedules = st.tuples(st.none() | moments, st.none() | st.integers(1, 10**6))


@st.composite
def states(draw):
    """One as the door may be given it, apart from the address."""
    try:
        made = make_content(**draw(fields))
    except ValidationError:  # a name of blanks
        made = make_content()
    live_from, minutes = draw(schedules)
    if made.published and live_from is None:
        live_from = made.published_at
    until = live_from + timedelta(minutes=minutes) if live_from and minutes else None
    return ArticleState(made, DeskState(live_from, until))


@st.composite
def histories(draw):
    """Some articles, each with the states it is brought to one after the other; now and then the same one twice."""
    rows = []
    for number in range(draw(st.integers(2, 3))):
        steps = draw(st.lists(states(), min_size=2, max_size=3))
        address = f"https://ours.example/{number}"
        steps = [at_address(step, address + draw(st.sampled_from(["", "#new", "/moved"]))) for step in steps]
        rows.append([*steps, steps[-1]] if draw(st.booleans()) else steps)
    return rows


def at_address(state, address):
    return ArticleState(state.content.model_copy(update={"web_url": address}), state.desk)


class _UndoAllError(Exception):
    pass


def rows_after(play, histories):
    """What `play` leaves, without keys and moments, and the states as they are read back. Nothing stays."""
    rows = None
    try:
        with transaction.atomic(), time_machine.travel(NOW, tick=False):
            articles = play(histories)
            fresh = [Article.objects.select_related("category", "provider").get(pk=article.pk) for article in articles]
            rows = (desk_rows(), [article_state.read_state(article) for article in fresh])
            raise _UndoAllError
    except _UndoAllError:
        return rows


def one_by_one(histories):
    articles = []
    for first, *later in histories:
        article = door.create(first, actor=OPERATOR, origin=Origin.IMPORT)
        for state in later:
            door.change(
                article, state, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version, reason="later"
            )
        articles.append(article)
    return articles


def all_at_once(histories):
    """With bodies that were rendered elsewhere, as an importer does it."""
    taxonomy = Taxonomy()
    made = door.change_many(
        [Change(steps[0], body=rendered(steps[0].content.body)) for steps in histories],
        actor=OPERATOR,
        origin=Origin.IMPORT,
        taxonomy=taxonomy,
    )
    articles = [revision.article for revision in made]
    for place in range(1, max(map(len, histories))):
        changes = []
        for article, steps in zip(articles, histories, strict=True):
            if place < len(steps):
                current = Article.objects.get(pk=article.pk)
                body = rendered(steps[place].content.body)
                changes.append(Change(steps[place], current, current.version, body=body))
        door.change_many(changes, actor=OPERATOR, origin=Origin.FORM, reason="later", taxonomy=taxonomy)
    return articles


@pytest.mark.slow
@examples(50)
@given(histories())
def test_one_by_one_and_all_at_once_give_equal_rows_and_revisions(histories):
    """50 examples of two or three articles with two or more contents each: 200 contents at least."""
    single, single_states = rows_after(one_by_one, histories)
    bulk, bulk_states = rows_after(all_at_once, histories)
    for rows in (single, bulk):
        for term in ("Category", "Topic", "Provider"):
            rows[term] = {(row["name"], row.get("domain")) for row in rows[term]}
    assert single == bulk
    assert single_states == bulk_states
    assert single_states == [steps[-1] for steps in histories]


@examples(20)
@given(states(), states())
def test_revision_says_what_changed_and_leads_back(before, after):
    before, after = at_address(before, "https://ours.example/a"), at_address(after, "https://ours.example/b")
    with transaction.atomic():
        article = door.create(before, actor=OPERATOR, origin=Origin.IMPORT)
        revision = door.change(article, after, actor=OPERATOR, origin=Origin.FORM, expected_version=1)
        assert list(revision.values) == article_state.differing_fields(before, after)
        assert article_state.read_state(article) == after
        assert revision_values.state_before(article, after, 1) == before
        transaction.set_rollback(True)


def test_html_of_another_body_is_not_taken():
    state = make_state(body="*ours*")
    [made] = door.change_many(
        [Change(state, body=rendered("*theirs*"))], actor=OPERATOR, origin=Origin.IMPORT, change_set=None
    )
    assert made.article.body_html == "<p><em>ours</em></p>\n"


def test_every_field_of_the_content_makes_a_difference_through_the_door():
    """A field that the rows forgot would come back as it was."""
    article = door.create(make_state(), actor=OPERATOR, origin=Origin.IMPORT)
    entry = {"title": "x", "web_url": "https://x.example/", "quality": 3, "extra": '{"a":1}', "images": []}
    everything = make_content(
        category="News",
        excerpt="e",
        byline="A. Person",
        original_url="https://o.example/",
        type="video",
        quality=1,
        heat=5,
        published=True,
        provider={"name": "P", "domain": "p.example", "extra": '{"a":1}'},
        topics=["A"],
        images=[{"url": "https://i.example/", "width": 1, "height": 2, "is_cached": True, "extra": '{"a":1}'}],
        related=[entry],
        secured="s",
        body="b",
        extra='{"a":1}',
        published_at=NOW + timedelta(days=1),
    )
    state = ArticleState(everything, DeskState(NOW, NOW + timedelta(days=2)))
    revision = door.change(article, state, actor=OPERATOR, origin=Origin.FORM, expected_version=1)
    decided = {"set_aside", "set_aside_note", "set_aside_before", "hold"}  # what a published one cannot be
    assert list(revision.values) == [name for name in article_state.FIELDS if name not in decided]
    assert set(FIELDS) == set(ArticleContent.model_fields)
    assert article_state.read_state(article) == state


def test_change_of_many_is_refused_for_those_that_are_stale_or_taken_alone():
    articles = [door.create(make_state(), actor=OPERATOR, origin=Origin.IMPORT) for _ in range(4)]
    wanted = [make_state(title="New") for _ in articles]
    wanted[2] = at_address(wanted[2], articles[3].web_url)
    changes = [
        Change(wanted[0], articles[0], 1),
        Change(wanted[1], articles[1], 7),
        Change(wanted[2], articles[2], 1),
        Change(article_state.read_state(articles[3]), articles[3], 1),
    ]
    done, stale, taken, nothing = door.change_many(changes, actor=OPERATOR, origin=Origin.FORM)
    assert isinstance(done, Revision)
    assert isinstance(stale, refusals.Stale)
    assert isinstance(taken, refusals.AddressTaken)
    assert nothing is None
    assert [a.version for a in Article.objects.order_by("pk")] == [2, 1, 1, 1]
    assert Revision.objects.count() == 5


def test_two_changes_of_one_call_cannot_take_one_address():
    states = [at_address(make_state(), "https://ours.example/a"), at_address(make_state(), "http://ours.example/a#x")]
    results = door.change_many([Change(state) for state in states], actor=OPERATOR, origin=Origin.IMPORT)
    assert sorted(type(result).__name__ for result in results) == ["AddressTaken", "Revision"]
    assert Article.objects.count() == 1


def test_number_of_queries_does_not_grow_with_the_articles(django_assert_max_num_queries):
    articles = [door.create(make_state(topics=["A"]), actor=OPERATOR, origin=Origin.IMPORT) for _ in range(20)]
    for count in (1, 20):
        changes = [
            Change(make_state(topics=["A", "B"], secured="s"), article, Article.objects.get(pk=article.pk).version)
            for article in articles[:count]
        ]
        with django_assert_max_num_queries(32):
            door.change_many(changes, actor=OPERATOR, origin=Origin.FORM)
