"""Who has a form open: one row a person, for less than a minute, and never in anybody's way."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.admin.article_form import presence
from articles.changes import door
from articles.content import article_state
from articles.models import Article, Presence
from articles.models.history import Origin
from tests.factories import NOW, make_article, make_user
from tests.waiting import GIVES_UP_AFTER

pytestmark = pytest.mark.django_db


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def names(article, user, seconds):
    return [other.user.username for other in presence.others(article.pk, user, now=later(seconds))]


def test_who_opened_it_is_told_to_others_and_not_to_themselves(editor):
    article, bo = make_article(), make_user("Editor", username="bo")
    presence.arrive(article.pk, bo, is_editing=False, now=NOW)
    assert names(article, editor, 1) == ["bo"]
    assert names(article, bo, 1) == []
    assert names(make_article(), editor, 1) == []


def test_a_heartbeat_keeps_somebody_there_since_the_moment_they_came(editor):
    article, bo = make_article(), make_user("Editor")
    presence.arrive(article.pk, bo, is_editing=False, now=NOW)
    for seconds in (15, 30, 45, 60, 75):
        presence.beat(article.pk, bo, is_editing=seconds > 40, now=later(seconds))
    [other] = presence.others(article.pk, editor, now=later(80))
    assert (other.opened_at, other.seen_at, other.is_editing) == (NOW, later(75), True)


def test_without_a_heartbeat_somebody_is_gone_in_less_than_a_minute(editor):
    article, bo = make_article(), make_user("Editor")
    presence.arrive(article.pk, bo, is_editing=True, now=NOW)
    assert names(article, editor, 50)
    assert not names(article, editor, 51)


def test_who_left_is_gone_at_once_and_leaving_twice_is_no_error(editor):
    article, bo = make_article(), make_user("Editor")
    presence.arrive(article.pk, bo, is_editing=False, now=NOW)
    presence.leave(article.pk, bo, now=NOW)
    presence.leave(article.pk, bo, now=NOW)
    assert not names(article, editor, 1)


def test_a_second_window_that_only_looks_takes_back_nothing_and_adds_no_row(editor):
    article, bo = make_article(), make_user("Editor")
    presence.arrive(article.pk, bo, is_editing=False, now=NOW)
    presence.beat(article.pk, bo, is_editing=True, now=later(10))
    presence.beat(article.pk, bo, is_editing=False, now=later(20))
    assert [other.is_editing for other in presence.others(article.pk, editor, now=later(21))] == [True]
    assert Presence.objects.count() == 1


def test_opening_it_again_after_a_save_is_no_longer_editing_and_keeps_the_moment_they_came(editor):
    article, bo = make_article(), make_user("Editor")
    presence.arrive(article.pk, bo, is_editing=True, now=NOW)
    presence.arrive(article.pk, bo, is_editing=False, now=later(20))
    assert list(Presence.objects.values_list("opened_at", "is_editing")) == [(NOW, False)]


def test_who_was_away_and_comes_back_came_when_they_came_back(editor):
    article, bo = make_article(), make_user("Editor")
    presence.arrive(article.pk, bo, is_editing=True, now=NOW)
    presence.beat(article.pk, bo, is_editing=False, now=later(600))
    assert list(Presence.objects.values_list("opened_at", "is_editing")) == [(later(600), False)]


def test_leaving_any_form_deletes_the_rows_of_all_who_left_without_a_word(editor, chief):
    for _ in range(5):
        presence.arrive(make_article().pk, make_user("Editor"), is_editing=False, now=NOW)
    article = make_article()
    presence.arrive(article.pk, editor, is_editing=False, now=later(60))
    presence.leave(article.pk, chief, now=later(60))
    assert list(Presence.objects.values_list("user", flat=True)) == [editor.pk]


def test_heartbeats_in_a_rush_write_once(editor):
    article = make_article()
    presence.arrive(article.pk, editor, is_editing=False, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(10):
            presence.beat(article.pk, editor, is_editing=False, now=later(4))
    assert not [query for query in queries if not query["sql"].startswith("SELECT")]


def test_an_account_that_was_closed_or_an_article_that_is_gone_leaves_no_trace(editor):
    article, bo = make_article(), make_user("Editor")
    presence.arrive(article.pk, bo, is_editing=False, now=NOW)
    bo.is_active = False
    bo.save()
    assert not names(article, editor, 1)
    presence.arrive(article.pk, editor, is_editing=False, now=NOW)
    assert door.withdraw_many([article], actor=editor) == [None]
    editor.delete()


def test_the_queries_do_not_grow_with_those_who_are_there(editor):
    article, counts = make_article(), []
    for people in (1, 9):
        for _ in range(people):
            presence.arrive(article.pk, make_user("Editor"), is_editing=False, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            presence.arrive(article.pk, editor, is_editing=False, now=NOW)
            assert [other.user.username for other in presence.others(article.pk, editor, now=NOW)]
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_while_somebody_else_writes_the_heartbeat_gets_lost_and_later_writes_wait_as_ever(editor):
    article = make_article()
    is_locked, may_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Article.objects.filter(pk=article.pk).update(heat=5)
            is_locked.set()
            may_go.wait(GIVES_UP_AFTER)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    is_locked.wait(GIVES_UP_AFTER)
    usual, patience = _patience(), []
    with connection.execute_wrapper(_noting_patience(patience)):
        presence.arrive(article.pk, editor, is_editing=False, now=NOW)
        presence.beat(article.pk, editor, is_editing=True, now=NOW)
        presence.leave(article.pk, editor, now=NOW)
    assert holder.is_alive()
    may_go.set()
    holder.join()
    assert (set(patience), len(patience)) == ({presence.PATIENCE // timedelta(milliseconds=1)}, 3)
    assert _patience() == usual > 1_000
    assert not Presence.objects.exists()
    _retitle(article, editor)
    assert Article.objects.get(pk=article.pk).title == "Saved"


def _patience():
    """The milliseconds for which a write waits for another's on this connection."""
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA busy_timeout").fetchone()[0]


def _noting_patience(noted):
    def note(execute, sql, *rest):
        if sql.startswith(("BEGIN", "INSERT", "DELETE")):
            noted.append(_patience())
        return execute(sql, *rest)

    return note


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_save_and_a_heartbeat_do_not_wait_for_each_other(editor):
    article = make_article()
    is_done = threading.Event()

    def be_there():
        presence.arrive(article.pk, editor, is_editing=False, now=NOW)
        connection.close()
        is_done.set()

    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        threading.Thread(target=be_there).start()
        assert is_done.wait(GIVES_UP_AFTER)
    assert Presence.objects.count() == 1


def _retitle(article, user):
    article.refresh_from_db()
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": "Saved"}), state.desk)
    door.change(article, wanted, actor=user, origin=Origin.FORM, expected_version=article.version)
