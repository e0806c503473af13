"""Publish and unpublish: the only callers that change the `published` flag for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from articles.changes.actors import Actor
from articles.changes.door import Change, change, change_many
from articles.changes.refusals import Refused
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.querysets import Standing


def publish(
    article: Article,
    *,
    actor: Actor,
    at: datetime | None = None,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> Revision | None:
    """Readers see it from `at`; without one, from a live_from still to come, else from now. None: it was published.

    Raises Stale when the article changed since this instance was loaded, NotAllowed without the publish right.
    """
    state = published_state(article_state.read_state(article), at=at, now=timezone.now())
    return _through_the_door(article, state, actor, reason, origin, change_set)


def unpublish(
    article: Article,
    *,
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> Revision | None:
    """Readers no longer see it. None: it was not published. Raises as `publish` does."""
    state = unpublished_state(article_state.read_state(article))
    return _through_the_door(article, state, actor, reason, origin, change_set)


@transaction.atomic
def take_down(
    article: Article,
    *,
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> Revision | None:
    """As `unpublish`, whatever became of the article since this instance was loaded, which is brought up to date.

    Raises NotAllowed, and Article.DoesNotExist. The row stays locked until the transaction ends.
    """
    article.refresh_from_db(from_queryset=Article.objects.select_for_update())
    return unpublish(article, actor=actor, reason=reason, origin=origin, change_set=change_set)


def publish_many(
    articles: Sequence[Article],
    *,
    actor: Actor,
    at: datetime | None = None,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> list[Revision | Refused | None]:
    """As `publish`, for each article, with queries that do not grow with their number; refusals are returned."""
    now = timezone.now()
    states = article_state.read_states(articles)
    wanted = [Change(published_state(states[a.pk], at=at, now=now), a, a.version) for a in articles]
    return change_many(wanted, actor=actor, origin=origin, change_set=change_set, reason=reason)


def unpublish_many(
    articles: Sequence[Article],
    *,
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> list[Revision | Refused | None]:
    """As `unpublish`, for each article, with queries that do not grow with their number; refusals are returned."""
    states = article_state.read_states(articles)
    wanted = [Change(unpublished_state(states[a.pk]), a, a.version) for a in articles]
    return change_many(wanted, actor=actor, origin=origin, change_set=change_set, reason=reason)


def published_state(state: ArticleState, *, at: datetime | None, now: datetime) -> ArticleState:
    """The state with the flag set; one that is set already stays as it is. A live_until that has passed goes, and so
    does what set it aside."""
    if state.content.published and at is None:
        return state
    planned = state.desk.live_from
    live_from = at or (planned if planned and planned > now else now)
    until = state.desk.live_until
    desk = replace(
        state.desk,
        live_from=live_from,
        live_until=until if until and until > live_from else None,
        set_aside="",
        set_aside_note="",
        set_aside_before="",
    )
    return ArticleState(state.content.model_copy(update={"published": True}), desk)


def unpublished_state(state: ArticleState) -> ArticleState:
    return replace(state, content=state.content.model_copy(update={"published": False}))


def standing_sentence(article: Article, *, at: datetime) -> str:
    """Whether it is live now, or from when, until when and why, in words."""
    until = f" until {_moment_text(article.live_until)}" if article.live_until else ""
    match article.standing(at=at):
        case Standing.LIVE:
            return f"It is live{until}."
        case Standing.SCHEDULED:
            return f"Goes live {_moment_text(article.live_from)}{until and f',{until}'}."
        case Standing.ENDED:
            return f"Expired {_moment_text(article.live_until)}."
        case Standing.HIDDEN:
            return f"Not published. {_plan(article, at)}".strip()


def ending_sentence(article: Article, *, at: datetime) -> str:
    """What unpublishing it has ended, in words; "" for nothing."""
    flagged = Article(published=True, live_from=article.live_from, live_until=article.live_until)
    words = {Standing.LIVE: "It is no longer live.", Standing.SCHEDULED: "It will not go live."}
    return words.get(flagged.standing(at=at), "")


def _plan(article: Article, at: datetime) -> str:
    """What publishing would make of a schedule that is still to come."""
    begins = article.live_from if article.live_from and article.live_from > at else None
    ends = article.live_until if article.live_until and article.live_until > (begins or at) else None
    if not begins and not ends:
        return ""
    until = f", until {_moment_text(ends)}" if ends else ""
    return f"Once published, it is live {f'from {_moment_text(begins)}' if begins else 'at once'}{until}."


def _moment_text(moment: datetime | None) -> str:
    """To the minute, where the moment is a whole one."""
    local = timezone.localtime(moment)
    return local.strftime("%-d %B %Y, %H:%M:%S %Z" if local.second else "%-d %B %Y, %H:%M %Z")


def _through_the_door(
    article: Article, state: ArticleState, actor: Actor, reason: str, origin: Origin, change_set: ChangeSet | None
) -> Revision | None:
    return change(
        article,
        state,
        actor=actor,
        origin=origin,
        change_set=change_set,
        reason=reason,
        expected_version=article.version,
    )
