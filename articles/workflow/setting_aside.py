"""Deciding against publishing: set aside and bring back, hold and lift. Every change goes through the door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from articles.changes.actors import Actor
from articles.changes.door import Change, change_many
from articles.changes.refusals import Refused
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, Cause, ChangeSet, Revision
from articles.models.article import NOTE_LENGTH
from articles.models.history import Origin

Results = list[Revision | Refused | None]


def set_aside_many(
    articles: Sequence[Article],
    *,
    cause: Cause,
    note: str = "",
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> Results:
    """No longer waits for an editor. One answer per article: None where it is set aside for the same already, and
    Refused for what is published, stale, or not the actor's to change."""
    return _decide(articles, lambda state: set_aside_state(state, cause, note), actor, reason, origin, change_set)


def bring_back_many(
    articles: Sequence[Article],
    *,
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> Results:
    """Waits for an editor again. None: it was not set aside."""
    return _decide(articles, brought_back_state, actor, reason, origin, change_set)


def hold_many(
    articles: Sequence[Article],
    *,
    why: str,
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> Results:
    """May not be published until the hold is lifted. Another reason for a hold needs the right to lift it.

    Raises ValueError for an empty `why`.
    """
    if not why.strip():
        raise ValueError("a hold needs a reason")
    return _decide(articles, lambda state: held_state(state, why), actor, reason, origin, change_set)


def lift_hold_many(
    articles: Sequence[Article],
    *,
    actor: Actor,
    reason: str = "",
    origin: Origin = Origin.COMMAND,
    change_set: ChangeSet | None = None,
) -> Results:
    """May be published again. None: it was not on hold. Needs the right to publish."""
    return _decide(articles, lambda state: held_state(state, ""), actor, reason, origin, change_set)


def set_aside_state(state: ArticleState, cause: Cause, note: str = "") -> ArticleState:
    """The same cause and no note leave the note that stands."""
    if state.desk.set_aside == cause and not note:
        return state
    told = note.strip()[:NOTE_LENGTH]
    return replace(state, desk=replace(state.desk, set_aside=str(cause), set_aside_note=told, set_aside_before=""))


def brought_back_state(state: ArticleState) -> ArticleState:
    return replace(state, desk=replace(state.desk, set_aside="", set_aside_note=""))


def held_state(state: ArticleState, why: str) -> ArticleState:
    return replace(state, desk=replace(state.desk, hold=why.strip()[:NOTE_LENGTH]))


def _decide(
    articles: Sequence[Article],
    decided: Callable[[ArticleState], ArticleState],
    actor: Actor,
    reason: str,
    origin: Origin,
    change_set: ChangeSet | None,
) -> Results:
    states = article_state.read_states(articles)
    wanted = [Change(decided(states[article.pk]), article, article.version) for article in articles]
    return change_many(wanted, actor=actor, origin=origin, change_set=change_set, reason=reason)
