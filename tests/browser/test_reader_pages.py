"""Readers' pages in a browser: accessible, self-contained and inside their window, at two widths and in two themes."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

LOOKS = [(width, theme) for width in (1280, 390) for theme in ("light", "dark")]
TITLES = [
    "Night ferry to the outer islands returns after eleven years",
    "مرفأ النوارس يستعيد منارته بعد عشرين عامًا من الظلام",
    "港町の活版印刷所、百年ぶりに新しい書体を彫る",
    "W" * 500,
    "Z" + "\u0301" * 400,
    "\u202eturned round",
    "🎻",
]
BODY = """
Some *text* with a [link](https://elsewhere.example/), an ![image](https://tracker.example/1.gif) and `code`.

## A heading

> A quotation

| a | b |
|---|---|
| 1 | 2 |

    a line of code that is rather long a line of code that is rather long a line of code that is rather long

- one
- two
"""


@pytest.fixture
def article(db):
    """The last of some, with everything that a page can show."""
    now = timezone.now()
    for n, title in enumerate(TITLES * 4):
        make_article(title=title, published=True, published_at=now - timedelta(hours=n), category="News", excerpt=title)
    return make_article(
        title="The tide and the town",
        excerpt="In short.",
        body=BODY,
        type="analysis",
        category="Climate",
        topics=["Coast", "W" * 200],
        published=True,
        published_at=now - timedelta(minutes=5),
        images=[{"url": "https://img.example/1.jpg"}],
        related=[{"title": title, "web_url": f"https://wire.example/{n}"} for n, title in enumerate(TITLES)],
    )


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_is_accessible_and_self_contained(live_server, open_page, axe_findings, article, width, theme):
    watched = open_page(width=width, theme=theme)
    for path in (
        "/",
        "/?category=news&type=article",
        "/?q=nothing+answers+this",
        "/?since=yesterday",
        article.get_absolute_url(),
        "/nothing/",
    ):
        watched.page.goto(live_server.url + path)
        assert axe_findings(watched.page) == [], path
        assert not watched.is_wider_than_its_window(), path
    assert watched.policy_violations() == []
    assert watched.hosts == {urlsplit(live_server.url).hostname}


@pytest.mark.parametrize("title", TITLES)
def test_no_title_breaks_its_page(live_server, open_page, axe_findings, title):
    article = make_article(title=title, published=True, published_at=timezone.now() - timedelta(hours=1))
    watched = open_page(width=390)
    watched.page.goto(live_server.url + article.get_absolute_url())
    assert not watched.is_wider_than_its_window()
    assert axe_findings(watched.page) == []


def test_the_form_stands_open_on_a_desk_and_folds_on_a_phone(live_server, open_page, article):
    desk, phone = open_page(width=1280).page, open_page(width=390).page
    for page in (desk, phone):
        page.goto(live_server.url)
    assert desk.get_by_label("Category", exact=True).is_visible()
    assert not phone.get_by_label("Category", exact=True).is_visible()
    phone.get_by_text("Search and filter").click()
    phone.get_by_label("Search", exact=True).fill("tide")
    phone.get_by_role("button", name="Search").click()
    phone.wait_for_url("**/?q=tide*")
    assert phone.get_by_role("heading", level=2).all_text_contents() == ["The tide and the town"]


def test_the_keyboard_reaches_the_content_first(live_server, open_page, article):
    page = open_page().page
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    assert skip.evaluate("e => e === document.activeElement && e.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_readers_page_through_the_list(live_server, open_page, article):
    page = open_page().page
    page.goto(live_server.url)
    first = page.get_by_role("heading", level=2).all_text_contents()
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**/?after=*")
    page.get_by_role("link", name="Newer").click()
    page.wait_for_url("**/?before=*")
    assert page.get_by_role("heading", level=2).all_text_contents() == first
