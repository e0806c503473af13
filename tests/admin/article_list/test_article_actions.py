"""Publish and Unpublish: as buttons of the form and as actions of the list."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.content import article_state
from articles.models import Article, ChangeSet, Revision
from articles.workflow import publishing
from tests.admin.browserless import form_of, forms_of, open_form, read_form, text_of
from tests.factories import NOW, make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ALL = f"{LIST}?state=all"


def address_of(article):
    return f"{LIST}{article.pk}/change/"


def is_published(article):
    return Article.objects.get(pk=article.pk).published


def history_rows():
    return Revision.objects.count(), ChangeSet.objects.count()


def act(client, name, articles, *, query="?state=all", form=None, **more):
    """Ticks the articles in the list and presses the button. Returns the page that comes after."""
    form = form or read_form(client, LIST + query, "changelist-form")
    form.forge("_selected_action", *[article if isinstance(article, str) else article.pk for article in articles])
    for field, value in more.items():
        form.forge(field, value)
    response = form.send(client, LIST + query, f"action={name}")
    assert response.status_code == 302, response.status_code
    assert response["Location"] == LIST + query
    return client.get(LIST + query)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_publish_button_publishes_with_the_reason_and_says_that_readers_see_it(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    form = open_form(client, address_of(article))
    form["reason"] = "checked by phone"
    response = form.send(client, address_of(article), "_publish")
    assert response.status_code == 302
    row = Article.objects.get(pk=article.pk)
    assert (row.published, row.live_from, row.version) == (True, NOW, 2)
    revision = row.revisions.get(number=2)
    assert (revision.actor, revision.origin, revision.reason) == (editor, "form", "checked by phone")
    assert list(revision.values) == ["published", "live_from"]
    assert revision.change_set.kind == "publish"
    assert "It is live." in text_of(client.get(response["Location"]))


def test_an_edit_and_the_button_are_one_change_set(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    form = open_form(client, address_of(article))
    form["title"] = "Night ferries"
    form.send(client, address_of(article), "_publish")
    row = Article.objects.get(pk=article.pk)
    assert (row.title, row.published, row.version) == ("Night ferries", True, 2)
    assert list(ChangeSet.objects.get().revisions.get().values) == ["title", "published", "live_from"]


def test_the_unpublish_button_takes_it_from_readers(editor, signed_in):
    client, article = signed_in(editor), make_article(published=True)
    response = open_form(client, address_of(article)).send(client, address_of(article), "_unpublish")
    assert not is_published(article)
    assert f"Unpublished “{article.title}”. It is no longer live." in text_of(client.get(response["Location"]))
    assert client.get(article.get_absolute_url()).status_code == 404


def test_publishing_before_its_live_from_says_from_when_readers_see_it(editor, signed_in):
    client, article = signed_in(editor), make_article(live_from=NOW + timedelta(days=2))
    response = open_form(client, address_of(article)).send(client, address_of(article), "_publish")
    assert Article.objects.get(pk=article.pk).live_from == NOW + timedelta(days=2)
    words = text_of(client.get(response["Location"]))
    assert "Goes live 3 November 2026, 12:00 UTC." in words
    assert client.get(article.get_absolute_url()).status_code == 404


def test_an_article_whose_time_has_passed_says_that_it_ended(editor, signed_in):
    client = signed_in(editor)
    article = make_article(published=True, published_at=NOW - timedelta(days=3), live_until=NOW - timedelta(days=1))
    form = open_form(client, address_of(article))
    form["title"] = "Retold"
    response = form.send(client, address_of(article), "_save")
    words = text_of(client.get(response["Location"]))
    assert "Expired 31 October 2026, 12:00 UTC." in words


def test_publishing_anew_what_had_ended_drops_the_end_that_has_passed(editor, signed_in):
    client = signed_in(editor)
    article = make_article(live_from=NOW - timedelta(days=3), live_until=NOW - timedelta(days=1))
    open_form(client, address_of(article)).send(client, address_of(article), "_publish")
    row = Article.objects.get(pk=article.pk)
    assert (row.published, row.live_from, row.live_until) == (True, NOW, None)


def test_the_action_publishes_what_is_ticked_and_nothing_else(editor, signed_in):
    client = signed_in(editor)
    first, second, other = make_article(title="One"), make_article(title="Two"), make_article(title="Three")
    page = act(client, "publish", [first, second], reason="for the evening")
    assert [is_published(article) for article in (first, second, other)] == [True, True, False]
    change_set = ChangeSet.objects.get()
    assert (change_set.kind, change_set.reason, change_set.actor) == ("publish", "for the evening", editor)
    assert {(r.article_id, r.reason, r.origin) for r in change_set.revisions.all()} == {
        (first.pk, "for the evening", "action"),
        (second.pk, "for the evening", "action"),
    }
    words = text_of(page)
    assert "Published “One”, “Two”. They are live." in words


def test_the_action_on_one_article_says_what_readers_see_of_it(editor, signed_in):
    client, article = signed_in(editor), make_article(title="One", live_from=NOW + timedelta(days=1))
    words = text_of(act(client, "publish", [article]))
    assert "Published “One”. Goes live 2 November 2026, 12:00 UTC." in words
    assert "Unpublished “One”. It will not go live." in text_of(act(client, "unpublish", [article]))


def test_a_repeated_action_says_so_and_writes_nothing(editor, signed_in):
    client, article = signed_in(editor), make_article()
    act(client, "publish", [article])
    rows, row = history_rows(), Article.objects.values().get(pk=article.pk)
    words = text_of(act(client, "publish", [article]))
    assert f"Nothing to change: “{article.title}”." in words
    assert "Published “" not in words
    assert history_rows() == rows == (2, 1)
    assert Article.objects.values().get(pk=article.pk) == row


def test_a_repeated_button_says_so_and_writes_nothing(editor, signed_in):
    client, article = signed_in(editor), make_article(published=True)
    response = open_form(client, address_of(article)).send(client, address_of(article), "_publish")
    assert "No changes. It is live." in text_of(client.get(response["Location"]))
    assert history_rows() == (1, 0)


def test_a_message_is_shown_once(editor, signed_in):
    client, article = signed_in(editor), make_article()
    act(client, "publish", [article])
    assert "Published “" not in text_of(client.get(ALL))


def test_what_somebody_changed_since_the_list_was_shown_is_skipped_and_said(editor, chief, signed_in):
    client, stale, fresh = signed_in(editor), make_article(), make_article()
    form = read_form(client, ALL, "changelist-form")
    publishing.publish(stale, actor=chief)
    publishing.unpublish(stale, actor=chief)
    words = text_of(act(client, "publish", [stale, fresh], form=form))
    assert f"Published “{fresh.title}”." in words
    assert f"Not changed: {chief.username} unpublished “{stale.title}” at 12:00. Reload to see it." in words
    assert [is_published(stale), is_published(fresh)] == [False, True]


def test_what_was_deleted_since_the_list_was_shown_is_named_as_gone(editor, signed_in):
    client, gone, other = signed_in(editor), make_article(), make_article()
    form = read_form(client, ALL, "changelist-form")
    gone.revisions.all().delete()
    Article.objects.filter(pk=gone.pk).delete()
    words = text_of(act(client, "publish", [gone, other], form=form))
    assert "Not changed: 1 article no longer exists." in words
    assert is_published(other)


def test_what_left_the_filtered_list_since_it_was_shown_is_named_and_not_dropped(editor, chief, signed_in):
    client, article = signed_in(editor), make_article()
    form = read_form(client, f"{LIST}?state=undecided", "changelist-form")
    publishing.publish(article, actor=chief)
    rows = history_rows()
    words = text_of(act(client, "publish", [article], query="?state=undecided", form=form))
    assert f"Not changed: {chief.username} published “{article.title}” at 12:00. Reload to see it." in words
    assert history_rows() == rows


def test_an_action_without_selection_changes_nothing_and_says_so(editor, signed_in):
    client, article = signed_in(editor), make_article()
    words = text_of(act(client, "publish", []))
    assert "No items have been changed" in words
    assert not is_published(article)
    assert history_rows() == (1, 0)


def test_more_than_two_hundred_are_refused_at_once(editor, signed_in):
    client = signed_in(editor)
    article = make_article()
    words = text_of(act(client, "publish", [str(article.pk), *[str(10_000 + n) for n in range(200)]]))
    assert "201 selected; the limit is 200 at a time." in words
    assert not is_published(article)
    assert history_rows() == (1, 0)


def test_the_same_article_ticked_twice_is_published_once(editor, signed_in):
    client, article = signed_in(editor), make_article()
    words = text_of(act(client, "publish", [article, article]))
    assert f"Published “{article.title}”." in words
    assert "not changed" not in words.lower()
    assert history_rows() == (2, 1)


@pytest.mark.parametrize("key", ["abc", "-1", "1; DROP", "9" * 30, "9" * 5000, "", "²"])
def test_a_selection_that_is_no_key_is_answered_and_changes_nothing(editor, signed_in, key):
    client, article = signed_in(editor), make_article()
    form = read_form(client, ALL, "changelist-form")
    form.forge("_selected_action", key)
    assert form.send(client, ALL, "action=publish").status_code in (302, 400)
    assert not is_published(article)
    assert history_rows() == (1, 0)


def view_only():
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    return user


@pytest.mark.parametrize("who", ["Contributor", "viewer"])
@pytest.mark.parametrize("action", ["publish", "unpublish", "delete_selected", "", "undo", "__class__"])
def test_a_forged_action_of_one_who_may_not_publish_changes_nothing(signed_in, who, action):
    user = view_only() if who == "viewer" else make_user(who)
    client, hidden, live = signed_in(user), make_article(), make_article(published=True)
    data = {"action": action, "index": "0", "select_across": "0", "_selected_action": [hidden.pk, live.pk]}
    response = client.post(ALL, data)
    assert response.status_code in (200, 302, 403)
    client.post(ALL, {name: value for name, value in data.items() if name != "index"})
    assert [is_published(hidden), is_published(live)] == [False, True]
    assert history_rows() == (2, 0)


@pytest.mark.parametrize("action", ["delete_selected", "", "undo", "__class__"])
def test_a_forged_action_of_an_editor_changes_nothing(editor, signed_in, action):
    client, article = signed_in(editor), make_article()
    response = client.post(ALL, {"action": action, "index": "0", "_selected_action": [article.pk], "post": "yes"})
    assert response.status_code == 302
    assert "No action selected." in text_of(client.get(ALL))
    assert Article.objects.filter(pk=article.pk, published=False).exists()
    assert history_rows() == (1, 0)


def test_even_a_superuser_has_no_way_to_delete_articles(signed_in):
    user = make_user(is_superuser=True)
    client, article = signed_in(user), make_article()
    client.post(ALL, {"action": "delete_selected", "index": "0", "_selected_action": [article.pk], "post": "yes"})
    response = client.post(f"{LIST}{article.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert Article.objects.filter(pk=article.pk).exists()


def test_a_forged_button_of_a_contributor_writes_neither_decision_nor_edit(contributor, signed_in):
    client, article = signed_in(contributor), make_article(title="Began")
    for button in ("_publish", "_unpublish"):
        form = open_form(client, address_of(article))
        assert button not in form.buttons
        form["title"] = "Mine"
        form.send(client, address_of(article), button)
        assert not is_published(article)
    form = open_form(client, address_of(article))
    form["title"] = "Mine too"
    assert form.send(client, address_of(article), "_publish").status_code == 403
    assert Article.objects.get(pk=article.pk).title != "Mine too"


def test_both_buttons_at_once_are_one_decision(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = open_form(client, address_of(article))
    form.forge("_unpublish", "1")
    form.send(client, address_of(article), "_publish")
    assert is_published(article)
    assert Article.objects.get(pk=article.pk).version == 2


def test_the_list_action_takes_queries_that_do_not_grow_with_the_selection(editor, signed_in):
    client = signed_in(editor)
    counts = []
    for size in (2, 20):
        articles = [make_article() for _ in range(size)]
        data = {"action": "publish", "index": "0", "_selected_action": [article.pk for article in articles]}
        with CaptureQueriesContext(connection) as queries:
            client.post(ALL, data)
        assert all(is_published(article) for article in articles)
        counts.append(len(queries))
        client.get(ALL)
    assert counts[0] == counts[1]


def test_an_action_on_the_last_page_that_empties_it_comes_back_to_a_list(editor, signed_in, monkeypatch):
    monkeypatch.setattr("articles.admin.article_list.admin.ArticleAdmin.list_per_page", 2)
    articles = [make_article() for _ in range(5)]
    page = act(signed_in(editor), "publish", [articles[0]], query="?p=3")
    assert page.status_code == 200
    assert f"Published “{articles[0].title}”." in text_of(page)


def test_a_message_without_undo_has_no_button(editor, signed_in):
    client, article = signed_in(editor), make_article()
    act(client, "publish", [article])
    page = act(client, "publish", [article])
    assert not [form for form in forms_of(page) if "/undo/" in form.action]


def test_reasons_and_titles_are_text_in_messages(editor, signed_in):
    client, article = signed_in(editor), make_article(title="<script>__x(1)</script>")
    page = act(client, "publish", [article], reason="<img src=x onerror=__x(2)>")
    assert "“<script>__x(1)</script>”" in text_of(page)
    assert b"<script>__x" not in page.content


def test_published_stays_as_content_says_after_both_decisions(editor, signed_in):
    client, article = signed_in(editor), make_article(body="x", topics=["A"])
    before = article_state.read_state(Article.objects.get(pk=article.pk)).content
    act(client, "publish", [article])
    act(client, "unpublish", [article])
    assert article_state.read_state(Article.objects.get(pk=article.pk)).content == before
    assert form_of(client.get(address_of(article)), "article_form")["version"] == "3"
