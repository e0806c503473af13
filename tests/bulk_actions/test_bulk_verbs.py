"""What each verb does to many articles, what it refuses, and that the forecast says so before."""

import re
from datetime import timedelta

import pytest
import time_machine

from articles.bulk_actions.engine import CHANGED, GONE
from articles.changes.actors import OPERATOR
from articles.changes.refusals import NotAllowed
from articles.content import article_state
from articles.models import Article, Category, ChangeSet, Revision, Topic
from articles.seedfile import limits
from articles.workflow import publishing
from articles.workflow.verbs import VERBS, BadArguments
from tests.bulk_actions.bulk_running import begin, counts, finish, forecast_of, outcomes, run
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)
SOON = "2026-11-03T12:00:00Z"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def test_publish_and_unpublish_are_each_one_change_set_of_their_kind(editor):
    hidden, live = make_article(), make_article(published=True)
    bulk = run("publish", actor=editor)
    assert counts(bulk) == (1, 1, 0)
    assert bulk.change_set.kind == "publish"
    assert [revision.article_id for revision in bulk.change_set.revisions.all()] == [hidden.pk]
    assert outcomes(bulk) == {hidden.pk: ("changed", ""), live.pk: ("unchanged", "")}
    assert Article.objects.published().count() == 2
    bulk = run("unpublish", actor=editor)
    assert (counts(bulk), bulk.change_set.kind) == ((2, 0, 0), "unpublish")
    assert not Article.objects.published().exists()


def test_a_category_is_set_by_its_exact_name_and_made_if_there_is_none(contributor):
    first, second = make_article(category="ai"), make_article(category="AI", title="Two")
    bulk = run("category", actor=contributor, category="AI")
    assert (counts(bulk), bulk.change_set.kind) == ((1, 1, 0), "category")
    assert state_of(first).content.category == state_of(second).content.category == "AI"
    run("category", actor=contributor, category="  New\u0301  ")
    assert set(Category.objects.values_list("name", flat=True)) == {"ai", "AI", "Neẃ"}


def test_an_empty_category_takes_it_away(contributor):
    article = make_article(category="ai")
    assert counts(run("category", actor=contributor, category="")) == (1, 0, 0)
    assert state_of(article).content.category == ""


def test_topics_are_added_behind_the_others_without_repeats(contributor):
    first, second = make_article(topics=["Ports", "AI"]), make_article(topics=["Boats", "AI"])
    bulk = run("add_topics", actor=contributor, topics=["Boats", "AI", "Boats"])
    assert counts(bulk) == (1, 1, 0)
    assert state_of(first).content.topics == ("Ports", "AI", "Boats")
    assert state_of(second).content.topics == ("Boats", "AI")
    assert Topic.objects.count() == 3


def test_topics_are_removed_by_their_exact_spelling(contributor):
    first, second = make_article(topics=["ai", "AI", "Ports"]), make_article(topics=["ai"])
    assert counts(run("remove_topics", actor=contributor, topics=["AI", "Trains"])) == (1, 1, 0)
    assert state_of(first).content.topics == ("ai", "Ports")
    assert state_of(second).content.topics == ("ai",)


def test_what_would_have_too_many_topics_is_refused_and_named(contributor):
    full = make_article(topics=[f"T{n}" for n in range(limits.TOPICS)])
    other = make_article()
    bulk = run("add_topics", actor=contributor, topics=["More"])
    assert counts(bulk) == (1, 0, 1)
    assert outcomes(bulk)[full.pk] == ("refused", "it would have 51 topics; an article has at most 50")
    assert state_of(other).content.topics == ("More",)


def test_a_schedule_hides_what_is_live_until_its_moment_and_the_forecast_says_so(editor):
    live, ended = make_article(published=True), make_article(published=True, live_until=NOW + timedelta(days=1))
    hidden = make_article()
    bulk = begin("schedule", actor=editor, live_from=SOON)
    told = forecast_of(bulk, actor=editor)
    assert (told.changed, told.refused_count, told.vanishing.count) == (2, 1, 1)
    assert [article.pk for article in told.vanishing.examples] == [live.pk]
    bulk = finish(bulk, actor=editor)
    assert (counts(bulk), bulk.change_set.kind) == ((2, 0, 1), "schedule")
    assert state_of(live).desk.live_from == state_of(hidden).desk.live_from == LATER
    assert not Article.objects.visible(at=NOW).filter(pk=live.pk).exists()
    assert outcomes(bulk)[ended.pk][1].startswith("“live until” must be after “live from”")


def test_a_schedule_leaves_the_moment_that_is_not_named(editor):
    article = make_article(live_from=NOW, live_until=LATER)
    run("schedule", actor=editor, live_until=None)
    assert (state_of(article).desk.live_from, state_of(article).desk.live_until) == (NOW, None)


def test_setting_aside_takes_from_the_list_and_bringing_back_returns(contributor):
    waiting, live = make_article(), make_article(published=True)
    bulk = run(
        "set_aside", actor=contributor, articles=Article.objects.hidden(), cause="duplicate", note="Seen on Monday"
    )
    assert (counts(bulk), bulk.change_set.kind) == ((1, 0, 0), "set_aside")
    assert (state_of(waiting).desk.set_aside, state_of(waiting).desk.set_aside_note) == ("duplicate", "Seen on Monday")
    assert not Article.objects.undecided().exists()
    bulk = run("bring_back", actor=contributor)
    assert (counts(bulk), bulk.change_set.kind) == ((1, 1, 0), "bring_back")
    assert outcomes(bulk) == {waiting.pk: ("changed", ""), live.pk: ("unchanged", "")}
    assert Article.objects.undecided().count() == 1


def test_a_hold_blocks_publishing_in_bulk_until_it_is_lifted(contributor, editor):
    article = make_article()
    bulk = run("hold", actor=contributor, why="The lawyer reads it")
    assert (counts(bulk), bulk.change_set.kind) == ((1, 0, 0), "hold")
    bulk = run("publish", actor=editor)
    assert counts(bulk) == (0, 0, 1)
    assert outcomes(bulk)[article.pk][1].startswith("on hold: The lawyer reads it")
    assert counts(run("hold", actor=contributor, why="Another reason")) == (0, 0, 1)
    with pytest.raises(NotAllowed):
        run("lift_hold", actor=contributor)
    assert counts(run("lift_hold", actor=editor)) == (1, 0, 0)
    assert counts(run("publish", actor=editor)) == (1, 0, 0)


def test_what_is_published_is_neither_set_aside_nor_held(editor):
    make_article(published=True)
    assert counts(run("set_aside", actor=editor, cause="poor")) == (0, 0, 1)
    assert counts(run("hold", actor=editor, why="Wait")) == (0, 0, 1)


def test_the_forecast_counts_what_readiness_warns_of_and_names_what_it_blocks(editor):
    plain = make_article(title="Plain")
    run("hold", actor=editor, articles=Article.objects.filter(pk=make_article().pk), why="Wait")
    told = forecast_of(begin("publish", actor=editor), actor=editor)
    assert (told.changed, told.refused_count) == (1, 1)
    assert {name: (group.count, group.examples) for name, group in told.warnings.items()} == {
        "no category": (1, [plain]),
        "no picture": (1, [plain]),
        "low quality": (1, [plain]),
    }
    assert not forecast_of(begin("unpublish", actor=editor), actor=editor).warnings


ARGUMENTS = {
    "set_aside": {"cause": "poor"},
    "hold": {"why": "Wait"},
    "category": {"category": "ports"},
    "add_topics": {"topics": ["Boats"]},
    "remove_topics": {"topics": ["AI"]},
    "schedule": {"live_until": SOON},
}


def mixed_shelf():
    """Articles of every standing; one that somebody changes after it was chosen, one that goes."""
    make_article(title="Plain")
    make_article(published=True, topics=["AI"], category="ports")
    make_article(published=True, live_from=LATER)
    make_article(live_from=LATER, topics=[f"T{n}" for n in range(limits.TOPICS)])
    return make_article(title="Changed"), make_article(title="Gone")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_the_forecast_is_what_then_happens(request, verb, role):
    changed, gone = mixed_shelf()
    actor = request.getfixturevalue(role)
    try:
        bulk = begin(verb, actor=actor, **ARGUMENTS.get(verb, {}))
    except NotAllowed:
        assert role == "contributor"
        return
    publishing.publish(changed, actor=OPERATOR)
    Revision.objects.filter(article=gone).delete()
    Article.objects.filter(pk=gone.pk).delete()
    told = forecast_of(bulk, actor=actor)
    before = Article.objects.in_bulk()
    bulk = finish(bulk, actor=actor)
    assert counts(bulk) == (told.changed, told.unchanged, told.refused_count)
    refused = [why for outcome, why in outcomes(bulk).values() if outcome == "refused"]
    assert {why: group.count for why, group in told.refused.items()} == {why: refused.count(why) for why in refused}
    assert {GONE, *([] if VERBS[verb].works_on_row else [CHANGED])} <= set(refused)
    after = Article.objects.in_bulk()
    was, is_now = ({pk for pk, row in rows.items() if row.is_visible(at=NOW)} for rows in (before, after))
    assert (told.vanishing.count, told.appearing.count) == (len(was - is_now), len(is_now - was))


def test_looking_ahead_writes_nothing(editor):
    make_article()
    bulk = begin("publish", actor=editor)
    forecast_of(bulk, actor=editor)
    assert not Article.objects.published().exists()
    assert not ChangeSet.objects.exists()


def test_of_very_many_only_the_first_are_looked_at(editor, monkeypatch):
    monkeypatch.setattr("articles.bulk_actions.forecast.MOST_LOOKED_AT", 3)
    monkeypatch.setattr("articles.bulk_actions.forecast.CHUNK", 2)
    for _ in range(5):
        make_article()
    told = forecast_of(begin("publish", actor=editor), actor=editor)
    assert (told.looked_at, told.changed) == (3, 3)


@pytest.mark.parametrize(
    ("verb", "given", "problem"),
    [
        ("category", {}, "is missing; add it"),
        ("category", {"category": "x" * 101}, "is 101 characters long; shorten it to 100"),
        ("category", {"category": "a\x00"}, "contains the character U+0000"),
        ("category", {"category": ["x"]}, "is a list"),
        ("category", {"category": "a", "published": True}, "Extra inputs are not permitted"),
        ("add_topics", {"topics": []}, "is empty; name a topic"),
        ("add_topics", {"topics": [" "]}, "is empty; write text"),
        ("add_topics", {"topics": ["x"] * 51}, "has 51 entries; keep 50 at most"),
        ("remove_topics", {"topics": "AI"}, "is not a list"),
        ("schedule", {}, "is empty; set or clear a time"),
        ("schedule", {"live_from": "tomorrow"}, "is not a date"),
        ("set_aside", {"cause": "boring"}, "cause"),
        ("set_aside", {}, "is missing; add it"),
        ("set_aside", {"cause": "poor", "note": "x" * 501}, "is 501 characters long"),
        ("hold", {"why": "  "}, "is empty; give a reason"),
        ("hold", {"why": "x" * 501}, "is 501 characters long"),
        ("publish", {"bogus": 1}, "Extra inputs are not permitted"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(verb, given, problem):
    with pytest.raises(BadArguments, match=re.escape(problem)):
        VERBS[verb].read_arguments(given)
