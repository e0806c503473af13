"""Security headers on every answer, and error pages that tell nothing (CASES A19, A21, R04, R05)."""

import re

import django
import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from articles.models import Article
from tests.admin.browserless import tags_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
STARTS = ("title", "body", "related-0-t", "images-0-u")


def assert_headers(response):
    headers = response.headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


def assert_tells_nothing(response):
    page = response.content.decode()
    for secret in (
        "Traceback",
        "newsdesk.settings",
        "DJANGO",
        "Django",
        django.get_version(),
        "sqlite",
        "/srv/newsdesk/",
        ".py",
        "SECRET",
    ):
        assert secret not in page, secret


@pytest.fixture
def failing(monkeypatch):
    """The list fails as if our own code had a fault."""

    def fail(*args, **kwargs):
        raise RuntimeError("SECRET detail at /srv/newsdesk/x.py")

    monkeypatch.setattr("articles.admin.article_list.admin.filter_options", fail)


def test_every_answer_carries_the_headers(editor, signed_in, failing):
    article = make_article()
    client = signed_in(editor)
    client.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    answers = {
        200: client.get(f"{LIST}{article.pk}/change/"),
        302: Client().get(LIST),
        400: client.get("/admin/articles/category/?article__title__startswith=x"),
        403: client.get("/admin/articles/user/"),
        404: client.get("/admin/nowhere/"),
        405: client.get("/admin/logout/"),
        500: client.get(LIST),
    }
    for status, response in answers.items():
        assert response.status_code == status
        assert_headers(response)
        if status >= 400:
            assert_tells_nothing(response)
    for response in (
        strict.post(LIST, {"x": "y"}),
        client.get("/admin/login/"),
        client.get("/static/newsdesk/admin.css"),
        client.get("/static/nowhere.css"),
        client.get(f"{LIST}{article.pk}/history/"),
        client.get("/healthz"),
        client.get("/", HTTP_HOST="evil.example"),
        client.get("//"),
        client.options("/admin/"),
        client.get("/admin/articles/article"),
        client.post("/admin/articles/article", {}),
    ):
        assert_headers(response)
    assert strict.post(LIST, {"x": "y"}).status_code == 403
    assert_tells_nothing(strict.post(LIST, {"x": "y"}))


def test_error_pages_of_the_admin_lead_back_to_the_desk_and_to_the_list(editor, signed_in, failing):
    client = signed_in(editor)
    client.raise_request_exception = False
    for address in ("/admin/articles/user/", "/admin/nowhere/", f"{LIST}99/change/", LIST):
        page = client.get(address)
        assert page.status_code in (403, 404, 500)
        links = {attributes.get("href") for tag, attributes in tags_of(page) if tag == "a"}
        assert {"/admin/", LIST} <= links
        assert "newsdesk/admin." in page.content.decode()


def test_who_may_read_no_article_is_led_to_the_desk_alone(signed_in):
    page = signed_in(make_user()).get(LIST)
    assert page.status_code == 403
    links = {attributes.get("href") for tag, attributes in tags_of(page) if tag == "a"}
    assert "/admin/" in links
    assert LIST not in links


def test_the_stale_page_and_a_refused_form_carry_them_too(editor, signed_in):
    article = make_article()
    client = signed_in(editor)
    assert_headers(client.post(f"{LIST}{article.pk}/change/", {"version": "99"}))
    Article.objects.filter(pk=article.pk).update(version=1)
    assert_headers(client.post(f"{LIST}{article.pk}/change/", {"version": "1"}))


@pytest.mark.parametrize("page", ["", "add/", "{pk}/change/", "{pk}/history/"])
def test_no_page_of_the_admin_needs_an_inline_script_or_style(editor, signed_in, page):
    article = make_article(related=[{"title": "t", "webUrl": "https://o.example/"}])
    response = signed_in(editor).get(LIST + page.format(pk=article.pk))
    for tag, attributes in tags_of(response):
        assert "style" not in attributes, (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert tag not in ("style", "base", "iframe", "object")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", response.content.decode(), re.DOTALL)
    assert not [body for attributes, body in scripts if body.strip() and "json" not in attributes]


def test_pages_of_the_admin_are_kept_by_no_cache(editor, signed_in):
    article = make_article()
    client = signed_in(editor)
    for address in (LIST, f"{LIST}{article.pk}/change/", f"{LIST}{article.pk}/history/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_under_https_transport_security_is_demanded(editor, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    client = Client()
    client.force_login(editor)
    for address in (LIST, "/admin/nowhere/", f"{LIST}?e=1"):
        assert "max-age=31536000" in client.get(address, secure=True)["Strict-Transport-Security"]


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "a:80:80", "testserver.evil.example", ""])
def test_a_forged_host_is_refused(editor, host):
    client = Client()
    client.force_login(editor)
    response = client.get(LIST, HTTP_HOST=host)
    assert response.status_code == 400
    assert b"evil" not in response.content


def test_forwarding_headers_of_strangers_are_ignored(editor, signed_in):
    forged = {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "1.2.3.4",
    }
    response = signed_in(editor).get(LIST, **forged)
    assert response.status_code == 200
    assert not response.wsgi_request.is_secure()
    assert b"evil.example" not in response.content
    assert "evil" not in Client().get(LIST, **forged)["Location"]


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_change_nothing(editor, signed_in, method):
    article = make_article()
    client = signed_in(editor)
    for address in (LIST, f"{LIST}{article.pk}/change/", f"{LIST}add/"):
        getattr(client, method)(address)
    assert list(Article.objects.values_list("version", "published")) == [(1, False)]


def test_a_viewer_sees_a_form_without_a_box_to_type_in_or_a_button_to_save(signed_in):
    viewer = make_user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    article = make_article(
        related=[{"title": "t", "webUrl": "https://o.example/"}], images=[{"url": "https://i.example/"}]
    )
    response = signed_in(viewer).get(f"{LIST}{article.pk}/change/")
    names = {attributes.get("name") for tag, attributes in tags_of(response) if tag == "button"}
    assert not names & {"_save", "_publish", "_unpublish"}
    boxes = [
        attributes
        for tag, attributes in tags_of(response)
        if tag in ("input", "textarea", "select") and attributes.get("name", "").startswith(STARTS)
    ]
    assert boxes
    assert all("disabled" in attributes for attributes in boxes)
