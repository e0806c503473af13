"""A verb of the table as a command: its arguments are options."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import datetime
from enum import EnumType
from typing import Any, ClassVar, get_args

from annotated_types import MaxLen
from django.core.management.base import BaseCommand
from pydantic.fields import FieldInfo

from articles.changes.door import REASON_LENGTH
from articles.management.chunks import ChunkedWork, Outcome, VerbDeed
from articles.management.reports import AFTERWARDS, print_report
from articles.management.selection import acting, add_choice, add_manner, chosen, option_text
from articles.management.terminal import moment, one_sentence, unusable
from articles.models.article import NOTE_LENGTH
from articles.models.history import Origin
from articles.workflow.deciding import Decision
from articles.workflow.verbs import VERBS, BadArguments, Verb

ENDS = (
    "Exits 0 on success, 1 if an article was refused or not found, 2 if an option or the database cannot be used, 130 "
    "after Ctrl-C."
)


class VerbCommand(BaseCommand):
    """The command of one verb, which `verb` names."""

    verb: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_verb_arguments(parser, VERBS[self.verb])

    def handle(self, *args: Any, **options: Any) -> None:
        perform(self, VERBS[self.verb], options)


def add_verb_arguments(parser: ArgumentParser, verb: Verb) -> None:
    """Adds the options: articles, the verb's arguments, and how to report."""
    add_choice(parser)
    for name, field in verb.arguments.model_fields.items():
        parser.add_argument(_option(name), dest=_place(name), required=field.is_required(), **_kind(field))
    add_manner(parser)


def perform(command: BaseCommand, verb: Verb, options: dict[str, Any]) -> None:
    """Selects the articles, applies the verb to them, and reports. Exits with 1 unless all succeeded. Raises
    CommandError."""
    given = _given(verb, options)
    with one_sentence(afterwards=AFTERWARDS):
        actor, reason = acting(options["actor"]), option_text("--reason", options["reason"], REASON_LENGTH)
        decision = Decision(verb, given, actor, Origin.COMMAND, reason)
        work = ChunkedWork(VerbDeed(decision), chosen(options), options["dry_run"])
        is_done = print_report(command, work, form=options["format"], words={Outcome.CHANGED: verb.outcome})
    if not is_done:
        sys.exit(1)


def _given(verb: Verb, options: dict[str, Any]) -> Any:
    fields = verb.arguments.model_fields
    typed = {name: options[_place(name)] for name in fields if options.get(_place(name)) is not None}
    try:
        return verb.read_arguments({name: _value(name, fields[name], value) for name, value in typed.items()})
    except BadArguments as failure:
        problems = (f"{_option(name)} {problem}" for name, problem in failure.problems.items())
        raise unusable("; ".join(problems)) from None


def _value(name: str, field: FieldInfo, value: Any) -> Any:
    if _is_moment(field):
        return None if value == "none" else moment(_option(name), value)
    return option_text(_option(name), value, _longest(field)) if isinstance(value, str) else value


def _kind(field: FieldInfo) -> dict[str, Any]:
    """The argparse settings of the option."""
    if isinstance(field.annotation, EnumType):
        return {"choices": [str(member.value) for member in field.annotation]}
    if _is_moment(field):
        example = "such as 2026-12-01T09:00+01:00; without an offset, in the site's time zone; “none” for none"
        return {"metavar": "MOMENT", "help": example}
    if field.annotation is not str:
        return {"action": "append", "metavar": "NAME", "help": "can be repeated"}
    return {"metavar": "TEXT", "help": f"up to {_longest(field)} characters"}


def _is_moment(field: FieldInfo) -> bool:
    return datetime in get_args(field.annotation)


def _longest(field: FieldInfo) -> int:
    return next((rule.max_length for rule in field.metadata if isinstance(rule, MaxLen)), NOTE_LENGTH)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _place(name: str) -> str:
    """Prefixed, so that it cannot clash with common options."""
    return f"verb_{name}"
