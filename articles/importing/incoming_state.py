"""The article state that a file's content asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone

from articles.content.article_state import ArticleState, DeskState
from articles.seedfile.schema import ArticleContent


def first_state(content: ArticleContent) -> ArticleState:
    """For a new article: a seed that arrives published is live from its publishedDateTime."""
    return ArticleState(content, DeskState(live_from=content.published_at if content.published else None))


def next_state(content: ArticleContent, current: ArticleState) -> ArticleState:
    """For an existing article. A live_from that came from the file follows the file, but not past a live_until that an
    editor set nor, once the article is live, into the future: no import takes a live article down."""
    if not content.published:
        return ArticleState(content, current.desk)
    begins, until = content.published_at, current.desk.live_until
    is_past_end = until is not None and until <= begins
    if not current.content.published:
        return ArticleState(content, replace(current.desk, live_from=begins, live_until=None if is_past_end else until))
    now = timezone.now()
    takes_away = current.desk.live_from is not None and current.desk.live_from <= now < begins
    follows = current.desk.live_from == current.content.published_at and not is_past_end and not takes_away
    return ArticleState(content, replace(current.desk, live_from=begins) if follows else current.desk)


def brought_back(state: ArticleState) -> ArticleState:
    """For a dismissed article whose file changed materially: returns it to the queue, and keeps the former cause."""
    cause = state.desk.set_aside
    return replace(state, desk=replace(state.desk, set_aside="", set_aside_note="", set_aside_before=cause))


def is_material(before: ArticleContent, after: ArticleContent) -> bool:
    """Whether the change may alter an editor's dismissal: a different story, wording or classification. Changes of
    numbers, pictures, coverage, white space and case don't count."""
    return any(_normalised(getattr(before, name)) != _normalised(getattr(after, name)) for name in _MATERIAL)


_MATERIAL = ("title", "excerpt", "body", "category", "type", "topics", "provider", "published")


def _normalised(value: Any) -> Any:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value
