"""Keys and buttons that decide: none by accident, none twice; and what stands in a takedown's way, which is nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.models import Article, ChangeSet, Revision
from tests.browser.desk import LIST, WIDTHS, form_of
from tests.bulk_actions.bulk_running import begin
from tests.contesting import changed_upstream, contested
from tests.factories import PASSWORD, make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

MESSAGES = ".messagelist"
QUEUES = {
    "upstream": (f"{LIST}upstream/", "button[value=accept]", "Marked as reviewed"),
    "conflicts": ("/admin/articles/conflict/", "button[value^='keep:']", "Kept our"),
}


def row_of(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def publish(page: Page) -> None:
    page.click("button[name=_publish]")
    expect(page.locator(MESSAGES)).to_contain_text("Published “")


def take_down(page: Page, reason: str = "") -> None:
    page.locator("summary", has_text="Unpublish…").click()
    if reason:
        page.fill("#id_unpublish-reason", reason)
    page.click("button[name=_unpublish]")
    expect(page.locator(MESSAGES)).to_contain_text("Unpublished “")


@pytest.fixture
def rows(db) -> list[Article]:
    now = timezone.now()
    return [make_article(title=f"Row {n}", published_at=now - timedelta(hours=n)) for n in range(3)]


@pytest.fixture
def plain_page(browser, live_server, editor):
    """Without scripts, signed in."""
    with browser.new_context(java_script_enabled=False) as context:
        client = Client()
        client.force_login(editor)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        yield page


# Unpublish


@pytest.mark.parametrize("width", WIDTHS)
def test_after_going_back_unpublish_takes_it_down(desk, axe_findings, editor, story, width):
    window = desk(editor, width=width)
    page = window.open(form_of(story))
    page.fill("#id_excerpt", "typed")
    publish(page)
    page.go_back()
    expect(page.locator("#id_live_from")).not_to_have_value("")
    expect(page.locator("#id_excerpt")).to_have_value("typed")
    page.locator("summary", has_text="Unpublish…").click()
    expect(page.locator("#id_unpublish-reason")).to_be_focused()
    window.check(axe_findings, "Unpublish asks")
    page.keyboard.type("legal called")
    page.keyboard.press("Enter")
    expect(page.locator("button[name=_unpublish]")).to_be_focused()
    assert row_of(story).published
    page.keyboard.press("Enter")
    expect(page.locator(MESSAGES)).to_contain_text("It is no longer live.")
    assert not row_of(story).published
    assert story.revisions.first().reason == "legal called"


@pytest.mark.parametrize("width", WIDTHS)
def test_on_source_changes_unpublish_asks_in_its_place_and_enter_decides_nothing(
    desk, axe_findings, editor, tmp_path, width
):
    article, window = changed_upstream(tmp_path), desk(editor, width=width)
    page = window.open(f"{LIST}upstream/")
    page.locator("summary", has_text="Unpublish…").click()
    window.check(axe_findings, "Unpublish asks about a source change")
    page.fill("[name=unpublish-reason]", "legal called")
    page.press("[name=unpublish-reason]", "Enter")
    expect(page.locator("[data-sent]")).to_have_count(0)
    page.click("button[value=unpublish]")
    expect(page.locator(MESSAGES)).to_contain_text("It is no longer live.")
    assert ChangeSet.objects.filter(actor=editor).count() == 1
    assert article.revisions.first().reason == "legal called"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_reason_box_of_list_and_form_has_its_label_on_screen(desk, editor, story, width):
    for address in (LIST, form_of(story)):
        label = desk(editor, width=width).open(address).locator(".decide-bar label", has_text="Reason").first
        assert label.bounding_box()["width"] > 40


def test_boxes_that_a_browser_emptied_stand_in_no_takedowns_way_and_stay_as_they_are(desk, axe_findings, editor, live):
    window = desk(editor)
    page = window.open(form_of(live))
    page.fill("#id_live_from", "")
    page.fill("#id_quality", "")
    page.fill("#id_excerpt", "An hour of work")
    take_down(page)
    expect(page.locator(".kept-here")).to_contain_text("Your changes are not saved")
    expect(page.locator("#id_excerpt")).to_have_value("An hour of work")
    expect(page.locator("#id_live_from")).to_have_value("")
    window.check(axe_findings, "form after a takedown")
    assert (row_of(live).published, row_of(live).excerpt) == (False, "")
    page.on("dialog", lambda dialog: dialog.accept())
    window.open(form_of(live))
    page.get_by_role("button", name="Restore it").click()
    expect(page.locator("#id_excerpt")).to_have_value("An hour of work")
    page.fill("#id_quality", "40")
    page.locator("button[name=_save]").first.click()
    expect(page.locator(MESSAGES)).to_contain_text("Saved: ")
    assert row_of(live).excerpt == "An hour of work"


def test_what_a_browser_fills_in_again_belongs_to_the_version_that_it_was_typed_over(plain_page, live_server, story):
    page = plain_page
    page.goto(live_server.url + form_of(story))
    page.fill("#id_excerpt", "half a thought")
    page.click("ol.breadcrumbs a")
    page.go_back()
    expect(page.locator("#id_excerpt")).to_have_value("half a thought")
    Article.objects.filter(pk=story.pk).update(version=2)
    Revision.objects.filter(article=story).update(number=2)
    page.click("ol.breadcrumbs a")
    page.go_back()
    expect(page.locator("#id_excerpt")).to_have_value("In short.")


def test_after_going_back_no_tick_stands_on_another_row(plain_page, live_server, rows):
    page = plain_page
    page.goto(live_server.url + LIST)
    page.check("input.action-select >> nth=0")
    page.click("button[value=publish]")
    expect(page.locator(MESSAGES)).to_contain_text("Published “Row 0”")
    page.go_back()
    expect(page.locator("tbody .headline").first).to_have_text("Row 1")
    expect(page.locator("input.action-select:checked")).to_have_count(0)


def test_without_javascript_unpublish_asks_and_takes_down_and_enter_saves(plain_page, live_server, live):
    page = plain_page
    page.goto(live_server.url + form_of(live))
    page.locator("summary", has_text="Unpublish…").press("Enter")
    page.fill("#id_unpublish-reason", "legal called")
    page.fill("#id_excerpt", "An hour of work")
    page.press("#id_unpublish-reason", "Enter")
    expect(page.locator(MESSAGES)).to_contain_text("Saved: excerpt. It is live.")
    page.fill("#id_quality", "")
    page.fill("#id_excerpt", "Another hour")
    take_down(page, "legal called")
    expect(page.locator("#id_excerpt")).to_have_value("Another hour")
    assert (row_of(live).published, row_of(live).excerpt) == (False, "An hour of work")
    assert live.revisions.first().reason == "legal called"


# Save


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter", "Control+s"])
@pytest.mark.parametrize("box", ["#id_excerpt", "#id_quality", "#id_unpublish-reason", "button[name=_save]"])
def test_the_keys_of_save_save_what_is_live_and_never_take_it_down(desk, editor, live, keys, box):
    page = desk(editor).open(form_of(live))
    page.fill("#id_excerpt", "Retold")
    if "unpublish" in box:
        page.locator("summary", has_text="Unpublish…").click()
    page.press(box, keys)
    expect(page.locator(MESSAGES)).to_contain_text("Saved: excerpt. It is live.")
    assert (row_of(live).published, row_of(live).excerpt) == (True, "Retold")


def test_the_keys_act_before_anything_has_the_focus_and_after_every_save(desk, editor, story):
    page = desk(editor).open(form_of(story))
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.keyboard.press("Control+Enter")
    expect(page.locator(MESSAGES)).to_contain_text("No changes.")
    expect(page.locator(f"{MESSAGES} li")).to_be_focused()
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(MESSAGES)).to_contain_text("Published “")
    assert row_of(story).published
    is_left_alone = """element => element.dispatchEvent(
        new KeyboardEvent("keydown", { key: "s", ctrlKey: true, bubbles: true, cancelable: true }))"""
    assert page.locator(f"{MESSAGES} button", has_text="Undo").evaluate(is_left_alone)


def test_the_one_filled_button_saves_whatever_the_state(desk, editor, live, story):
    for article in (live, story):
        page = desk(editor).open(form_of(article))
        filled = """() => [...document.querySelectorAll(".decide-bar :is(button, summary)")].filter(element =>
            element.checkVisibility() && getComputedStyle(element).backgroundColor ===
            getComputedStyle(document.querySelector("button.decide")).backgroundColor).map(element => element.name)"""
        assert page.evaluate(filled) == ["_save"]
    page.fill("#id_excerpt", "Retold")
    page.press("#id_excerpt", "Control+Enter")
    expect(page.locator(MESSAGES)).to_contain_text("Saved: excerpt. Not published.")
    page.press("#id_excerpt", "Control+Shift+Enter")
    expect(page.locator(MESSAGES)).to_contain_text("It is live.")
    assert row_of(story).published


def test_enter_in_no_box_publishes_sets_aside_or_holds(desk, editor, story):
    window = desk(editor)
    for box in ("#id_title", "#id_quality", "#id_reason", "#id_live_until"):
        page = window.open(form_of(story))
        page.press(box, "Enter")
        expect(page.locator(MESSAGES)).to_contain_text("No changes.")
    for summary, box, button in (
        ("Dismiss…", "#id_set_aside-note", "_set_aside"),
        ("Hold…", "#id_hold-why", "_hold"),
    ):
        page = window.open(form_of(story))
        page.locator("summary", has_text=summary).click()
        page.fill(box, "because")
        page.press(box, "Enter")
        expect(page.locator(f"button[name={button}]")).to_be_focused()
    assert row_of(story).version == 1


# Twice


def test_a_key_that_is_hit_twice_decides_about_one_row(desk, editor, rows):
    page = desk(editor).open(LIST)
    page.focus("input.action-select >> nth=0")
    page.evaluate("""() => { for (const repeat of [false, false, true]) document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key: "p", bubbles: true, cancelable: true, repeat })); }""")
    expect(page.locator(MESSAGES)).to_contain_text("Published “Row 0”. It is live.")
    expect(page.locator("tbody tr:focus-within .headline")).to_have_text("Row 1")
    assert list(Article.objects.published()) == [rows[0]]
    assert ChangeSet.objects.count() == 1


def test_a_second_hit_that_reaches_the_next_page_decides_nothing_there(desk, editor, rows):
    window = desk(editor)
    page = window.page
    page.clock.install(time=timezone.now())
    page = window.open(LIST)
    page.clock.pause_at(timezone.now() + timedelta(hours=1))
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("p")
    expect(page.locator(MESSAGES)).to_contain_text("Published “Row 0”")
    page.keyboard.press("p")
    expect(page.locator("tbody tr:focus-within .headline")).to_have_text("Row 1")
    expect(page.locator("input.action-select >> nth=0")).not_to_be_checked()
    assert list(Article.objects.published()) == [rows[0]]
    page.clock.run_for(300)
    page.keyboard.press("p")
    expect(page.locator(MESSAGES)).to_contain_text("Published “Row 1”")


@pytest.mark.parametrize("queue", ["upstream", "conflicts"])
def test_a_slow_double_click_decides_about_one_article(desk, editor, tmp_path, queue):
    for slug in ("a", "b"):
        {"upstream": changed_upstream, "conflicts": contested}[queue](tmp_path, slug)
    window = desk(editor)
    page = window.page
    page.clock.install(time=timezone.now())
    address, button, said = QUEUES[queue]
    page = window.open(address)
    page.clock.pause_at(timezone.now() + timedelta(hours=1))
    page.locator(button).first.click()
    expect(page.locator(MESSAGES)).to_contain_text(said)
    page.clock.run_for(450)
    page.locator(button).first.click()
    expect(page.locator("[data-sent]")).to_have_count(0)
    assert ChangeSet.objects.filter(actor=editor).count() == 1
    page.clock.run_for(1000)
    with page.expect_navigation():
        page.locator(button).first.click()
    assert ChangeSet.objects.filter(actor=editor).count() == 2


@pytest.mark.parametrize("button", ["_save", "_publish"])
def test_a_double_click_decides_once_and_says_what_was_done(desk, editor, story, button):
    page = desk(editor).open(form_of(story))
    page.fill("#id_excerpt", "Retold")
    page.dblclick(f"button[name={button}]")
    expect(page.locator(MESSAGES)).to_contain_text("Saved: excerpt.")
    assert ChangeSet.objects.count() == 1
    assert row_of(story).published is (button == "_publish")


def test_without_javascript_a_double_click_decides_once_and_says_what_was_done(plain_page, live_server, story):
    page = plain_page
    page.goto(live_server.url + form_of(story))
    page.fill("#id_excerpt", "Retold")
    page.dblclick("button[name=_publish]")
    expect(page.locator(MESSAGES)).to_contain_text(f"Published “{story.title}”. Saved: excerpt. It is live.")
    assert ChangeSet.objects.count() == 1


def test_a_press_that_was_never_answered_can_be_made_again(desk, editor, story):
    window = desk(editor)
    page = window.page
    page.clock.install()
    window.open(form_of(story))
    page.fill("#id_excerpt", "Retold")
    page.route("**/change/", lambda route: route.abort("aborted"), times=1)
    page.click("button[name=_save]")
    expect(page.locator("button[name=_save]")).to_be_disabled()
    page.clock.fast_forward(11_000)
    page.click("button[name=_save]")
    expect(page.locator(MESSAGES)).to_contain_text("Saved: excerpt.")


# A session that ended


@pytest.mark.parametrize("width", WIDTHS)
def test_a_decision_that_the_end_of_a_session_met_is_named_after_signing_in(desk, axe_findings, editor, rows, width):
    window = desk(editor, width=width)
    page = window.open(LIST)
    page.focus("input.action-select >> nth=1")
    Session.objects.all().delete()
    page.keyboard.press("p")
    expect(page.locator("#content")).to_contain_text("Your session ended.")
    window.watched.complaints.clear()
    window.check(axe_findings, "sign-in after a decision")
    page.fill("#id_username", editor.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    expect(page.locator("h1")).to_have_text("Not done yet")
    expect(page.locator("#content")).to_contain_text("“Publish” was not done.")
    window.check(axe_findings, "a decision that is not done yet")
    assert not Article.objects.published().exists()
    page.get_by_role("link", name="Back to where you were").click()
    expect(page.locator("#result_list")).to_contain_text("Row 1")


def test_a_bulk_action_whose_session_ended_is_continued_after_signing_in(desk, editor, rows):
    bulk = begin("publish", actor=editor)
    page = desk(editor).open(f"/admin/articles/bulkaction/{bulk.pk}/")
    Session.objects.all().delete()
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#content")).to_contain_text("Your session ended.")
    page.fill("#id_username", editor.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    page.get_by_role("link", name="Back to where you were").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("progress")).to_have_js_property("value", 3)
    assert Article.objects.published().count() == 3
