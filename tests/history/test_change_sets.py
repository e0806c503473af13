from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import change_sets
from articles.models import Article, ChangeSet, Revision, SecuredPayload
from articles.models.history import Origin
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.factories import make_article, make_state

pytestmark = pytest.mark.django_db


def open_set(actor=OPERATOR, kind="publish") -> ChangeSet:
    return change_sets.open_change_set(kind, actor=actor)


def retitle(article: Article, title: str, change_set: ChangeSet | None = None) -> None:
    state = article_state.read_state(article)
    door.change(
        article,
        ArticleState(state.content.model_copy(update={"title": title}), state.desk),
        actor=OPERATOR,
        origin=Origin.FORM,
        change_set=change_set,
        expected_version=article.version,
    )


def test_undo_returns_every_article_of_the_set_to_what_it_was(editor):
    articles = [make_article() for _ in range(3)]
    before = [article_state.read_state(article) for article in articles]
    change_set = open_set()
    for article in articles:
        publishing.publish(article, actor=editor, change_set=change_set)
    report = change_sets.undo(change_set, actor=editor)
    assert [a.pk for a in report.undone] == [a.pk for a in articles]
    assert report.kept == []
    assert [article_state.read_state(a) for a in Article.objects.order_by("pk")] == before


def test_undo_is_a_revision_of_its_own_that_names_who_and_what(editor):
    article = make_article()
    change_set = open_set()
    publishing.publish(article, actor=OPERATOR, change_set=change_set)
    report = change_sets.undo(change_set, actor=editor, reason="too early")
    newest = article.revisions.first()
    assert (newest.number, newest.origin, newest.actor, newest.reason) == (3, "undo", editor, "too early")
    assert (newest.change_set, report.change_set.undoes) == (report.change_set, change_set)


def test_undo_takes_back_all_steps_of_one_article_at_once(editor):
    article = make_article(title="one")
    change_set = open_set()
    retitle(article, "two", change_set)
    retitle(article, "three", change_set)
    publishing.publish(article, actor=editor, change_set=change_set)
    change_sets.undo(change_set, actor=editor)
    article.refresh_from_db()
    assert (article.title, article.published, article.version) == ("one", False, 5)


def test_undo_leaves_what_somebody_touched_since_and_names_it(editor):
    touched, untouched = make_article(title="a"), make_article(title="b")
    change_set = open_set()
    for article in (touched, untouched):
        publishing.publish(article, actor=editor, change_set=change_set)
    retitle(touched, "edited since")
    report = change_sets.undo(change_set, actor=editor)
    assert [a.pk for a in report.undone] == [untouched.pk]
    assert [(a.pk, why) for a, why in report.kept] == [(touched.pk, "it has changed since")]
    touched.refresh_from_db()
    assert (touched.title, touched.published) == ("edited since", True)


def test_undo_twice_leaves_everything_the_second_time(editor):
    article = make_article()
    change_set = open_set()
    publishing.publish(article, actor=editor, change_set=change_set)
    change_sets.undo(change_set, actor=editor)
    report = change_sets.undo(change_set, actor=editor)
    assert report.undone == []
    assert article.revisions.count() == 3


def test_an_undo_can_be_undone(editor):
    article = make_article()
    change_set = open_set()
    publishing.publish(article, actor=editor, change_set=change_set)
    first = change_sets.undo(change_set, actor=editor)
    change_sets.undo(first.change_set, actor=editor)
    article.refresh_from_db()
    assert article.published


def test_undo_needs_the_rights_of_what_it_would_change(contributor, editor):
    article = make_article()
    change_set = open_set()
    publishing.publish(article, actor=editor, change_set=change_set)
    report = change_sets.undo(change_set, actor=contributor)
    assert report.undone == []
    assert "has no permission to publish" in report.kept[0][1]
    article.refresh_from_db()
    assert article.published


def test_undo_keeps_what_the_set_created(editor):
    change_set = open_set(kind=ChangeSet.Kind.EDIT)
    article = door.create(make_state(), actor=OPERATOR, origin=Origin.FORM, change_set=change_set)
    report = change_sets.undo(change_set, actor=editor)
    assert [a.pk for a, _ in report.kept] == [article.pk]


def test_import_is_not_undone_without_its_files(editor):
    with pytest.raises(ValueError, match="with its files"):
        change_sets.undo(open_set(kind=ChangeSet.Kind.IMPORT), actor=editor)


def test_undo_brings_an_earlier_secured_back(editor):
    article = make_article(secured="first")
    change_set = open_set()
    state = article_state.read_state(article)
    door.change(
        article,
        ArticleState(state.content.model_copy(update={"secured": "second"}), state.desk),
        actor=OPERATOR,
        origin=Origin.IMPORT,
        change_set=change_set,
        expected_version=1,
    )
    change_sets.undo(change_set, actor=editor)
    assert article_state.read_state(Article.objects.get()).content.secured == "first"


def change_everything(article: Article, change_set: ChangeSet) -> None:
    entry = {"title": "Other", "webUrl": "https://other.example/1", "provider": {"name": "Other"}}
    full = make_state(
        topics=["Z"], images=[{"url": "https://i.example/z"}], related=[entry], secured=f"new {article.pk}"
    )
    kept = {"web_url": article.web_url, "provider": article_state.read_state(article).content.provider}
    state = ArticleState(full.content.model_copy(update=kept), full.desk)
    door.change(
        article, state, actor=OPERATOR, origin=Origin.FORM, change_set=change_set, expected_version=article.version
    )


def test_undo_of_ten_takes_the_queries_of_one(editor):
    counts = []
    for number in (1, 10, 1, 10):
        articles = [make_article(secured=f"old {n}", topics=["A", "B"]) for n in range(number)]
        before = [article_state.read_state(article) for article in articles]
        change_set = open_set()
        for article in articles:
            change_everything(article, change_set)
        touched = make_article()
        publishing.publish(touched, actor=editor, change_set=change_set)
        retitle(touched, "since")
        with CaptureQueriesContext(connection) as queries:
            report = change_sets.undo(change_set, actor=editor)
        counts.append(len(queries))
        assert [article_state.read_state(article) for article in report.undone] == before
        assert [article.title for article, _ in report.kept] == ["since"]
    assert counts[2] == counts[3]


def test_a_long_undo_goes_some_articles_at_a_time_and_changes_nothing_twice(editor):
    articles = [make_article() for _ in range(5)]
    change_set = open_set()
    for article in articles:
        publishing.publish(article, actor=editor, change_set=change_set)
    retitle(articles[3], "since", None)
    assert len(change_sets.articles_of(change_set)) == 5
    undoing = change_sets.open_undo(change_set, actor=editor, reason="all wrong")
    first = change_sets.undo_some(undoing, actor=editor, most=2)
    again = change_sets.undo_some(undoing, actor=editor, most=2)
    assert [a.pk for a in first.undone] == [a.pk for a in again.undone] == [a.pk for a in articles[:2]]
    second = change_sets.undo_some(undoing, actor=editor, after=first.next_after, most=2)
    assert ([a.pk for a in second.undone], second.kept) == ([articles[2].pk], [(articles[3], "it has changed since")])
    last = change_sets.undo_some(undoing, actor=editor, after=second.next_after, most=2)
    assert ([a.pk for a in last.undone], last.next_after) == ([articles[4].pk], None)
    assert Revision.objects.filter(change_set=undoing, reason="all wrong").count() == 4


def test_what_an_undo_that_was_killed_left_the_next_one_returns(editor):
    articles = [make_article() for _ in range(3)]
    change_set = open_set()
    for article in articles:
        publishing.publish(article, actor=editor, change_set=change_set)
    change_sets.undo_some(change_sets.open_undo(change_set, actor=editor), actor=editor, most=2)
    report = change_sets.undo(change_set, actor=editor)
    assert [a.pk for a in report.undone] == [articles[2].pk]
    assert {why for _, why in report.kept} == {"an undo has already restored it"}
    assert not Article.objects.filter(published=True).exists()


def test_undo_goes_through_sets_of_more_than_are_returned_at_once(editor):
    wanted = [door.Change(make_state()) for _ in range(change_sets.ARTICLES_AT_ONCE + 1)]
    articles = [made.article for made in door.change_many(wanted, actor=OPERATOR, origin=Origin.COMMAND)]
    change_set = open_set()
    decide("publish", articles, actor=editor, change_set=change_set)
    report = change_sets.undo(change_set, actor=editor)
    assert [a.pk for a in report.undone] == [a.pk for a in articles]
    assert Revision.objects.filter(change_set=report.change_set).count() == len(articles)


def test_undo_leaves_what_somebody_touched_between_the_steps_of_the_set(editor):
    article = make_article(title="one")
    change_set = open_set()
    retitle(article, "two", change_set)
    retitle(article, "theirs")
    retitle(article, "three", change_set)
    report = change_sets.undo(change_set, actor=editor)
    assert [why for _, why in report.kept] == ["it has changed since"]
    assert Article.objects.get().title == "three"


def test_undo_names_an_article_whose_earlier_secured_is_lost(editor):
    lost, other = make_article(secured="first"), make_article(secured="second")
    change_set = open_set()
    for article in (lost, other):
        change_everything(article, change_set)
    SecuredPayload.objects.filter(text="first").delete()
    report = change_sets.undo(change_set, actor=editor)
    assert [a.pk for a in report.undone] == [other.pk]
    assert [(a.pk, "no secured payload" in why) for a, why in report.kept] == [(lost.pk, True)]
