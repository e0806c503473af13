"""`manage.py unlock`: ends a lock after failed sign-ins."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.accounts import throttling
from articles.importing.walk import printable
from articles.management.reports import say
from articles.management.terminal import one_sentence, unusable
from articles.models import User


class Command(BaseCommand):
    help = (
        "Clears failed sign-in attempts for a name (manage.py unlock anna) or an address (manage.py unlock "
        "203.0.113.7). Exits 0 if nothing is locked afterwards, 1 if there is no such account, 2 if the name or the "
        "database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="a user name or an address")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not name or not name.isprintable():
            raise unusable(f"{printable(name)!r} is not a user name")
        with one_sentence(afterwards="nothing was unlocked; run it again"):
            done = throttling.unlock(name)
            still = throttling.locked_networks()
            is_known = bool(done.failures) or User.objects.filter(username__iexact=name).exists()
        if not is_known and not throttling.address_in(name):
            raise CommandError(f"{name} is not an account and was not locked")
        say(self, _sentence(name, done))
        for network in still:
            self.stderr.write(f"{network} is still locked for everybody. Unlock it with manage.py unlock {network}")


def _sentence(name: str, done: throttling.Unlocked) -> str:
    forgotten = f"{done.failures} failed attempt{'' if done.failures == 1 else 's'} cleared"
    if done.was_locked:
        return f"Unlocked {name}: {forgotten}."
    return f"{name} was not locked; {forgotten}." if done.failures else f"{name} was not locked."
