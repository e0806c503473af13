"""The admin in a browser window, for the tests that work there."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Page

from articles.models import Article, User

WIDTHS = (1280, 390)
OF_COLOURS = ("color-contrast", "link-in-text-block")
THEMES = {"dark": OF_COLOURS, "light": ()}
LIST = "/admin/articles/article/"
SMALLEST_TARGET = 24
OUR_OWN_ANSWERS = ("status of 409", "status of 429")

NARROW_TARGETS = """smallest => [...document.querySelectorAll("main :is(a, button, input, select, summary)")]
    .filter(e => !e.matches("p a, li a, dd a, [type=hidden], .visually-hidden, .select2-hidden-accessible"))
    .filter(e => { const at = (e.closest("label") ?? e).getBoundingClientRect();
                   return at.width && (at.width < smallest || at.height < smallest); })
    .map(e => e.outerHTML.slice(0, 120))"""


def form_of(article: Article) -> str:
    return f"{LIST}{article.pk}/change/"


def settle(page: Page) -> None:
    """Returns when the page has drawn itself and done what was waiting for its turn: no more comes of what was done.
    Not for a page whose clock stands."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


class Desk:
    """One browser window at the admin."""

    def __init__(self, site: str, watched) -> None:
        self.site, self.watched, self.page = site, watched, watched.page

    def sign_in(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.site}])

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def open_with_stopped_clock(self, path: str) -> Page:
        """Its timers run when the test says so, by `page.clock.run_for(milliseconds)`."""
        self.page.clock.install(time=0)
        page = self.open(path)
        page.clock.pause_at(24 * 3600)
        return page

    def check(self, axe_findings, what: str) -> None:
        """By all rules in the light theme, and by those of colours, which alone differ, in the dark one. axe-core's own
        style sheets break the policy, so the console is read before it runs."""
        complaints = [text for text in self.watched.complaints if not is_expected(text)]
        assert complaints == [], what
        assert self.watched.hosts == {urlsplit(self.site).hostname}, what
        for theme, rules in THEMES.items():
            self.page.emulate_media(color_scheme=theme)
            assert axe_findings(self.page, *rules) == [], f"{what}, {theme}"
        self.watched.complaints.clear()
        assert not self.watched.is_wider_than_its_window(), what
        if self.page.viewport_size["width"] < 600:
            narrow = self.page.evaluate(NARROW_TARGETS, SMALLEST_TARGET)
            assert narrow == [], f"{what}: {narrow}"


def is_expected(complaint: str) -> bool:
    """Chromium's advice on password forms, and answers that are no success by design."""
    return complaint.startswith("[DOM]") or any(answer in complaint for answer in OUR_OWN_ANSWERS)
