from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.changes.refusals import NotAllowed, Stale
from articles.content import article_state
from articles.content.article_state import ArticleState, DeskState
from articles.models import Article, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def plan(article: Article, **desk) -> None:
    state = ArticleState(article_state.read_state(article).content, DeskState(**desk))
    door.change(article, state, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def test_publishing_makes_it_live_from_now(editor):
    article = make_article(published_at=NOW - timedelta(days=9))
    publishing.publish(article, actor=editor, reason="good")
    article.refresh_from_db()
    assert (article.published, article.live_from, article.version) == (True, NOW, 2)
    assert article.revisions.get(number=2).reason == "good"


def test_publishing_for_a_later_moment_is_publishing(editor):
    article = make_article()
    publishing.publish(article, actor=editor, at=LATER)
    assert (article.published, article.live_from) == (True, LATER)
    assert not article.is_visible(at=NOW)
    assert article.is_visible(at=LATER)


def test_publishing_keeps_a_live_from_that_was_planned(editor):
    article = make_article()
    plan(article, live_from=LATER)
    publishing.publish(article, actor=editor)
    assert article.live_from == LATER


def test_publishing_does_not_keep_a_live_from_that_has_passed(editor):
    article = make_article()
    plan(article, live_from=NOW - timedelta(days=1))
    publishing.publish(article, actor=editor)
    assert article.live_from == NOW


def test_publishing_drops_a_live_until_that_has_passed(editor):
    article = make_article()
    plan(article, live_from=NOW - timedelta(days=3), live_until=NOW - timedelta(days=1))
    publishing.publish(article, actor=editor)
    assert article.live_until is None
    assert article.is_visible(at=NOW)


def test_publishing_twice_changes_nothing_and_says_so(editor):
    article = make_article()
    assert publishing.publish(article, actor=editor) is not None
    assert publishing.publish(article, actor=editor) is None
    assert article.revisions.count() == 2


def test_unpublishing_hides_it_and_twice_changes_nothing(editor):
    article = make_article(published=True)
    assert publishing.unpublish(article, actor=editor) is not None
    assert publishing.unpublish(article, actor=editor) is None
    assert not Article.objects.visible(at=NOW).exists()


def test_a_contributor_can_neither_publish_nor_unpublish(contributor):
    hidden, live = make_article(), make_article(published=True)
    with pytest.raises(NotAllowed):
        publishing.publish(hidden, actor=contributor)
    with pytest.raises(NotAllowed):
        publishing.unpublish(live, actor=contributor)
    assert list(Article.objects.order_by("pk").values_list("published", flat=True)) == [False, True]


def test_publishing_what_somebody_changed_meanwhile_is_refused(editor):
    article = make_article()
    stale = Article.objects.get(pk=article.pk)
    publishing.publish(article, actor=editor)
    with pytest.raises(Stale):
        publishing.unpublish(stale, actor=editor)
    assert Article.objects.get().published


def test_many_are_published_with_queries_that_do_not_grow(editor):
    def queries_for(count: int) -> int:
        made = [make_article() for _ in range(count)]
        articles = list(Article.objects.filter(pk__in=[a.pk for a in made]).select_related("category", "provider"))
        with CaptureQueriesContext(connection) as queries:
            results = decide("publish", articles, actor=editor)
        assert all(isinstance(result, Revision) for result in results)
        return len(queries)

    queries_for(1)
    assert queries_for(20) == queries_for(2)


def test_many_report_each_article_apart(editor):
    fresh, done, stale = make_article(), make_article(published=True), make_article()
    articles = [Article.objects.get(pk=a.pk) for a in (fresh, done, stale)]
    publishing.publish(stale, actor=editor)
    results = decide("publish", articles, actor=editor)
    assert [type(result) for result in results] == [Revision, type(None), Stale]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Not published."),
        ({"published": True}, "It is live."),
        ({"published": True, "live_from": LATER}, "Goes live 3 November 2026, 12:00 UTC."),
        (
            {"published": True, "live_from": NOW - timedelta(days=2), "live_until": NOW - timedelta(days=1)},
            "Expired 31 October 2026, 12:00 UTC.",
        ),
    ],
)
def test_the_standing_is_told_in_words(fields, sentence):
    assert publishing.standing_sentence(make_article(**fields), at=NOW) == sentence
