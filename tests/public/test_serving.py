"""How every public address answers: methods, hosts, headers, errors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import path
from django.views import defaults
from django.views.csrf import csrf_failure

from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/",
    "/?category=news",
    "/?since=x",
    "/a/{pk}-tide/",
    "/a/{pk}-x/",
    "/a/0-x/",
    "/nothing",
    "/robots.txt",
    "/healthz",
    "/readyz",
]
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture
def article():
    return make_article(published=True, published_at=NOW - timedelta(hours=1), title="Tide", category="News")


def assert_secured(response) -> None:
    assert {name: response.headers.get(name) for name in SECURITY} == SECURITY
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_answers_with_the_headers_of_get(client, article, address):
    address = address.format(pk=article.pk)
    get, head = client.get(address), client.head(address)
    assert (head.status_code, head.headers) == (get.status_code, get.headers)
    assert head.content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("address", ["/", "/a/{pk}-tide/", "/robots.txt", "/healthz", "/readyz"])
def test_only_get_and_head_are_answered(article, address, method):
    response = Client(enforce_csrf_checks=True).generic(method, address.format(pk=article.pk))
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_a_method_cannot_be_smuggled_in(client, article):
    assert client.get("/", headers={"x-http-method-override": "DELETE"}).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_secured_and_sets_no_cookie(client, article, address):
    response = client.get(address.format(pk=article.pk))
    assert_secured(response)
    assert not response.cookies
    assert "Vary" not in response.headers


def test_static_files_are_secured(client):
    response = client.get("/static/newsdesk/site.css")
    assert response.status_code == 200
    assert_secured(response)


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver@evil.example", "a:80:80", "testserver.evil.example", "[::1", ""]
)
def test_another_host_is_400(client, host):
    response = client.get("/", headers={"host": host})
    assert response.status_code == 400
    assert_secured(response)
    assert "We couldn't read that address" in response.text


def test_forwarded_headers_of_a_stranger_change_nothing(client, article):
    forged = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "10.0.0.1"}
    for address in ("/", article.get_absolute_url()):
        assert client.get(address, headers=forged).content == client.get(address).content


def test_robots_may_read_all_but_the_admin(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text == "User-agent: *\nDisallow: /admin/\n"


TELLTALE = ("Traceback", "Django", "Python", "settings", "DEBUG", "Exception", "Error:")


def broken(request):
    raise RuntimeError("the canary of the stack")


def refused(request):
    return defaults.permission_denied(request, PermissionError("why"))


urlpatterns = [path("broken", broken), path("refused", refused)]


@pytest.mark.urls("tests.public.test_serving")
@pytest.mark.parametrize(("address", "status"), [("/broken", 500), ("/refused", 403), ("/nothing", 404)])
def test_an_error_page_tells_nothing_of_the_inside(client, address, status):
    client.raise_request_exception = False
    response = client.get(address)
    assert response.status_code == status
    assert_secured(response)
    assert "<h1>" in response.text
    assert "canary" not in response.text
    assert not [word for word in TELLTALE if word in response.text]


def test_a_form_without_token_gets_a_page_that_helps():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert_secured(response)
    assert "reload the page" in response.text
    assert not [word for word in TELLTALE if word in response.text]


def test_csrf_page_is_ours(rf):
    assert "The form wasn't accepted" in csrf_failure(rf.post("/"), reason="why").content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_context_and_no_database(name, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = get_template(f"{name}.html").render()
    assert html.count("<h1") == 1
    assert '<link rel="stylesheet" href="/static/newsdesk/site.css">' in html


def test_the_500_page_does_without_the_manifest_of_static_files(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    assert "Something went wrong" in get_template("500.html").render()
