"""`manage.py import_seeds`: imports seeds."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from articles.importing.missing_files import KnownFiles
from articles.importing.receipt import Receipt
from articles.importing.roots import CannotImport, Tree, confirm, tree_of
from articles.importing.runner import Import
from articles.importing.undo import undo_run
from articles.importing.walk import printable, walk
from articles.management.selection import acting
from articles.management.terminal import existing_path, one_sentence, problem_lines, root_name, unusable, writable
from articles.models import ImportRun

AFTERWARDS = "files imported so far are kept; run it again"


class Command(BaseCommand):
    help = (
        "Imports seeds: the .md, .markdown and .txt files under each PATH, or single files. "
        "Exits 0 if no file was rejected, 1 if one was, 2 if a path, an option, the disk or the database cannot be "
        "used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="folders or files; default: seeds/")
        parser.add_argument("--root", help="the name of the root; default: the folder's name")
        parser.add_argument(
            "--allow-missing", action="store_true", help="import even if most or all known files are missing"
        )
        parser.add_argument("--dry-run", action="store_true", help="report what would change; write nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="format of the receipt")
        parser.add_argument("--again", action="store_true", help="also import files of undone imports")
        parser.add_argument("--undo", metavar="RUN", type=int, help="undo this import instead")
        parser.add_argument("--actor", help="the user to act as; default: the operator, who may do everything")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["undo"] is not None:
            self._undo(options)
        else:
            self._import(options)

    def _import(self, options: dict[str, Any]) -> None:
        paths = [existing_path(path) for path in options["paths"] or [settings.BASE_DIR / "seeds"]]
        with one_sentence(afterwards=AFTERWARDS):
            try:
                receipt = self._imported(tree_of(paths, root_name(options["root"])), options)
            except CannotImport as problem:
                raise unusable(str(problem)) from None
            self._print(receipt, options["format"])
        if receipt.has_rejected:
            sys.exit(1)

    def _imported(self, tree: Tree, options: dict[str, Any]) -> Receipt:
        with _progress(tree) as on_progress:
            return Import(
                tree.folders,
                root=tree.root,
                files=tree.files,
                actor=acting(options["actor"]),
                is_dry_run=options["dry_run"],
                is_again=options["again"],
                check=_check(tree, allows_missing=options["allow_missing"]),
                on_progress=on_progress,
                on_wait=self._say_it_waits,
            ).execute()

    def _undo(self, options: dict[str, Any]) -> None:
        if options["paths"] or options["dry_run"] or options["again"]:
            raise unusable("--undo cannot be combined with PATH, --dry-run or --again")
        with one_sentence(afterwards="changes undone so far stay undone; run it again"):
            run = ImportRun.objects.select_related("change_set").filter(pk=options["undo"]).first()
            if run is None:
                raise unusable(f"there is no import {options['undo']}")
            report = undo_run(run, actor=acting(options["actor"]), on_wait=self._say_it_waits)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_json()))
            return
        for article, why in report.kept:
            self.stdout.write(writable(self.stdout, printable(f"kept {article.pk} “{article.title}”: {why}")))
        counts = f"{report.returned_count} restored, {report.removed_count} removed, {len(report.kept)} kept"
        self.stdout.write(f"Undid import {run.pk}: {counts}.")

    def _say_it_waits(self) -> None:
        self.stderr.write("Waiting for another import of this root to finish.")

    def _print(self, receipt: Receipt, form: str) -> None:
        if form == "json":
            for piece in receipt.as_json():
                self.stdout.write(piece, ending="")
        else:
            self._print_text(receipt)
        if receipt.missing_count:
            marked = "would be marked" if receipt.is_dry_run else "now marked"
            self.stderr.write(f"Missing files: {receipt.missing_count}, {marked}.")
        if receipt.undone_count:
            left = f"Files of undone imports: {receipt.undone_count}, skipped until they change"
            self.stderr.write(f"{left}; --again imports them.")

    def _print_text(self, receipt: Receipt) -> None:
        for report in receipt.files():
            for line in problem_lines(report):
                self.stdout.write(writable(self.stdout, line))
        counts = ", ".join(f"{count} {name}" for name, count in receipt.head()["counts"].items())
        name = "Dry run" if receipt.is_dry_run else f"Import {receipt.run}"
        self.stdout.write(writable(self.stdout, f"{name} of root “{receipt.root}”: {counts}."))


def _check(tree: Tree, *, allows_missing: bool) -> Callable[[], None]:
    """The run's check before it writes anything. Single files are not checked."""
    known = KnownFiles(tree.root, tree.folders)

    def check() -> None:
        confirm(tree)
        if not allows_missing and not tree.files:
            known.check()

    return check


@contextmanager
def _progress(tree: Tree) -> Iterator[Any]:
    """A progress bar on standard error if it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    total = len(tree.files) or sum(1 for folder in tree.folders for _ in walk(folder))
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("import", total=total)
        yield lambda count: bar.advance(task, count)
