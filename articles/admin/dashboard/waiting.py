"""What waits for the desk, counted for the first page of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from articles.admin.requests.offered_lists import MOST_COUNTED
from articles.models import Article, Conflict, ImportRun
from articles.sources.upstream_changes import changed_upstream

MOST_ROOTS = 4
"""Roots with rejected files that the page names."""


@dataclass(frozen=True)
class Waiting:
    """Counts of articles. `oldest_at` is when the one that waits longest arrived, None if none waits."""

    undecided: str
    oldest_at: datetime | None
    held: str
    came_back: str


@dataclass(frozen=True)
class Rejected:
    """Rejected files of the latest finished import of each root, most first; `runs` are the first MOST_ROOTS."""

    count: str
    runs: list[ImportRun]
    more_roots: int


def articles() -> Waiting:
    oldest = Article.objects.undecided().longest_waiting_first().values_list("created_at", flat=True).first()
    return Waiting(
        undecided=_count(Article.objects.undecided()) if oldest else "0",
        oldest_at=oldest,
        held=_count(Article.objects.on_hold()),
        came_back=_count(Article.objects.came_back()),
    )


def source_changes() -> str:
    return _count(changed_upstream(at=timezone.now()))


def conflicts() -> str:
    return _count(Conflict.objects.filter(closed_at=None))


def rejected_files() -> Rejected:
    """Looks at the newest MOST_COUNTED imports, so that a history of many years costs no more."""
    recent = ImportRun.objects.order_by("-pk").values("pk")[:MOST_COUNTED]
    finished = ImportRun.objects.filter(pk__in=recent, finished_at__isnull=False)
    latest = finished.order_by().values("root").annotate(latest=Max("pk")).values("latest")
    runs = list(
        ImportRun.objects.filter(pk__in=latest, rejected_count__gt=0)
        .only("root", "rejected_count")
        .order_by("-rejected_count", "root")
    )
    count = f"{sum(run.rejected_count for run in runs):,}"
    return Rejected(count, runs[:MOST_ROOTS], len(runs[MOST_ROOTS:]))


def _count(rows: QuerySet[Any]) -> str:
    """ "0", "1,234", "5,000+"."""
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"
