"""Accounts: Chiefs make, disable and change them within the roles; a one-time link sets the password."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.views.defaults import permission_denied

from articles.accounts import roles
from articles.models import User
from tests.admin.browserless import form_of, read_form, tags_of, text_of
from tests.factories import NOW, PASSWORD, make_user

pytestmark = pytest.mark.django_db
ACCOUNTS = "/admin/articles/user/"
NEW = "a wholly new one, 37 letters long"


def page_of(user, page="change"):
    return f"{ACCOUNTS}{user.pk}/{page}/"


def account_form(client, user):
    return read_form(client, page_of(user), "user_form")


def link_of(response):
    return next(attributes["value"] for tag, attributes in tags_of(response) if attributes.get("id") == "link")


def make_account(client, **typed):
    form = read_form(client, f"{ACCOUNTS}add/", "user_form")
    for name, value in ({"username": "anna", "role": "Editor"} | typed).items():
        form[name] = value
    return form.send(client, f"{ACCOUNTS}add/", "_save")


def set_password(link, password=NEW, client=None):
    client = client or Client()
    page = client.get(link, follow=True)
    form = form_of(page, "set-password")
    form["new_password1"] = form["new_password2"] = password
    return form.send(client, page.redirect_chain[-1][0])


def has_ended(link):
    return "This link has ended" in text_of(Client().get(link, follow=True))


def rights(user):
    fresh = User.objects.get(pk=user.pk)
    groups = sorted(fresh.groups.values_list("name", flat=True))
    return groups, fresh.is_active, fresh.is_staff, fresh.is_superuser


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_chief_makes_an_account_that_signs_in_once_its_link_was_used(chief, signed_in, role):
    page = make_account(signed_in(chief), role=role)
    anna = User.objects.get(username="anna")
    assert rights(anna) == ([role], True, True, False)
    assert not anna.has_usable_password()
    assert set_password(link_of(page))["Location"] == "/admin/login/"
    guest = Client()
    assert guest.post("/admin/login/", {"username": "anna", "password": NEW, "next": "/admin/"}).status_code == 302
    assert guest.get("/admin/articles/article/").status_code == 200


def test_what_is_forged_into_a_new_account_makes_no_superuser_and_sets_no_password(chief, signed_in):
    client = signed_in(chief)
    form = read_form(client, f"{ACCOUNTS}add/", "user_form")
    form["username"], form["role"] = "anna", "Contributor"
    other = Group.objects.create(name="Purgers")
    for name, value in {"is_superuser": "on", "password1": NEW, "groups": other.pk, "user_permissions": 1}.items():
        form.forge(name, value)
    form.send(client, f"{ACCOUNTS}add/")
    anna = User.objects.get(username="anna")
    assert rights(anna) == (["Contributor"], True, True, False)
    assert not anna.has_usable_password()
    assert not anna.user_permissions.exists()


@pytest.mark.parametrize(("name", "role"), [("EDITOR-1", "Editor"), ("", "Editor"), ("a b", "Editor"), ("anna", "")])
def test_a_name_that_is_taken_or_a_missing_role_makes_no_account(chief, signed_in, name, role):
    make_user("Editor", username="editor-1")
    assert "Error:" in make_account(signed_in(chief), username=name, role=role).text
    assert User.objects.count() == 2


def test_a_change_of_role_and_state_is_done_and_recorded(chief, editor, signed_in):
    client = signed_in(chief)
    form = account_form(client, editor)
    form["role"] = "Contributor"
    assert form.send(client, page_of(editor), "_save").status_code == 302
    assert rights(editor) == (["Contributor"], True, True, False)
    form = account_form(client, editor)
    form["is_active"] = False
    form.send(client, page_of(editor), "_save")
    assert rights(editor) == (["Contributor"], False, True, False)
    changes = LogEntry.objects.filter(object_id=str(editor.pk), user=chief).order_by("pk")
    assert [json.loads(entry.change_message)[0]["changed"]["fields"] for entry in changes] == [["Role"], ["Active"]]
    assert "Changed Active" in text_of(client.get(page_of(editor, "history")))
    form = account_form(client, editor)
    form["is_active"] = True
    form.send(client, page_of(editor), "_save")
    assert rights(editor)[1]


def test_a_new_role_leaves_other_values_of_the_account_alone(chief, signed_in):
    reader = User.objects.create_user("reader", password=PASSWORD, time_zone="Asia/Tokyo")
    client = signed_in(chief)
    form = account_form(client, reader)
    form["role"] = "Editor"
    form.send(client, page_of(reader), "_save")
    assert rights(reader) == (["Editor"], True, True, False)
    reader.refresh_from_db()
    assert reader.time_zone == "Asia/Tokyo"
    assert reader.check_password(PASSWORD)


def test_the_sessions_of_a_disabled_account_end_at_once(chief, editor, signed_in):
    open_session, client = signed_in(editor), signed_in(chief)
    assert open_session.get("/admin/").status_code == 200
    form = account_form(client, editor)
    form["is_active"] = False
    form.send(client, page_of(editor), "_save")
    assert "/admin/login/" in open_session.get("/admin/")["Location"]
    attempt = Client().post("/admin/login/", {"username": editor.username, "password": PASSWORD})
    assert attempt.status_code == 200


def beyond_the_roles(kind):
    if kind == "superuser":
        return make_user(is_superuser=True)
    user = make_user("Editor")
    if kind == "group":
        user.groups.add(Group.objects.create(name="Purgers"))
    else:
        user.user_permissions.add(Permission.objects.get(codename="delete_article"))
    return user


@pytest.mark.parametrize("kind", ["superuser", "group", "permission"])
def test_an_account_with_more_than_a_role_is_out_of_a_chiefs_reach(chief, signed_in, kind):
    """Else a Chief could take it over by a password link."""
    other, client = beyond_the_roles(kind), signed_in(chief)
    before = User.objects.filter(pk=other.pk).values().get(), rights(other)
    assert other.username not in client.get(ACCOUNTS).text
    for page in ("change", "history", "delete"):
        assert other.username not in client.get(page_of(other, page), follow=True).text
    forged = {"username": "taken", "role": "Contributor"}
    assert client.post(page_of(other), forged).status_code == 302
    assert client.post(page_of(other, "link")).status_code == 403
    assert (User.objects.filter(pk=other.pk).values().get(), rights(other)) == before


def test_a_chief_changes_neither_the_own_role_nor_the_own_state_but_the_own_name(chief, signed_in):
    make_user("Chief")
    client = signed_in(chief)
    form = account_form(client, chief)
    assert not {"role", "is_active"} & form.boxes
    form["first_name"] = "Clara"
    for name, value in {"role": "Contributor", "is_active": "", "is_superuser": "on"}.items():
        form.forge(name, value)
    assert form.send(client, page_of(chief), "_save").status_code == 302
    assert rights(chief) == (["Chief"], True, True, False)
    assert User.objects.get(pk=chief.pk).first_name == "Clara"
    assert client.post(page_of(chief, "link")).status_code == 403


@pytest.mark.parametrize("loses", ["role", "state"])
def test_two_chiefs_who_demote_each_other_leave_one(chief, signed_in, loses):
    other = make_user("Chief")
    first, second = signed_in(chief), signed_in(other)
    forms = account_form(first, other), account_form(second, chief)
    for form in forms:
        if loses == "role":
            form["role"] = "Editor"
        else:
            form["is_active"] = False
    assert forms[0].send(first, page_of(other), "_save").status_code == 302
    assert forms[1].send(second, page_of(chief), "_save").status_code in (302, 403)
    assert rights(chief) == (["Chief"], True, True, False)


@pytest.mark.parametrize("box", ["is_active", "is_staff", "is_superuser"])
def test_the_last_who_manages_accounts_stays(signed_in, box):
    root = make_user(is_superuser=True)
    make_user("Chief", is_active=False)
    client = signed_in(root)
    form = account_form(client, root)
    form[box] = False
    form.forge("groups")
    page = form.send(client, page_of(root), "_save")
    assert "This is the last active Chief or superuser" in text_of(page)
    make_user("Chief")
    assert form.send(client, page_of(root), "_save").status_code == 302


def test_an_account_manager_of_another_kind_cannot_demote_the_last_chief(chief, signed_in):
    other = make_user()
    other.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client = signed_in(other)
    form = account_form(client, chief)
    form["role"] = "Editor"
    assert "Make somebody else Chief first" in text_of(form.send(client, page_of(chief), "_save"))
    assert rights(chief)[0] == ["Chief"]


def test_a_link_works_once_and_a_new_one_ends_it_with_the_old_password_and_sessions(chief, editor, signed_in):
    open_session, client = signed_in(editor), signed_in(chief)
    first = link_of(read_form(client, page_of(editor), "password-link").send(client, page_of(editor, "link")))
    assert open_session.get("/admin/").status_code == 302
    assert not User.objects.get(pk=editor.pk).check_password(PASSWORD)
    second = link_of(client.post(page_of(editor, "link")))
    assert has_ended(first)
    set_password(second)
    assert has_ended(second)
    assert User.objects.get(pk=editor.pk).check_password(NEW)


def test_opening_a_link_does_not_use_it_up_and_a_bad_password_neither(chief, editor, signed_in):
    link = link_of(signed_in(chief).post(page_of(editor, "link")))
    Client().head(link)
    assert "too short" in text_of(set_password(link, "x1y"))
    assert not has_ended(link)


def test_a_link_ends_after_its_time(chief, editor, signed_in, settings):
    settings.PASSWORD_RESET_TIMEOUT = 3_600
    with time_machine.travel(NOW, tick=False) as clock:
        page = signed_in(chief).post(page_of(editor, "link"))
        assert "until 1 Nov 2026, 13:00" in text_of(page)
        clock.shift(timedelta(minutes=59))
        assert not has_ended(link_of(page))
        clock.shift(timedelta(minutes=2))
        assert has_ended(link_of(page))


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": True}])
def test_a_link_is_worth_nothing_for_a_disabled_account_or_a_later_superuser(chief, editor, signed_in, change):
    link = link_of(signed_in(chief).post(page_of(editor, "link")))
    User.objects.filter(pk=editor.pk).update(**change)
    assert has_ended(link)


@pytest.mark.parametrize("key", ["MQ", "x", "A" * 3_000, "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw", "AA"])
def test_a_made_up_link_says_that_it_has_ended(key):
    assert has_ended(f"/admin/password/{key}/x-y/")
    assert has_ended(f"/admin/password/{key}/set-password/")


def test_a_disabled_account_gets_no_link(chief, editor, signed_in):
    User.objects.filter(pk=editor.pk).update(is_active=False)
    client = signed_in(chief)
    assert "New password link" not in client.get(page_of(editor)).text
    assert client.post(page_of(editor, "link")).status_code == 403
    assert User.objects.get(pk=editor.pk).check_password(PASSWORD)


def test_neither_link_nor_password_is_in_a_message_a_log_a_history_or_a_later_page(chief, signed_in, caplog):
    caplog.set_level("DEBUG", "django.request")
    client, guest = signed_in(chief), Client()
    link = link_of(make_account(client))
    token = link.split("/")[-2]
    set_password(link, client=guest)
    anna = User.objects.get(username="anna")
    entries = str(list(LogEntry.objects.values()))
    sessions = str([session.get_decoded() for session in Session.objects.all()])
    pages = "".join(client.get(address).text for address in (page_of(anna), page_of(anna, "history"), "/admin/"))
    for secret in (token, NEW, anna.password):
        assert secret not in entries + sessions + pages + caplog.text + guest.get("/admin/login/").text


@pytest.mark.parametrize("role", ["", "Contributor", "Editor"])
def test_nobody_else_sees_accounts(signed_in, role):
    client = signed_in(make_user(role))
    assert ACCOUNTS + '"' not in client.get("/admin/").text
    assert client.get(ACCOUNTS).status_code == 403


@pytest.mark.parametrize("role", ["Contributor", "Editor", "Chief"])
def test_everybody_changes_the_own_password_from_the_menu(signed_in, role):
    user = make_user(role)
    client = signed_in(user)
    assert 'href="/admin/password_change/"' in client.get("/admin/").text
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", typed).status_code == 302
    assert User.objects.get(pk=user.pk).check_password(NEW)


@pytest.mark.parametrize(("role", "says_so"), [("", True), ("Editor", True), ("Chief", False)])
def test_a_refusal_names_a_chief_only_to_those_whom_a_chief_could_help(signed_in, role, says_so):
    page = signed_in(make_user(role)).get("/admin/articles/user/1/delete/" if role == "Chief" else ACCOUNTS)
    assert page.status_code == 403
    assert ("Ask a Chief" in text_of(page)) == says_so


def test_a_refusal_names_no_chief_to_strangers(rf):
    request = rf.get("/")
    for request.user in (AnonymousUser(), User.objects.create_user("reader")):
        assert "Chief" not in permission_denied(request, Exception()).content.decode()


def test_the_list_asks_as_many_questions_for_ten_accounts_as_for_one(chief, signed_in, django_assert_num_queries):
    client = signed_in(chief)
    with django_assert_num_queries(9):
        client.get(ACCOUNTS)
    for _ in range(9):
        make_user("Editor")
    with django_assert_num_queries(9):
        client.get(ACCOUNTS)
