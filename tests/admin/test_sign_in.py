"""Signing in, staying in, and out (CASES A14, A15, A17, A18)."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client

from articles.models import Article
from tests.admin.browserless import form_of, open_form, read_form
from tests.factories import NOW, PASSWORD, make_article, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
LIST = "/admin/articles/article/"


def sign_in(client, name, password, **options):
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, **options)


def is_in(client):
    return client.get("/admin/").status_code == 200


@pytest.fixture
def owner(db):
    return make_user("Editor", username="Owner")


def test_the_sign_in_page_lets_the_owner_in_through_its_own_form(owner):
    client = Client(enforce_csrf_checks=True)
    form = form_of(client.get(LOGIN), "login-form")
    form["username"] = "Owner"
    form["password"] = PASSWORD
    assert form.send(client, LOGIN).status_code == 302
    assert is_in(client)


def test_twenty_wrong_passwords_close_the_name_for_a_quarter_of_an_hour_and_not_for_ever(owner):
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        answers = [sign_in(client, "Owner", f"wrong {n}").status_code for n in range(20)]
        assert answers[:9] == [200] * 9
        assert set(answers[10:]) == {429}
        assert sign_in(Client(), "Owner", PASSWORD).status_code == 429
        assert sign_in(Client(REMOTE_ADDR="192.0.2.9"), "Owner", PASSWORD).status_code == 429
        clock.shift(timedelta(minutes=16))
        owners = Client(REMOTE_ADDR="192.0.2.9")
        assert sign_in(owners, "Owner", PASSWORD).status_code == 302
        assert is_in(owners)


def test_tries_while_it_is_closed_do_not_keep_it_closed(owner):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(12):
            sign_in(Client(), "Owner", "wrong")
        clock.shift(timedelta(minutes=14))
        assert sign_in(Client(), "Owner", "wrong").status_code == 429
        clock.shift(timedelta(minutes=2))
        assert sign_in(Client(), "Owner", PASSWORD).status_code == 302


def test_another_case_or_form_of_the_name_opens_no_fresh_set_of_tries(owner):
    names = ["owner", "OWNER", "Owner", "oWner", "ｏｗｎｅｒ", "OWNer"]
    for n in range(12):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{n}"), names[n % len(names)], "wrong")
    assert sign_in(Client(REMOTE_ADDR="198.51.100.1"), "Owner", PASSWORD).status_code == 429


def test_a_forged_forwarding_header_opens_no_fresh_set_of_tries(owner):
    for n in range(12):
        forged = {
            f"HTTP_{name}": f"203.0.113.{n}" for name in ("X_FORWARDED_FOR", "X_REAL_IP", "FORWARDED", "CLIENT_IP")
        }
        sign_in(Client(), f"name{n}", "wrong", **forged)
    assert sign_in(Client(HTTP_X_FORWARDED_FOR="203.0.113.99"), "Owner", PASSWORD).status_code == 429


def test_nine_wrong_passwords_are_forgotten_once_the_right_one_comes(owner):
    for _ in range(2):
        for _ in range(9):
            sign_in(Client(), "Owner", "wrong")
        assert sign_in(Client(), "Owner", PASSWORD).status_code == 302


def test_no_password_that_was_typed_is_stored_or_logged(owner, caplog):
    caplog.set_level("DEBUG")
    for _ in range(12):
        sign_in(Client(), "Owner", "typed-by-mistake")
    rows = [str(list(model.objects.values())) for model in (AccessAttempt, AccessLog, AccessFailureLog)]
    assert AccessAttempt.objects.exists()
    assert "typed-by-mistake" not in "".join(rows) + caplog.text


def test_the_locked_page_says_so_and_tells_no_version(owner):
    for _ in range(11):
        response = sign_in(Client(), "Owner", "wrong")
    assert "quarter of an hour" in response.content.decode()
    assert response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["Owner", "nobody", "", "x" * 3000, "a\x00b", "' OR 1=1 --"])
def test_wrong_names_and_wrong_passwords_are_answered_alike(owner, name):
    response = sign_in(Client(), name, "wrong")
    assert response.status_code == 200
    assert not Session.objects.exists()


def test_readers_accounts_that_are_no_staff_do_not_get_in(owner):
    owner.is_staff = False
    owner.save()
    client = Client()
    assert sign_in(client, "Owner", PASSWORD).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(owner, address):
    response = Client().post(LOGIN, {"username": "Owner", "password": PASSWORD, "next": address})
    assert response["Location"].startswith("/")
    assert "evil" not in response["Location"]


def test_signing_in_makes_a_new_session_and_a_planted_one_is_worth_nothing(owner):
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    sign_in(client, "Owner", PASSWORD)
    assert client.cookies["sessionid"].value != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert not is_in(other)


def test_a_change_of_password_ends_all_other_sessions(owner, signed_in):
    here, elsewhere = signed_in(owner), signed_in(owner)
    new = "a wholly new one, 37 letters long"
    typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/admin/password_change/", typed).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_session_ends_after_twelve_hours(owner):
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        sign_in(client, "Owner", PASSWORD)
        clock.shift(timedelta(hours=11, minutes=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=2))
        assert not is_in(client)


def test_cookies_are_for_http_alone_and_for_this_site(owner, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get(LOGIN)
    sign_in(client, "Owner", PASSWORD)
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (bool(cookie["httponly"]), bool(cookie["secure"]), cookie["samesite"]) == (True, True, "Lax"), name


def test_signing_out_by_a_link_is_refused_and_by_its_button_ends_the_session(owner, signed_in):
    client = signed_in(owner)
    assert client.get("/admin/logout/").status_code == 405
    assert is_in(client)
    key = client.cookies["sessionid"].value
    assert read_form(client, "/admin/", "logout-form").send(client, "/admin/logout/").status_code == 200
    stolen = Client()
    stolen.cookies["sessionid"] = key
    assert not is_in(stolen)


def strict_client(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def posts(article):
    return [
        (f"{LIST}{article.pk}/change/", {"title": "Forged", "version": "1", "_publish": "1"}),
        (LIST, {"action": "publish", "index": "0", "_selected_action": article.pk}),
        (f"{LIST}undo/1/", {}),
        (f"{LIST}add/", {"title": "Forged"}),
        ("/admin/logout/", {}),
        ("/admin/password_change/", {"old_password": PASSWORD}),
        (LOGIN, {"username": "Owner", "password": PASSWORD}),
    ]


def test_posts_without_a_token_or_with_that_of_another_session_change_nothing(owner):
    article = make_article()
    client, other = strict_client(owner), strict_client(make_user("Editor"))
    token = open_form(other, f"{LIST}{article.pk}/change/")["csrfmiddlewaretoken"]
    for address, data in posts(article):
        assert client.post(address, data).status_code == 403, address
        client.get(f"{LIST}{article.pk}/change/")
        assert client.post(address, data | {"csrfmiddlewaretoken": token}).status_code == 403, address
    assert list(Article.objects.values_list("published", "version")) == [(False, 1)]
    assert is_in(client)


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_REFERER": "https://evil.example/"}, {"HTTP_ORIGIN": "null"}, {}],
)
def test_a_right_token_from_a_wrong_place_changes_nothing_under_https(owner, headers):
    article = make_article()
    client = strict_client(owner)
    address = f"{LIST}{article.pk}/change/"
    form = form_of(client.get(address, secure=True), "article_form")
    assert form.send(client, address, "_publish", secure=True, **headers).status_code == 403
    assert not Article.objects.get().published
    assert form.send(client, address, "_publish", secure=True, HTTP_ORIGIN="https://testserver").status_code == 302
    assert Article.objects.get().published


@pytest.mark.parametrize("address", ["", "add/", "1/history/"])
def test_reading_never_writes_whatever_the_address_asks_for(owner, signed_in, address):
    make_article()
    client = signed_in(owner)
    for query in ("?action=publish&_selected_action=1&index=0", "?_publish=1", "?_method=POST"):
        client.get(LIST + address + query, HTTP_X_HTTP_METHOD_OVERRIDE="POST")
    assert list(Article.objects.values_list("published", "version")) == [(False, 1)]
