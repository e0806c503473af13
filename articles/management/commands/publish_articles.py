"""`manage.py publish_articles`: publishes articles, now or from a later moment."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from articles.changes.actors import Actor
from articles.changes.refusals import Refused
from articles.content.article_state import ArticleState
from articles.management.chunks import Deed, Outcome, through_the_door
from articles.management.moments import moment
from articles.management.reports import perform
from articles.management.selection import add_choice, add_manner
from articles.management.terminal import unusable
from articles.models import Article, ChangeSet
from articles.readiness.findings import findings
from articles.workflow.publishing import published_state


class Command(BaseCommand):
    help = (
        "Publishes articles: readers see them from --at, or from their own “live from” if that is still to come, or "
        "else from now. Ends 0 when all of them are published, 1 when one was refused or not found, 2 when an option "
        "or the database cannot be used, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_choice(parser)
        moments = "such as 2026-12-01T09:00+01:00; without an offset, in the site's time zone"
        parser.add_argument("--at", metavar="MOMENT", help=f"when readers first see them, {moments}")
        parser.add_argument("--live-until", metavar="MOMENT", help="when readers no longer see them")
        add_manner(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        at, until = moment("--at", options["at"]), moment("--live-until", options["live_until"])
        if until and until <= (at or timezone.now()):
            raise unusable("--live-until is no later than they would begin; choose a later moment")

        def deed(actor: Actor, reason: str) -> Deed:
            now = timezone.now()
            return through_the_door(
                ChangeSet.Kind.PUBLISH,
                lambda state: _published(state, at, until, now),
                actor=actor,
                reason=reason,
                warnings=lambda articles: _warnings(articles, now),
            )

        perform(self, options, deed, {Outcome.CHANGED: "published"})


def _warnings(articles: Sequence[Article], now: datetime) -> dict[int, list[dict[str, str]]]:
    """What blocks is told by the door."""
    told = ("name", "message", "remedy", "address")
    return {
        pk: [{key: getattr(one, key) for key in told} for one in article_findings if not one.is_blocker]
        for pk, article_findings in findings(articles, at=now).items()
    }


def _published(state: ArticleState, at: datetime | None, until: datetime | None, now: datetime) -> ArticleState:
    made = published_state(state, at=at, now=now)
    if until is None:
        return made
    if made.desk.live_from and made.desk.live_from >= until:
        raise Refused(
            f"its “live from”, {made.desk.live_from:%Y-%m-%dT%H:%MZ}, is not before its end; give --at as well"
        )
    return replace(made, desk=replace(made.desk, live_until=until))
