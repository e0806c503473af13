"""`manage.py purge_articles`: permanently deletes articles, and blocks their addresses."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.changes.actors import Actor
from articles.changes.door import REASON_LENGTH
from articles.history import purging
from articles.history.change_sets import open_change_set
from articles.importing.walk import printable
from articles.management.chunks import Answer, ChunkedWork, Outcome, Warned
from articles.management.reports import AFTERWARDS, print_report, say
from articles.management.selection import (
    STANDARD_INPUT,
    Chosen,
    acting,
    add_choice,
    add_manner,
    chosen,
    option_text,
    places_of,
    tombstones_at,
)
from articles.management.terminal import input_lines, one_sentence, unusable, writable
from articles.models import Article, ChangeSet, Tombstone

WORDS = {Outcome.CHANGED: "purged", Outcome.UNCHANGED: "purged before"}
_NAMED = 5
_AT_ONCE = 500


class Command(BaseCommand):
    help = (
        "Permanently deletes articles and everything that belongs to them. This cannot be undone. Their revisions are "
        "kept, and a tombstone stops imports from creating them again. Asks for confirmation. Exits 0 on success, 1 if "
        "an article was refused or not found or the confirmation failed, 2 if an option or the database cannot be "
        "used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_choice(parser)
        parser.add_argument("--no-input", action="store_true", help="skip the confirmation")
        parser.add_argument(
            "--forget",
            metavar="ID or webUrl",
            nargs="+",
            help="instead, allow the addresses of purged articles to be imported again",
        )
        add_manner(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forget"]:
            self._forget(options)
            return
        asks = not options["no_input"] and not options["dry_run"]
        if asks and STANDARD_INPUT in options["names"]:
            raise unusable("standard input cannot give both the names and the answer; use --no-input")
        with one_sentence(afterwards=AFTERWARDS):
            actor, reason = acting(options["actor"]), option_text("--reason", options["reason"], REASON_LENGTH)
            selection = chosen(options)
            if len(selection):
                self._say_what_goes(selection)
                if asks:
                    self._ask(len(selection))
            work = ChunkedWork(_Purge(actor, reason), selection, options["dry_run"])
            is_done = print_report(self, work, form=options["format"], words=WORDS)
        if not is_done:
            sys.exit(1)

    def _say_what_goes(self, selection: Chosen) -> None:
        """On standard error, so that the report stays clean."""
        count = len(selection)
        visible = sum(
            Article.objects.visible(at=timezone.now()).filter(pk__in=versions).count()
            for versions in selection.chunks(_AT_ONCE)
        )
        self._say(f"{count} article{pluralize(count)} will be permanently deleted, {visible} of them live:")
        first = Article.objects.in_bulk(selection.keys[:_NAMED].tolist())
        for pk, article in sorted(first.items()):
            self._say(f"  {pk} “{article.title}”")
        if count > len(first):
            self._say(f"  and {count - len(first)} more")

    def _ask(self, count: int) -> None:
        self._say(f"Type {count} to confirm:")
        if next(input_lines(), "").strip() != str(count):
            raise CommandError(f"nothing purged: the answer was not {count}")

    def _forget(self, options: dict[str, Any]) -> None:
        if options["names"] or options["filter"] is not None:
            raise unusable("--forget cannot be combined with other articles or --filter")
        with one_sentence(afterwards=AFTERWARDS):
            actor = acting(options["actor"])
            stones, refusals = _forgotten(options["forget"], actor, is_dry_run=options["dry_run"])
            if options["format"] == "json":
                forgotten = [{"article": stone.article_id, "address": stone.web_url} for stone in stones]
                self.stdout.write(json.dumps({"forgotten": forgotten, "refused": refusals}))
            else:
                for stone in stones:
                    say(self, f"{stone.web_url} of {stone} can be imported again.")
        if refusals:
            raise CommandError("; ".join(map(printable, refusals)))

    def _say(self, text: str) -> None:
        self.stderr.write(writable(self.stderr, printable(text)), style_func=str)


@dataclass(frozen=True)
class _Purge:
    actor: Actor
    reason: str
    of_purged: Outcome = Outcome.UNCHANGED

    def warnings(self, versions: Mapping[int, int]) -> dict[int, list[Warned]]:
        return {}

    @transaction.atomic
    def carry_out(
        self, versions: Mapping[int, int], change_set: ChangeSet | None
    ) -> tuple[dict[int, Answer], ChangeSet | None]:
        opened = change_set or open_change_set(ChangeSet.Kind.PURGE, actor=self.actor, reason=self.reason)
        answers = purging.purge_many(_looked_at(versions), actor=self.actor, change_set=opened, reason=self.reason)
        if change_set is None and not any(isinstance(answer, Tombstone) for answer in answers):
            opened.delete()
            return dict(zip(versions, answers, strict=True)), None
        return dict(zip(versions, answers, strict=True)), opened

    def foresee(self, versions: Mapping[int, int]) -> dict[int, Answer]:
        return dict(zip(versions, purging.foresee_purge(_looked_at(versions), actor=self.actor), strict=True))


def _looked_at(versions: Mapping[int, int]) -> list[Article]:
    return [Article(pk=pk, version=version) for pk, version in versions.items()]


def _forgotten(names: Sequence[str], actor: Actor, *, is_dry_run: bool) -> tuple[list[Tombstone], list[str]]:
    """The reasons why others were not purged."""
    places = places_of(names)
    tombstones = tombstones_at(places)
    stones, refusals = [], []
    for place, name in places.items():
        stone = tombstones.get(place)
        refusal = purging.refusal_to_forget(actor) if stone else f"no purged article had {name}"
        if stone is None or refusal:
            refusals.append(str(refusal))
            continue
        if not is_dry_run:
            purging.forget(stone, actor=actor)
        stones.append(stone)
    return stones, refusals
