"""`manage.py unlock`: lets somebody sign in again at once who typed too many wrong passwords."""

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
        "Lets somebody sign in again at once after too many failed attempts: manage.py unlock anna, or everybody from "
        "an address: manage.py unlock 203.0.113.7. Ends 0 when nothing is locked any more or was, 1 when there is no "
        "such account either, 2 when the name or the database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="by which the user signs in, or an address")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not name or not name.isprintable():
            raise unusable(f"{printable(name)!r} is no name for an account; write the one that is used to sign in")
        with one_sentence(afterwards="nothing was unlocked, run again when it can"):
            done = throttling.unlock(name)
            still = throttling.locked_networks()
            is_known = bool(done.failures) or User.objects.filter(username__iexact=name).exists()
        if not is_known and not throttling.address_in(name):
            raise CommandError(f"{name} was not locked, and there is no account of that name")
        say(self, _sentence(name, done))
        for network in still:
            self.stderr.write(f"{network} is locked for everybody; to unlock it too: manage.py unlock {network}")


def _sentence(name: str, done: throttling.Unlocked) -> str:
    forgotten = f"{done.failures} failed attempt{'' if done.failures == 1 else 's'} forgotten"
    if done.was_locked:
        return f"Unlocked {name}: {forgotten}."
    return f"{name} was not locked; {forgotten}." if done.failures else f"{name} was not locked."
