"""A bulk action in a browser: chosen in the list, confirmed, watched while it runs, stopped, continued, undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.bulk_actions import chunks
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.models import Article, BulkAction
from articles.models.history import Origin
from tests.browser.desk import LIST, WIDTHS, settle
from tests.bulk_actions.bulk_running import begin
from tests.factories import make_state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
BULK = "/admin/articles/bulkaction/"
LONG = "القمر فوق الميناء: a title in two directions, " + "W" * 60


@pytest.fixture
def ports(monkeypatch):
    """Sixty articles, ten a chunk; one is on hold."""
    monkeypatch.setattr(chunks, "CHUNK", 10)
    monkeypatch.setattr("articles.admin.article_list.confirmation.CHUNK", 10)
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 10)
    states = [make_state(title=f"{LONG if n == 59 else 'Harbour'} {n}", category="ports") for n in range(60)]
    door.change_many([door.Change(state) for state in states], actor=OPERATOR, origin=Origin.IMPORT)
    bulk = begin("hold", actor=OPERATOR, articles=Article.objects.order_by("-pk")[:1], why="The lawyer reads it")
    chunks.do_chunk(bulk.pk, actor=OPERATOR)


def choose(page, verb):
    page.click(".more-actions summary")
    page.select_option("#bulk-verb", verb)
    page.check("input[name=scope][value=all]")
    page.click("button[value=more]")


def answer_only(page, number):
    """So many chunks; the next one stays without an answer."""
    asked = []
    page.route("**/chunk/", lambda route: asked.append(route) or (len(asked) <= number and route.continue_()))


@pytest.mark.parametrize("width", WIDTHS)
def test_sixty_are_published_by_filter_stopped_and_undone(desk, axe_findings, editor, ports, width):
    window = desk(editor, width=width)
    page = window.open(f"{LIST}?state=all&category=ports")
    page.click(".more-actions summary")
    expect(page.locator(".more-panel")).to_contain_text("All 60 matching this filter")
    expect(page.locator(".more-panel")).to_be_in_viewport(ratio=1)
    window.check(axe_findings, "the choice")
    page.click(".more-actions summary")
    choose(page, "publish")
    expect(page.locator("h1")).to_have_text("Publish 60 articles?")
    expect(page.locator(".forecast")).to_contain_text("59 will be published")
    expect(page.locator(".forecast .refusal")).to_contain_text("on hold: The lawyer reads it")
    window.check(axe_findings, "confirmation")
    page.fill("#bulk-typed", "6")
    page.click("#bulk-confirm button")
    expect(page.locator(".errornote")).to_contain_text("type 60 to confirm")
    window.check(axe_findings, "mistyped")
    page.fill("#bulk-typed", "60")
    page.click("#bulk-confirm button")
    expect(page.locator("#bulk-sentence")).to_contain_text("60 of 60 done: 59 published, 1 refused.")
    expect(page.locator("progress")).to_have_js_property("value", 60)
    expect(page.locator("table.receipt")).to_contain_text("On hold: The lawyer reads it")
    window.check(axe_findings, "summary")
    assert Article.objects.published().count() == 59
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#bulk-sentence")).to_contain_text("59 of 59 done: 59 restored.")
    window.check(axe_findings, "summary of the undo")
    assert not Article.objects.published().exists()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_bar_moves_and_stop_here_stops(desk, axe_findings, editor, ports, width):
    window = desk(editor, width=width)
    page = window.open(f"{LIST}?state=all")
    choose(page, "add_topics")
    window.check(axe_findings, "boxes")
    page.fill("#id_topics", "Boats\nNight")
    page.click("#bulk-tell button")
    expect(page.locator(".forecast")).to_contain_text("“Boats” is new")
    window.check(axe_findings, "what it does")
    answer_only(page, 2)
    page.fill("#bulk-typed", "60")
    page.click("#bulk-confirm button")
    expect(page.locator("#bulk-sentence")).to_contain_text("30 of 60 done")
    expect(page.locator("progress")).to_have_js_property("value", 30)
    page.click("#bulk-stop button")
    expect(page.locator("#progress-title")).to_have_text("Stopped")
    window.check(axe_findings, "stopped")
    bulk = BulkAction.objects.get(verb="add_topics")
    assert bulk.done_count == 30
    assert Article.objects.filter(topics__name="Boats").count() == bulk.done_count


@pytest.mark.parametrize("width", WIDTHS)
def test_an_unfinished_one_is_found_on_the_index_and_waits_for_continue(
    desk, axe_findings, editor, chief, ports, width
):
    bulk = begin("publish", actor=editor)
    chunks.do_chunk(bulk.pk, actor=editor)
    window = desk(chief, width=width)
    page = window.open("/admin/")
    expect(page.locator(".unfinished")).to_contain_text("Publish 60 articles: 10 of 60 done")
    window.check(axe_findings, "index")
    page.click(".unfinished a")
    expect(page.locator("#progress-title")).to_have_text("Not finished yet")
    page.wait_for_load_state()
    settle(page)
    assert BulkAction.objects.get(pk=bulk.pk).done_count == 10
    window.check(axe_findings, "unfinished")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#progress-title")).to_have_text("Done")


def test_what_is_not_answered_is_said_and_resume_works(desk, editor, ports):
    bulk = begin("publish", actor=editor)
    page = desk(editor).open(f"{BULK}{bulk.pk}/")
    page.route("**/chunk/", lambda route: route.abort())
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#bulk-sentence")).to_contain_text("Press Resume")
    page.unroute("**/chunk/")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#progress-title")).to_have_text("Done")
    assert Article.objects.published().count() == 59


def test_it_all_works_without_javascript(browser, live_server, editor, ports, signed_in):
    context = browser.new_context(java_script_enabled=False)
    session = signed_in(editor).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}{LIST}?state=all")
    choose(page, "set_aside")
    page.select_option("#id_cause", "duplicate")
    page.click("#bulk-tell button")
    page.fill("#bulk-typed", "60")
    page.click("#bulk-confirm button")
    for done in range(10, 60, 10):
        expect(page.locator("#bulk-sentence")).to_contain_text(f"{done} of 60 done")
        page.get_by_role("button", name="Resume").click()
    expect(page.locator("#progress-title")).to_have_text("Done")
    assert not Article.objects.undecided().exists()
    context.close()
