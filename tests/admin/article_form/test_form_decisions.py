"""Set aside, bring back, hold and lift on the article form, and what it says of readiness."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Cause, ChangeSet, Revision
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.admin.browserless import forms_of, open_form, read_form, tags_of, text_of
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
SAVED = 302


def address_of(article):
    return f"{LIST}{article.pk}/change/"


def press(client, article, button, form=None, **typed):
    """Types into the form, and presses the button. Returns the answer."""
    form = form or open_form(client, address_of(article))
    boxes = {"cause": "set_aside-cause", "note": "set_aside-note", "why": "hold-why"}
    for name, value in typed.items():
        form.forge(boxes.get(name, name), value)
    return form.send(client, address_of(article), button)


def words_after(client, response):
    assert response.status_code == SAVED
    return text_of(client.get(response["Location"]))


def fresh(article):
    return Article.objects.get(pk=article.pk)


def decided(article):
    row = fresh(article)
    return row.set_aside, row.set_aside_note, row.hold


def test_setting_aside_saves_what_was_typed_as_one_change_set_with_undo(contributor, signed_in):
    client, article = signed_in(contributor), make_article(title="Began")
    response = press(
        client, article, "_set_aside", title="Typed", cause="off_topic", note="gardening", reason="why not"
    )
    words = words_after(client, response)
    assert decided(article) == ("off_topic", "gardening", None)
    assert fresh(article).title == "Typed"
    change_set = ChangeSet.objects.get()
    assert (change_set.kind, change_set.reason, change_set.revisions.count()) == ("set_aside", "why not", 1)
    assert "Dismissed “Typed” as off topic. Saved: title. Not published." in words


def test_the_undo_under_the_message_takes_edit_and_decision_back(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    page = client.get(press(client, article, "_set_aside", title="Typed", cause="poor")["Location"])
    next(form for form in forms_of(page) if "/undo/" in form.action).send(client, LIST)
    assert decided(article) == (None, "", None)
    assert fresh(article).title == "Began"


def test_the_form_says_plainly_what_was_decided_by_whom_and_when(editor, contributor, signed_in):
    with time_machine.travel(NOW, tick=False):
        article = make_article()
        decide("set_aside", [article], cause=Cause.DUPLICATE, note="as the wire's", actor=contributor)
        decide("hold", [fresh(article)], why="legal is reading it", actor=editor)
        words = text_of(signed_in(editor).get(address_of(article)))
    assert f"Dismissed as duplicate by {contributor.username}, 1 Nov 2026, 12:00: as the wire's" in words
    assert f"on hold Since 1 Nov 2026, 12:00, by {editor.username}: legal is reading it" in words


def test_what_came_back_says_so_on_its_form(editor, signed_in):
    article = make_article(set_aside_before="off_topic")
    words = text_of(signed_in(editor).get(address_of(article)))
    assert "changed since dismissed It was dismissed as off topic. The source has changed since" in words


def test_what_an_import_set_aside_names_nobody(editor, signed_in):
    article = make_article(set_aside="poor", hold="wait")
    words = text_of(signed_in(editor).get(address_of(article)))
    assert "Dismissed as low quality" in words
    assert "on hold wait" in words


def test_bringing_back_and_lifting_say_so(editor, signed_in):
    client, article = signed_in(editor), make_article(set_aside="poor", set_aside_note="thin", hold="wait")
    assert "Returned “" in words_after(client, press(client, article, "_bring_back"))
    assert decided(article) == (None, "", "wait")
    assert "Hold lifted: “" in words_after(client, press(client, article, "_lift_hold"))
    assert decided(article) == (None, "", None)
    assert [one.kind for one in ChangeSet.objects.all()] == ["lift_hold", "bring_back"]


def test_a_hold_keeps_its_reason_and_the_button_publish_is_refused_with_it(editor, signed_in):
    client, article = signed_in(editor), make_article()
    assert "On hold: “" in words_after(client, press(client, article, "_hold", why="legal is reading it"))
    response = press(client, article, "_publish", title="Typed")
    assert response.status_code == 200
    words = text_of(response)
    assert "on hold: legal is reading it (ask someone who may publish to lift it)" in words
    assert not fresh(article).published
    assert fresh(article).title != "Typed"
    buttons = [box.get("name") for tag, box in tags_of(response) if tag == "button"]
    assert "_publish" not in buttons
    assert "_lift_hold" in buttons


@pytest.mark.parametrize("why", ["", "  "])
def test_a_hold_without_a_reason_saves_nothing_and_keeps_what_was_typed(editor, signed_in, why):
    client, article = signed_in(editor), make_article(title="Began")
    response = press(client, article, "_hold", title="Typed", why=why)
    assert "Not saved. A hold needs a reason." in text_of(response)
    assert b"Typed" in response.content
    assert (fresh(article).title, fresh(article).hold, Revision.objects.count()) == ("Began", None, 1)


def test_a_forged_cause_saves_nothing(editor, signed_in):
    client, article = signed_in(editor), make_article()
    response = press(client, article, "_set_aside", cause="nonsense")
    assert "Not saved. Choose a cause." in text_of(response)
    assert decided(article) == (None, "", None)


def test_a_repeated_decision_says_so_and_writes_nothing(editor, signed_in):
    client, article = signed_in(editor), make_article()
    form = open_form(client, address_of(article))
    press(client, article, "_set_aside", cause="poor")
    form.forge("version", 2)
    words = words_after(client, press(client, article, "_set_aside", form=form, cause="poor"))
    assert "No changes." in words
    assert (fresh(article).version, ChangeSet.objects.count()) == (2, 1)


@pytest.mark.parametrize("button", ["_set_aside", "_hold", "_bring_back", "_lift_hold"])
def test_a_stale_form_decides_nothing_and_keeps_the_note(editor, chief, signed_in, button):
    client, article = signed_in(editor), make_article(title="Began", set_aside="legal", hold="wait")
    form = open_form(client, address_of(article))
    press(signed_in(chief), article, "_save", title="Theirs")
    before = Article.objects.values().get(pk=article.pk)
    response = press(client, article, button, form=form, cause="poor", note="my note", why="my reason")
    assert response.status_code == 409
    assert Article.objects.values().get(pk=article.pk) == before


def test_a_stale_form_keeps_the_note_and_the_reason_of_a_decision(editor, chief, signed_in):
    client, article = signed_in(editor), make_article(title="Began")
    form = open_form(client, address_of(article))
    press(signed_in(chief), article, "_save", title="Theirs")
    response = press(client, article, "_set_aside", form=form, cause="poor", note="my note", why="my reason")
    boxes = {box.get("name"): box.get("value") for tag, box in tags_of(response) if tag == "input"}
    assert (boxes["set_aside-note"], boxes["hold-why"]) == ("my note", "my reason")


def test_what_is_published_offers_neither_and_refuses_both(editor, signed_in):
    client, article = signed_in(editor), make_article(published=True)
    form = open_form(client, address_of(article))
    assert not {"_set_aside", "_hold", "_bring_back", "_lift_hold"} & form.buttons.keys()
    for button in ("_set_aside", "_hold"):
        response = press(client, article, button, form=form, cause="poor", why="wait")
        assert "it is published; unpublish it first" in text_of(response)
    assert fresh(article).version == 1


def test_a_contributor_sees_what_he_may_do(contributor, signed_in):
    client = signed_in(contributor)
    plain, held = make_article(), make_article(hold="wait")
    assert {"_set_aside", "_hold", "_save"} <= read_form(client, address_of(plain)).buttons.keys()
    buttons = read_form(client, address_of(held)).buttons.keys()
    assert "_set_aside" in buttons
    assert not {"_lift_hold", "_hold", "_publish"} & buttons
    assert "Only people who may publish can lift the hold." in text_of(client.get(address_of(held)))
    assert press(client, held, "_lift_hold").status_code == 403
    assert decided(held)[2] == "wait"


def test_enter_in_a_box_saves_and_decides_nothing(editor, signed_in):
    article = make_article()
    form = read_form(signed_in(editor), address_of(article))
    assert next(iter(form.buttons)) == "_save"


def test_the_form_lists_what_stands_against_publishing_with_remedy_and_link(editor, signed_in):
    twin = make_article(title="Taken", published=True)
    article = make_article(title="Taken", quality=90, hold="wait", category="news")
    response = signed_in(editor).get(address_of(article))
    words = text_of(response)
    assert "Blocker on hold: wait ask someone who may publish to lift it" in words
    assert "Warning no picture add one" in words
    assert "Warning another live article has this title compare the two" in words
    assert "1 blocker 2 warnings Lift hold" in words
    assert address_of(twin) in [attributes.get("href") for tag, attributes in tags_of(response) if tag == "a"]


def test_warnings_never_add_a_click(editor, signed_in):
    client, article = signed_in(editor), make_article()
    assert "Warning no picture" in text_of(client.get(address_of(article)))
    press(client, article, "_publish")
    assert fresh(article).published


def test_what_is_ready_says_so_and_what_is_published_says_nothing(editor, signed_in):
    ready = {"category": "news", "quality": 90, "images": [{"url": "https://img.example/1.jpg"}]}
    client, article = signed_in(editor), make_article(**ready)
    assert "Ready to publish" in text_of(client.get(address_of(article)))
    publishing.publish(article, actor=editor)
    assert "Readiness" not in text_of(client.get(address_of(article)))


def test_after_a_refusal_the_panel_is_about_what_was_typed(editor, signed_in):
    client, article = signed_in(editor), make_article(category="news", hold="wait")
    words = text_of(press(client, article, "_publish", category=""))
    assert "Warning no category choose one" in words


def test_opening_a_decided_article_takes_few_more_queries(editor, signed_in):
    client = signed_in(editor)
    plain = make_article()
    client.get(address_of(plain))
    counts = []
    for article in (plain, make_article(hold="wait", set_aside="poor")):
        with CaptureQueriesContext(connection) as queries:
            client.get(address_of(article))
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 2


def test_what_a_person_wrote_is_text_on_the_form(editor, signed_in):
    article = make_article(hold="<script>__x(1)</script>", set_aside="poor", set_aside_note="<img src=x>")
    page = signed_in(editor).get(address_of(article))
    assert b"<script>__x" not in page.content
    assert b"<img src=x>" not in page.content


@pytest.mark.parametrize("button", ["_set_aside", "_hold", "_unpublish", "_bring_back", "_category"])
def test_a_forged_decision_about_a_new_article_is_a_save(editor, signed_in, button):
    client = signed_in(editor)
    form = open_form(client, f"{LIST}add/")
    for name, value in {
        "title": "Typed",
        "type": "article",
        "provider_name": "P",
        "web_url": "https://p.example/1",
        "published_at": "2026-11-01T12:00:00",
    }.items():
        form[name] = value
    assert form.send(client, f"{LIST}add/", button).status_code == 302
    article = Article.objects.get()
    assert (article.title, article.version, article.published) == ("Typed", 1, False)
