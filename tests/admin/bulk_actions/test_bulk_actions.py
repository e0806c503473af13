"""Bulk actions in the admin: through the chunks, to the summary and its Undo."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.bulk_actions import chunks
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.history import change_sets, purging
from articles.models import Article, BulkAction, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, forms_of, tags_of, text_of
from tests.bulk_actions.bulk_running import begin, finish, run
from tests.factories import NOW, make_article, make_articles, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
BULK = "/admin/articles/bulkaction/"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def in_threes(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 3)


def newest():
    return BulkAction.objects.latest("pk")


def page_of(client, bulk):
    response = client.get(f"{BULK}{bulk.pk}/")
    assert response.status_code == 200
    return response


def press(client, bulk, form_id, **typed):
    """Presses the form's button on the action's page. Returns the answer."""
    form = form_of(page_of(client, bulk), form_id)
    for name, value in typed.items():
        form[name] = value
    return form.send(client, f"{BULK}{bulk.pk}/")


def purge(article):
    opened = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR)
    purging.purge_many([Article.objects.get(pk=article.pk)], actor=OPERATOR, change_set=opened)


def published():
    return set(Article.objects.published().values_list("pk", flat=True))


def retitle(article):
    article = Article.objects.get(pk=article.pk)
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": "Retold"}), state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def test_chunks_go_on_from_the_button_and_from_the_script(editor, signed_in, in_threes):
    client = signed_in(editor)
    make_articles(8)
    bulk = begin("publish", actor=editor)
    press(client, bulk, "bulk-continue")
    assert len(published()) == 3
    page = page_of(client, bulk)
    assert "3 of 8 done: 3 published." in text_of(page)
    bar = next(attributes for tag, attributes in tags_of(page) if tag == "progress")
    assert (bar["value"], bar["max"]) == ("3", "8")
    answer = client.post(f"{BULK}{bulk.pk}/chunk/", headers={"Accept": "application/json"})
    assert answer.json() == {"count": 8, "done": 6, "is_running": True, "sentence": "6 of 8 done: 6 published."}
    assert press(client, bulk, "bulk-continue")["Location"] == f"{BULK}{bulk.pk}/"
    assert len(published()) == 8
    assert "8 of 8 done: 8 published." in text_of(page_of(client, bulk))
    assert client.post(f"{BULK}{bulk.pk}/chunk/").status_code == 302
    assert Revision.objects.count() == 16


def test_another_with_the_right_continues_and_it_says_who(editor, chief, signed_in, in_threes):
    make_articles(4)
    bulk = begin("publish", actor=editor)
    chunks.do_chunk(bulk.pk, actor=editor)
    client = signed_in(chief)
    press(client, bulk, "bulk-continue")
    words = text_of(page_of(client, bulk))
    assert f"by {editor.username}" in words
    assert f"Ended 1 Nov 2026, 12:00 by {chief.username}" in words
    assert [r.actor for r in Revision.objects.order_by("-pk")[:1]] == [chief]


def test_stopping_leaves_the_rest(editor, signed_in, in_threes):
    make_articles(5)
    bulk = begin("publish", actor=editor)
    client = signed_in(editor)
    press(client, bulk, "bulk-continue")
    press(client, bulk, "bulk-stop")
    words = text_of(page_of(client, bulk))
    assert "Stopped" in words
    assert "3 of 5 done: 3 published. 2 left unchanged." in words
    assert not [form for form in forms_of(page_of(client, bulk)) if form.id == "bulk-continue"]
    assert len(published()) == 3


def test_the_summary_undoes_it(editor, signed_in):
    client, made = signed_in(editor), make_articles(3)
    bulk = run("publish", actor=editor)
    retitle(made[0])
    response = press(client, bulk, "undo")
    assert response["Location"] == f"{BULK}{bulk.pk}/"
    assert published() == {made[0].pk}
    assert "it has changed since" in text_of(client.get(response["Location"]))


def test_the_summary_of_one_that_was_undone_says_so_and_offers_no_second_undo(editor, signed_in):
    client = signed_in(editor)
    make_articles(3)
    bulk = run("publish", actor=editor)
    press(client, bulk, "undo")
    page = page_of(client, bulk)
    assert "Publish 3 articles undone" in text_of(page)
    assert not any(form.id == "undo" for form in forms_of(page))


def test_the_change_set_leads_back_to_what_was_refused(editor, signed_in):
    make_article()
    make_article(hold="The lawyer reads it")
    bulk = run("publish", actor=editor)
    address = f"/admin/articles/changeset/{bulk.change_set_id}/change/"
    page = signed_in(editor).get(address)
    assert "Bulk action 2 of 2 done, 1 refused" in text_of(page)
    assert any(attributes.get("href") == f"{BULK}{bulk.pk}/" for tag, attributes in tags_of(page) if tag == "a")


def test_one_that_is_purged_meanwhile_is_named_as_gone_by_action_and_undo(editor, signed_in, monkeypatch):
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 1)
    client, made = signed_in(editor), make_articles(3)
    bulk = begin("publish", actor=editor)
    purge(made[0])
    press(client, bulk, "bulk-continue")
    assert "3 of 3 done: 2 published, 1 refused." in text_of(page_of(client, bulk))
    assert "Story 0 It no longer exists" in text_of(page_of(client, bulk))
    purge(made[1])
    press(client, bulk, "undo")
    undo = finish(newest(), actor=editor)
    assert (undo.changed_count, undo.refused_count) == (1, 1)
    assert "Story 1 It " in text_of(page_of(client, undo))
    assert not published()


def test_the_undo_of_many_goes_by_chunks_as_well_and_names_what_it_leaves(editor, signed_in, monkeypatch, in_threes):
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 3)
    client, made = signed_in(editor), make_articles(7)
    bulk = run("publish", actor=editor)
    retitle(made[2])
    response = press(client, bulk, "undo")
    undo = newest()
    assert (undo.verb, undo.count, response["Location"]) == ("undo", 7, f"{BULK}{undo.pk}/#run")
    assert len(published()) == 5
    while newest().is_running:
        press(client, undo, "bulk-continue")
    assert published() == {made[2].pk}
    words = text_of(page_of(client, undo))
    assert "7 of 7 done: 6 restored, 1 refused." in words
    assert "Retold It has changed since" in words
    assert f"Undoes Change set {bulk.change_set_id}: published" in words
    undo = newest()
    assert (undo.change_set.kind, undo.change_set.undoes) == ("undo", bulk.change_set)
    press(client, undo, "undo")
    finish(newest(), actor=editor)
    assert len(published()) == 7


def test_unfinished_ones_are_told_on_the_index_to_those_who_may_go_on(editor, contributor, signed_in, in_threes):
    make_articles(5)
    bulk = begin("publish", actor=editor)
    chunks.do_chunk(bulk.pk, actor=editor)
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        words = text_of(signed_in(editor).get("/admin/"))
        assert "Publish 5 articles: 3 of 5 done, stopped at 12:00; resume it" in words
        assert words.count("Publish 5 articles") == 1
        assert "Publish 5 articles" not in text_of(signed_in(contributor).get("/admin/"))
        finish(bulk, actor=editor)
        assert "Publish 5 articles" not in text_of(signed_in(editor).get("/admin/"))


POSTS = ("chunk", "stop")


@pytest.mark.parametrize("role", ["", "viewer", "Contributor"])
def test_who_may_not_publish_neither_sees_nor_moves_a_publication(editor, signed_in, role):
    make_articles(2)
    bulk = begin("publish", actor=editor)
    user = make_user("" if role == "viewer" else role)
    if role == "viewer":
        user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client = signed_in(user)
    before = list(BulkAction.objects.order_by("pk").values())
    assert client.get(f"{BULK}{bulk.pk}/").status_code == 403
    for name in POSTS:
        assert client.post(f"{BULK}{bulk.pk}/{name}/").status_code == 403, name
    assert list(BulkAction.objects.order_by("pk").values()) == before
    assert not published()


def test_a_get_changes_nothing_and_what_is_not_there_is_not_found(editor, signed_in):
    make_articles(2)
    bulk = begin("publish", actor=editor)
    client = signed_in(editor)
    for name in POSTS:
        assert client.get(f"{BULK}{bulk.pk}/{name}/").status_code == 405
        assert client.post(f"{BULK}{bulk.pk + 1}/{name}/").status_code == 404
    assert client.post(f"{BULK}{bulk.pk}/").status_code == 405
    assert client.get(f"{BULK}{10**17}/").status_code == 404
    assert client.get(f"{BULK}{'9' * 30}/").status_code == 404
    assert (newest().done_count, published()) == (0, set())


def test_the_pages_take_as_many_queries_for_ten_as_for_one(editor, signed_in):
    client = signed_in(editor)
    seen = []
    for number in (1, 10):
        for n in range(number):
            make_article(topics=[f"t{n}"], category=f"c{n}")
        bulk = begin("publish", actor=editor, articles=Article.objects.undecided())
        counts = []
        for path in (f"{BULK}{bulk.pk}/", LIST):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
        for article in Article.objects.undecided():
            publishing.publish(article, actor=OPERATOR)
        bulk = finish(bulk, actor=editor)
        assert bulk.refused_count == number
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BULK}{bulk.pk}/")
        seen.append([*counts, len(queries)])
    assert seen[0] == seen[1]
    assert max(seen[0]) <= 25
