"""A button that the end of a session came between: nothing happens, and the page after signing in leads back to it."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.models import Article, ChangeSet, Conflict, Revision, Topic
from tests.admin.browserless import form_of, forms_of, read_form, text_of
from tests.contesting import changed_upstream, contested
from tests.factories import PASSWORD, make_article

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ALL = f"{LIST}?state=all"
OURS = {"HTTP_ORIGIN": "http://testserver"}


def address_of(article):
    return f"{LIST}{article.pk}/change/"


def row_of(article):
    return Article.objects.get(pk=article.pk)


def strict_client(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def ended(client, send):
    """Sends it after the session has ended. Returns the sign-in page."""
    del client.cookies["sessionid"]
    page = send()
    assert page.status_code == 403
    assert "Your session ended." in text_of(page)
    return page


def sign_in(client, page, user):
    form = form_of(page, "login-form")
    form["username"], form["password"] = user.username, PASSWORD
    return form.send(client, "/admin/login/")


def pressed(client, action, *articles, page=ALL, **typed):
    form = read_form(client, page, "changelist-form")
    form.forge("_selected_action", *[article.pk for article in articles])
    for name, value in typed.items():
        form[name] = value
    return lambda: form.send(client, page, f"action={action}", HTTP_REFERER=f"http://testserver{page}")


def test_after_signing_in_nothing_has_changed_and_the_words_are_there(editor):
    client, article = strict_client(editor), make_article(title="One")
    page = ended(client, pressed(client, "hold", article, reason="for Anna", **{"hold-why": "wait for legal"}))
    resumed = sign_in(client, page, editor)
    words = text_of(resumed)
    signed_in = f"You are signed in as {editor.username}. Nothing has changed yet."
    for shown in ("Not done yet", signed_in, "“Hold” was not done.", "for Anna", "wait for legal"):
        assert shown in words, shown
    assert "another account" not in words
    assert f'href="{ALL}"' in resumed.text
    assert not [form for form in forms_of(resumed) if form.id == "again"]
    assert (Revision.objects.count(), ChangeSet.objects.count()) == (1, 0)


def test_a_wrong_password_loses_no_words(editor):
    client, article = strict_client(editor), make_article(title="One")
    page = ended(client, pressed(client, "publish", article, reason="for Anna"))
    form = form_of(page, "login-form")
    form["username"], form["password"] = editor.username, "wrong"
    again = form.send(client, "/admin/login/")
    assert "Your session ended." in text_of(again)
    assert "for Anna" in text_of(sign_in(client, again, editor))


def test_another_account_learns_that_it_did_not_press_the_button(editor, contributor):
    client, article = strict_client(editor), make_article(title="One")
    page = sign_in(client, ended(client, pressed(client, "publish", article)), contributor)
    assert "From another account" in text_of(page)
    assert f"signed in as {contributor.username}" in text_of(page)
    assert not row_of(article).published


@pytest.mark.parametrize(
    "came_from", ["https://evil.example/admin/", "http://testserver.evil.example/admin/", "//x", ""]
)
def test_the_way_back_leads_to_no_other_site(editor, came_from):
    client, article = strict_client(editor), make_article()
    form = read_form(client, ALL, "changelist-form")
    form.forge("_selected_action", article.pk)
    form.forge("next", came_from)
    page = ended(client, lambda: form.send(client, ALL, "action=publish", HTTP_REFERER=came_from))
    resumed = sign_in(client, page, editor)
    assert f'href="{LIST}"' in resumed.text
    assert "evil" not in resumed.text


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_token_that_was_exchanged_elsewhere_is_answered_so_too(editor, is_signed_in):
    client, article = strict_client(editor), make_article(title="One")
    send = pressed(client, "publish", article, reason="for Anna")
    client.cookies["csrftoken"] = "b" * 32
    if not is_signed_in:
        del client.cookies["sessionid"]
    client.defaults.update(OURS)
    answer = send()
    assert answer.status_code == 403
    page = answer if is_signed_in else sign_in(client, answer, editor)
    for shown in ("Nothing has changed yet.", "“Publish” was not done.", "for Anna"):
        assert shown in text_of(page)
    assert not row_of(article).published


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_what_another_site_sends_is_shown_to_nobody(editor, origin):
    client, article = strict_client(editor), make_article(title="Canary")
    data = {"action": "publish", "_selected_action": article.pk, "reason": "Canary", "csrfmiddlewaretoken": "x" * 32}
    page = client.post(ALL, data, **({"HTTP_ORIGIN": origin} if origin else {}))
    assert page.status_code == 403
    assert "Canary" not in page.text
    assert not row_of(article).published


def test_a_stranger_who_never_saw_a_page_is_led_to_the_sign_in_as_ever(client):
    article = make_article()
    for address, data in (
        (ALL, {"action": "publish", "_selected_action": article.pk}),
        (f"{LIST}undo/1/", {}),
        ("/admin/articles/conflict/decide/", {"decision": "keep:1"}),
    ):
        assert client.post(address, data).status_code == 302


@pytest.mark.parametrize("name", ["preview", "changes", "presence"])
def test_what_changes_nothing_leads_to_the_sign_in_as_ever(editor, name):
    client, article = strict_client(editor), make_article()
    form = read_form(client, address_of(article))
    del client.cookies["sessionid"]
    assert form.send(client, f"{LIST}{article.pk}/{name}/").status_code == 302


@pytest.mark.parametrize("where", [LIST, f"{LIST}undo/99/", f"{LIST}x/change/", "/admin/articles/importrun/x/undo/"])
def test_a_forged_box_of_the_sign_in_page_does_nothing(editor, where):
    article = make_article()
    for typed in ("[]", "x", '[["action", "publish"]]', '[["_selected_action", "x"], ["pressed", "x"]]', "[" * 5000):
        data = {"username": editor.username, "password": PASSWORD, "next": where, "typed": typed}
        assert Client().post("/admin/login/", data).status_code in (200, 302)
    assert not row_of(article).published


def test_a_password_is_in_no_page(chief):
    chief.is_superuser = True
    chief.save()
    client = strict_client(chief)
    form = read_form(client, "/admin/articles/user/add/", "user_form")
    form["username"] = "anna"
    form.forge("password1", "Canary-1234")
    form.forge("password2", "Canary-1234")
    page = ended(client, lambda: form.send(client, "/admin/articles/user/add/", "_save"))
    assert "Canary" not in page.text
    assert "Nothing has changed yet." in text_of(sign_in(client, page, chief))


def test_every_page_with_a_button_is_led_back_to(tmp_path, editor, chief):
    contested(tmp_path, "b")
    article = changed_upstream(tmp_path)
    make_article(topics=["ai"])
    topic = Topic.objects.get(name="ai")
    queue, upstream = "/admin/articles/conflict/", f"{LIST}upstream/"
    pages = {
        queue: ("decide", f"decision=keep:{Conflict.objects.earliest('pk').pk}"),
        upstream: (f"upstream-{article.pk}", "choice=accept"),
        f"/admin/articles/topic/{topic.pk}/change/": ("topic_form", "_save"),
    }
    for address, (name, button) in pages.items():
        client = strict_client(chief)
        form = read_form(client, address, name)
        send = lambda: form.send(client, address, button, HTTP_REFERER=f"http://testserver{address}")  # noqa: B023, E731
        resumed = sign_in(client, ended(client, send), chief)
        assert f'href="{address}"' in resumed.text
    assert not ChangeSet.objects.filter(actor=chief).exists()


@pytest.mark.parametrize(
    ("button", "label"),
    [("_publish", "Publish"), ("_set_aside", "Dismiss"), ("_hold", "Hold"), ("_unpublish", "Unpublish")],
)
def test_a_decision_on_the_form_is_named_beside_the_text_and_not_done_unseen(editor, button, label):
    client, article = strict_client(editor), make_article(title="One", published=button == "_unpublish")
    form = read_form(client, address_of(article))
    form["body"] = "An hour of work"
    if button == "_hold":
        form["hold-why"] = "wait"
    page = sign_in(client, ended(client, lambda: form.send(client, address_of(article), button)), editor)
    shown = form_of(page, "again").send(client, "", "_show")
    assert f"“{label}” was not done." in text_of(shown)
    assert (Revision.objects.count(), ChangeSet.objects.count()) == (1, 0)
    again = form_of(shown, "article_form")
    answer = again.send(client, address_of(article), button)
    assert ChangeSet.objects.get().kind == button.strip("_")
    if button == "_unpublish":
        assert form_of(answer, "article_form")["body"] == "An hour of work"
    else:
        assert row_of(article).body == "An hour of work"
