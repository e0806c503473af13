"""Schedules and time zones in a browser: boxes that tell what clocks skip and repeat, and each user's settings."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Article, User
from tests.browser.desk import LIST, WIDTHS, form_of
from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
SETTINGS = "/admin/articles/user/settings/"


@pytest.fixture
def berliner(editor) -> User:
    editor.time_zone = "Europe/Berlin"
    editor.save()
    return editor


@pytest.mark.parametrize("width", WIDTHS)
def test_the_settings_offer_the_browsers_own_zone_and_keep_it(desk, axe_findings, editor, width):
    window = desk(editor, width=width)
    page = window.open("/admin/")
    page.click(".account summary")
    page.click("text=Your settings")
    own = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    page.fill("#id_time_zone", "Nowhere")
    expect(page.locator(".suggestion")).to_contain_text(own)
    window.check(axe_findings, "settings")
    page.click("main button.decide")
    expect(page.locator(".errorlist")).to_contain_text("choose one such as Europe/Berlin")
    window.check(axe_findings, "settings, refused")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".suggestion")).to_be_hidden()
    page.click("main button.decide")
    expect(page.locator(".messagelist")).to_contain_text(f"Times are now in {own}")
    assert User.objects.get(pk=editor.pk).time_zone == own


@pytest.mark.parametrize("width", WIDTHS)
def test_a_doubled_hour_is_told_while_it_is_typed_and_taken_with_its_offset(desk, axe_findings, berliner, story, width):
    window = desk(berliner, width=width)
    page = window.open(form_of(story))
    page.fill("#id_live_from", "2099-10-25T02:30")
    both = "This time occurs twice: 2099-10-25T02:30+02:00 or 2099-10-25T02:30+01:00. Type the one you mean"
    expect(page.locator(".box-live_from p.not-once")).to_contain_text(both)
    page.locator("#id_title").focus()
    expect(page.locator("#id_live_from")).to_have_attribute("type", "text")
    expect(page.locator(".plan")).to_be_hidden()
    window.check(axe_findings, "a doubled hour")
    page.locator("#id_live_from").focus()
    page.keyboard.press("End")
    page.keyboard.type("+01:00")
    expect(page.locator(".box-live_from p.not-once")).to_have_count(0)
    page.get_by_role("button", name="A week later, live until").click()
    expect(page.locator("#id_live_until")).to_have_value("2099-11-01T02:30")
    expect(page.locator(".plan")).to_contain_text("Once published, it is live from")
    expect(page.locator(".plan")).to_contain_text("02:30 (+01:00), until")
    page.click("button[name=_publish]")
    expect(page.locator(".messagelist")).to_contain_text("Goes live 25 October 2099, 02:30 CET")
    expect(page.locator("#id_live_from")).to_have_value("2099-10-25T02:30:00+01:00")
    saved = Article.objects.get(pk=story.pk)
    assert saved.live_from == datetime(2099, 10, 25, 1, 30, tzinfo=UTC)
    assert saved.live_until == datetime(2099, 11, 1, 1, 30, tzinfo=UTC)
    page.click("button[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("No changes.")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_skipped_time_is_told_at_once_and_refused_with_its_neighbours(desk, axe_findings, berliner, story, width):
    window = desk(berliner, width=width)
    page = window.open(form_of(story))
    page.fill("#id_live_from", "2099-03-29T02:30")
    expect(page.locator(".box-live_from p.not-once")).to_contain_text("02:30 doesn't exist that day")
    page.click("button[name=_save]")
    expect(page.locator(".errornote")).to_contain_text("Use 01:59 or 03:00.")
    expect(page.locator("#id_live_from")).to_have_value("2099-03-29T02:30")
    window.check(axe_findings, "a skipped hour")
    page.get_by_role("button", name="Clear, live from").click()
    page.click("button[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("No changes.")


@pytest.mark.parametrize("width", WIDTHS)
def test_what_goes_live_and_off_stands_on_the_first_page(desk, axe_findings, berliner, width):
    make_planned()
    window = desk(berliner, width=width)
    page = window.open("/admin/")
    expect(page.locator(".agenda ol").first.locator("li")).to_have_count(10)
    expect(page.get_by_role("link", name="and 3 more").first).to_be_visible()
    window.check(axe_findings, "agenda")
    for state in ("scheduled", "ending"):
        window.open(f"{LIST}?state={state}")
        window.check(axe_findings, state)


def test_a_browser_that_counts_to_12_has_each_time_said_in_24_hours(desk, berliner, story):
    page = desk(berliner).open(form_of(story))
    page.fill("#id_live_from", "2099-03-28T14:30")
    is_twelve = page.evaluate("new Intl.DateTimeFormat(undefined, {hour: 'numeric'}).resolvedOptions().hour12")
    said = page.locator(".box-live_from output.in-24, #id_live_from + output.in-24")
    if is_twelve:
        expect(said).to_have_text(re.compile("14:30$"))
    else:
        expect(said).to_have_count(0)


def make_planned() -> None:
    now = timezone.now()
    for hours in range(1, 14):
        begins, ends = now + timedelta(hours=hours), now + timedelta(hours=hours + 2)
        make_article(title="Planned " + "W" * 90, published=True, live_from=begins, live_until=ends)


@pytest.mark.parametrize(
    ("zone", "typed"),
    [
        ("Australia/Lord_Howe", {"2026-04-05T01:45": 2, "2026-10-04T02:15": 0, "2026-10-04T02:30": 1}),
        ("America/Sao_Paulo", {"2018-11-04T00:30": 0, "2018-02-17T23:30": 2}),
        ("Pacific/Apia", {"2011-12-30T12:00": 0, "2011-12-29T23:59": 1, "2011-12-31T00:00": 1}),
        ("UTC", {"2026-10-25T02:30": 1}),
    ],
)
def test_the_box_tells_the_same_as_the_server_in_every_zone(desk, editor, story, zone, typed):
    editor.time_zone = zone
    editor.save()
    page = desk(editor).open(form_of(story))
    for text, passes in typed.items():
        page.fill("#id_published_at", text)
        told = {0: ["doesn't exist that day"], 1: [], 2: ["occurs twice"]}[passes]
        expect(page.locator(".box-published_at p.not-once")).to_contain_text(told)


def test_without_javascript_the_offset_is_typed_after_saving(browser, live_server, berliner, story):
    with browser.new_context(java_script_enabled=False) as context:
        client = Client()
        client.force_login(berliner)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + form_of(story))
        page.fill("#id_live_from", "2099-10-25T02:30")
        page.click("button[name=_save]")
        expect(page.locator(".box-live_from .errorlist")).to_contain_text("This time occurs twice")
        page.fill("#id_live_from", "2099-10-25T02:30+01:00")
        page.click("button[name=_save]")
        expect(page.locator("#id_live_from")).to_have_value("2099-10-25T02:30:00+01:00")
    assert Article.objects.get(pk=story.pk).live_from == datetime(2099, 10, 25, 1, 30, tzinfo=UTC)
