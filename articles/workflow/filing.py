"""States with a different category, topics or schedule; dismissed or not, on hold or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from articles.changes.refusals import Refused
from articles.content.article_state import ArticleState, with_fields
from articles.models import Cause
from articles.models.article import NOTE_LENGTH
from articles.seedfile import limits


class TooManyTopics(Refused):
    def __init__(self, count: int) -> None:
        super().__init__(f"it would have {count} topics; an article has at most {limits.TOPICS}")


class BadSchedule(Refused):
    """The times are invalid together."""


def in_category(state: ArticleState, name: str) -> ArticleState:
    """With the category of exactly that name; "" for none."""
    return with_fields(state, {"category": name})


def with_topics(state: ArticleState, names: Sequence[str]) -> ArticleState:
    """With these topics (exact names) appended if missing. Raises TooManyTopics."""
    topics = tuple(dict.fromkeys([*state.content.topics, *names]))
    if len(topics) > max(limits.TOPICS, len(state.content.topics)):
        raise TooManyTopics(len(topics))
    return with_fields(state, {"topics": topics})


def without_topics(state: ArticleState, names: Sequence[str]) -> ArticleState:
    """Without these topics (exact names); the others keep their order."""
    return with_fields(state, {"topics": tuple(name for name in state.content.topics if name not in names)})


def with_schedule(state: ArticleState, moments: Mapping[str, datetime | None]) -> ArticleState:
    """With live_from, live_until or both set to these times (None clears); a missing one stays.

    Raises BadSchedule if the end is before the start, or if a published article has no start.
    """
    scheduled = with_fields(state, moments)
    desk = scheduled.desk
    if desk.live_from and desk.live_until and desk.live_until <= desk.live_from:
        raise BadSchedule("“live until” must be after “live from”")
    if state.content.published and desk.live_from is None:
        raise BadSchedule("a published article needs a “live from”; unpublish it instead")
    return scheduled


def set_aside_state(state: ArticleState, cause: Cause, note: str = "") -> ArticleState:
    """Dismissed. Keeps the present note if the cause is the same and no note is given."""
    if state.desk.set_aside == cause and not note:
        return state
    kept = note.strip()[:NOTE_LENGTH]
    return with_fields(state, {"set_aside": str(cause), "set_aside_note": kept, "set_aside_before": ""})


def brought_back_state(state: ArticleState) -> ArticleState:
    return with_fields(state, {"set_aside": "", "set_aside_note": ""})


def held_state(state: ArticleState, why: str) -> ArticleState:
    """On hold for that reason; "" lifts the hold."""
    return with_fields(state, {"hold": why.strip()[:NOTE_LENGTH]})
