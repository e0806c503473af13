"""Chromium for the browser tests: `open_page` for a page at a width and in a theme, `axe_findings` for its faults."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from articles.models import Article, User
from tests.browser.desk import Desk
from tests.factories import make_article

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HEIGHTS = {1280: 900, 390: 844}
GIVES_UP_AFTER = 120_000
"""Milliseconds; only what hangs takes so long, however busy the machine is."""
expect.set_options(timeout=GIVES_UP_AFTER)

# Playwright's synchronous interface runs an event loop in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Watched:
    """A page, what its console complained about, and the hosts it asked for anything."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def is_wider_than_its_window(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def policy_violations(self) -> list[str]:
        return [complaint for complaint in self.complaints if "Content Security Policy" in complaint]


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Watched]]:
    """`open_page(width=390, theme="dark")`; every page has a session of its own and is closed after the test."""
    contexts = []

    def opened(*, width: int = 1280, theme: str = "light") -> Watched:
        viewport = {"width": width, "height": HEIGHTS.get(width, 900)}
        contexts.append(browser.new_context(viewport=viewport, color_scheme=theme, locale="en-GB"))
        contexts[-1].set_default_timeout(GIVES_UP_AFTER)
        watched = Watched(contexts[-1].new_page())
        watched.page.on("console", lambda message: watched.complaints.append(message.text))
        watched.page.on("request", lambda request: watched.hosts.add(urlsplit(request.url).hostname or ""))
        return watched

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe_findings() -> Callable[..., list[str]]:
    """Every violation that axe-core finds on a page, as "rule: element"; of all rules, unless told of which."""
    script = Axe().axe_script

    def findings(page: Page, *rules: str) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
        violations = page.evaluate("options => axe.run(document, options)", options)["violations"]
        return [f"{violation['id']}: {node['html'][:200]}" for violation in violations for node in violation["nodes"]]

    return findings


@pytest.fixture
def desk(live_server, open_page) -> Callable[..., Desk]:
    """`desk(user, width=390)`: that user, signed in, at the admin in a browser."""

    def opened(user: User | None = None, *, width: int = 1280) -> Desk:
        opened_desk = Desk(live_server.url, open_page(width=width))
        if user:
            opened_desk.sign_in(user)
        return opened_desk

    return opened


@pytest.fixture
def story(db) -> Article:
    """The newest undecided one, with everything that the form shows."""
    return make_article(
        title="القمر فوق الميناء: a title in two directions that is long enough to need a second line in every list",
        excerpt="In short.",
        body="Some *text*.\n\n" * 5,
        category="news",
        topics=["Meta AI", "AI"],
        quality=37,
        images=[{"url": "https://img.example/1.jpg", "width": 860, "height": 573}],
        related=[
            {"title": "The same elsewhere", "web_url": "https://wire.example/1", "provider": {"name": "Wire"}},
            {"title": "Without a provider", "web_url": "https://wire.example/2"},
        ],
        published_at=timezone.now() - timedelta(minutes=1),
    )


@pytest.fixture
def live(db) -> Article:
    return make_article(title="Live one", published=True, published_at=timezone.now() - timedelta(hours=1), heat=12)
