"""`manage.py undo`: undoes a change set."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from articles.changes.actors import Actor
from articles.changes.door import REASON_LENGTH
from articles.history import change_sets
from articles.history.change_sets import UndoReport
from articles.importing.undo import RunUndo, undo_run, what_returns
from articles.importing.walk import printable
from articles.management.reports import say
from articles.management.selection import acting, add_manner, option_text
from articles.management.terminal import one_sentence, unusable, writable
from articles.models import Article, ChangeSet, ImportRun

AFTERWARDS = "an import stays undone as far as it got, anything else is unchanged; run it again"


class Command(BaseCommand):
    help = (
        "Undoes a change set: restores articles that haven't changed since, and lists the others. An import is undone "
        "with its files, as by import_seeds --undo. Undoing that undo restores values only; to bring back files and "
        "removed articles, import again. Exits 0 if everything was undone, 1 if an article was kept, 2 if there is no "
        "such change set or the database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("change_set", metavar="CHANGESET", type=int, help="the number of the change set")
        add_manner(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with one_sentence(afterwards=AFTERWARDS):
            change_set = ChangeSet.objects.filter(pk=options["change_set"]).first()
            if change_set is None:
                raise unusable(f"there is no change set {options['change_set']}")
            actor, reason = acting(options["actor"]), option_text("--reason", options["reason"], REASON_LENGTH)
            if change_set.kind == ChangeSet.Kind.IMPORT:
                told = self._undo_run(change_set, actor, reason, is_dry_run=options["dry_run"])
            else:
                if lacking := what_returns(change_set):
                    self.stderr.write(writable(self.stderr, printable(lacking)))
                undo = _foreseen if options["dry_run"] else change_sets.undo
                told = _of_set(undo(change_set, actor=actor, reason=reason), options["dry_run"])
            told = {"change_set": change_set.pk, **told}
            self._print(told, options["format"])
        if told["kept"]:
            sys.exit(1)

    def _undo_run(self, change_set: ChangeSet, actor: Actor, reason: str, *, is_dry_run: bool) -> dict[str, Any]:
        run = ImportRun.objects.get(change_set=change_set)
        if is_dry_run:
            raise unusable(f"--dry-run does not work for {run}; undo it without")
        return _of_run(undo_run(run, actor=actor, reason=reason, on_wait=self._say_it_waits))

    def _say_it_waits(self) -> None:
        self.stderr.write("Waiting for an import of this root to finish.")

    def _print(self, told: dict[str, Any], form: str) -> None:
        if form == "json":
            self.stdout.write(json.dumps(told))
            return
        for outcome in ("undone", "kept"):
            for entry in told[outcome] or ():
                why = f": {entry['reason']}" if "reason" in entry else ""
                say(self, f"{outcome} {entry['article']} “{entry['title']}”{why}")
        counts = ", ".join(f"{count} {name}" for name, count in told["counts"].items())
        name = "Dry run of the undo" if told["dry_run"] else "Undo"
        run = f", import {told['run']}" if told["run"] else ""
        again = f" The undo is change set {told['undo']}." if told["undo"] else ""
        say(self, f"{name} of change set {told['change_set']}{run}: {counts}.{again}")


def _foreseen(change_set: ChangeSet, *, actor: Actor, reason: str) -> UndoReport:
    """Dry run: undoes in a transaction, batch by batch, and rolls back, so that the report matches the real undo's."""
    report = UndoReport(ChangeSet())
    after: int | None = 0
    while after is not None:
        with transaction.atomic():
            undoing = change_sets.open_undo(change_set, actor=actor, reason=reason)
            some = change_sets.undo_some(undoing, actor=actor, after=after)
            transaction.set_rollback(True)
        report.add(some)
        after = some.next_after
    return report


def _of_set(report: UndoReport, is_dry_run: bool) -> dict[str, Any]:
    undone = [{"article": article.pk, "title": article.title} for article in report.undone]
    counts = {"undone": len(undone), "removed": 0, "reopened": len(report.reopened), "kept": len(report.kept)}
    return {
        "run": None,
        "undo": None if is_dry_run else report.change_set.pk,
        "dry_run": is_dry_run,
        "counts": counts,
        "undone": undone,
        "kept": _kept(report.kept),
    }


def _of_run(report: RunUndo) -> dict[str, Any]:
    """Restored articles are counted, not listed."""
    counts = {"undone": report.returned_count, "removed": report.removed_count, "reopened": 0, "kept": len(report.kept)}
    return {
        "run": report.run.pk,
        "undo": report.change_set and report.change_set.pk,
        "dry_run": False,
        "counts": counts,
        "undone": None,
        "kept": _kept(report.kept),
    }


def _kept(kept: list[tuple[Article, str]]) -> list[dict[str, Any]]:
    return [{"article": article.pk, "title": article.title, "reason": why} for article, why in kept]
