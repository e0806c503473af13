"""Publish and unpublish: the only code that changes `published` for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from articles.changes.actors import Actor
from articles.changes.door import change
from articles.content import article_state
from articles.content.article_state import ArticleState, with_fields
from articles.models import Article, Revision
from articles.models.history import Origin
from articles.moments import in_full
from articles.querysets import Standing, standing_of
from articles.workflow.filing import BadSchedule

_STANDINGS = {
    Standing.LIVE: "live",
    Standing.SCHEDULED: "scheduled",
    Standing.ENDED: "expired",
    Standing.HIDDEN: "not published",
}


def publish(article: Article, *, actor: Actor, at: datetime | None = None, **how: Any) -> Revision | None:
    """Live from `at`, else from a live_from in the future, else from now. Returns None if it was published already.

    `how` are origin, reason and change set, as the door takes them. Raises Stale when the article changed since this
    instance was loaded, NotAllowed without the publish right.
    """
    state = published_state(article_state.read_state(article), at=at, now=timezone.now())
    return _through_the_door(article, state, actor, **how)


def unpublish(article: Article, *, actor: Actor, **how: Any) -> Revision | None:
    """Takes it down. Returns None if it was not published. Raises as `publish` does."""
    return _through_the_door(article, unpublished_state(article_state.read_state(article)), actor, **how)


def published_state(
    state: ArticleState, *, at: datetime | None, now: datetime, until: datetime | None = None
) -> ArticleState:
    """The published state; a published one changes only by `at` and `until`. Clears a past live_until and a dismissal.
    Raises BadSchedule if `until` is not after the start."""
    if state.content.published and at is None:
        return _ending(state, until)
    planned = state.desk.live_from
    live_from = at or (planned if planned and planned > now else now)
    ends = state.desk.live_until
    schedule = {"live_from": live_from, "live_until": ends if ends and ends > live_from else None}
    dismissal = dict.fromkeys(("set_aside", "set_aside_note", "set_aside_before"), "")
    return _ending(with_fields(state, {"published": True, **schedule, **dismissal}), until)


def unpublished_state(state: ArticleState) -> ArticleState:
    return with_fields(state, {"published": False})


def standing_sentence(article: Article, *, at: datetime) -> str:
    """The status in words: live, scheduled, expired or not published, with times."""
    until = f" until {in_full(article.live_until)}" if article.live_until else ""
    match article.standing(at=at):
        case Standing.LIVE:
            return f"It is live{until}."
        case Standing.SCHEDULED:
            return f"Goes live {in_full(article.live_from)}{until and f',{until}'}."
        case Standing.ENDED:
            return f"Expired {in_full(article.live_until)}."
        case Standing.HIDDEN:
            return f"Not published. {_plan(article, at)}".strip()


def standings_sentence(articles: Sequence[Article], at: datetime) -> str:
    """`standing_sentence` for several articles."""
    if len(articles) == 1:
        return standing_sentence(articles[0], at=at)
    counts = Counter(article.standing(at=at) for article in articles)
    if set(counts) == {Standing.LIVE}:
        return "They are live."
    return f"{', '.join(f'{count} {_STANDINGS[standing]}' for standing, count in counts.items())}."


def endings_sentence(articles: Sequence[Article], at: datetime) -> str:
    return ending_sentence(articles[0], at=at) if len(articles) == 1 else ""


def ending_sentence(article: Article, *, at: datetime) -> str:
    """What unpublishing ended, in words; "" for nothing."""
    words = {Standing.LIVE: "It is no longer live.", Standing.SCHEDULED: "It will not go live."}
    return words.get(standing_of(True, article.live_from, article.live_until, at=at), "")


def _ending(state: ArticleState, until: datetime | None) -> ArticleState:
    begins = state.desk.live_from
    if until is None:
        return state
    if begins and begins >= until:
        raise BadSchedule(
            f"its “live from”, {begins:%Y-%m-%dT%H:%MZ}, is not before “live until”; choose an earlier one"
        )
    return with_fields(state, {"live_until": until})


def _plan(article: Article, at: datetime) -> str:
    """What publishing would do with a future schedule."""
    begins = article.live_from if article.live_from and article.live_from > at else None
    ends = article.live_until if article.live_until and article.live_until > (begins or at) else None
    if not begins and not ends:
        return ""
    until = f", until {in_full(ends)}" if ends else ""
    return f"Once published, it is live {f'from {in_full(begins)}' if begins else 'at once'}{until}."


def _through_the_door(
    article: Article, state: ArticleState, actor: Actor, *, origin: Origin = Origin.COMMAND, **more: Any
) -> Revision | None:
    return change(article, state, actor=actor, origin=origin, expected_version=article.version, **more)
