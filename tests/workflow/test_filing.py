"""Category, topics and schedule as states: exact spellings, kept order, and what no article can be."""

from datetime import timedelta

import pytest

from articles.content.article_state import DeskState
from articles.seedfile import limits
from articles.workflow import filing
from articles.workflow.filing import BadSchedule, TooManyTopics
from tests.factories import NOW, make_state

LATER = NOW + timedelta(days=1)


def test_a_category_is_taken_as_it_is_spelt():
    state = make_state(category="ai")
    assert filing.in_category(state, "AI").content.category == "AI"
    assert filing.in_category(state, "").content.category == ""


def test_added_topics_come_last_in_the_order_given_and_only_where_they_lack():
    state = make_state(topics=["Ports", "AI"])
    assert filing.with_topics(state, ["Boats", "AI", "ai", "Boats"]).content.topics == ("Ports", "AI", "Boats", "ai")
    assert filing.with_topics(state, ["AI", "Ports"]) == state


def test_removed_topics_leave_the_others_in_their_order():
    state = make_state(topics=["Ports", "AI", "Boats", "ai"])
    assert filing.without_topics(state, ["AI", "Trains"]).content.topics == ("Ports", "Boats", "ai")
    assert filing.without_topics(state, ["Trains"]) == state


def test_more_topics_than_an_article_may_have_are_refused_with_their_number():
    state = make_state(topics=[f"T{n}" for n in range(limits.TOPICS)])
    with pytest.raises(TooManyTopics, match=r"it would have 51 topics; an article has at most 50"):
        filing.with_topics(state, ["One more"])
    assert filing.with_topics(state, ["T3"]) == state


def test_a_schedule_sets_what_is_named_and_leaves_the_rest():
    state = make_state(live_from=NOW, live_until=LATER)
    assert filing.with_schedule(state, {"live_until": None}).desk == DeskState(NOW, None)
    assert filing.with_schedule(state, {"live_from": None}).desk == DeskState(None, LATER)
    assert filing.with_schedule(state, {}) == state


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(seconds=1)])
def test_an_end_that_does_not_come_after_the_beginning_is_refused(until):
    with pytest.raises(BadSchedule, match="“live until” must be after “live from”"):
        filing.with_schedule(make_state(live_from=NOW), {"live_until": until})


def test_what_is_published_keeps_a_beginning():
    with pytest.raises(BadSchedule, match="unpublish it instead"):
        filing.with_schedule(make_state(published=True), {"live_from": None})
