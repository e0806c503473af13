"""What goes live and what comes down in the next days, for the first page of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from articles.admin.requests.offered_lists import MOST_COUNTED
from articles.models import Article
from articles.querysets import ArticleQuerySet

DAYS = 7
MOST_SHOWN = 10


@dataclass(frozen=True)
class Upcoming:
    """The soonest of what is to come, articles and when they go live or off, and how many more there are: up to
    MOST_COUNTED, and then it is "over" that."""

    shown: list[tuple[Article, datetime]]
    more: int

    @property
    def more_in_words(self) -> str:
        return f"over {MOST_COUNTED - MOST_SHOWN}" if self.more > MOST_COUNTED - MOST_SHOWN else str(self.more)


def goes_live(*, at: datetime) -> Upcoming:
    starting = Article.objects.scheduled(at=at).filter(live_from__lte=at + timedelta(days=DAYS))
    return _upcoming(starting.soonest_live_first(), "live_from")


def goes_off(*, at: datetime) -> Upcoming:
    ending = Article.objects.ending(at=at).filter(live_until__lte=at + timedelta(days=DAYS))
    return _upcoming(ending.soonest_off_first(), "live_until")


def _upcoming(articles: ArticleQuerySet[Article], field: str) -> Upcoming:
    """Two queries at most: the soonest come from an index, and a count runs only if there are more."""
    rows = list(articles.only("title", field)[: MOST_SHOWN + 1])
    more = articles.order_by()[: MOST_COUNTED + 1].count() - MOST_SHOWN if len(rows) > MOST_SHOWN else 0
    return Upcoming([(article, getattr(article, field)) for article in rows[:MOST_SHOWN]], more)
