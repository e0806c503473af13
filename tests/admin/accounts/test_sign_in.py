"""Signing in, staying in, and out (CASES A14, A15, A17, A18)."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client

from articles.models import Article
from tests.admin.browserless import form_of, read_form
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


def test_twenty_wrong_passwords_close_the_name_there_for_a_quarter_of_an_hour_and_not_for_ever(owner):
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        answers = [sign_in(client, "Owner", f"wrong {n}").status_code for n in range(20)]
        assert answers == [200] * 9 + [429] * 11
        assert sign_in(Client(), "Owner", PASSWORD).status_code == 429
        clock.shift(timedelta(minutes=16))
        owners = Client()
        assert sign_in(owners, "Owner", PASSWORD).status_code == 302
        assert is_in(owners)


def test_anothers_guesses_keep_nobody_out_who_signs_in_from_elsewhere(owner):
    make_user("Editor", username="Colleague")
    for n in range(80):
        sign_in(Client(), "Owner" if n < 20 else f"made-up {n}", "wrong")
    assert sign_in(Client(), "Colleague", PASSWORD).status_code == 429
    for name in ("Owner", "Colleague"):
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        assert sign_in(elsewhere, name, PASSWORD).status_code == 302
        assert is_in(elsewhere)


def test_made_up_names_keep_a_whole_office_out_only_when_there_are_many(owner):
    answers = [sign_in(Client(), f"made-up {n}", "wrong").status_code for n in range(49)]
    assert set(answers) == {200}
    assert sign_in(Client(), "Owner", PASSWORD).status_code == 302
    assert [sign_in(Client(), f"another {n}", "wrong").status_code for n in range(2)] == [429, 429]
    assert sign_in(Client(), "Owner", PASSWORD).status_code == 429


def test_tries_while_it_is_closed_do_not_keep_it_closed(owner):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(12):
            sign_in(Client(), "Owner", "wrong")
        clock.shift(timedelta(minutes=14))
        assert sign_in(Client(), "Owner", "wrong").status_code == 429
        clock.shift(timedelta(minutes=2))
        assert sign_in(Client(), "Owner", PASSWORD).status_code == 302


def test_another_case_or_form_of_the_name_opens_no_fresh_set_of_tries(owner):
    names = ["owner", "OWNER", "Owner", " oWner ", "ｏｗｎｅｒ", "OWNer"]
    for n in range(12):
        sign_in(Client(HTTP_USER_AGENT=f"browser {n}"), names[n % len(names)], "wrong")
    assert sign_in(Client(), "Owner", PASSWORD).status_code == 429


def behind_a_proxy(client, sent="", by="X_FORWARDED_FOR"):
    """What arrives from a proxy that appends who came to it, to whatever the client `sent`."""
    forged = {f"HTTP_{name}": sent for name in ("X_REAL_IP", "FORWARDED", "CLIENT_IP", by) if sent}
    return Client(**forged | {"HTTP_X_FORWARDED_FOR": f"{sent}, {client}" if sent else client})


@pytest.mark.parametrize("guesser", ["203.0.113.7", "203.0.113.7:4711", "2001:db8::7", "[2001:db8::7]:4711"])
def test_behind_a_proxy_each_client_counts_alone_whatever_it_forges(owner, settings, guesser):
    settings.TRUSTED_PROXY_COUNT = 1
    forged = ["", "198.51.100.9", "198.51.100.8, 198.51.100.9", "127.0.0.1", "unknown", "\x00;'", "2001:db8::9", ",,,"]
    answers = [
        sign_in(behind_a_proxy(guesser, sent), "Owner", "wrong").status_code for sent in (forged + forged[::-1])[:12]
    ]
    assert answers == [200] * 9 + [429] * 3
    assert sign_in(behind_a_proxy(guesser, "198.51.100.77"), "Owner", PASSWORD).status_code == 429
    for elsewhere in ("198.51.100.9", "2001:db8::8", "198.51.100.9:80"):
        client = behind_a_proxy(elsewhere, guesser)
        assert sign_in(client, "Owner", PASSWORD).status_code == 302
        assert is_in(client)


def test_without_a_trusted_proxy_a_header_that_says_who_asks_is_not_looked_at(owner):
    for n in range(12):
        sign_in(behind_a_proxy(f"203.0.113.{n}", f"203.0.113.{n + 100}"), "Owner", "wrong")
    assert sign_in(behind_a_proxy("198.51.100.9"), "Owner", PASSWORD).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.100.9"), "Owner", PASSWORD).status_code == 302


def test_one_households_many_addresses_are_counted_together(owner):
    answers = [sign_in(Client(REMOTE_ADDR=f"2001:db8:1:2::{n:x}"), "Owner", "wrong").status_code for n in range(1, 61)]
    assert answers == [200] * 49 + [429] * 11
    assert sign_in(Client(REMOTE_ADDR="2001:db8:1:2:ffff::1"), "Owner", PASSWORD).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="2001:db8:1:3::1"), "Owner", PASSWORD).status_code == 302


def test_nine_wrong_passwords_are_forgotten_once_the_right_one_comes(owner):
    for _ in range(2):
        for _ in range(9):
            sign_in(Client(), "Owner", "wrong")
        assert sign_in(Client(), "Owner", PASSWORD).status_code == 302


def test_a_sign_in_forgets_nothing_about_other_names_and_other_addresses(owner):
    make_user("Contributor", username="insider")
    for n in range(60):
        sign_in(Client(), f"colleague {n % 8}", "wrong")
        sign_in(Client(), "insider", PASSWORD)
    assert sign_in(Client(), "insider", PASSWORD).status_code == 429
    for _ in range(9):
        sign_in(Client(REMOTE_ADDR="192.0.2.1"), "Owner", "wrong")
    assert sign_in(Client(REMOTE_ADDR="192.0.2.9"), "Owner", PASSWORD).status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.1"), "Owner", "wrong").status_code == 429


def test_the_log_names_who_failed_and_who_is_kept_out_on_one_line_each(owner, caplog):
    for _ in range(11):
        sign_in(Client(REMOTE_ADDR="192.0.2.1"), "Owner\n2026 ERROR forged\u2028\x1b[31m", "typed-by-mistake")
    lines = [line for line in caplog.messages if "Owner" in line]
    assert len(lines) == 13  # 10 failures, the lock, 2 refusals
    for line in lines:
        assert r"'Owner\n2026 ERROR forged\u2028\x1b[31m' from 192.0.2.1" in line
        assert line.isprintable()
    assert "typed-by-mistake" not in caplog.text


def test_no_password_and_no_text_that_was_typed_is_stored_or_logged(owner, caplog):
    caplog.set_level("DEBUG")
    for _ in range(12):
        Client().post(LOGIN, {"username": "Owner", "password": "typed-by-mistake", "typed": '[["title", "A scoop"]]'})
    rows = [str(list(model.objects.values())) for model in (AccessAttempt, AccessLog, AccessFailureLog)]
    assert AccessAttempt.objects.exists()
    for secret in ("typed-by-mistake", "A scoop"):
        assert secret not in "".join(rows) + caplog.text


def test_a_script_that_is_kept_out_gets_the_page_and_no_other_site_may_read_it(owner):
    for _ in range(11):
        response = sign_in(Client(HTTP_X_REQUESTED_WITH="XMLHttpRequest"), "Owner", "wrong")
    assert "Try again in 15 minutes" in response.text
    assert "Access-Control-Allow-Origin" not in response.headers


def test_the_locked_page_says_so_and_tells_no_version(owner):
    for _ in range(11):
        response = sign_in(Client(), "Owner", "wrong")
    assert "Too many failed attempts. Try again in 15 minutes." in response.content.decode()
    assert response.headers["Retry-After"] == "900"
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
    token = read_form(other, f"{LIST}{article.pk}/change/")["csrfmiddlewaretoken"]
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
