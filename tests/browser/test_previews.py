"""Previews, and what readers will see change, in a browser."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from django.test import Client
from playwright.sync_api import expect

from articles.models import Article
from tests.browser.desk import LIST, WIDTHS, form_of, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
HOSTILE = "</title><script>__x(1)</script><img src=x onerror=__x(1)>"


def other_tab(page, act):
    """The page that opens in a new tab, and its hosts and complaints."""
    with page.context.expect_page() as opened:
        act()
    opened.value.wait_for_load_state()
    return opened.value


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_typed_is_previewed_in_a_new_tab_and_the_form_keeps_it(desk, axe_findings, editor, story, width):
    window = desk(editor, width=width)
    page = window.open(form_of(story))
    page.fill("#id_title", "Typed and not saved")
    page.fill("#id_category", "Unheard of")
    preview = other_tab(page, lambda: page.click("button.preview"))
    expect(preview.locator(".preview-bar")).to_contain_text("Preview: not saved, not published")
    expect(preview.locator("h1")).to_have_text("Typed and not saved")
    expect(preview.locator(".sections a[aria-current]")).to_have_text("Unheard of")
    assert not preview.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    preview.mouse.wheel(0, 400)
    expect(preview.locator(".preview-bar")).to_be_in_viewport()
    for theme in ("light", "dark"):
        preview.emulate_media(color_scheme=theme)
        assert axe_findings(preview) == []
    preview.close()
    assert (story.version, Article.objects.get().title) == (1, story.title)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click("ol.breadcrumbs a")
    page.wait_for_url(f"**{LIST}")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_wrong_is_said_in_the_new_tab(desk, axe_findings, editor, story, width):
    window = desk(editor, width=width)
    page = window.open(form_of(story))
    page.fill("#id_web_url", "javascript:alert(1)")
    answer = other_tab(page, lambda: page.click("button.preview"))
    expect(answer.locator("h1")).to_have_text("No preview yet")
    expect(answer.locator(".errornote")).to_contain_text("Web address")
    assert axe_findings(answer) == []
    expect(page.locator("#id_web_url")).to_have_value("javascript:alert(1)")


def test_v_previews_the_row_that_has_the_focus_and_the_list_stays(desk, editor, story, live):
    page = desk(editor).open(f"{LIST}?state=all")
    page.focus("input.action-select >> nth=1")
    preview = other_tab(page, lambda: page.keyboard.press("v"))
    expect(preview.locator("h1")).to_have_text("Live one")
    expect(preview.locator(".preview-bar")).to_contain_text("Preview: saved and live")
    expect(page.locator("input.action-select").nth(1)).to_be_focused()
    preview.click(".preview-bar a")
    expect(preview.locator("#id_title")).to_have_value("Live one")


def test_hostile_text_is_harmless_in_a_preview(desk, chief, story):
    window = desk(chief)
    page = window.open(form_of(story))
    page.context.add_init_script("window.__x = () => { window.__hit = true; }")
    page.fill("#id_title", HOSTILE)
    page.fill("#id_excerpt", HOSTILE)
    page.fill("#id_topics", HOSTILE[:90])
    page.fill(
        "#id_body", f"{HOSTILE}\n\n<svg onload=__x(1)>\n\n[x](javascript:__x(1))\n\n<style>*{{display:none}}</style>"
    )
    hosts = set()
    page.context.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    preview = other_tab(page, lambda: page.click("button.preview"))
    expect(preview.locator("h1")).to_have_text(HOSTILE)
    settle(preview)
    assert preview.evaluate("window.__hit") is None
    assert hosts == {"localhost"}


def panel_of(page):
    return page.locator("#readers-changes")


@pytest.mark.parametrize("width", WIDTHS)
def test_what_readers_will_see_change_follows_the_typing(desk, axe_findings, editor, live, width):
    window = desk(editor, width=width)
    page = window.open(form_of(live))
    expect(panel_of(page).locator("summary")).to_have_text("No visible change")
    expect(page.locator("#unpublishing")).to_have_text("Unpublishing takes the page down.")
    window.check(axe_findings, "panel of nothing typed")
    page.fill("#id_title", "Live one, changed")
    expect(panel_of(page).locator("summary")).to_have_text("1 visible change: title")
    expect(panel_of(page)).to_be_in_viewport()
    expect(page.locator("button[name=_save]")).to_be_in_viewport()
    if width < 600:
        expect(panel_of(page).locator("ins")).to_be_hidden()
        panel_of(page).locator("summary").click()
    expect(panel_of(page).locator("ins")).to_contain_text(", changed")
    page.fill("#id_heat", "99")
    expect(panel_of(page)).to_contain_text("Internal: heat.")
    window.check(axe_findings, "panel of a change")
    page.fill("#id_title", "")
    expect(panel_of(page).locator("summary")).to_have_text("Not valid yet: title")
    window.check(axe_findings, "panel of half-typed input")
    page.fill("#id_title", "Live one")
    expect(panel_of(page).locator("summary")).to_have_text("No visible change (internal: heat)")
    page.fill("#id_title", "Live one, changed")
    page.click("button[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("Saved: title, heat")
    assert Article.objects.get().title == "Live one, changed"


def title_asked_about(request):
    return parse_qs(request.post_data)["title"][0]


PAUSE = 500
"""Milliseconds without typing after which the page asks what readers will see."""


def test_a_fast_typist_asks_once_and_an_answer_that_is_overtaken_is_dropped(desk, editor, live):
    page = desk(editor).open_with_stopped_clock(form_of(live))
    asked, held = [], []
    page.on("request", lambda request: request.url.endswith("/changes/") and asked.append(title_asked_about(request)))
    page.press("#id_title", "End")
    page.locator("#id_title").press_sequentially(" and on")
    page.clock.run_for(PAUSE - 1)
    page.locator("#id_title").press_sequentially(" and on")
    page.clock.run_for(PAUSE)
    expect(panel_of(page).locator("summary")).to_have_text("1 visible change: title")
    page.clock.run_for(10 * PAUSE)
    page.fill("#id_reason", "no reader sees a reason")
    page.clock.run_for(10 * PAUSE)
    page.route("**/changes/", lambda route: held.append(route) if not held else route.continue_())
    page.fill("#id_title", "First")
    with page.expect_request("**/changes/"):
        page.clock.run_for(PAUSE)
    page.fill("#id_title", "Second")
    page.clock.run_for(PAUSE)
    expect(panel_of(page).locator("ins")).to_contain_text("Second")
    assert (asked, len(held)) == (["Live one and on and on", "First", "Second"], 1)


def test_without_an_answer_the_panel_says_so_and_saving_works(desk, editor, live):
    page = desk(editor).open(form_of(live))
    page.route("**/changes/", lambda route: route.abort())
    page.fill("#id_title", "Saved all the same")
    expect(panel_of(page).locator("summary")).to_contain_text("Can't show the changes right now")
    page.unroute("**/changes/")
    page.fill("#id_excerpt", "And told again.")
    expect(panel_of(page).locator("summary")).to_have_text("2 visible changes: title, excerpt")
    page.click("button[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("Saved: title, excerpt")


def test_an_article_that_is_not_published_asks_nothing(desk, editor, story):
    page = desk(editor).open_with_stopped_clock(form_of(story))
    asked = []
    page.on("request", lambda request: request.url.endswith("/changes/") and asked.append(request.url))
    page.fill("#id_title", "Changed")
    page.clock.run_for(10 * PAUSE)
    expect(panel_of(page)).to_have_count(0)
    page.reload()
    assert asked == []


def test_without_scripts_the_button_answers_with_the_form_as_typed(browser, live_server, editor, live):
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as context:
        client = Client()
        client.force_login(editor)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + form_of(live))
        page.fill("#id_title", "Without scripts")
        page.get_by_role("button", name="Show visible changes").click()
        expect(panel_of(page).locator("ins")).to_contain_text("Without scripts")
        expect(page.locator("#id_title")).to_have_value("Without scripts")
        assert Article.objects.get().title == "Live one"
        page.click("button[name=_save]")
        expect(page.locator(".messagelist")).to_contain_text("Saved: title")


def test_with_scripts_there_is_no_button_to_ask(desk, editor, live):
    page = desk(editor).open(form_of(live))
    expect(page.locator(".show-changes")).to_be_hidden()
