from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

pytestmark = pytest.mark.django_db
HEADERS = (
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
)


@pytest.mark.parametrize("path", ["/", "/nothing-here/", "/admin/login/", "/healthz", "/static/newsdesk/site.css"])
def test_every_answer_carries_the_security_headers(client, path):
    response = client.get(path)
    assert [name for name in HEADERS if name not in response.headers] == []
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "a:80:80"])
def test_a_forged_host_gets_400_with_the_headers_even_before_the_redirect_to_https(client, settings, host):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/", headers={"host": host})
    assert response.status_code == 400
    assert [name for name in HEADERS if name not in response.headers] == []


def test_a_plain_request_is_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/?q=x")
    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/?q=x")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nothing-here/",
        "/healthz",
        "/readyz",
        "/admin/login/",
        "/admin/",
        "/static/newsdesk/site.css",
        "/stories/",
    ],
)
def test_the_answer_to_head_has_the_headers_of_the_page_and_no_body(path):
    """As the server gets it: Django's test client takes the body away itself."""

    def answer(method):
        started = []
        made = WSGIHandler()(RequestFactory().generic(method, path).environ, lambda *head: started.append(head))
        body = b"".join(made)
        made.close()
        status, headers = started[0]
        return status, dict(headers).get("Content-Length"), body

    assert answer("HEAD") == (*answer("GET")[:2], b"")
