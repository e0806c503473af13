"""Deciding in a browser: the tabs, the signs, and triage from the keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Article
from tests.browser.desk import LIST, WIDTHS
from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def rows(db) -> list[Article]:
    """Six undecided ones and one on hold, newest first, with everything that a row may say."""
    now = timezone.now()
    more = [{}, {}, {"hold": "Legal is reading it, " * 9}, {"set_aside_before": "off_topic"}, {}, {}, {}]
    make_article(title="Row 5", published=True)
    return [
        make_article(title=f"Row {n}", published_at=now - timedelta(hours=n), **fields) for n, fields in enumerate(more)
    ]


def waiting() -> list[str]:
    return list(Article.objects.undecided().order_by("-published_at").values_list("title", flat=True))


def expect_focus(page, title: str) -> None:
    """The row that the page's script has chosen; from then on it hears keys."""
    expect(page.locator("tbody tr:focus-within .headline")).to_have_text(title)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_lists_of_what_waits_is_held_and_set_aside_are_accessible(desk, axe_findings, editor, rows, width):
    make_article(title="Aside " + "W" * 90, set_aside="duplicate", set_aside_note="As the wire's. " * 9)
    window = desk(editor, width=width)
    for query in ("", "?came_back=yes", "?state=held", "?state=set-aside&cause=duplicate", "?state=all"):
        window.open(LIST + query)
        window.check(axe_findings, query)
    page = window.open(LIST)
    summary = page.locator("details.readiness summary").nth(2)
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.readiness[open]")).to_contain_text("no picture")
    window.check(axe_findings, "findings of a row")
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("s")
    expect(page.locator("details.ask[open]")).to_be_visible()
    window.check(axe_findings, "the choice of a cause")
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    expect(page.locator("details.ask[open]")).to_be_visible()
    window.check(axe_findings, "the reason of a hold")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator(".messagelist")).to_contain_text("Dismissed “Row 0” as off topic")
    window.check(axe_findings, "list with a message")


def test_an_editor_triages_from_the_keyboard_and_the_cursor_goes_on(desk, editor, rows):
    page = desk(editor).open(LIST)
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("1")
    expect(page.locator(".messagelist")).to_contain_text("Dismissed “Row 0” as duplicate")
    expect(page.locator(".count")).to_have_text("5 articles to decide")
    expect_focus(page, "Row 1")

    page.keyboard.press("s")
    page.keyboard.press("3")
    expect(page.locator(".messagelist")).to_contain_text("Dismissed “Row 1” as low quality")
    expect_focus(page, "Row 3")

    page.keyboard.press("5")
    page.keyboard.type("a reader's letter, 1 of 2")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Dismissed “Row 3” as other")
    expect_focus(page, "Row 4")

    page.keyboard.press("h")
    page.keyboard.type("wait for the second source")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("On hold: “Row 4”")
    expect_focus(page, "Row 5")

    page.keyboard.press("p")
    expect(page.locator(".messagelist")).to_contain_text("Published “Row 5”")
    expect_focus(page, "Row 6")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    page.go_back()
    assert waiting() == ["Row 6"]
    other = Article.objects.get(title="Row 3")
    assert (other.set_aside, other.set_aside_note) == ("other", "a reader's letter, 1 of 2")
    assert Article.objects.get(title="Row 4").hold == "wait for the second source"

    page.goto(page.url.split("?")[0] + "?state=set-aside")
    page.focus("input.action-select >> nth=1")
    page.keyboard.press("b")
    expect(page.locator(".messagelist")).to_contain_text("Returned “Row 1” to the queue")
    expect_focus(page, "Row 3")
    page.keyboard.press("z")
    expect(page.locator(".messagelist")).to_contain_text("Undone: “Row 1”")
    page.goto(page.url.split("?")[0] + "?state=all&q=Row+2")
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("p")
    expect(page.locator(".messagelist")).to_contain_text("“Row 2” not changed: on hold: Legal is reading it")
    expect_focus(page, "Row 2")
    page.goto(page.url.split("?")[0] + "?state=held")
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("l")
    expect(page.locator(".messagelist")).to_contain_text("Hold lifted: “Row 2”")
    assert waiting() == ["Row 2", "Row 6"]


def test_leaving_the_choice_decides_nothing_and_returns_to_the_row(desk, editor, rows):
    page = desk(editor).open(LIST)
    page.focus("input.action-select >> nth=1")
    for key in "sh":
        page.keyboard.press(key)
        expect(page.locator("details.ask[open]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("details.ask[open]")).to_have_count(0)
        expect_focus(page, "Row 1")
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    expect(page.locator("details.ask[open]")).to_be_visible()
    assert len(waiting()) == 6


def test_several_are_set_aside_at_once_and_undone(desk, editor, rows):
    page = desk(editor).open(LIST)
    page.focus("input.action-select >> nth=0")
    for key in ("x", "j", "x", "4"):
        page.keyboard.press(key)
    expect(page.locator(".messagelist")).to_contain_text("Dismissed “Row 0”, “Row 1” as legal")
    expect_focus(page, "Row 3")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_contain_text("Undone: “Row 0”, “Row 1”")
    assert len(waiting()) == 6


def test_without_javascript_the_bar_sets_aside_and_holds(browser, live_server, editor, rows, client):
    client.force_login(editor)
    with browser.new_context(java_script_enabled=False) as context:
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + LIST)
        page.check("input.action-select >> nth=0")
        page.press("input.action-select >> nth=0", "Enter")
        expect(page.locator(".messagelist")).to_contain_text("No action selected")
        page.check("input.action-select >> nth=0")
        page.locator("summary", has_text="Dismiss…").click()
        page.select_option("#id_set_aside-cause", "legal")
        page.click("button[value=set_aside]")
        expect(page.locator(".messagelist")).to_contain_text("as legal")
        page.check("input.action-select >> nth=0")
        page.locator("summary", has_text="Hold…").click()
        page.click("button[value=hold]")
        expect(page.locator(".messagelist")).to_contain_text("A hold needs a reason.")
        page.check("input.action-select >> nth=0")
        page.locator("summary", has_text="Hold…").click()
        page.fill("#id_hold-why", "wait")
        page.click("button[value=hold]")
        expect(page.locator(".messagelist")).to_contain_text("On hold")
    assert Article.objects.get(title="Row 1").hold == "wait"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_forms_of_what_is_held_and_set_aside_are_accessible(desk, axe_findings, editor, rows, width):
    aside = make_article(set_aside="other", set_aside_note="W" * 120, set_aside_before="poor")
    window = desk(editor, width=width)
    for article in (rows[0], rows[2], rows[3], aside):
        window.open(f"{LIST}{article.pk}/change/")
        window.check(axe_findings, article.title)
    page = window.open(f"{LIST}{rows[0].pk}/change/")
    for name, box in (("Dismiss…", "#id_set_aside-cause"), ("Hold…", "#id_hold-why")):
        page.locator("summary", has_text=name).click()
        expect(page.locator(box)).to_be_focused()
        window.check(axe_findings, name)
    page.keyboard.press("Escape")
    expect(page.locator("#id_hold-why")).to_be_hidden()


def test_an_editor_sets_aside_and_holds_on_the_form(desk, editor, rows):
    page = desk(editor).open(f"{LIST}{rows[0].pk}/change/")
    page.fill("#id_title", "Typed")
    page.locator("summary", has_text="Dismiss…").click()
    page.select_option("#id_set_aside-cause", "legal")
    page.fill("#id_set_aside-note", "the court")
    page.keyboard.press("Enter")
    expect(page.locator("button[name=_set_aside]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Dismissed “Typed” as legal. Saved: title.")
    expect(page.locator(".decided-so-far")).to_contain_text("the court")
    page.get_by_role("button", name="Return to queue").click()
    expect(page.locator(".messagelist")).to_contain_text("Returned “Typed” to the queue.")
    page.locator("summary", has_text="Hold…").click()
    expect(page.locator("#id_hold-why")).to_be_focused()
    page.keyboard.type("wait for the court")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("On hold: “Typed”.")
    expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Lift hold").click()
    expect(page.locator(".messagelist")).to_contain_text("Hold lifted: “Typed”.")
    assert not Article.objects.get(pk=rows[0].pk).published


def test_a_number_in_boxes_that_were_opened_with_the_mouse_decides_about_no_row(desk, editor, rows):
    page = desk(editor).open(LIST)
    page.locator("summary", has_text="Dismiss…").click()
    expect(page.locator("#id_set_aside-cause")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator(".messagelist")).to_be_visible()
    assert len(waiting()) == 6
