"""The form says who else has it open, and that somebody saved it meanwhile."""

import pytest
from django.test import Client

from articles.admin.article_form import presence
from articles.changes.actors import OPERATOR
from articles.models import Article, Presence
from articles.workflow import publishing
from tests.admin.browserless import form_of, open_form, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


def form_address(article):
    return f"/admin/articles/article/{article.pk}/change/"


def address_of(article):
    return f"/admin/articles/article/{article.pk}/presence/"


@pytest.fixture
def bo(db):
    return make_user("Editor", username="bo<b>")


def test_the_form_says_who_opened_it_before_and_opening_it_records_one(editor, bo, signed_in):
    article = make_article()
    assert "since" not in text_of(signed_in(bo).get(form_address(article)))
    page = signed_in(editor).get(form_address(article))
    assert "bo<b> has had this open since" in text_of(page)
    assert "<bdi>bo&lt;b&gt;</bdi>" in page.text
    assert set(Presence.objects.values_list("user", "is_editing")) == {(bo.pk, False), (editor.pk, False)}


def test_a_heartbeat_answers_who_is_there_and_records_that_something_was_typed(editor, bo, signed_in):
    article, mine, theirs = make_article(), signed_in(editor), signed_in(bo)
    assert mine.post(address_of(article), {"version": "1"}).text.strip() == ""
    theirs.post(address_of(article), {"version": "1", "editing": "1"})
    answer = mine.post(address_of(article), {"version": "1"})
    assert "bo<b> has been editing this since" in text_of(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert theirs.post(address_of(article), {"leaving": "1"}).status_code == 204
    assert mine.post(address_of(article), {"version": "1"}).text.strip() == ""


def test_the_own_second_window_is_nobody_else(editor, signed_in):
    article, client = make_article(), signed_in(editor)
    client.get(form_address(article))
    other_browser = signed_in(editor)
    assert editor.username not in other_browser.post(address_of(article), {"version": "1"}).text


def test_a_heartbeat_tells_of_a_version_that_was_saved_meanwhile_and_where_to_compare(editor, bo, signed_in):
    article, mine = make_article(), signed_in(editor)
    publishing.publish(article, actor=bo)
    answer = mine.post(address_of(article), {"version": "1"})
    assert "bo<b> saved version 2" in text_of(answer)
    assert f"/admin/articles/article/{article.pk}/compare/?from=1&amp;to=2" in answer.text
    assert "saved" not in text_of(mine.post(address_of(article), {"version": "2"}))
    publishing.unpublish(Article.objects.get(), actor=editor)
    assert "You saved version 3" in text_of(mine.post(address_of(article), {"version": "1"}))
    publishing.publish(Article.objects.get(), actor=OPERATOR)
    assert "operator saved version 4" in text_of(mine.post(address_of(article), {"version": "1"}))


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1.0", "99"])
def test_a_heartbeat_without_a_sensible_version_is_still_one(editor, signed_in, version):
    article = make_article()
    assert signed_in(editor).post(address_of(article), {"version": version}).status_code == 200
    assert Presence.objects.count() == 1


def test_reading_the_address_writes_nothing_and_gives_a_token_that_the_form_can_use(editor):
    article = make_article()
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    form = open_form(client, form_address(article))
    client.cookies["csrftoken"] = "a" * 32
    assert form.send(client, form_address(article), "_save").status_code == 403
    Presence.objects.all().delete()
    answer = client.get(address_of(article)).json()
    assert answer["user"] == editor.pk
    assert not Presence.objects.exists()
    form.forge("csrfmiddlewaretoken", answer["token"])
    assert form.send(client, form_address(article), "_save").status_code == 302


def test_strangers_and_staff_without_the_right_hear_no_name_and_leave_no_trace(editor, signed_in):
    article = make_article()
    presence.arrive(article.pk, editor, is_editing=True, now=article.created_at)
    before = list(Presence.objects.values())
    for client, status in ((Client(), 302), (signed_in(make_user()), 403)):
        for send in (client.get, client.post):
            answer = send(address_of(article), {"version": "1"})
            assert answer.status_code == status
            assert editor.username not in answer.text
    assert signed_in(editor).put(address_of(article)).status_code == 405
    assert list(Presence.objects.values()) == before


def test_an_article_that_was_removed_has_no_presence(editor, signed_in):
    assert signed_in(editor).post("/admin/articles/article/4711/presence/", {"version": "1"}).status_code == 404
    assert not Presence.objects.exists()


def test_a_refused_save_still_says_who_is_there(editor, bo, signed_in):
    article, mine = make_article(), signed_in(editor)
    form = open_form(mine, form_address(article))
    signed_in(bo).post(address_of(article), {"version": "1", "editing": "1"})
    form["quality"] = "101"
    answer = form.send(mine, form_address(article), "_save")
    assert "bo<b> has been editing this" in text_of(answer)
    assert form_of(answer, "article_form")["quality"] == "101"
