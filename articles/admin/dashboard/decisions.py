"""Decisions of today by hour, against the average of the last four weeks, for the first page of the admin.

A decision is one press: the change set of a verb, by a signed-in person, of one article or of many. The figures are
the desk's, never a person's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, IntegerField, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from articles.models import ChangeSet

VERBS_COUNTED = ("publish", "unpublish", "set_aside", "hold")
DAYS = 28
MOST_READ = 50_000
"""Change sets that the query reads at most, newest first."""
SLOT, HEIGHT = 10, 100
"""Width of an hour in the chart and height of the chart, in its own units."""


@dataclass(frozen=True)
class Hour:
    """`today` is None of an hour to come, `usual` the average of one day, `most` the highest figure of the chart."""

    hour: int
    today: int | None
    usual: float
    most: float

    @property
    def label(self) -> str:
        return f"{self.hour:02}:00"

    @property
    def x(self) -> int:
        return self.hour * SLOT

    @property
    def usual_height(self) -> int:
        return _height(self.usual, self.most)

    @property
    def today_height(self) -> int:
        return _height(self.today or 0, self.most)

    @property
    def usual_y(self) -> int:
        return HEIGHT - self.usual_height

    @property
    def today_y(self) -> int:
        return HEIGHT - self.today_height

    @property
    def usual_in_words(self) -> str:
        return f"{self.usual:.1f}"


@dataclass(frozen=True)
class Decisions:
    """Of a day's 24 hours, by the clock of the current time zone. `days` is how many the average is of: since the first
    decision, DAYS at most, 0 if today is the first."""

    hours: list[Hour]
    days: int
    today: int
    usual_by_now: int

    @property
    def most(self) -> str:
        """The highest figure of the chart."""
        return f"{self.hours[0].most:.1f}".removesuffix(".0")


def of_today() -> Decisions:
    """One query, of MOST_READ change sets at most."""
    now = timezone.localtime()
    counts: Counter[tuple[date, int]] = Counter()
    for moment, count in _by_quarter(now):
        local = timezone.localtime(moment)
        counts[local.date(), local.hour] += count
    return _compared(counts, now)


def _by_quarter(now: datetime) -> list[tuple[datetime, int]]:
    """Quarters of an hour and their decisions, of today and DAYS before. The hours of all time zones begin with one."""
    first_day = timezone.make_aware(datetime.combine(now.date() - timedelta(days=DAYS), datetime.min.time()))
    rows = (
        _newest()
        .filter(kind__in=VERBS_COUNTED, actor__isnull=False, created_at__gte=first_day)
        .annotate(text=Cast("created_at", TextField()))
        .annotate(hour=Substr("text", 1, 13), quarter=Cast(Substr("text", 15, 2), IntegerField()) / 15)
        .values_list("hour", "quarter")
        .annotate(count=Count("pk"))
    )
    return [
        (datetime.fromisoformat(f"{hour}:00+00:00") + timedelta(minutes=15 * quarter), count)
        for hour, quarter, count in rows
    ]


def _newest() -> QuerySet[ChangeSet]:
    newest = ChangeSet.objects.order_by("-pk").values("pk")[:1]
    return ChangeSet.objects.order_by().filter(pk__gt=Subquery(newest) - MOST_READ)


def _compared(counts: Counter[tuple[date, int]], now: datetime) -> Decisions:
    today = now.date()
    days = min(DAYS, (today - min((day for day, _ in counts), default=today)).days)
    by_now, earlier = [0] * 24, [0] * 24
    for (day, hour), count in counts.items():
        (by_now if day == today else earlier)[hour] += count
    usual = [count / days if days else 0.0 for count in earlier]
    most = max(*by_now, *usual)
    return Decisions(
        hours=[Hour(hour, by_now[hour] if hour <= now.hour else None, usual[hour], most) for hour in range(24)],
        days=days,
        today=sum(by_now),
        usual_by_now=round(sum(usual[: now.hour]) + usual[now.hour] * now.minute / 60),
    )


def _height(figure: float, most: float) -> int:
    """At least 1, so that the smallest figure shows."""
    return max(1, round(HEIGHT * figure / most)) if figure else 0
