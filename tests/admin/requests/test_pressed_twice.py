"""A key or button that is pressed twice decides once, and both answers say what was done."""

from __future__ import annotations

import pytest

from articles.changes import door
from articles.content import article_state
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.article_form.test_takedown import at_once
from tests.admin.browserless import form_of, forms_of, open_form, read_form, text_of
from tests.factories import make_article

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ALL = f"{LIST}?state=all"
ADD = f"{LIST}add/"
AT_ONCE = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def address_of(article):
    return f"{LIST}{article.pk}/change/"


def row_of(article):
    return Article.objects.get(pk=article.pk)


def history_rows():
    return Revision.objects.count(), ChangeSet.objects.count()


def retitle(article, title, actor):
    row = row_of(article)
    state = article_state.read_state(row)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": title}), state.desk)
    door.change(row, wanted, actor=actor, origin=Origin.FORM, expected_version=row.version)


FORM_PRESSES = [
    ("_save", {"title": "Typed", "topics": "A\nB", "related-0-title": "Retold"}, {}, "Saved: title, topics, coverage."),
    ("_save", {"live_from": "2099-01-01T00:00:00"}, {}, "Saved: live from."),
    ("_publish", {}, {}, "Published “Began”. It is live."),
    ("_publish", {"title": "Typed"}, {}, "Published “Typed”. Saved: title. It is live."),
    ("_publish", {"live_from": "2099-01-01T00:00:00"}, {}, "Published “Began”. Goes live 1 January"),
    ("_unpublish", {}, {"published": True}, "Unpublished “Began”. It is no longer live."),
    ("_set_aside", {"set_aside-cause": "poor", "set_aside-note": "thin"}, {}, "Dismissed “Began” as low quality."),
    ("_set_aside", {"set_aside-cause": "legal", "title": "Typed"}, {}, "Dismissed “Typed” as legal. Saved: title."),
    ("_bring_back", {}, {"set_aside": "poor"}, "Returned “Began” to the queue."),
    ("_hold", {"hold-why": "wait"}, {}, "On hold: “Began”."),
    ("_lift_hold", {}, {"hold": "wait"}, "Hold lifted: “Began”."),
]


@pytest.mark.parametrize(("button", "typed", "fields", "says"), FORM_PRESSES)
def test_a_button_of_the_form_pressed_twice_decides_once_and_says_what_was_done(
    editor, signed_in, button, typed, fields, says
):
    related = [{"title": "Elsewhere", "web_url": "https://other.example/1"}]
    client, article = signed_in(editor), make_article(title="Began", related=related, **fields)
    form = read_form(client, address_of(article))
    for name, value in typed.items():
        form[name] = value
    first = form.send(client, address_of(article), button)
    rows, row = history_rows(), Article.objects.values().get(pk=article.pk)
    second = form.send(client, address_of(article), button)
    assert [(answer.status_code, answer["Location"]) for answer in (first, second)] == [(302, address_of(article))] * 2
    page = client.get(address_of(article))
    assert text_of(page).count(says) == 1
    assert history_rows() == rows
    assert Article.objects.values().get(pk=article.pk) == row
    undo = [form for form in forms_of(page) if "/undo/" in form.action]
    assert [form.action for form in undo] == [f"{LIST}undo/{ChangeSet.objects.get().pk}/"]


def test_the_second_answer_says_so_also_where_the_first_was_read(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    form["title"] = "Typed"
    for _ in range(3):
        page = client.get(form.send(client, address_of(article), "_publish")["Location"])
        assert "Published “Typed”. Saved: title. It is live." in text_of(page)
    assert history_rows() == (2, 1)


def test_a_second_save_tells_the_browser_as_well_which_draft_is_saved(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = open_form(client, address_of(article))
    form["title"] = "Typed"
    form.forge("draft", "0123456789abcdef")
    for _ in range(2):
        assert "newsdesk_saved" in form.send(client, address_of(article), "_save").cookies


@pytest.mark.parametrize("button", ["_save", "_publish"])
def test_another_who_typed_the_same_is_shown_both_sides(editor, chief, signed_in, button):
    article = make_article(title="Began")
    clients = [signed_in(editor), signed_in(chief)]
    forms = [open_form(client, address_of(article)) for client in clients]
    answers = []
    for form, client in zip(forms, clients, strict=True):
        form["title"] = "Typed"
        answers.append(form.send(client, address_of(article), button).status_code)
    assert answers == [302, 409]


@pytest.mark.parametrize("button", ["_save", "_publish", "_set_aside", "_hold"])
def test_other_words_are_another_form_and_are_not_lost(editor, signed_in, button):
    client, article = signed_in(editor), make_article(title="Began")
    form = read_form(client, address_of(article))
    form["title"], form["set_aside-cause"], form["set_aside-note"], form["hold-why"] = "Typed", "poor", "thin", "wait"
    form.send(client, address_of(article), button)
    form["title"] = "Typed again"
    answer = form.send(client, address_of(article), button)
    assert answer.status_code == 409
    assert form_of(answer, "article_form")["title"] == "Typed again"
    assert row_of(article).title == "Typed"


def test_another_cause_is_another_decision(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = read_form(client, address_of(article))
    for cause in ("poor", "legal"):
        form["set_aside-cause"] = cause
        answer = form.send(client, address_of(article), "_set_aside")
    assert answer.status_code == 409
    assert row_of(article).set_aside == "poor"


def test_what_somebody_changed_since_the_first_press_is_told(editor, chief, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    form["title"] = "Typed"
    form.send(client, address_of(article), "_save")
    retitle(article, "Theirs", chief)
    answer = form.send(client, address_of(article), "_save")
    assert answer.status_code == 409
    assert chief.username in text_of(answer)
    assert row_of(article).title == "Theirs"


def new_form(client):
    form = open_form(client, ADD)
    for name, value in {
        "title": "Brand new",
        "web_url": "https://news.example/new",
        "provider_name": "The Ledger",
        "published_at": "2026-11-01T12:00:00",
        "category": "news",
    }.items():
        form[name] = value
    return form


@pytest.mark.parametrize(("button", "says"), [("_save", "Not published."), ("_publish", "It is live.")])
def test_a_new_article_is_created_once(editor, signed_in, button, says):
    client = signed_in(editor)
    form = new_form(client)
    answers = [form.send(client, ADD, button) for _ in range(2)]
    article = Article.objects.get()
    assert [answer["Location"] for answer in answers] == [address_of(article)] * 2
    assert text_of(client.get(address_of(article))).count(f"Created “Brand new”. {says}") == 1
    assert ChangeSet.objects.count() == 1


def test_a_new_article_whose_address_another_has_is_refused_as_ever(editor, chief, signed_in):
    form = new_form(signed_in(chief))
    form.send(signed_in(chief), ADD, "_save")
    answer = form.send(signed_in(editor), ADD, "_save")
    assert answer.status_code == 200
    assert "each article needs its own" in text_of(answer)


LIST_PRESSES = [
    ("publish", {}, {}, "Published “One”, “Two”. They are live."),
    ("unpublish", {}, {"published": True}, "Unpublished “One”, “Two”."),
    ("set_aside", {"set_aside-cause": "poor", "set_aside-note": "thin"}, {}, "Dismissed “One”, “Two” as low quality."),
    ("bring_back", {}, {"set_aside": "poor"}, "Returned “One”, “Two” to the queue."),
    ("hold", {"hold-why": "wait"}, {}, "On hold: “One”, “Two”."),
    ("lift_hold", {}, {"hold": "wait"}, "Hold lifted: “One”, “Two”."),
]


@pytest.mark.parametrize(("action", "typed", "fields", "says"), LIST_PRESSES)
def test_a_key_of_the_list_pressed_twice_decides_once_and_says_what_was_done(
    editor, signed_in, action, typed, fields, says
):
    client, articles = signed_in(editor), [make_article(title=title, **fields) for title in ("One", "Two")]
    form = read_form(client, ALL, "changelist-form")
    form.forge("_selected_action", *[article.pk for article in articles])
    for name, value in typed.items():
        form[name] = value
    for _ in range(2):
        form.send(client, ALL, f"action={action}")
    words = text_of(client.get(ALL))
    assert words.count(says) == 1
    assert "not changed" not in words.lower()
    assert "Nothing to change" not in words
    assert history_rows() == (4, 1)
    form.send(client, ALL, f"action={action}")
    assert says in text_of(client.get(ALL))


def test_a_press_of_the_list_after_one_of_the_form_says_what_was_done(editor, signed_in):
    client, article = signed_in(editor), make_article(title="One")
    rows = read_form(client, ALL, "changelist-form")
    open_form(client, address_of(article)).send(client, address_of(article), "_publish")
    client.get(address_of(article))
    rows.forge("_selected_action", article.pk)
    rows.send(client, ALL, "action=publish")
    assert "Published “One”. It is live." in text_of(client.get(ALL))
    assert history_rows() == (2, 1)


def test_the_part_that_was_done_and_the_part_that_was_refused_are_told_again(editor, signed_in):
    client, ready, held = signed_in(editor), make_article(title="Ready"), make_article(title="Held", hold="wait")
    form = read_form(client, ALL, "changelist-form")
    form.forge("_selected_action", ready.pk, held.pk)
    for _ in range(2):
        form.send(client, ALL, "action=publish")
        words = text_of(client.get(ALL))
        assert "Published “Ready”. It is live." in words
        assert "“Held” not changed: on hold: wait" in words
    assert history_rows() == (3, 1)


def test_the_same_decision_of_another_is_theirs(editor, chief, signed_in):
    article = make_article(title="One")
    clients = [signed_in(chief), signed_in(editor)]
    forms = [read_form(client, ALL, "changelist-form") for client in clients]
    for form, client in zip(forms, clients, strict=True):
        form.forge("_selected_action", article.pk)
        form.send(client, ALL, "action=publish")
    assert f"Not changed: {chief.username} published “One” at" in text_of(clients[1].get(ALL))


def test_another_cause_in_the_list_is_another_decision(editor, signed_in):
    client, article = signed_in(editor), make_article(title="One")
    form = read_form(client, ALL, "changelist-form")
    form.forge("_selected_action", article.pk)
    for cause in ("poor", "legal"):
        form["set_aside-cause"] = cause
        form.send(client, ALL, "action=set_aside")
    assert "Not changed: you dismissed “One” at" in text_of(client.get(ALL))
    assert row_of(article).set_aside == "poor"


def test_an_undo_of_many_pressed_twice_is_begun_once(editor, signed_in, monkeypatch):
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 1)
    monkeypatch.setattr("articles.bulk_actions.chunks.CHUNK", 2)
    articles = [make_article() for _ in range(3)]
    client = signed_in(editor)
    client.post(ALL, {"action": "publish", "index": "0", "_selected_action": [article.pk for article in articles]})
    undo = f"{LIST}undo/{ChangeSet.objects.get().pk}/"
    first, second = client.post(undo), client.post(undo)
    assert first["Location"] == second["Location"]
    assert not Article.objects.published().exists()
    assert Article.objects.exclude(version=3).count() == 0


@AT_ONCE
@pytest.mark.parametrize("button", ["_save", "_publish"])
def test_two_presses_of_the_form_at_once_are_one_decision(editor, signed_in, button):
    clients, article = [signed_in(editor), signed_in(editor)], make_article(title="Began")
    forms = [open_form(client, address_of(article)) for client in clients]
    for form in forms:
        form["title"] = "Typed"
    both = zip(forms, clients, strict=True)
    answers = at_once(*[lambda f=f, c=c: f.send(c, address_of(article), button) for f, c in both])
    assert [answer.status_code for answer in answers] == [302, 302]
    for client in clients:
        assert "Saved: title." in text_of(client.get(address_of(article)))
    assert ChangeSet.objects.count() == 1


@AT_ONCE
def test_two_presses_of_the_list_at_once_are_one_decision(editor, signed_in):
    clients, article = [signed_in(editor), signed_in(editor)], make_article(title="One")
    forms = [read_form(client, ALL, "changelist-form") for client in clients]
    for form in forms:
        form.forge("_selected_action", article.pk)
    both = zip(forms, clients, strict=True)
    at_once(*[lambda f=f, c=c: f.send(c, ALL, "action=publish") for f, c in both])
    for client in clients:
        assert "Published “One”. It is live." in text_of(client.get(ALL))
    assert history_rows() == (2, 1)


@AT_ONCE
def test_two_presses_of_add_at_once_make_one_article(editor, signed_in):
    clients = [signed_in(editor), signed_in(editor)]
    forms = [new_form(client) for client in clients]
    answers = at_once(*[lambda f=f, c=c: f.send(c, ADD, "_save") for f, c in zip(forms, clients, strict=True)])
    article = Article.objects.get()
    assert [answer["Location"] for answer in answers] == [address_of(article)] * 2


@AT_ONCE
def test_two_presses_of_undo_at_once_undo_once(editor, signed_in):
    clients, article = [signed_in(editor), signed_in(editor)], make_article(title="One")
    opened = ChangeSet.objects.create(kind="publish", actor=editor, created_at=article.created_at)
    publishing.publish(article, actor=editor, change_set=opened)
    at_once(*[lambda c=c: c.post(f"{LIST}undo/{opened.pk}/") for c in clients])
    for client in clients:
        words = text_of(client.get(ALL))
        assert "Undone: “One”." in words
        assert "not changed" not in words.lower()
    assert article.revisions.count() == 3
