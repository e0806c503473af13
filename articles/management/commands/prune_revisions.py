"""`manage.py prune_revisions`: folds runs of old revisions, where history takes more room than it is worth."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.history import folding
from articles.history.folding import Pruning
from articles.importing.write_pacing import Turns
from articles.management.terminal import one_sentence, unusable

AFTERWARDS = "what was folded so far stays, and every state that is left is whole; run again when it can"
LONGEST = 36_500
"""Days: a hundred years."""
WHAT_STAYS = """\
An article's first revision stays, its newest and all of the change set that made it, the last that left it published
and the last decision to publish or unpublish. Each of the others is folded into the last of its run, which says from
when, by whom and how many; the states between are gone for good. What a folded revision did cannot be undone.
"""


class Command(BaseCommand):
    help = (
        "Folds runs of revisions that are older than DAYS into one each. Changes no article and no state that remains. "
        "Says what it will do and asks first. Ends 0 when that is done, 1 when the answer is not yes, 2 when an option "
        "or the database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS", help="whole days, 1 or more")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
        parser.add_argument("--no-input", "--noinput", action="store_true", dest="is_sure", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["older_than"]
        if not 1 <= days <= LONGEST:
            raise unusable(f"--older-than {days} cannot be used; give whole days from 1 to {LONGEST}")
        before = timezone.now() - timedelta(days=days)
        with one_sentence(afterwards=AFTERWARDS):
            pruning = folding.foldable(before=before)
            self.stdout.write(f"{_summary(pruning)} made before {_moment(before)} would be folded away.")
            if options["dry_run"] or not pruning.revision_count:
                return
            self.stdout.write(WHAT_STAYS, ending="")
            is_agreed = options["is_sure"] or self._asked()
            if is_agreed:
                self.stdout.write(f"{_summary(_folded(before))} folded away.")
        if not is_agreed:
            self.stderr.write("Nothing was folded.")
            sys.exit(1)

    def _asked(self) -> bool:
        """Whoever is not there to answer has not agreed."""
        self.stdout.write("Fold them? Type yes to go on: ", ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip().lower() == "yes"


def _folded(before: datetime) -> Pruning:
    """Lets editors write between its transactions."""
    turns, done = Turns(is_needed=connection.vendor == "sqlite"), Pruning()
    batches = folding.fold(before=before)
    while True:
        turns.begin()
        started = time.perf_counter()
        batch = next(batches, None)
        turns.end(time.perf_counter() - started)
        if batch is None:
            return done
        done = batch


def _summary(pruning: Pruning) -> str:
    revisions, articles = pruning.revision_count, pruning.article_count
    return f"{revisions:,} revision{pluralize(revisions)} of {articles:,} article{pluralize(articles)}"


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%-d %B %Y, %H:%M %Z")
