"""`manage.py decide VERB`: applies any verb to articles."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from articles.management.verb_command import ENDS, add_verb_arguments, perform
from articles.workflow.verbs import VERBS


class Command(BaseCommand):
    help = f"Applies a decision to articles, as the admin's buttons do. {ENDS}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        for verb in VERBS.values():
            add_verb_arguments(verbs.add_parser(verb.name.replace("_", "-"), help=verb.button), verb)

    def handle(self, *args: Any, **options: Any) -> None:
        perform(self, VERBS[options["verb"].replace("-", "_")], options)
