"""`manage.py set_aside_articles`: takes articles out of what waits for an editor."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand

from articles.changes.actors import Actor
from articles.management.chunks import Deed, Outcome, through_the_door
from articles.management.reports import perform
from articles.management.selection import add_choice, add_manner, option_text
from articles.models import Cause, ChangeSet
from articles.models.article import NOTE_LENGTH
from articles.workflow.setting_aside import set_aside_state


class Command(BaseCommand):
    help = (
        "Sets articles aside: they no longer wait for an editor. What is published is refused. Ends 0 when all of them "
        "are set aside, 1 when one was refused or not found, 2 when an option or the database cannot be used, 130 "
        "after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_choice(parser)
        parser.add_argument("--cause", required=True, choices=Cause.values, help="why they will not be published")
        parser.add_argument("--note", default="", help=f"more about the cause, up to {NOTE_LENGTH} characters")
        add_manner(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        note = option_text("--note", options["note"], NOTE_LENGTH)
        wanted = partial(set_aside_state, cause=Cause(options["cause"]), note=note)

        def deed(actor: Actor, reason: str) -> Deed:
            return through_the_door(ChangeSet.Kind.SET_ASIDE, wanted, actor=actor, reason=reason)

        perform(self, options, deed, {Outcome.CHANGED: "set aside"})
