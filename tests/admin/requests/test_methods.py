"""Every page of the admin knows GET, HEAD and POST, or fewer; nothing else reaches it, and HEAD writes nothing."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Presence
from articles.workflow import publishing
from tests.admin.browserless import form_of, text_of
from tests.admin.every_address import filled, routes, writes
from tests.database_dump import changed_tables, every_row
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
UNKNOWN = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "MADEUP", "get-it")
LIST = "/admin/articles/article/"


def strict(user=None):
    """A client without a token, as what is sent from elsewhere has none."""
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
    return client


def visitors():
    return {"stranger": strict(), "Editor": strict(make_user("Editor")), "all": strict(make_user(is_superuser=True))}


def addresses(objects):
    return [filled(route, objects) for route in routes().values()]


@pytest.mark.parametrize("method", UNKNOWN)
def test_unknown_methods_are_405_on_every_page_and_write_nothing(objects, method):
    clients, before = visitors(), every_row()
    for address in addresses(objects):
        for who, client in clients.items():
            answer = client.generic(method, address, "title=Forged", content_type="application/x-www-form-urlencoded")
            assert answer.status_code == 405, (address, who)
            allowed = answer["Allow"].split(", ")
            assert {"GET", "POST"} & set(allowed)
            assert method not in allowed
    assert changed_tables(before) == set()


@pytest.mark.parametrize("role", ["stranger", "Editor", "all"])
def test_head_is_answered_as_get_without_a_body_and_writes_nothing(objects, role):
    client, before = visitors()[role], every_row()
    kept = client.cookies.output()
    for address in addresses(objects):
        with CaptureQueriesContext(connection) as queries:
            answer = client.head(address)
        assert answer.getvalue() == b"", address
        assert not writes(queries), address
        client.cookies.load(kept.replace("Set-Cookie: ", ""))
        assert client.get(address).status_code == answer.status_code, address
        client.cookies.load(kept.replace("Set-Cookie: ", ""))
    assert changed_tables(before) <= {"articles_presence", "django_session"}


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (LIST, "GET, HEAD, POST"),
        (f"{LIST}1/preview/", "GET, HEAD, POST"),
        (f"{LIST}1/compare/", "GET, HEAD"),
        (f"{LIST}1/restore/", "POST"),
        ("/admin/articles/conflict/", "GET, HEAD"),
        ("/admin/articles/conflict/decide/", "POST"),
        ("/admin/articles/importrun/1/undo/", "POST"),
        ("/admin/articles/importrun/1/change/", "GET, HEAD"),
        ("/admin/articles/changeset/1/change/", "GET, HEAD"),
        ("/admin/login/", "GET, HEAD, POST"),
        ("/admin/logout/", "POST"),
        ("/admin/autocomplete/", "GET, HEAD"),
    ],
)
def test_what_is_allowed_is_what_the_page_takes(client, address, allowed):
    assert client.put(address)["Allow"] == client.options(address)["Allow"] == allowed


def test_what_is_refused_names_what_is_allowed(chief, signed_in):
    client = signed_in(chief)
    assert (client.head("/admin/logout/").status_code, client.head("/admin/logout/")["Allow"]) == (405, "POST")
    for page in ("importrun", "changeset"):
        answer = client.post(f"/admin/articles/{page}/1/change/")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert client.post("/admin/logout/").status_code in (200, 302)


def test_head_of_a_form_does_not_say_that_somebody_has_it_open(editor, signed_in):
    article = make_article()
    client = signed_in(editor)
    address = f"{LIST}{article.pk}/change/"
    assert client.head(address).status_code == 200
    assert not Presence.objects.exists()
    client.get(address)
    assert Presence.objects.count() == 1


def test_head_leaves_messages_and_their_undo_to_who_reads_the_page(editor, signed_in):
    article = make_article(title="Canary")
    client = signed_in(editor)
    form = form_of(client.get(LIST), "changelist-form")
    form.forge("_selected_action", article.pk)
    form.send(client, LIST, "action=publish")
    for address in (LIST, f"{LIST}{article.pk}/preview/", f"{LIST}{article.pk}/change/"):
        answer = client.head(address)
        assert answer.status_code == 200
        assert get_messages(answer.wsgi_request).used is False
    page = client.get(LIST)
    assert "Published “Canary”" in text_of(page)
    assert "/undo/" in page.text


def test_a_taken_form_is_not_changed_by_put(editor, signed_in):
    """A form view of Django's takes PUT as POST."""
    article = make_article(title="Began")
    publishing.publish(article, actor=editor)
    client = signed_in(editor)
    for address in (f"{LIST}{article.pk}/change/", f"{LIST}add/", "/admin/password_change/", "/admin/login/"):
        sent = client.put(
            address, "version=1&title=Forged&_unpublish=1", content_type="application/x-www-form-urlencoded"
        )
        assert sent.status_code == 405
