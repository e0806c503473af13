"""Unpublish on the form: nothing that is typed, missing or outdated ever stands in its way, and none of it is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from articles.bulk_actions.engine import do_some
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.history import change_sets
from articles.importing.runner import Import
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from articles.workflow.deciding import Decision
from articles.workflow.verbs import VERBS, Arguments
from tests.admin.browserless import form_of, forms_of, open_form, read_form, tags_of, text_of
from tests.admin.seeds import seed
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
SAID = "It is no longer live."


def address_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def row_of(article):
    return Article.objects.get(pk=article.pk)


def change_as(actor, article, **fields):
    row = row_of(article)
    state = article_state.read_state(row)
    wanted = article_state.ArticleState(state.content.model_copy(update=fields), state.desk)
    door.change(row, wanted, actor=actor, origin=Origin.FORM, expected_version=row.version)


def live(**fields):
    entries = [{"title": "Elsewhere", "web_url": "https://other.example/1"}]
    return make_article(title="Night boats", published=True, related=entries, topics=["Sea"], **fields)


def page_after(client, response):
    """The page with the message: the answer itself, or where it leads."""
    return client.get(response["Location"]) if response.status_code == 302 else response


@pytest.mark.parametrize(
    "typed",
    [
        {"quality": ""},
        {"live_from": ""},
        {"live_from": "", "quality": "", "title": ""},
        {"quality": "101", "heat": "x"},
        {"web_url": "javascript:alert(1)"},
        {"published_at": "yesterday"},
        {"live_until": "2001-01-01T00:00"},
        {"title": "x" * 5000},
        {"related-0-web_url": ""},
        {"related-0-place": "99-0"},
        {"zone": "Nowhere/Land"},
        {"images-TOTAL_FORMS": "x"},
        {"images-TOTAL_FORMS": "999999", "related-TOTAL_FORMS": "-1"},
        {"related-INITIAL_FORMS": ""},
    ],
)
def test_no_box_stands_in_a_takedowns_way_and_nothing_typed_is_saved(editor, signed_in, typed):
    client, article = signed_in(editor), live()
    before = article_state.read_state(article).content
    form = open_form(client, address_of(article))
    form["excerpt"] = "An hour of work"
    for name, value in typed.items():
        form.forge(name, value)
    page = page_after(client, form.send(client, address_of(article), "_unpublish"))
    assert page.status_code == 200
    assert f"Unpublished “Night boats”. {SAID}" in text_of(page)
    assert "An hour of work" in text_of(page)
    row = row_of(article)
    assert (row.published, row.version) == (False, 2)
    assert article_state.read_state(row).content == before.model_copy(update={"published": False})
    assert client.get(article.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("prefix", ["images", "related"])
def test_rows_that_arrive_without_their_number_take_it_down_and_stay_on_the_page(editor, signed_in, prefix):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    form["related-0-title"] = "Retold"
    for name in [name for name in form.values if name.startswith(f"{prefix}-") and name.endswith("_FORMS")]:
        del form.values[name]
    page = form.send(client, address_of(article), "_unpublish")
    assert page.status_code == 200
    assert SAID in text_of(page)
    assert "Retold" in text_of(page)
    assert (row_of(article).published, row_of(article).related.get().title) == (False, "Elsewhere")


@pytest.mark.parametrize("version", [None, "", "0", "99", "1" * 5000])
def test_a_form_that_does_not_say_what_it_shows_takes_it_down_and_keeps_the_text(editor, signed_in, version):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    form["body"] = "An hour of work"
    form.values.pop("version")
    if version is not None:
        form.forge("version", version)
    page = form.send(client, address_of(article), "_unpublish")
    assert page.status_code == 200
    assert SAID in text_of(page)
    assert "An hour of work" in text_of(page)
    assert not row_of(article).published


def test_nothing_but_the_button_is_enough(editor, signed_in):
    client, article = signed_in(editor), live()
    response = client.post(address_of(article), {"_unpublish": "1"})
    assert response["Location"] == address_of(article)
    assert SAID in text_of(client.get(address_of(article)))
    assert not row_of(article).published


def test_what_was_typed_is_saved_by_the_next_save_and_by_nothing_else(editor, signed_in):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    form["title"] = "Night ferries"
    form["related-0-title"] = "Retold"
    page = form.send(client, address_of(article), "_unpublish")
    assert "Your changes are not saved" in text_of(page)
    again = form_of(page, "article_form")
    assert (again["title"], again["related-0-title"], again["version"]) == ("Night ferries", "Retold", "2")
    assert next(iter(again.buttons)) == "_save"
    assert row_of(article).title == "Night boats"
    assert again.send(client, address_of(article), "_save").status_code == 302
    row = row_of(article)
    assert (row.title, row.related.get().title, row.published, row.version) == ("Night ferries", "Retold", False, 3)


def test_an_empty_box_can_be_filled_after_the_takedown_and_saved(editor, signed_in):
    client, article = signed_in(editor), live(quality=37)
    form = open_form(client, address_of(article))
    form["quality"] = ""
    form["title"] = "Night ferries"
    again = form_of(form.send(client, address_of(article), "_unpublish"), "article_form")
    assert (again["quality"], again["title"], again["version"]) == ("", "Night ferries", "2")
    again["quality"] = "40"
    assert again.send(client, address_of(article), "_save").status_code == 302
    assert (row_of(article).quality, row_of(article).title) == (40, "Night ferries")


def test_with_nothing_typed_it_leads_back_to_the_form(editor, signed_in):
    client, article = signed_in(editor), live()
    response = open_form(client, address_of(article)).send(client, address_of(article), "_unpublish")
    assert (response.status_code, response["Location"]) == (302, address_of(article))
    assert "newsdesk_saved" not in response.cookies


def test_a_takedown_tells_the_browser_of_no_saved_draft(editor, signed_in):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    form["title"] = "Typed"
    form.forge("draft", "0123456789abcdef")
    page = form.send(client, address_of(article), "_unpublish")
    assert "newsdesk_saved" not in page.cookies
    offer = next(attributes for tag, attributes in tags_of(page) if attributes.get("id") == "draft")
    assert offer["data-is-typed"] == "yes"


def test_the_reason_beside_the_button_is_the_revisions_and_an_undo_brings_it_back(editor, signed_in):
    client, article = signed_in(editor), live()
    form = read_form(client, address_of(article))
    form["unpublish-reason"] = "  legal called\x00 "
    form["reason"] = "typed before"
    page = page_after(client, form.send(client, address_of(article), "_unpublish"))
    revision = article.revisions.get(number=2)
    assert (revision.reason, revision.origin, revision.actor) == ("legal called", "form", editor)
    assert (revision.change_set.kind, revision.change_set.reason) == ("unpublish", "legal called")
    next(form for form in forms_of(page) if "/undo/" in form.action).send(client, "")
    assert row_of(article).published


def test_the_reason_of_the_bar_serves_as_well(editor, signed_in):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    form["reason"] = "legal called"
    form.send(client, address_of(article), "_unpublish")
    assert article.revisions.get(number=2).reason == "legal called"


@pytest.mark.parametrize("times", [1, 5])
def test_a_page_that_others_have_long_overtaken_takes_down_the_article_as_it_is(editor, chief, signed_in, times):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    for number in range(times):
        change_as(chief, article, title=f"Theirs {number}", quality=number)
    form["title"] = "Mine"
    form["excerpt"] = "An hour of work"
    page = form.send(client, address_of(article), "_unpublish")
    assert page.status_code == 200
    assert f"Unpublished “Theirs {times - 1}”. {SAID}" in text_of(page)
    row = row_of(article)
    assert (row.title, row.excerpt, row.published, row.version) == (f"Theirs {times - 1}", "", False, times + 2)
    again = form_of(page, "article_form")
    assert (again["title"], again["excerpt"], again["version"]) == ("Mine", "An hour of work", str(times + 2))


def test_a_stale_page_with_an_invalid_box_takes_it_down_too(editor, chief, signed_in):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    change_as(chief, article, title="Theirs")
    form["quality"] = ""
    form["excerpt"] = "An hour of work"
    page = form.send(client, address_of(article), "_unpublish")
    assert f"Unpublished “Theirs”. {SAID}" in text_of(page)
    assert form_of(page, "article_form")["excerpt"] == "An hour of work"
    assert (row_of(article).title, row_of(article).published) == ("Theirs", False)


def test_an_import_meanwhile_stands_in_no_takedowns_way(editor, signed_in, tmp_path):
    file = tmp_path / "seed.md"
    file.write_text(seed(title="Began"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    client, article = signed_in(editor), Article.objects.get()
    publishing.publish(article, actor=editor)
    form = open_form(client, address_of(article))
    file.write_text(seed(title="From the wire"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    form["excerpt"] = "An hour of work"
    page = form.send(client, address_of(article), "_unpublish")
    assert "Unpublished “From the wire”." in text_of(page)
    assert form_of(page, "article_form")["excerpt"] == "An hour of work"
    assert (row_of(article).title, row_of(article).published) == ("From the wire", False)


def test_a_gap_in_the_history_stands_in_no_takedowns_way(editor, chief, signed_in):
    client, article = signed_in(editor), live()
    change_as(chief, article, title="Second")
    form = open_form(client, address_of(article))
    change_as(chief, article, title="Third")
    article.revisions.filter(number=2).delete()
    form["body"] = "An hour of work"
    page = form.send(client, address_of(article), "_unpublish")
    assert SAID in text_of(page)
    assert "An hour of work" in text_of(page)
    assert not row_of(article).published


@pytest.mark.parametrize("typed", [{}, {"title": "Typed"}, {"quality": ""}])
def test_what_another_took_down_is_left_and_said_by_name(editor, chief, signed_in, typed):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    publishing.unpublish(row_of(article), actor=chief)
    before = Article.objects.values().get(pk=article.pk)
    for name, value in typed.items():
        form[name] = value
    words = text_of(page_after(client, form.send(client, address_of(article), "_unpublish")))
    assert "Nothing to unpublish: “Night boats”." in words
    assert f"{chief.username.capitalize()} unpublished it at" in words
    assert Article.objects.values().get(pk=article.pk) == before
    assert not ChangeSet.objects.exists()


def test_what_was_never_published_says_so_and_changes_nothing(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    words = text_of(page_after(client, client.post(address_of(article), {"_unpublish": "1", "version": "1"})))
    assert "Nothing to unpublish: “Night boats”." in words
    assert (Revision.objects.count(), ChangeSet.objects.count()) == (1, 0)


@pytest.mark.parametrize("role", ["", "Contributor"])
def test_who_may_not_publish_takes_nothing_down_and_keeps_the_text(editor, signed_in, role):
    article = live()
    form = open_form(signed_in(editor), address_of(article))
    form["body"] = "An hour of work"
    form["quality"] = ""
    page = form.send(signed_in(make_user(role)), address_of(article), "_unpublish")
    assert page.status_code == 403
    assert "An hour of work" in text_of(page)
    assert (row_of(article).published, Revision.objects.count(), ChangeSet.objects.count()) == (True, 1, 0)


def test_an_article_that_is_gone_leaves_the_text_on_the_page(editor, signed_in):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    form["body"] = "An hour of work"
    door.withdraw_many([article], actor=editor)
    page = form.send(client, address_of(article), "_unpublish")
    assert (page.status_code, "An hour of work" in text_of(page)) == (404, True)


def test_asking_what_readers_will_see_change_takes_nothing_down(editor, signed_in):
    client, article = signed_in(editor), live()
    form = open_form(client, address_of(article))
    form.forge("_changes", "1")
    form.send(client, address_of(article), "_unpublish")
    assert row_of(article).published


def test_the_list_takes_down_what_others_changed_since_it_was_shown(editor, chief, signed_in):
    client, articles = signed_in(editor), [live(web_url=f"https://a.example/{n}") for n in range(2)]
    address = "/admin/articles/article/?state=published"
    form = read_form(client, address, "changelist-form")
    change_as(chief, articles[0], title="Theirs")
    form.forge("_selected_action", *[article.pk for article in articles])
    form["reason"] = "legal called"
    for _ in range(2):
        form.send(client, address, "action=unpublish")
    words = text_of(client.get(address))
    assert words.count("Unpublished “Theirs”, “Night boats”.") == 1
    assert "not changed" not in words.lower()
    assert [row_of(article).version for article in articles] == [3, 2]
    assert not Article.objects.published().exists()
    assert ChangeSet.objects.get().reason == "legal called"


# Two at once


def at_once(*presses):
    """Each press in a thread of its own, all at the same moment. Returns the answers."""
    barrier = Barrier(len(presses))

    def do(press):
        barrier.wait()
        try:
            return press()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(presses)) as threads:
        return list(threads.map(do, presses))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_takedowns_at_once_are_one_revision_and_both_say_what_was_done(editor, signed_in):
    clients, article = [signed_in(editor), signed_in(editor)], live()
    forms = [open_form(client, address_of(article)) for client in clients]
    sends = [lambda f=f, c=c: f.send(c, address_of(article), "_unpublish") for f, c in zip(forms, clients, strict=True)]
    assert [answer.status_code for answer in at_once(*sends)] == [302, 302]
    for client in clients:
        assert f"Unpublished “Night boats”. {SAID}" in text_of(client.get(address_of(article)))
    assert (article.revisions.count(), ChangeSet.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_takedown_beside_a_save_takes_it_down_and_loses_neither(editor, chief, signed_in):
    down, save, article = signed_in(editor), signed_in(chief), live()
    takedown, edit = open_form(down, address_of(article)), open_form(save, address_of(article))
    edit["title"] = "Night ferries"
    downed, saved = at_once(
        lambda: takedown.send(down, address_of(article), "_unpublish"),
        lambda: edit.send(save, address_of(article), "_save"),
    )
    assert downed.status_code == 302
    assert saved.status_code in (302, 409)
    if saved.status_code == 409:
        assert f"{editor.username} unpublished it as version 2" in text_of(saved)
        form_of(saved, "article_form").send(save, address_of(article), "_save")
    row = row_of(article)
    assert (row.published, row.title, row.version) == (False, "Night ferries", 3)
    assert ChangeSet.objects.filter(kind="unpublish").count() == 1


def test_a_takedown_goes_through_the_door_with_its_undo(editor):
    article = live()
    stale = row_of(article)
    change_as(OPERATOR, article, title="Theirs")
    decision = Decision(VERBS["unpublish"], Arguments(), editor, Origin.FORM, "legal")
    done = do_some(decision, {stale.pk: stale.version})
    made = done.results[0]
    assert (made.number, made.reason, made.article.title, made.article.published) == (3, "legal", "Theirs", False)
    again = do_some(decision, {stale.pk: stale.version})
    assert (again.results, again.change_set) == ([None], None)
    assert change_sets.undo(done.change_set, actor=editor).undone == [article]
