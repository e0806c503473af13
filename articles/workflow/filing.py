"""Under what an article is filed and when readers see it, as states that go through the door: category, topics,
schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from articles.changes.refusals import Refused
from articles.content.article_state import ArticleState, with_fields
from articles.seedfile import limits


class TooManyTopics(Refused):
    def __init__(self, count: int) -> None:
        super().__init__(f"it would have {count} topics; an article has at most {limits.TOPICS}")


class BadSchedule(Refused):
    """Moments that no article can have together."""


def in_category(state: ArticleState, name: str) -> ArticleState:
    """Under the category of exactly that name; "" for none."""
    return with_fields(state, {"category": name})


def with_topics(state: ArticleState, names: Sequence[str]) -> ArticleState:
    """Its own topics in their order, then those of exactly these names that it lacks. Raises TooManyTopics."""
    topics = tuple(dict.fromkeys([*state.content.topics, *names]))
    if len(topics) > max(limits.TOPICS, len(state.content.topics)):
        raise TooManyTopics(len(topics))
    return with_fields(state, {"topics": topics})


def without_topics(state: ArticleState, names: Sequence[str]) -> ArticleState:
    """Without the topics of exactly these names; the others keep their order."""
    return with_fields(state, {"topics": tuple(name for name in state.content.topics if name not in names)})


def with_schedule(state: ArticleState, moments: Mapping[str, datetime | None]) -> ArticleState:
    """With live_from or live_until, or both, set to these moments, None for none; what is not named stays.

    Raises BadSchedule for an end before the beginning, and for a published article without a beginning.
    """
    scheduled = with_fields(state, moments)
    desk = scheduled.desk
    if desk.live_from and desk.live_until and desk.live_until <= desk.live_from:
        raise BadSchedule("“live until” must be after “live from”")
    if state.content.published and desk.live_from is None:
        raise BadSchedule("a published article needs a “live from”; unpublish it instead")
    return scheduled
