from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client

from tests.factories import NOW, PASSWORD, make_user
from tests.management.commanding import manage

pytestmark = pytest.mark.django_db


def sign_in(name: str, password: str = "wrong", address: str = "192.0.2.1") -> int:
    return Client(REMOTE_ADDR=address).post("/admin/login/", {"username": name, "password": password}).status_code


@pytest.fixture
def anna():
    return make_user("Editor", username="Anna")


@pytest.mark.parametrize("typed", ["Anna", " ANNA "])
def test_locked_name_may_sign_in_again_at_once_and_others_stay_locked(anna, typed):
    for _ in range(11):
        sign_in("Anna")
        sign_in("Anna", address="192.0.2.2")
        sign_in("bob")
    done = manage("unlock", typed)
    assert (done.status, done.out, done.errors) == (0, f"Unlocked {typed.strip()}: 20 failed attempts cleared.\n", "")
    assert sign_in("Anna", PASSWORD) == sign_in("Anna", PASSWORD, "192.0.2.2") == 302
    assert sign_in("bob") == 429


def test_name_that_was_not_locked(anna):
    assert manage("unlock", "Anna").out == "Anna was not locked.\n"
    sign_in("Anna")
    assert manage("unlock", "Anna").out == "Anna was not locked; 1 failed attempt cleared.\n"
    done = manage("unlock", "Anna")
    assert (done.status, done.out) == (0, "Anna was not locked.\n")
    assert not AccessAttempt.objects.exists()


def test_lock_that_has_ended_is_none(anna):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(10):
            sign_in("Anna")
        clock.shift(timedelta(minutes=16))
        assert manage("unlock", "Anna").out == "Anna was not locked.\n"


def test_name_that_no_account_has_is_named_and_one_that_was_guessed_is_unlocked():
    done = manage("unlock", "ana")
    assert (done.status, done.out) == (1, "")
    assert done.errors == "ana is not an account and was not locked\n"
    for _ in range(10):
        sign_in("ana")
    assert manage("unlock", "ana").out == "Unlocked ana: 10 failed attempts cleared.\n"


@pytest.mark.parametrize(("address", "network"), [("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::7", "2001:db8::/64")])
def test_locked_address_is_told_and_unlocked_by_its_own_name(anna, address, network):
    for number in range(50):
        sign_in(f"made-up {number}", address=address)
    assert sign_in("Anna", PASSWORD, address) == 429
    done = manage("unlock", "Anna")
    assert (done.status, done.out) == (0, "Anna was not locked.\n")
    assert done.errors == f"{network} is still locked for everybody. Unlock it with manage.py unlock {network}\n"
    assert manage("unlock", network).out == f"Unlocked {network}: 50 failed attempts cleared.\n"
    assert sign_in("Anna", PASSWORD, address) == 302
    assert manage("unlock", address).out == f"{address} was not locked.\n"


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "a\udcff"])
def test_name_that_no_account_can_have_is_refused(name):
    done = manage("unlock", name)
    assert (done.status, done.out) == (2, "")
    assert "is not a user name" in done.errors
    assert len(done.errors.splitlines()) == 1


def test_help_has_an_example_and_the_exit_statuses(capsys):
    assert manage("unlock", "--help").status == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "manage.py unlock anna" in text
    assert "Exits 0" in text
