"""Chromium for the browser tests: `open_page` for a page at a width and in a theme, `axe_findings` for its faults."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HEIGHTS = {1280: 900, 390: 844}

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
        watched = Watched(contexts[-1].new_page())
        watched.page.on("console", lambda message: watched.complaints.append(message.text))
        watched.page.on("request", lambda request: watched.hosts.add(urlsplit(request.url).hostname or ""))
        return watched

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def axe_findings() -> Callable[[Page], list[str]]:
    """Every violation that axe-core finds on a page, as "rule: element"."""

    def findings(page: Page) -> list[str]:
        violations = Axe().run(page).response["violations"]
        return [f"{found['id']}: {node['html'][:200]}" for found in violations for node in found["nodes"]]

    return findings
