"""The reading pane in a browser: it follows the keyboard, is opened and closed by one key, and decides."""

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
    now = timezone.now()
    return [
        make_article(title=f"Row {n}", body=f"Text {n}. " * 400, published_at=now - timedelta(hours=n), heat=n)
        for n in range(5)
    ]


def expect_pane(page, title: str) -> None:
    expect(page.locator("#pane-title")).to_have_text(title)
    expect(page.locator("tr[aria-current] .headline")).to_have_text(title)


def test_the_pane_follows_the_row_and_stays_as_one_left_it(desk, axe_findings, editor, rows):
    window = desk(editor)
    page = window.open(LIST)
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("r")
    expect_pane(page, "Row 0")
    window.check(axe_findings, "list with pane")
    page.keyboard.press("j")
    expect_pane(page, "Row 1")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('.pane').scrollTop > 100")
    assert f"read={rows[1].pk}" in page.url
    page.keyboard.press("p")
    expect(page.locator(".messagelist")).to_contain_text("Published “Row 1”")
    expect_pane(page, "Row 2")
    page.keyboard.press("z")
    expect(page.locator(".messagelist")).to_contain_text("Undone: “Row 1”")
    page.wait_for_load_state()
    page.focus("input.action-select >> nth=0")
    page.keyboard.press("r")
    expect(page.locator("#pane")).to_be_hidden()
    page.reload()
    expect(page.locator("#pane")).to_be_hidden()


def test_a_button_of_the_pane_decides_and_shows_the_next(desk, editor, rows):
    page = desk(editor).open(f"{LIST}?order=hottest")
    page.locator("a.read").nth(0).click()
    expect_pane(page, "Row 4")
    page.locator("#pane-form button[value=publish]").click()
    expect(page.locator(".messagelist")).to_contain_text("Published “Row 4”")
    expect_pane(page, "Row 3")
    page.locator("#pane-form summary", has_text="Dismiss").click()
    page.select_option("#pane_set_aside-cause", "legal")
    page.click("#pane-form button[value=set_aside]")
    expect(page.locator(".messagelist")).to_contain_text("Dismissed “Row 3” as legal")
    expect_pane(page, "Row 2")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pane_at_its_address_is_accessible(desk, axe_findings, editor, rows, width):
    window = desk(editor, width=width)
    page = window.open(f"{LIST}?read={rows[2].pk}")
    expect(page.locator("#pane-title")).to_have_text("Row 2")
    window.check(axe_findings, "pane at its address")


@pytest.mark.parametrize("pane", ["", "?read={}"])
@pytest.mark.parametrize(
    ("width", "height"),
    [(320, 640), (510, 800), (640, 400), (745, 800), (860, 800), (1000, 800), (1099, 800), (1100, 800)],
)
def test_the_list_fits_every_width_with_its_bar_in_one_line(desk, editor, rows, width, height, pane):
    page = desk(editor).page
    page.set_viewport_size({"width": width, "height": height})
    page.goto(desk(editor).site + LIST + pane.format(rows[1].pk))
    measured = page.evaluate(
        """() => ({over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
                   row: document.querySelector("#result_list tbody tr").getBoundingClientRect().top,
                   bar: document.querySelector(".decide-bar").getBoundingClientRect().height})"""
    )
    assert measured["over"] <= 0
    assert width < 640 or measured["bar"] < 70
    assert pane or width < 640 or measured["row"] < height - 40
