"""Streams the report of a command on articles, as text or JSON; docs/commands.md describes both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand

from articles.importing.walk import printable
from articles.management.chunks import ArticleReport, ChunkedWork, Outcome
from articles.management.terminal import writable

AFTERWARDS = "changes made so far are kept; run it again"
_NOT_DONE = (Outcome.REFUSED, Outcome.UNKNOWN)


def print_report(command: BaseCommand, work: ChunkedWork, *, form: str, words: Mapping[Outcome, str]) -> bool:
    """Does the work and prints the result of each article. Returns whether everything succeeded.

    `words` are the command's names for the outcomes in the last line.
    """
    if form == "json":
        _as_json(command, work)
    else:
        _as_text(command, work, words)
    return not any(work.counts[outcome] for outcome in _NOT_DONE)


def say(command: BaseCommand, text: str) -> None:
    """One harmless line on standard output."""
    command.stdout.write(writable(command.stdout, printable(text)))


def _as_text(command: BaseCommand, work: ChunkedWork, words: Mapping[Outcome, str]) -> None:
    for report in work.reports():
        for line in _lines(report):
            say(command, line)
    called = {Outcome.UNKNOWN: "not found", **words}
    counts = ", ".join(f"{work.counts[outcome]} {called.get(outcome, outcome)}" for outcome in Outcome)
    say(command, f"{_name(work)}: {counts}.")


def _as_json(command: BaseCommand, work: ChunkedWork) -> None:
    """In ASCII, one article per line, so that a report of any length fits into memory and any terminal."""
    command.stdout.write('{"articles": [', ending="")
    comma = ""
    for report in work.reports():
        command.stdout.write(f"{comma}\n{json.dumps(_entry(report))}", ending="")
        comma = ","
    counts = {str(outcome): work.counts[outcome] for outcome in Outcome}
    end = {"counts": counts, "change_set": work.change_set and work.change_set.pk, "dry_run": work.is_dry_run}
    command.stdout.write("], " + json.dumps(end).removeprefix("{"))


def _lines(report: ArticleReport) -> list[str]:
    name = f"{report.article} “{report.title}”" if report.title else str(report.article or report.name)
    lines = [f"{report.outcome} {name}: {report.why}"] if report.outcome in _NOT_DONE else []
    return lines + [f"warning {name}: {warning['message']}; {warning['remedy']}" for warning in report.warnings]


def _entry(report: ArticleReport) -> dict[str, Any]:
    return {
        "article": report.article,
        "name": report.name or None,
        "title": report.title,
        "outcome": str(report.outcome),
        "reason": report.why,
        "warnings": list(report.warnings),
    }


def _name(work: ChunkedWork) -> str:
    if work.is_dry_run:
        return "Dry run"
    return f"Change set {work.change_set.pk}" if work.change_set else "Nothing changed"
