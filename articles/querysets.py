"""Querysets that define what readers and editors see. Nothing else filters on `published`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self, TypeVar

from django.db.models import DateTimeField, Expression, Model, Q, QuerySet, TextChoices
from django.db.models.expressions import RawSQL

from articles.sql.compiled import Blank, Compiled

ModelT = TypeVar("ModelT", bound=Model, covariant=True)

LONG_COLUMNS = ("body", "body_html", "extra", "provider_extra", "byline")
"""`byline` is short, but a later column: on SQLite it may be stored after the long ones."""


def with_article(rows: QuerySet[ModelT]) -> QuerySet[ModelT]:
    """Rows about articles, each with its own, but for the long columns."""
    return rows.select_related("article").defer(*(f"article__{name}" for name in LONG_COLUMNS))


AT = Blank("at", DateTimeField())
"""The time, in a compiled query."""


class Standing(TextChoices):
    """An article's status by its flag and schedule."""

    LIVE = "live", "Live"
    SCHEDULED = "scheduled", "Scheduled"
    ENDED = "ended", "Expired"
    HIDDEN = "hidden", "Not published"


def standing_of(published: bool, live_from: datetime | None, live_until: datetime | None, *, at: datetime) -> Standing:
    """The status for this flag and schedule. LIVE is the twin of `ArticleQuerySet.visible`."""
    if not published or live_from is None:
        return Standing.HIDDEN
    if live_from > at:
        return Standing.SCHEDULED
    return Standing.ENDED if live_until is not None and live_until <= at else Standing.LIVE


class ArticleQuerySet(QuerySet[ModelT]):
    def visible(self, *, at: datetime | Expression) -> Self:
        """What readers see at that time: published, live_from reached, live_until not reached.

        `Article.is_visible` is its twin; a test proves them equal in every state.
        """
        return self.filter(_not_ended(at), published=True, live_from__lte=at)

    def scheduled(self, *, at: datetime) -> Self:
        return self.filter(published=True, live_from__gt=at)

    def ended(self, *, at: datetime) -> Self:
        return self.filter(published=True, live_from__lte=at, live_until__lte=at)

    def ending(self, *, at: datetime) -> Self:
        """Published, with a live_until in the future, live or scheduled."""
        return self.filter(published=True, live_until__gt=at)

    def hidden(self) -> Self:
        return self.filter(published=False)

    def published(self) -> Self:
        """By the flag only, visible or not."""
        return self.filter(published=True)

    def undecided(self) -> Self:
        """What waits for an editor: neither published nor set aside nor on hold."""
        return self.filter(published=False, set_aside__isnull=True, hold__isnull=True)

    def set_aside(self) -> Self:
        return self.filter(set_aside__isnull=False)

    def on_hold(self) -> Self:
        """On hold: cannot be published until the hold is lifted."""
        return self.filter(hold__isnull=False)

    def came_back(self) -> Self:
        """Dismissed earlier; back in the queue because the source changed."""
        return self.undecided().filter(set_aside_before__gt=_EMPTY)

    def standing(self, standing: Standing, *, at: datetime) -> Self:
        if standing is Standing.HIDDEN:
            return self.hidden()
        named = {Standing.LIVE: self.visible, Standing.SCHEDULED: self.scheduled, Standing.ENDED: self.ended}
        return named[standing](at=at)

    def matching(self, text: str) -> Self:
        """Every word of `text` occurs in title or excerpt, ignoring case."""
        articles = self
        for word in text.split()[:MOST_WORDS]:
            articles = articles.filter(_any_case("title", word) | _any_case("excerpt", word))
        return articles

    def latest_live_first(self) -> Self:
        return self.order_by("-live_from", "-pk")

    def soonest_live_first(self) -> Self:
        return self.order_by("live_from", "pk")

    def soonest_off_first(self) -> Self:
        return self.order_by("live_until", "pk")

    def latest_off_first(self) -> Self:
        return self.order_by("-live_until", "-pk")

    def newest_first(self) -> Self:
        """By source date."""
        return self.order_by("-published_at", "-pk")

    def oldest_first(self) -> Self:
        """By the source's own time."""
        return self.order_by("published_at", "pk")

    def hottest_first(self) -> Self:
        """What has no heat yet has -1, and comes last."""
        return self.order_by("-heat", "-pk")

    def best_first(self) -> Self:
        return self.order_by("-quality", "-pk")

    def latest_arrived_first(self) -> Self:
        """By when they came here, as their keys tell."""
        return self.order_by("-pk")

    def longest_waiting_first(self) -> Self:
        return self.order_by("pk")

    def for_listing(self) -> Self:
        """With the data of a list row, and without the long columns."""
        related = ("category__shown_as", "provider__shown_as")
        return self.select_related(*related).defer(*LONG_COLUMNS)

    def for_change(self, pks: Iterable[int]) -> Self:
        """These, with what a state is read from; in key order, so that two changes which lock them cannot wait for each
        other."""
        return self.filter(pk__in=list(pks)).select_related("category", "provider").order_by("pk")

    def known_types(self) -> Compiled:
        """The distinct types in this queryset, at most MOST_TYPES, in one query that skips through the index instead of
        reading every row."""
        following = self.filter(type__gt=RawSQL("found.name", ())).order_by("type").values_list("type")[:1]
        return Compiled(lambda: following, within=_LEAPS)


_EMPTY = RawSQL("''", ())
"""A literal, not a parameter: SQLite only uses a partial index for conditions in the statement."""

MOST_TYPES = 40
"""Types offered in a filter."""

_LEAPS = f"""
WITH RECURSIVE found(name) AS (
    SELECT CAST('' AS text) UNION ALL SELECT CAST(({{query}}) AS text) FROM found WHERE name IS NOT NULL
) SELECT name FROM found WHERE name > '' LIMIT {MOST_TYPES}
"""  # noqa: S608  # nosec B608: the braces take SQL that Django compiled; values stay parameters


MOST_WORDS = 10
"""Words used of a search text."""


def _any_case(column: str, word: str) -> Q:
    """SQLite ignores case only for ASCII, so other letters are tried in several forms."""
    forms = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    condition = Q()
    for form in sorted(forms):
        condition |= Q(**{f"{column}__icontains": form})
    return condition


def _not_ended(at: datetime | Expression) -> Q:
    return Q(live_until__isnull=True) | Q(live_until__gt=at)
