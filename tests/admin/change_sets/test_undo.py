"""Undo: under every message, for whoever may do the reverse, and never over what came after."""

from datetime import timedelta

import pytest
import time_machine

from articles.content import article_state
from articles.history import change_sets
from articles.models import Article, ChangeSet, Revision
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.admin.browserless import forms_of, open_form, read_form, text_of
from tests.factories import NOW, make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def address_of(article):
    return f"{LIST}{article.pk}/change/"


def undo_address(change_set):
    return f"{LIST}undo/{change_set.pk}/"


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def press(client, article, button, **typed):
    """Saves the form with the button. Returns the page with the message."""
    form = open_form(client, address_of(article))
    for name, value in typed.items():
        form[name] = value
    return client.get(form.send(client, address_of(article), button)["Location"])


def undo_form(page):
    return next(form for form in forms_of(page) if "/undo/" in form.action)


def test_the_undo_under_the_message_takes_a_publication_back(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    before = state_of(article)
    form = undo_form(press(client, article, "_publish", reason="too early"))
    assert form.method == "post"
    response = form.send(client, address_of(article))
    assert response["Location"] == address_of(article)
    assert state_of(article) == before
    assert client.get(article.get_absolute_url()).status_code == 404
    newest = Article.objects.get(pk=article.pk).revisions.first()
    assert (newest.number, newest.origin, newest.actor) == (3, "undo", editor)
    assert newest.change_set.undoes.kind == "publish"
    assert "Undone: “Night boats”." in text_of(client.get(response["Location"]))


def test_a_message_whose_change_set_was_undone_meanwhile_says_so_and_offers_no_undo(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    form = open_form(client, address_of(article))
    after = form.send(client, address_of(article), "_publish")["Location"]
    made = ChangeSet.objects.latest("pk")
    change_sets.undo(made, actor=editor)
    page = client.get(after)
    assert "Published “Night boats”." in text_of(page)
    assert f'<a href="/admin/articles/changeset/{made.pk}/change/">Undone</a>' in page.content.decode()
    assert not [form for form in forms_of(page) if "/undo/" in form.action]


def test_an_undo_can_be_undone(editor, signed_in):
    with time_machine.travel(NOW, tick=False):
        client, article = signed_in(editor), make_article(title="Night boats")
        page = press(client, article, "_publish", title="Night ferries")
        changed = state_of(article)
        undone = client.get(undo_form(page).send(client, address_of(article))["Location"])
        assert state_of(article).content.title == "Night boats"
        undo_form(undone).send(client, address_of(article))
        assert state_of(article) == changed
        assert [row.kind for row in ChangeSet.objects.order_by("pk")] == ["publish", "undo", "undo"]


def test_an_edit_of_every_part_is_undone_exactly(editor, signed_in):
    entry = {"title": "E", "webUrl": "https://o.example/1", "extra": '{"k":"a\\r"}', "provider": {"name": "P"}}
    article = make_article(
        related=[entry], images=[{"url": "https://i.example/1"}], topics=["A"], secured="s", body="\nb"
    )
    before = state_of(article)
    client = signed_in(editor)
    form = open_form(client, address_of(article))
    for name, value in {
        "title": "x",
        "body": "y",
        "topics": "B",
        "quality": 9,
        "web_url": "https://n.example/",
    }.items():
        form[name] = value
    form["related-0-DELETE"] = True
    form["images-0-DELETE"] = True
    page = client.get(form.send(client, address_of(article), "_save")["Location"])
    undo_form(page).send(client, address_of(article))
    assert state_of(article) == before
    assert Article.objects.get(pk=article.pk).version == 3


def test_a_bulk_action_is_undone_as_one(editor, signed_in):
    client = signed_in(editor)
    articles = [make_article() for _ in range(3)]
    form = read_form(client, LIST, "changelist-form")
    form.forge("_selected_action", *[article.pk for article in articles])
    form.send(client, LIST, "action=publish")
    undo_form(client.get(LIST)).send(client, LIST)
    assert not Article.objects.filter(published=True).exists()


def test_what_somebody_changed_since_is_left_and_named_and_the_rest_is_undone(editor, chief, signed_in):
    touched, other = make_article(title="Touched"), make_article(title="Other")
    change_set = change_sets.open_change_set("publish", actor=editor)
    decide("publish", [touched, other], actor=editor, change_set=change_set)
    publishing.unpublish(Article.objects.get(pk=touched.pk), actor=chief)
    publishing.publish(Article.objects.get(pk=touched.pk), actor=chief)
    client = signed_in(editor)
    client.post(undo_address(change_set))
    words = text_of(client.get(LIST))
    assert "“Touched” not changed: it has changed since." in words
    assert "Undone: “Other”." in words
    assert state_of(touched).content.published
    assert not state_of(other).content.published


def test_an_undo_of_what_was_changed_since_writes_nothing_at_all(editor, chief, signed_in):
    article = make_article()
    change_set = change_sets.open_change_set("publish", actor=editor)
    publishing.publish(article, actor=editor, change_set=change_set)
    publishing.unpublish(article, actor=chief)
    rows = Revision.objects.count(), ChangeSet.objects.count()
    signed_in(editor).post(undo_address(change_set))
    assert (Revision.objects.count(), ChangeSet.objects.count()) == rows


def test_an_undo_pressed_twice_undoes_once(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = undo_form(press(client, article, "_publish"))
    form.send(client, address_of(article))
    rows = Revision.objects.count(), ChangeSet.objects.count()
    form.send(client, address_of(article))
    assert (Revision.objects.count(), ChangeSet.objects.count()) == rows
    words = text_of(client.get(LIST))
    assert words.count(f"Undone: “{article.title}”.") == 1
    assert "not changed" not in words.lower()


def test_a_contributor_cannot_undo_a_publication(contributor, editor, signed_in):
    article = make_article(title="Night boats")
    change_set = change_sets.open_change_set("publish", actor=editor)
    publishing.publish(article, actor=editor, change_set=change_set)
    before = state_of(article), Revision.objects.count(), ChangeSet.objects.count()
    client = signed_in(contributor)
    client.post(undo_address(change_set))
    assert (state_of(article), Revision.objects.count(), ChangeSet.objects.count()) == before
    words = text_of(client.get(LIST))
    assert "“Night boats” not changed:" in words
    assert "has no permission to publish" in words


def test_a_contributor_cannot_republish_by_undoing_an_unpublication(contributor, editor, signed_in):
    article = make_article(published=True)
    change_set = change_sets.open_change_set("unpublish", actor=editor)
    publishing.unpublish(article, actor=editor, change_set=change_set)
    signed_in(contributor).post(undo_address(change_set))
    assert not state_of(article).content.published
    assert article.revisions.count() == 2


def test_a_contributor_undoes_an_edit_of_what_is_not_published(contributor, signed_in):
    client, article = signed_in(contributor), make_article(title="Began")
    undo_form(press(client, article, "_save", title="Mine")).send(client, address_of(article))
    assert state_of(article).content.title == "Began"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options"])
def test_undo_answers_to_post_alone(editor, signed_in, method):
    article = make_article()
    change_set = change_sets.open_change_set("publish", actor=editor)
    publishing.publish(article, actor=editor, change_set=change_set)
    assert getattr(signed_in(editor), method)(undo_address(change_set)).status_code == 405
    assert state_of(article).content.published


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/admin/",
        "/\\evil.example/admin/",
        "\t//evil.example",
        "javascript:alert(1)",
        "/admin/../..//evil.example/",
        "/admin/\r\nSet-Cookie: a=b",
        "http:///evil.example/admin/",
        "/logout/",
        "",
    ],
)
def test_a_foreign_next_does_not_lead_away(editor, signed_in, address):
    article = make_article()
    change_set = change_sets.open_change_set("publish", actor=editor)
    publishing.publish(article, actor=editor, change_set=change_set)
    response = signed_in(editor).post(undo_address(change_set), {"next": address})
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/")
    assert "Set-Cookie:" not in response["Location"].replace("%20", " ") or "%0D%0A" in response["Location"]
    assert not state_of(article).content.published


@pytest.mark.parametrize("pk", [0, 99_999, 10**30])
def test_an_undo_of_nothing_is_answered_with_404(editor, signed_in, pk):
    assert signed_in(editor).post(f"{LIST}undo/{pk}/").status_code == 404


def test_an_undo_whose_old_address_is_taken_now_is_left_and_named(editor, signed_in):
    client, article = signed_in(editor), make_article(web_url="https://a.example/old")
    page = press(client, article, "_save", web_url="https://a.example/new")
    make_article(web_url="https://a.example/old")
    response = undo_form(page).send(client, address_of(article))
    assert response.status_code == 302
    assert "each article needs its own" in text_of(client.get(LIST))
    assert state_of(article).content.web_url == "https://a.example/new"


def test_an_undo_keeps_what_others_did_to_the_schedule(editor, signed_in):
    begins = NOW + timedelta(days=900)
    article = make_article(live_from=begins)
    client = signed_in(editor)
    undo_form(press(client, article, "_publish")).send(client, address_of(article))
    assert state_of(article).desk.live_from == begins


def test_the_undo_of_another_session_needs_rights_of_its_own(signed_in, editor):
    article = make_article()
    change_set = change_sets.open_change_set("publish", actor=editor)
    publishing.publish(article, actor=editor, change_set=change_set)
    assert signed_in(make_user()).post(undo_address(change_set)).status_code == 403
    assert state_of(article).content.published
