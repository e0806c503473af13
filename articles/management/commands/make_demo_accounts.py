"""`manage.py make_demo_accounts`: one account per role, for a demo on one's own machine."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from articles.accounts.roles import ROLES
from articles.management.terminal import one_sentence, unusable
from articles.models import Article, User

ACCOUNTS = {role.lower(): role for role in ROLES}


class Command(BaseCommand):
    help = (
        "Creates the demo's accounts in a new database, with DEMO_PASSWORD as their password, and prints the name and "
        "role of each. Works only in a demo, and refuses a database with other accounts or articles. Exits 0 on "
        "success, 2 if it refuses or the database cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only check that the database, migrated or not, can be the demo's"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD", "")
        if not settings.DEMO or not password:
            raise unusable("accounts with a known password are for the demo alone: set DEMO and DEMO_PASSWORD")
        with one_sentence(afterwards="no account was created; run it again"):
            if not _can_be_the_demos(password):
                raise unusable(
                    "the database has accounts or articles that are not the demo's;"
                    " give the demo one of its own: DATABASE_URL=sqlite:///demo.sqlite3"
                )
            for user in [] if options["check"] else _demo_accounts(password):
                self.stdout.write(f"{user.username} {ACCOUNTS[user.username]}")


def _can_be_the_demos(password: str) -> bool:
    """Whether the database is new, or one of the demo's accounts still has a demo password. A working newsroom's
    database is neither, even if it began as a demo or uses the same account names."""
    tables = set(connection.introspection.table_names())
    if User._meta.db_table not in tables:
        return tables <= {*connection.introspection.django_table_names(), "django_migrations"}
    if not User.objects.exists():
        return not Article.objects.exists()
    return bool(_ours(password))


@transaction.atomic
def _demo_accounts(password: str) -> list[User]:
    """All accounts in a new database; later only those whose password nobody has changed, which is set to
    `password`."""
    if not User.objects.exists():
        for name, role in ACCOUNTS.items():
            _with_password(User(username=name, is_staff=True), password).groups.add(Group.objects.get(name=role))
    accounts = _ours(password)
    for user in accounts:
        if user.email != _seal(user) or not check_password(password, user.password):
            _with_password(user, password)
    return accounts


def _with_password(user: User, password: str) -> User:
    user.set_password(password)
    user.email = _seal(user)
    user.save()
    return user


def _ours(password: str) -> list[User]:
    """Uses only columns of the first migration."""
    users = User.objects.filter(username__in=ACCOUNTS, is_active=True).order_by("pk")
    asked = users.only("username", "email", "password")
    return [user for user in asked if user.email == _seal(user) or check_password(password, user.password)]


def _seal(user: User) -> str:
    """Stored as the email address (a reserved domain, RFC 2606): marks a password set by this command."""
    return f"{user.username}+{sha256(user.password.encode()).hexdigest()[:16]}@demo.invalid"
