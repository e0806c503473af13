"""Previews, and what readers will see change, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.models import Article
from tests.browser.desk import LIST, WIDTHS, form_of

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
    preview.wait_for_timeout(200)
    assert preview.evaluate("window.__hit") is None
    assert hosts == {"localhost"}
