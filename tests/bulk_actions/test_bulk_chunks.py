"""A bulk action is fixed when it is confirmed, and done chunk by chunk as one change set."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.bulk_actions import choosing, chunks
from articles.bulk_actions.choosing import BadChoice
from articles.bulk_actions.engine import CHANGED, GONE
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.changes.refusals import NotAllowed
from articles.content import article_state
from articles.history import change_sets
from articles.models import Article, BulkAction, BulkEntry, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.bulk_actions.bulk_running import begin, counts, finish, outcomes, run
from tests.factories import make_article, make_articles

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_threes(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 3)


def retitle(article):
    article = Article.objects.get(pk=article.pk)
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": "Retold"}), state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def test_what_is_chosen_stays_what_it_was(editor):
    first = make_article()
    bulk = begin("publish", actor=editor, articles=Article.objects.undecided())
    late = make_article()
    publishing.publish(first, actor=OPERATOR)
    bulk = finish(bulk, actor=editor)
    assert outcomes(bulk) == {first.pk: ("refused", CHANGED)}
    assert not Article.objects.get(pk=late.pk).published


def test_the_entries_keep_the_order_in_which_they_were_chosen(editor):
    made = make_articles(4)
    bulk = begin("publish", actor=editor)
    assert [entry.article_id for entry in bulk.entries.all()] == [article.pk for article in reversed(made)]


def test_ticked_ones_are_taken_at_the_versions_that_were_seen(editor):
    fresh, stale = make_article(), make_article()
    retitle(stale)
    bulk = finish(choosing.store({fresh.pk: 1, stale.pk: 1, 10**9: 1}, "publish", editor), actor=editor)
    assert outcomes(bulk) == {
        fresh.pk: ("changed", ""),
        stale.pk: ("refused", CHANGED),
        10**9: ("refused", GONE),
    }


def test_chunks_follow_each_other_and_end_as_one_change_set(editor, in_threes):
    make_articles(7)
    bulk = begin("publish", actor=editor)
    seen = []
    while bulk.is_running:
        bulk = chunks.do_chunk(bulk.pk, actor=editor)
        seen.append(bulk.done_count)
    assert seen == [3, 6, 7]
    assert (counts(bulk), bulk.worked_by) == ((7, 0, 0), editor.username)
    assert ChangeSet.objects.get() == bulk.change_set
    assert bulk.change_set.revisions.count() == 7
    again = chunks.do_chunk(bulk.pk, actor=editor)
    assert (again.done_count, Revision.objects.count()) == (7, 14)


def test_one_that_changes_nothing_leaves_no_change_set(editor, in_threes):
    for _ in range(4):
        make_article(published=True)
    bulk = run("publish", actor=editor)
    assert (counts(bulk), bulk.change_set) == ((0, 4, 0), None)
    assert not ChangeSet.objects.exists()


def test_a_chunk_without_changes_before_others_leaves_none_of_its_own(editor, in_threes):
    changed = make_article()
    for _ in range(3):
        make_article(published=True)
    bulk = run("publish", actor=editor)
    assert counts(bulk) == (1, 3, 0)
    assert [revision.article_id for revision in ChangeSet.objects.get().revisions.all()] == [changed.pk]


def test_the_reason_is_that_of_every_revision(editor):
    article = make_article()
    bulk = choosing.store({article.pk: 1}, "publish", editor, reason="for the evening")
    bulk = finish(bulk, actor=editor)
    newest = article.revisions.get(number=2)
    assert (newest.reason, newest.origin, newest.actor) == ("for the evening", "action", editor)
    assert bulk.change_set.reason == "for the evening"


def test_who_continues_acts_by_their_own_rights_and_name(editor, chief, contributor, in_threes):
    hidden, live = make_articles(3), [make_article(published=True) for _ in range(3)]
    bulk = begin("category", actor=editor, articles=Article.objects.order_by("pk"), category="ports")
    chunks.do_chunk(bulk.pk, actor=chief)
    bulk = chunks.do_chunk(bulk.pk, actor=contributor)
    assert (counts(bulk), bulk.worked_by) == ((3, 0, 3), contributor.username)
    assert {r.actor for r in Revision.objects.filter(article__in=hidden, number=2)} == {chief}
    assert {outcomes(bulk)[article.pk] for article in live} == {
        ("refused", f"{contributor.username} has no permission to publish")
    }


@pytest.mark.parametrize("verb", ["publish", "unpublish", "schedule"])
def test_what_needs_the_right_to_publish_is_not_continued_without_it(contributor, editor, verb):
    bulk = choosing.store({make_article().pk: 1}, verb, editor)
    for step in (
        lambda: chunks.do_chunk(bulk.pk, actor=contributor),
        lambda: chunks.stop(bulk.pk, actor=contributor),
    ):
        with pytest.raises(NotAllowed):
            step()
    assert BulkAction.objects.get().is_running


def test_a_stopped_one_leaves_the_rest_untouched(editor, chief, in_threes):
    made = make_articles(5)
    bulk = begin("publish", actor=editor, articles=Article.objects.order_by("pk"))
    chunks.do_chunk(bulk.pk, actor=editor)
    bulk = chunks.stop(bulk.pk, actor=chief)
    assert (bulk.is_running, bulk.left_count, bulk.worked_by) == (False, 2, chief.username)
    assert chunks.do_chunk(bulk.pk, actor=editor).done_count == 3
    assert [Article.objects.get(pk=article.pk).published for article in made] == [True, True, True, False, False]
    ended = bulk.finished_at
    assert chunks.stop(bulk.pk, actor=editor).finished_at == ended


def test_none_and_too_many_are_refused():
    with pytest.raises(BadChoice):
        choosing.checked([])
    with pytest.raises(BadChoice, match="more than 10,000 articles match; filter further"):
        choosing.checked((pk, 1) for pk in range(10_001))
    assert len(choosing.checked((pk, 1) for pk in range(10_000))) == 10_000


def test_a_page_whose_button_is_pressed_twice_stores_one(editor):
    article, token = make_article(), uuid4()
    first, second = (choosing.store({article.pk: 1}, "publish", editor, token=token) for _ in range(2))
    assert first == second == BulkAction.objects.get()
    assert BulkEntry.objects.count() == 1
    assert choosing.store({article.pk: 1}, "publish", editor, token=uuid4()) != first


def test_a_chunk_takes_as_many_queries_for_ten_as_for_one(editor):
    seen = []
    for number in (1, 10):
        for n in range(number):
            make_article(topics=[f"t{n}"], category=f"c{n}", images=[{"url": f"https://i.example/{number}-{n}"}])
        bulk = begin("publish", actor=editor, articles=Article.objects.undecided())
        with CaptureQueriesContext(connection) as queries:
            chunks.do_chunk(bulk.pk, actor=editor)
        seen.append(len(queries))
    assert seen[0] == seen[1] <= 30


def test_a_bulk_action_can_be_undone_and_its_change_set_knows_it(editor):
    made = make_articles(2)
    bulk = run("publish", actor=editor)
    retitle(made[0])
    report = change_sets.undo(bulk.change_set, actor=editor)
    assert [article.pk for article in report.undone] == [made[1].pk]
    assert [(article.pk, why) for article, why in report.kept] == [(made[0].pk, "it has changed since")]
