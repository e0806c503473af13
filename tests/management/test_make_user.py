from __future__ import annotations

import getpass
import io
import json

import pytest
from django.contrib.auth.models import Group

from articles.models import User
from tests.database_dump import changed_tables, every_row
from tests.factories import PASSWORD, make_user
from tests.management.commanding import manage, told

pytestmark = pytest.mark.django_db
GOOD = "a fine long password"


def roles_of(name: str) -> set[str]:
    return set(User.objects.get(username=name).groups.values_list("name", flat=True))


def typing(monkeypatch, *answers):
    """A terminal at which somebody types."""
    left = list(answers)
    monkeypatch.setattr("sys.stdin", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    monkeypatch.setattr(getpass, "getpass", lambda prompt="": left.pop(0))
    return left


@pytest.mark.parametrize("role", ["Contributor", "editor", "CHIEF", " Editor "])
def test_new_account_may_sign_in_with_the_rights_of_its_role(monkeypatch, role):
    done = manage("make_user", "anna", role, "--password-stdin", typed=f"{GOOD}\nmore\n", monkeypatch=monkeypatch)
    user = User.objects.get(username="anna")
    assert (done.status, done.out) == (0, f"Created the account anna, {role.strip().capitalize()}.\n")
    assert user.check_password(GOOD)
    assert (user.is_staff, user.is_superuser, user.is_active) == (True, False, True)
    assert roles_of("anna") == {role.strip().capitalize()}
    assert user.has_perm("articles.publish_article") == (role.strip().lower() != "contributor")


def test_password_is_asked_for_twice_until_the_rules_allow_it(monkeypatch):
    left = typing(monkeypatch, GOOD, "another", "12345", "12345", GOOD, GOOD)
    done = manage("make_user", "anna", "Editor")
    assert (done.status, left) == (0, [])
    assert "The passwords differ." in done.errors
    assert "too short" in done.errors
    assert GOOD not in done.errors + done.out
    assert User.objects.get(username="anna").check_password(GOOD)


def test_ctrl_c_at_the_question_makes_no_account(monkeypatch):
    typing(monkeypatch)
    monkeypatch.setattr(getpass, "getpass", lambda prompt="": (_ for _ in ()).throw(KeyboardInterrupt))
    done = manage("make_user", "anna", "Editor")
    assert done.status == 130
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["", "tiny", "12345678901", "password123", "anna-anna"])
def test_sites_password_rules_apply(monkeypatch, password):
    done = manage("make_user", "anna-anna", "Editor", "--password-stdin", typed=password, monkeypatch=monkeypatch)
    assert done.status == 2
    assert not User.objects.exists()
    assert not password or password == "anna-anna" or password not in done.errors


def test_without_a_terminal_a_password_has_to_come_from_somewhere(monkeypatch):
    done = manage("make_user", "anna", "Editor", typed="", monkeypatch=monkeypatch)
    assert done.status == 2
    assert "use --password-stdin or --no-password" in done.errors
    assert not User.objects.exists()


def test_no_password_cannot_sign_in_until_one_is_set():
    done = manage("make_user", "anna", "Editor", "--no-password")
    assert done.out == "Created the account anna, Editor; it cannot sign in until a password is set.\n"
    assert not User.objects.get().has_usable_password()


def test_existing_account_changes_its_role_and_keeps_its_password_and_other_groups():
    user = make_user("Chief", username="anna")
    user.groups.add(Group.objects.create(name="Night shift"))
    done = manage("make_user", "anna", "Contributor")
    assert done.out == "anna is Contributor now: Chief before.\n"
    assert roles_of("anna") == {"Contributor", "Night shift"}
    assert User.objects.get(username="anna").check_password(PASSWORD)
    assert manage("make_user", "anna", "Editor", "--no-password").status == 0
    assert User.objects.get(username="anna").check_password(PASSWORD)


def test_same_role_again_changes_nothing():
    make_user("Editor", username="anna")
    before = every_row()
    done = manage("make_user", "anna", "editor")
    assert (done.status, done.out) == (0, "anna is already Editor; unchanged.\n")
    assert changed_tables(before) == set()


def test_existing_account_gets_a_new_password_when_one_is_given(monkeypatch):
    make_user("Editor", username="anna")
    done = manage("make_user", "anna", "Editor", "--password-stdin", typed=GOOD, monkeypatch=monkeypatch)
    assert done.out == "anna is Editor now: has a new password.\n"
    assert User.objects.get().check_password(GOOD)


def test_account_that_was_no_staff_may_sign_in_now():
    User.objects.create_user("anna", password=PASSWORD)
    assert manage("make_user", "anna", "Editor").out == (
        "anna is Editor now: no role before, may sign in to the admin now.\n"
    )
    assert User.objects.get().is_staff


def test_account_that_is_not_active_stays_so_and_that_is_said():
    make_user("Editor", username="anna", is_active=False)
    done = manage("make_user", "anna", "Chief")
    assert done.status == 0
    assert "is not active and cannot sign in" in done.errors
    assert not User.objects.get().is_active


def test_superuser_is_left_alone(monkeypatch):
    User.objects.create_superuser("root", password=PASSWORD)
    before = every_row()
    done = manage("make_user", "root", "Contributor", "--password-stdin", typed=GOOD, monkeypatch=monkeypatch)
    assert done.status == 1
    assert done.errors == "root is a superuser and may do everything; unchanged\n"
    assert changed_tables(before) == set()


@pytest.mark.parametrize("role", ["Admin", "", "Editors", "\udcff"])
def test_role_that_there_is_none_of_is_refused_with_those_there_are(role):
    done = manage("make_user", "anna", role, "--no-password")
    assert done.status == 2
    assert "is not a role; choose one of Contributor, Editor, Chief" in done.errors
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["", "an na", "a" * 151, "a\0b", "a\udcff"])
def test_name_that_no_account_may_have_is_refused(name):
    done = manage("make_user", name, "Editor", "--no-password")
    assert done.status == 2
    assert "is not a valid user name" in done.errors
    assert not User.objects.exists()


def test_name_in_another_case_is_no_second_account():
    make_user("Editor", username="anna")
    done = manage("make_user", "Anna", "Editor", "--no-password")
    assert done.status == 2
    assert "the account is spelled 'anna'" in done.errors
    assert User.objects.count() == 1


def test_role_that_somebody_deleted_is_missing_until_migrate_makes_it():
    Group.objects.filter(name="Editor").delete()
    done = manage("make_user", "anna", "Editor", "--no-password")
    assert done.status == 2
    assert "run manage.py migrate" in done.errors
    assert not User.objects.exists()


def test_json_report():
    make_user("Chief", username="anna")
    assert json.loads(told("make_user", "anna", "Editor").out) == {
        "user": "anna",
        "role": "Editor",
        "outcome": "changed",
        "roles_before": ["Chief"],
        "became_staff": False,
        "password": "kept",
    }
    assert told("make_user", "bob", "Editor", "--no-password").report["password"] == "none"
