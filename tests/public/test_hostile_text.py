"""Whatever a source writes is text to us."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "<script>__x(1)</script>",
    '"><img src=x onerror=__x(1)>',
    "' onmouseover='__x(1)",
    "</title><script>__x(1)</script>",
    "{{7*7}}{% debug %}",
    "</script><script>__x(1)</script>",
    "--><svg onload=__x(1)>",
    "\u202eevil\u2066",
    "Z" + "\u0301" * 200,
    "W" * 500,
]
KNOWN_ELEMENTS = {
    "html", "head", "meta", "title", "link", "body", "a", "header", "div", "p", "nav", "ul", "li", "bdi",
    "main", "details", "summary", "form", "label", "input", "select", "option", "span", "button", "article",
    "h1", "h2", "h3", "ol", "time", "footer", "section",
}  # fmt: skip


class Elements(HTMLParser):
    """The names of all elements, and of all attributes that could act."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.active: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.active |= {name for name, _ in attrs if name.startswith("on") or name in ("style", "srcdoc")}
        self.active |= {value for name, value in attrs if name in ("href", "src") and "script:" in (value or "")}

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_of_a_source_stays_text(client, payload):
    provider = {"name": payload[:200], "domain": payload[:200]}
    article = make_article(
        published=True,
        published_at=NOW - timedelta(hours=1),
        title=payload,
        excerpt=payload,
        byline=payload,
        category=payload[:100],
        type=payload[:50],
        topics=[payload[:200]],
        provider=provider,
        related=[{"title": payload, "web_url": "https://wire.example/x", "provider": provider, "type": payload[:50]}],
    )
    front, page = client.get("/"), client.get(article.get_absolute_url())
    for response in (
        front,
        page,
        client.get("/", {"category": payload[:100], "topic": payload[:100], "q": payload[:99]}),
    ):
        assert response.status_code == 200
        elements = Elements(response.text)
        assert elements.names <= KNOWN_ELEMENTS
        assert not elements.active
    written = unicodedata.normalize("NFC", payload)
    assert written in Elements(front.text).text
    assert Elements(page.text).text.count(written) >= 3


def test_markup_of_a_body_is_what_rendering_lets_through(client):
    body = "\n\n".join(
        ["<script>__x(1)</script>", "<svg onload=__x(1)>", "[x](javascript:__x(1))", "<a id=x>a</a>", "**b**"]
    )
    article = make_article(published=True, published_at=NOW - timedelta(hours=1), body=body)
    elements = Elements(client.get(article.get_absolute_url()).text)
    assert elements.names <= KNOWN_ELEMENTS | {"strong"}
    assert not elements.active


def test_what_is_asked_for_stays_text(client):
    for payload in PAYLOADS:
        for name in ("q", "category", "topic", "provider", "type", "since", "after"):
            elements = Elements(client.get("/", {name: payload}).text)
            assert elements.names <= KNOWN_ELEMENTS
            assert not elements.active
