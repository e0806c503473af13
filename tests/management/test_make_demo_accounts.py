"""Accounts with a known password, and the databases that never get them."""

from __future__ import annotations

import pytest
from django.db import connection

from articles.models import User
from tests.database_dump import changed_tables, every_row
from tests.factories import PASSWORD, make_article, make_user
from tests.management.commanding import manage

pytestmark = pytest.mark.django_db
FIRST, SECOND = "nabo-tiru-seko-47", "gelu-pimo-vata-12"
ALL = "contributor Contributor\neditor Editor\nchief Chief\n"
ROLES = {"contributor": "Contributor", "editor": "Editor", "chief": "Chief"}


@pytest.fixture
def demo(settings, monkeypatch):
    """Runs the command with a DEMO_PASSWORD."""
    settings.DEMO = True

    def run(password: str = FIRST, *options: str):
        monkeypatch.setenv("DEMO_PASSWORD", password)
        return manage("make_demo_accounts", *options)

    return run


def passwords_open(*passwords: str) -> list[bool]:
    users = User.objects.in_bulk(ROLES, field_name="username")
    return [users[name].check_password(password) for name, password in zip(ROLES, passwords, strict=True)]


def assert_refused(done, before) -> None:
    assert (done.status, done.out) == (2, "")
    assert done.errors == (
        "the database has accounts or articles that are not the demo's;"
        " give the demo one of its own: DATABASE_URL=sqlite:///demo.sqlite3\n"
    )
    assert changed_tables(before) == set()


def test_new_database_gets_an_account_for_each_role(demo):
    assert demo().out == ALL
    assert {user.username: user.groups.get().name for user in User.objects.all()} == ROLES
    assert all(user.is_staff and not user.is_superuser for user in User.objects.all())
    assert passwords_open(FIRST, FIRST, FIRST) == [True] * 3


def test_next_start_finds_its_accounts_among_articles_and_others(demo):
    demo()
    make_article()
    User.objects.create_superuser("me", password=PASSWORD)
    before = every_row()
    assert demo().out == ALL
    assert demo(FIRST, "--check").status == 0
    assert changed_tables(before) == set()


def test_password_that_env_has_now_replaces_the_one_it_had(demo):
    demo()
    assert demo(SECOND).out == ALL
    assert passwords_open(SECOND, SECOND, SECOND) == [True] * 3


def test_accounts_from_before_they_were_marked_are_known_by_their_password(demo):
    for role in ROLES.values():
        make_user(role, username=role.lower())
    assert demo(PASSWORD).out == ALL
    assert demo(FIRST).out == ALL


def test_what_somebody_changed_or_removed_stays_so(demo):
    demo()
    chief = User.objects.get(username="chief")
    chief.set_password(PASSWORD)
    chief.save()
    User.objects.filter(username="contributor").delete()
    assert demo().out == "editor Editor\n"
    assert demo(SECOND).out == "editor Editor\n"
    assert User.objects.get(username="chief").check_password(PASSWORD)
    assert User.objects.count() == 2


def names_of_its_own():
    make_user("Editor", username="anna")


def names_like_ours():
    for role in ROLES.values():
        make_user(role, username=role.lower())


def names_like_ours_with_our_mail():
    make_user("Editor", username="editor", email="editor@demo.invalid")


def a_grown_demo():
    """Whose accounts have passwords of their own, or are closed."""
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.is_active = user.username != "chief"
        user.save()
    User.objects.filter(username="chief").update(password=User.objects.get(username="editor").password)


def a_closed_demo():
    User.objects.update(is_active=False)
    make_user("Editor", username="anna")


@pytest.mark.parametrize(
    ("newsroom", "began_as_a_demo"),
    [
        (names_of_its_own, False),
        (names_like_ours, False),
        (names_like_ours_with_our_mail, False),
        (make_article, False),
        (a_grown_demo, True),
        (a_closed_demo, True),
    ],
)
def test_newsroom_never_gets_them(demo, newsroom, began_as_a_demo):
    if began_as_a_demo:
        demo()
    newsroom()
    before = every_row()
    assert_refused(demo(), before)
    assert_refused(demo(FIRST, "--check"), before)


@pytest.mark.parametrize(
    ("tables", "status"), [([], 0), (["django_migrations", "auth_group"], 0), (["wp_posts", "django_migrations"], 2)]
)
def test_database_without_our_tables_is_new_unless_it_has_others(demo, monkeypatch, tables, status):
    monkeypatch.setattr(connection.introspection, "table_names", lambda: tables)
    assert demo(FIRST, "--check").status == status


def test_no_accounts_outside_a_demo_and_none_without_a_password(demo, settings):
    sentence = "accounts with a known password are for the demo alone: set DEMO and DEMO_PASSWORD\n"
    assert demo("").errors == sentence
    settings.DEMO = False
    done = demo()
    assert (done.status, done.errors) == (2, sentence)
    assert not User.objects.exists()
