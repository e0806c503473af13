from __future__ import annotations

import pytest

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
