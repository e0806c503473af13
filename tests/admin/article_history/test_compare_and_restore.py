"""Comparing any two revisions, and restoring one, whole or by field."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, forms_of, read_form, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def compare(article, query=""):
    return f"{LIST}{article.pk}/compare/{query}"


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def edit(article, **values):
    row = Article.objects.get(pk=article.pk)
    state = article_state.read_state(row)
    wanted = article_state.ArticleState(state.content.model_copy(update=values), state.desk)
    door.change(row, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=row.version)


@pytest.fixture
def story(db):
    """Three revisions: one, two with another quality, three."""
    article = make_article(title="Story one", quality=1)
    edit(article, title="Story two", quality=2)
    edit(article, title="Story three")
    return article


def restore_form(client, article, number=1):
    return read_form(client, compare(article, f"?from={number}"), "restore")


def untick(form, *fields):
    form.forge("fields", *[field for field in form.values["fields"] if field not in fields])


def rows():
    return Revision.objects.count(), ChangeSet.objects.count()


def test_any_two_revisions_are_compared_word_by_word(editor, signed_in, story):
    client = signed_in(editor)
    words = text_of(client.get(compare(story, "?from=1&to=2")))
    assert "Story removed: oneadded: two" in words
    assert "Quality removed: 1 added: 2" in words
    assert "three" not in words.split("Revision 1")[-1]
    assert text_of(client.get(compare(story, "?from=2&to=1"))) == words


def test_without_numbers_the_newest_change_is_shown(editor, signed_in, story):
    words = text_of(signed_in(editor).get(compare(story)))
    assert "Revisions 2 and 3 of" in words
    assert "Story removed: twoadded: three" in words


def test_two_revisions_between_which_nothing_differs_are_said_to(editor, signed_in, story):
    assert "No differences" in text_of(signed_in(editor).get(compare(story, "?from=2&to=2")))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        *[(query, 404) for query in ("?from=0", "?from=4", "?to=99")],
        *[(query, 400) for query in ("?from=x", "?from=-1", f"?to={'9' * 5000}", "?to=%00", "?since=1", "?to=2&to=3")],
    ],
)
def test_a_revision_that_there_is_not_is_answered_with_404_and_what_is_none_with_400(
    editor, signed_in, story, query, status
):
    assert signed_in(editor).get(compare(story, query)).status_code == status


def test_comparing_needs_the_right_to_view_articles(signed_in, story):
    response = signed_in(make_user()).get(compare(story))
    assert response.status_code == 403
    assert b"Story" not in response.content


def test_a_viewer_compares_and_is_offered_no_restore(signed_in, story):
    viewer = make_user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    page = signed_in(viewer).get(compare(story, "?from=1"))
    assert page.status_code == 200
    assert "restore" not in [form.id for form in forms_of(page)]


def test_a_contributor_is_offered_no_restore_of_what_is_published(contributor, signed_in):
    article = make_article(published=True)
    edit(article, title="x")
    assert "restore" not in [form.id for form in forms_of(signed_in(contributor).get(compare(article)))]


def test_all_of_a_revision_is_restored_as_a_new_one(editor, signed_in, story):
    client = signed_in(editor)
    form = restore_form(client, story)
    form["reason"] = "better then"
    response = form.send(client, compare(story))
    assert response["Location"] == f"{LIST}{story.pk}/change/"
    restored = state_of(story).content
    assert (restored.title, restored.quality) == ("Story one", 1)
    newest = story.revisions.first()
    assert (newest.number, newest.origin, newest.actor, newest.reason) == (4, "restore", editor, "better then")
    assert newest.change_set.kind == ChangeSet.Kind.RESTORE
    words = text_of(client.get(response["Location"]))
    assert "Restored from revision 1: title, quality. Not published." in words


def test_a_restore_can_be_undone_under_its_message(editor, signed_in, story):
    client = signed_in(editor)
    response = restore_form(client, story).send(client, compare(story))
    undo = next(form for form in forms_of(client.get(response["Location"])) if "/undo/" in form.action)
    undo.send(client, compare(story))
    assert state_of(story).content.title == "Story three"


def test_only_what_is_ticked_is_restored(editor, signed_in, story):
    client = signed_in(editor)
    form = restore_form(client, story)
    untick(form, "title")
    form.send(client, compare(story))
    restored = state_of(story).content
    assert (restored.title, restored.quality) == ("Story three", 1)


def test_with_nothing_ticked_nothing_is_restored(editor, signed_in, story):
    client, before = signed_in(editor), rows()
    form = restore_form(client, story)
    untick(form, "title", "quality")
    page = client.get(form.send(client, compare(story))["Location"])
    assert "Nothing to restore." in text_of(page)
    assert rows() == before


def test_a_restore_pressed_twice_restores_once_and_says_so(editor, signed_in, story):
    client = signed_in(editor)
    form = restore_form(client, story)
    form.send(client, compare(story))
    before = rows()
    page = client.get(form.send(client, compare(story))["Location"])
    assert text_of(page).count("Restored from revision 1: title, quality.") == 1
    assert rows() == before


def test_a_stale_restore_is_refused_and_shows_how_it_stands_now(editor, signed_in, story):
    client = signed_in(editor)
    form = restore_form(client, story)
    untick(form, "title")
    form["reason"] = "typed by hand"
    edit(story, title="Story four")
    before = rows()
    response = form.send(client, compare(story))
    assert response.status_code == 409
    words = text_of(response)
    assert "The article has changed since version 3: it is now version 4; check it again." in words
    assert "Story removed: oneadded: four" in words
    again = form_of(response, "restore")
    assert (again["version"], again["reason"], again.values["fields"]) == ("4", "typed by hand", ["quality"])
    assert rows() == before
    again.send(client, compare(story))
    assert state_of(story).content.quality == 1


def test_an_address_that_another_article_took_meanwhile_is_named(editor, signed_in):
    article = make_article(web_url="https://news.example/old")
    edit(article, web_url="https://news.example/new")
    client = signed_in(editor)
    form = restore_form(client, article)
    make_article(web_url="https://news.example/old")
    before = rows()
    response = form.send(client, compare(article))
    assert response.status_code == 409
    assert "each article needs its own" in text_of(response)
    assert rows() == before


def test_a_contributor_cannot_publish_by_restoring(contributor, editor, signed_in):
    article = make_article()
    publishing.publish(article, actor=editor)
    publishing.unpublish(article, actor=editor)
    client, before = signed_in(contributor), rows()
    response = restore_form(client, article, 2).send(client, compare(article))
    assert response.status_code == 403
    assert "has no permission to publish" in text_of(response)
    assert rows() == before
    assert not state_of(article).content.published


def test_a_contributor_restores_what_is_not_published(contributor, signed_in, story):
    client = signed_in(contributor)
    restore_form(client, story).send(client, compare(story))
    assert state_of(story).content.title == "Story one"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options"])
def test_restore_answers_to_post_alone(editor, signed_in, story, method):
    assert getattr(signed_in(editor), method)(f"{LIST}{story.pk}/restore/").status_code == 405
    assert Article.objects.get(pk=story.pk).version == 3


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({}, 400),
        ({"number": "1"}, 400),
        ({"number": "x", "version": "3"}, 400),
        ({"number": "1", "version": "-3"}, 400),
        ({"number": "9", "version": "3"}, 404),
        ({"number": "1", "version": "3", "fields": ["slug"]}, 400),
        ({"number": "1", "version": "3", "fields": ["version"]}, 400),
    ],
)
def test_a_forged_restore_changes_nothing(editor, signed_in, story, typed, status):
    before = rows()
    assert signed_in(editor).post(f"{LIST}{story.pk}/restore/", typed).status_code == status
    assert rows() == before


def test_a_restore_without_its_token_is_refused(editor, story):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    data = {"number": 1, "version": 3, "fields": ["title"]}
    assert client.post(f"{LIST}{story.pk}/restore/", data).status_code == 403
    assert state_of(story).content.title == "Story three"


@pytest.mark.parametrize("who", [None, ""])
def test_a_stranger_and_staff_without_rights_restore_nothing(client, story, who, signed_in):
    visitor = client if who is None else signed_in(make_user())
    response = visitor.post(f"{LIST}{story.pk}/restore/", {"number": 1, "version": 3, "fields": ["title"]})
    assert response.status_code == (302 if who is None else 403)
    assert b"Story" not in response.content
    assert state_of(story).content.title == "Story three"


def test_one_field_is_restored_by_its_own_button_whatever_is_ticked(editor, signed_in, story):
    client = signed_in(editor)
    restore_form(client, story).send(client, compare(story), "only=title")
    now = Article.objects.get(pk=story.pk)
    assert (now.title, now.quality, now.version) == ("Story one", 2, 4)


def test_a_field_that_there_is_not_restores_nothing(editor, signed_in, story):
    client, before = signed_in(editor), rows()
    form = restore_form(client, story)
    assert client.post(form.action, {"number": "1", "version": "3", "only": "nonsense"}).status_code == 400
    assert rows() == before


def test_revisions_to_compare_are_chosen_by_who_and_when(editor, signed_in, story):
    page = signed_in(editor).get(compare(story))
    assert "3 · operator, " in text_of(page)
    assert form_of(page, "compare").values["from"] == ["2"]
