"""`manage.py unpublish_articles`: takes articles from the readers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from articles.changes.actors import Actor
from articles.management.chunks import Deed, Outcome, through_the_door
from articles.management.reports import perform
from articles.management.selection import add_choice, add_manner
from articles.models import ChangeSet
from articles.workflow.publishing import unpublished_state


class Command(BaseCommand):
    help = (
        "Unpublishes articles: readers no longer see them. Ends 0 when none of them is published, 1 when one was "
        "refused or not found, 2 when an option or the database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_choice(parser)
        add_manner(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def deed(actor: Actor, reason: str) -> Deed:
            return through_the_door(ChangeSet.Kind.UNPUBLISH, unpublished_state, actor=actor, reason=reason)

        perform(self, options, deed, {Outcome.CHANGED: "unpublished"})
