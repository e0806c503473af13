"""`manage.py make_user`: creates an account with a role, or changes the role."""

from __future__ import annotations

import getpass
import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.accounts import roles
from articles.accounts.roles import ROLES, IsSuperuser, NotGiven, RoleReport
from articles.importing.walk import printable
from articles.management.reports import say
from articles.management.terminal import input_lines, one_sentence, unusable


class Command(BaseCommand):
    help = (
        "Creates an account, or changes the role of an existing one. Asks for the password of a new account. Exits 0 "
        "on success, 1 if the account is a superuser (left unchanged), 2 if a name, the role, the password or the "
        "database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the name to sign in with")
        parser.add_argument("role", metavar="ROLE", help=f"one of {', '.join(ROLES)}")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        how.add_argument("--no-password", action="store_true", help="create the account without a password")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="format of the report")

    def handle(self, *args: Any, **options: Any) -> None:
        role = roles.role_named(options["role"])
        if role is None:
            raise unusable(f"{printable(options['role'])} is not a role; choose one of {', '.join(ROLES)}")
        with one_sentence(afterwards="the account is unchanged; run it again"):
            password = self._password(options)
            try:
                report = roles.give_role(options["name"], role, password=password)
            except IsSuperuser as problem:
                raise CommandError(str(problem)) from None
            except NotGiven as problem:
                raise unusable(str(problem)) from None
            if options["format"] == "json":
                self.stdout.write(json.dumps(_entry(report)))
            else:
                say(self, _sentence(report))
        if not report.user.is_active:
            self.stderr.write(f"{report.user.username} is not active and cannot sign in; see Accounts in the admin.")

    def _password(self, options: dict[str, Any]) -> str | None:
        """None keeps the account's password. Asks again until the site's password rules accept it."""
        name = options["name"]
        try:
            account = roles.account_named(name)
            if options["password_stdin"]:
                return roles.validated(next(input_lines(), ""), name)
        except NotGiven as problem:
            raise unusable(printable(str(problem))) from None
        if account is not None or options["no_password"]:
            return None
        if not sys.stdin.isatty():
            raise unusable("no terminal to ask for a password; use --password-stdin or --no-password")
        try:
            return self._typed(name)
        except EOFError:
            raise unusable("no password was given") from None

    def _typed(self, name: str) -> str:
        while True:
            password = getpass.getpass("Password: ")
            if getpass.getpass("Password (again): ") != password:
                self.stderr.write("The passwords differ.")
                continue
            try:
                return roles.validated(password, name)
            except NotGiven as problem:
                self.stderr.write(str(problem))


def _entry(report: RoleReport) -> dict[str, Any]:
    outcome = "created" if report.is_new else "unchanged" if report.is_unchanged else "changed"
    return {
        "user": report.user.username,
        "role": report.role,
        "outcome": outcome,
        "roles_before": report.before,
        "became_staff": report.became_staff,
        "password": "set" if report.has_new_password else "none" if report.is_new else "kept",
    }


def _sentence(report: RoleReport) -> str:
    name, role = report.user.username, report.role
    if report.is_new:
        how = "" if report.has_new_password else "; it cannot sign in until a password is set"
        return f"Created the account {name}, {role}{how}."
    if report.is_unchanged:
        return f"{name} is already {role}; unchanged."
    changes = [] if report.before == [role] else [f"{' and '.join(report.before) or 'no role'} before"]
    changes += ["may sign in to the admin now"] if report.became_staff else []
    changes += ["has a new password"] if report.has_new_password else []
    return f"{name} is {role} now: {', '.join(changes)}."
