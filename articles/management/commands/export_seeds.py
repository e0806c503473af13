"""`manage.py export_seeds`: writes articles as seeds."""

from __future__ import annotations

import json
import os
import shlex
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from articles.exporting import ExportOutcome, SeedFile, seed_files
from articles.importing.lock import tree_lock
from articles.importing.missing_files import KnownFiles
from articles.importing.roots import CannotImport, check_owner, folders_of, root_of
from articles.importing.walk import printable
from articles.management.selection import chosen_by_name
from articles.management.terminal import existing_folder, one_sentence, root_name, unusable, writable
from articles.models import Article, Root
from articles.querysets import ArticleQuerySet
from articles.sources.written import of_root, write_copy, write_root

AFTERWARDS = "files written so far are kept; run it again"


class Command(BaseCommand):
    help = (
        "Writes articles as seeds under DIR. Unedited articles are written byte for byte as imported. Every file is "
        "verified before it is written. If DIR is the folder that a root was imported from, only that root's articles "
        "are written, and the next import recognises them; any other folder gets copies. Files changed since the last "
        "import are kept. "
        "Exits 0 if every article was written, 1 if one could not be or its file was kept, 2 if a path, an argument, "
        "the disk or the database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", metavar="DIR", help="a folder, created if missing; optional with --check"
        )
        parser.add_argument("names", nargs="*", metavar="ID or webUrl", help="the articles; default: all")
        parser.add_argument(
            "--check", action="store_true", help="check that every article can be written; write nothing"
        )
        parser.add_argument(
            "--root", metavar="NAME", help="only the articles of this root; required for its first export"
        )
        parser.add_argument("--allow-missing", action="store_true", help="export even if most known files are missing")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="format of the report")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, names = _parsed(options["folder"], options["names"], is_check=options["check"])
        named = root_name(options["root"])
        with one_sentence(afterwards=AFTERWARDS):
            root = None if options["check"] else _root_at(folder, named)
            chosen = _chosen(names, root or named)
            report = _Report(self, options["format"])
            if options["check"]:
                report.print(seed_files(chosen))
            elif root is None:
                self._warn_of_copies(folder, named)
                report.print(write_copy(folder, chosen))
            else:
                with tree_lock(root, on_wait=self._say_it_waits):
                    _check(root, folder, allows_missing=options["allow_missing"])
                    report.print(write_root(folder, root, chosen))
        if report.counts[ExportOutcome.FAILED] or report.counts[ExportOutcome.KEPT]:
            sys.exit(1)

    def _warn_of_copies(self, folder: Path, named: str | None) -> None:
        """Warns if a root's files are in this folder, from which it was not imported. If the root's own folder is gone,
        the tree moved, and the export is refused: an import would count unrecorded writes as changes."""
        for root in [named] if named else Root.objects.values_list("name", flat=True):
            known = folders_of(root)
            is_gone = not any(own.is_dir() for own in known)
            if known and (is_gone or named) and KnownFiles(root, [folder]).has_any():
                before = f"root “{root}” was last imported from {' and '.join(map(printable, map(str, known)))}"
                remedy = f"if it moved, import {printable(str(folder))} with --root {shlex.quote(root)} first"
                if is_gone:
                    raise unusable(f"{before}, which is gone; {remedy}")
                self.stderr.write(f"These are copies: {before}; {remedy}.")

    def _say_it_waits(self) -> None:
        self.stderr.write("Waiting for another import or export of this root to finish.")


class _Report:
    """Prints as it works: with --format json, the files that are not identical, then the counts."""

    def __init__(self, command: Command, form: str) -> None:
        self.counts: Counter[ExportOutcome] = Counter()
        self._command = command
        self._is_json = form == "json"
        self._printed = 0

    def print(self, files: Iterator[SeedFile]) -> None:
        if self._is_json:
            self._command.stdout.write('{"files": [', ending="")
        for made in files:
            self._add(made)
        self._close()

    def _add(self, made: SeedFile) -> None:
        self.counts[made.outcome] += 1
        if made.outcome is ExportOutcome.IDENTICAL:
            return
        if self._is_json:
            entry = {"path": made.path, "article": made.article, "outcome": made.outcome, "message": made.message}
            comma = "," if self._printed else ""
            self._command.stdout.write(f"{comma}\n{json.dumps(entry)}", ending="")
        elif made.outcome is ExportOutcome.KEPT:
            text = f"kept: {printable(made.path)} {made.message}"
            self._command.stdout.write(writable(self._command.stdout, text))
        elif made.outcome is ExportOutcome.FAILED:
            text = f"failed {printable(made.path)}: article {made.article} {printable(made.message)}"
            self._command.stdout.write(writable(self._command.stdout, text))
        self._printed += 1

    def _close(self) -> None:
        counts = {str(outcome): self.counts[outcome] for outcome in ExportOutcome}
        if self._is_json:
            self._command.stdout.write(f'], "counts": {json.dumps(counts)}}}')
        else:
            told = [f"{count} {name}" for name, count in counts.items() if count or name not in _NAMED_IF_ANY]
            self._command.stdout.write(", ".join(told) + ".")


_NAMED_IF_ANY = (ExportOutcome.KEPT, ExportOutcome.MISSING)


def _root_at(folder: Path, named: str | None) -> str | None:
    """The root of the folder; None for a folder of copies. A root that was never imported starts there."""
    if named is None:
        return root_of(folder)
    try:
        check_owner(named, folder)
    except CannotImport as problem:
        raise unusable(str(problem)) from None
    known = folders_of(named)
    return named if not known or folder.resolve() in known else None


def _check(root: str, folder: Path, *, allows_missing: bool) -> None:
    """Refuses a folder that lost its files: its disk may not be mounted."""
    if allows_missing:
        return
    try:
        KnownFiles(root, folders_of(root) or [folder]).check()
    except CannotImport as problem:
        raise unusable(str(problem)) from None


def _parsed(folder: str | None, names: list[str], *, is_check: bool) -> tuple[Path, list[str]]:
    """The folder and the articles. A check needs no folder: a first argument that is not a folder names an article."""
    if is_check:
        is_article = folder is not None and not Path(folder).is_dir()
        return Path(), [folder, *names] if folder and is_article else names
    if not folder:
        raise unusable("name the folder to write to")
    return _folder(folder), names


def _folder(name: str) -> Path:
    """Created if only its last component is missing, unless it looks like an article whose folder was forgotten."""
    is_article = name.isdecimal() or "://" in name
    if not os.path.lexists(name) and not is_article and Path(name).absolute().parent.is_dir():
        with one_sentence(afterwards=AFTERWARDS):
            Path(name).mkdir()
    return existing_folder(name)


def _chosen(names: list[str], root: str | None) -> ArticleQuerySet[Article]:
    chosen = Article.objects.filter(pk__in=_named(names)) if names else Article.objects.all()
    if root is None:
        return chosen
    other = chosen.exclude(pk__in=of_root(chosen, root)).first() if names else None
    if other is not None:
        raise unusable(f"article {other.pk} has its file in another root; leave it out")
    return of_root(chosen, root)


def _named(names: list[str]) -> list[int]:
    named = chosen_by_name(names)
    if named.unknown:
        raise unusable(f"there is no article {printable(named.unknown[0][0])}")
    return named.keys.tolist()
