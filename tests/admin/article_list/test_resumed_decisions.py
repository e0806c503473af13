"""A decision that the end of a session came between: shown after signing in, and carried out by one click."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.changes import door
from articles.content import article_state
from articles.models import Article, BulkAction, ChangeSet, Conflict, Revision, Topic
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, forms_of, read_form, text_of
from tests.contesting import changed_upstream, contested
from tests.factories import PASSWORD, make_article, make_user
from tests.importing.import_running import article_of, import_seeds, story, write

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


def carry_out(client, page, **options):
    """The one click. Returns the page after it."""
    answer = form_of(page, "again").send(client, "", **options)
    assert answer.status_code == 302, text_of(answer)
    return client.get(answer["Location"])


def pressed(client, action, *articles, **typed):
    form = read_form(client, ALL, "changelist-form")
    form.forge("_selected_action", *[article.pk for article in articles])
    for name, value in typed.items():
        form[name] = value
    return lambda: form.send(client, ALL, f"action={action}")


DECISIONS = [
    ("publish", {}, {}, "Publish 2 articles", lambda row: row.published),
    ("unpublish", {}, {"published": True}, "Unpublish 2 articles", lambda row: not row.published),
    ("set_aside", {"set_aside-cause": "off_topic"}, {}, "Dismiss 2 articles", lambda row: row.set_aside),
    ("bring_back", {}, {"set_aside": "poor"}, "Return 2 articles to the queue", lambda row: not row.set_aside),
    ("hold", {"hold-why": "wait for legal"}, {}, "Put 2 articles on hold", lambda row: row.hold == "wait for legal"),
    ("lift_hold", {}, {"hold": "wait"}, "Lift the hold on 2 articles", lambda row: not row.hold),
]


@pytest.mark.parametrize(("action", "typed", "fields", "label", "is_done"), DECISIONS)
def test_a_decision_of_the_list_is_shown_after_signing_in_and_done_by_one_click(
    editor, action, typed, fields, label, is_done
):
    client, articles = strict_client(editor), [make_article(title=title, **fields) for title in ("One", "Two")]
    page = ended(client, pressed(client, action, *articles, reason="wait for legal", **typed))
    carried = sign_in(client, page, editor)
    words = text_of(carried)
    for told in ("Not done yet", label, "One", "Two", "wait for legal", f"signed in as {editor.username}"):
        assert told in words, told
    assert "another account" not in words
    assert (Revision.objects.count(), ChangeSet.objects.count()) == (2, 0)
    carry_out(client, carried)
    assert all(is_done(row_of(article)) for article in articles)
    assert ChangeSet.objects.get().reason == "wait for legal"


def test_a_wrong_password_loses_no_decision(editor):
    client, article = strict_client(editor), make_article(title="One")
    page = ended(client, pressed(client, "publish", article))
    form = form_of(page, "login-form")
    form["username"], form["password"] = editor.username, "wrong"
    again = form.send(client, "/admin/login/")
    assert "Your session ended." in text_of(again)
    carry_out(client, sign_in(client, again, editor))
    assert row_of(article).published


def test_leaving_it_decides_nothing_and_leads_back_to_the_list(editor):
    client, article = strict_client(editor), make_article(title="One")
    carried = sign_in(client, ended(client, pressed(client, "publish", article)), editor)
    assert f'href="{LIST}"' in carried.text
    client.get(ALL)
    assert not row_of(article).published


def test_what_others_changed_meanwhile_is_not_decided_unseen(editor, chief):
    client, article = strict_client(editor), make_article(title="One")
    page = ended(client, pressed(client, "publish", article))
    state = article_state.read_state(row_of(article))
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": "Theirs"}), state.desk)
    door.change(row_of(article), wanted, actor=chief, origin=Origin.FORM, expected_version=1)
    after = carry_out(client, sign_in(client, page, editor))
    assert f"Not changed: {chief.username} edited “Theirs” at" in text_of(after)
    assert not row_of(article).published


def test_another_account_is_told_so_and_acts_with_its_own_rights(editor, contributor):
    client, article = strict_client(editor), make_article(title="One")
    carried = sign_in(client, ended(client, pressed(client, "publish", article)), contributor)
    words = text_of(carried)
    assert "From another account" in words
    assert f"signed in as {contributor.username}" in words
    assert "You don’t have permission to publish. Ask a Chief." in words
    assert '<button type="submit" class="decide"' not in carried.text
    form_of(carried, "again").send(client, "")
    assert not row_of(article).published


def test_what_the_right_is_there_for_is_offered_to_another_account(editor, contributor):
    client, article = strict_client(editor), make_article(title="One")
    send = pressed(client, "set_aside", article, **{"set_aside-cause": "off_topic"})
    carried = sign_in(client, ended(client, send), contributor)
    assert "permission" not in text_of(carried)
    carry_out(client, carried)
    assert row_of(article).set_aside == "off_topic"


@pytest.mark.parametrize("choice", ["accept", "put-back", "unpublish"])
def test_a_choice_about_a_live_article_is_not_offered_to_who_may_not_publish(tmp_path, editor, contributor, choice):
    article = changed_upstream(tmp_path)
    client, page = strict_client(editor), f"{LIST}upstream/"
    form = read_form(client, page, f"upstream-{article.pk}")
    carried = sign_in(client, ended(client, lambda: form.send(client, page, f"choice={choice}")), contributor)
    assert "You don’t have permission to publish. Ask a Chief." in text_of(carried)


def test_keeping_what_a_deleted_file_left_is_named_as_it_was_pressed(tmp_path, editor):
    file = write(tmp_path, "a.md", story("a"))
    write(tmp_path, "b.md", story("b"))
    import_seeds(tmp_path)
    file.unlink()
    import_seeds(tmp_path)
    client, page, article = strict_client(editor), f"{LIST}upstream/", article_of("a")
    form = read_form(client, page, f"upstream-{article.pk}")
    carried = sign_in(client, ended(client, lambda: form.send(client, page, "choice=accept")), editor)
    assert "Keep article" in text_of(carried)
    assert f"Kept “{article.title}”." in text_of(carry_out(client, carried))


def test_who_may_not_see_articles_sees_no_titles(editor):
    client, article = strict_client(editor), make_article(title="Canary")
    carried = sign_in(client, ended(client, pressed(client, "publish", article)), make_user())
    assert "Publish 1 article" in text_of(carried)
    assert "Canary" not in carried.text


def test_the_decision_is_pressed_twice_at_the_worst(editor):
    client, article = strict_client(editor), make_article(title="One")
    carried = sign_in(client, ended(client, pressed(client, "publish", article)), editor)
    for _ in range(2):
        words = text_of(carry_out(client, carried))
        assert "Published “One”. It is live." in words
    assert row_of(article).version == 2


def test_everything_that_matches_leads_to_its_confirmation(editor):
    client = strict_client(editor)
    make_article()
    form = read_form(client, ALL, "changelist-form")
    form["scope"] = "all"
    carried = sign_in(client, ended(client, lambda: form.send(client, ALL, "action=more")), editor)
    assert "all matching" in text_of(carried)
    assert not BulkAction.objects.exists()
    assert "Nothing has changed" in text_of(carry_out(client, carried))


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_token_that_was_exchanged_elsewhere_loses_no_decision(editor, is_signed_in):
    client, article = strict_client(editor), make_article(title="One")
    send = pressed(client, "publish", article)
    client.cookies["csrftoken"] = "b" * 32
    if not is_signed_in:
        del client.cookies["sessionid"]
    form = open_form_later(send, client)
    page = form if is_signed_in else sign_in(client, form, editor)
    assert "Publish 1 article" in text_of(page)
    assert not row_of(article).published
    carry_out(client, page, **OURS)
    assert row_of(article).published


def open_form_later(send, client):
    """Sends it as a browser does, which says from which site."""
    client.defaults.update(OURS)
    page = send()
    assert page.status_code == 403
    return page


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_what_another_site_sends_is_offered_to_nobody(editor, origin):
    client, article = strict_client(editor), make_article(title="Canary")
    data = {"action": "publish", "_selected_action": article.pk, "csrfmiddlewaretoken": "x" * 32}
    page = client.post(ALL, data, **({"HTTP_ORIGIN": origin} if origin else {}))
    assert page.status_code == 403
    assert "Canary" not in page.text
    assert not [form for form in forms_of(page) if form.id == "again"]
    assert not row_of(article).published


def test_a_stranger_who_never_saw_a_page_is_led_to_the_sign_in_as_ever(client):
    article = make_article()
    for address, data in (
        (ALL, {"action": "publish", "_selected_action": article.pk}),
        (f"{LIST}undo/1/", {}),
        ("/admin/articles/conflict/decide/", {"decision": "keep:1"}),
    ):
        assert client.post(address, data).status_code == 302


@pytest.mark.parametrize("where", [LIST, f"{LIST}undo/99/", f"{LIST}x/change/", "/admin/articles/importrun/x/undo/"])
def test_a_forged_box_of_the_sign_in_page_does_nothing(editor, where):
    article = make_article()
    for typed in ("[]", "x", '[["action", "publish"]]', '[["_selected_action", "x"], ["action", "x"]]', "[" * 5000):
        data = {"username": editor.username, "password": PASSWORD, "next": where, "typed": typed}
        assert Client().post("/admin/login/", data).status_code in (200, 302)
    assert not row_of(article).published


@pytest.mark.parametrize(
    ("choice", "label", "published"), [("accept", "Mark as reviewed", True), ("unpublish", "Unpublish", False)]
)
def test_a_choice_about_what_changed_upstream_is_carried(tmp_path, editor, choice, label, published):
    article = changed_upstream(tmp_path)
    client, page = strict_client(editor), f"{LIST}upstream/"
    form = read_form(client, page, f"upstream-{article.pk}")
    carried = sign_in(client, ended(client, lambda: form.send(client, page, f"choice={choice}")), editor)
    assert label in text_of(carried)
    assert article.title in text_of(carried)
    assert not ChangeSet.objects.filter(actor=editor).exists()
    carry_out(client, carried)
    assert article_of("a").published is published
    assert ChangeSet.objects.filter(actor=editor).count() == 1


def test_a_decision_about_conflicts_is_carried(tmp_path, editor):
    article = contested(tmp_path)
    client, queue = strict_client(editor), "/admin/articles/conflict/"
    form = read_form(client, queue, "decide")
    form.forge("conflicts", *Conflict.objects.values_list("pk", flat=True))
    form["reason"] = "theirs is right"
    carried = sign_in(client, ended(client, lambda: form.send(client, queue, "decision=take")), editor)
    words = text_of(carried)
    for told in ("Use source: title, excerpt", article.title, "theirs is right"):
        assert told in words
    carry_out(client, carried)
    assert article_of("a").title == "Theirs"


def test_an_undo_is_carried(editor):
    client, article = strict_client(editor), make_article(title="One")
    made = publish_as(editor, article)
    undo = next(form for form in forms_of(client.get(LIST + "?state=all")) if form.id == "changelist-form")
    undo.action, undo.values = f"{LIST}undo/{made.pk}/", {"csrfmiddlewaretoken": undo.values["csrfmiddlewaretoken"]}
    carried = sign_in(client, ended(client, lambda: undo.send(client, "")), editor)
    assert f"Undo change set {made.pk}: published" in text_of(carried)
    assert "One" in text_of(carried)
    carry_out(client, carried)
    assert not row_of(article).published


def publish_as(actor, article):
    opened = ChangeSet.objects.create(kind="publish", actor=actor, created_at=article.created_at)
    publishing.publish(article, actor=actor, change_set=opened)
    return opened


def test_a_restore_is_carried(editor):
    client, article = strict_client(editor), make_article(title="One")
    form = read_form(client, address_of(article))
    form["title"] = "Two"
    form.send(client, address_of(article), "_save")
    form = read_form(client, f"{LIST}{article.pk}/compare/", "restore")
    carried = sign_in(client, ended(client, lambda: form.send(client, "")), editor)
    assert "Restore title from revision 1" in text_of(carried)
    carry_out(client, carried)
    assert row_of(article).title == "One"


def test_a_bulk_action_is_confirmed_after_signing_in_by_one_click(editor):
    client, article = strict_client(editor), make_article(title="One")
    form = read_form(client, ALL, "changelist-form")
    form.forge("_selected_action", article.pk)
    form["verb"] = "publish"
    shown = client.get(form.send(client, ALL, "action=more")["Location"])
    confirm = form_of(shown, "bulk-confirm")
    carried = sign_in(client, ended(client, lambda: confirm.send(client, "")), editor)
    assert "Publish 1 article" in text_of(carried)
    assert not row_of(article).published
    carry_out(client, carried)
    assert row_of(article).published


def test_a_label_of_a_topic_is_carried(chief):
    client, article = strict_client(chief), make_article(topics=["ai"])
    topic = Topic.objects.get()
    address = f"/admin/articles/topic/{topic.pk}/change/"
    form = read_form(client, address, "topic_form")
    form["label"] = "Thinking machines"
    carried = sign_in(client, ended(client, lambda: form.send(client, address, "_save")), chief)
    assert "Save topic" in text_of(carried)
    assert "Thinking machines" in text_of(carried)
    carry_out(client, carried)
    topic.refresh_from_db()
    assert (topic.label, article.pk) == ("Thinking machines", article.pk)


def test_a_takedown_on_the_form_is_done_by_one_click_and_keeps_the_text(editor):
    client, article = strict_client(editor), make_article(title="One", published=True)
    form = read_form(client, address_of(article))
    form["body"], form["unpublish-reason"] = "An hour of work", "legal called"
    carried = sign_in(client, ended(client, lambda: form.send(client, address_of(article), "_unpublish")), editor)
    assert "Unpublish without saving" in text_of(carried)
    assert row_of(article).published
    page = form_of(carried, "again").send(client, "")
    assert "Unpublished “One”. It is no longer live." in text_of(page)
    assert form_of(page, "article_form")["body"] == "An hour of work"
    assert (row_of(article).published, row_of(article).body) == (False, "")
    assert article.revisions.get(number=2).reason == "legal called"


@pytest.mark.parametrize(("button", "label"), [("_publish", "Publish"), ("_set_aside", "Dismiss"), ("_hold", "Hold")])
def test_another_decision_on_the_form_is_named_beside_the_text_and_not_done_unseen(editor, button, label):
    client, article = strict_client(editor), make_article(title="One")
    form = read_form(client, address_of(article))
    form["body"], form["hold-why"] = "An hour of work", "wait"
    carried = sign_in(client, ended(client, lambda: form.send(client, address_of(article), button)), editor)
    assert "without saving" not in text_of(carried)
    shown = form_of(carried, "again").send(client, "", "_show")
    assert f"“{label}” was not done." in text_of(shown)
    assert (Revision.objects.count(), ChangeSet.objects.count()) == (1, 0)
    again = form_of(shown, "article_form")
    assert again.send(client, address_of(article), button).status_code == 302
    assert row_of(article).body == "An hour of work"
    assert ChangeSet.objects.get().kind == button.strip("_")
