"""What a file's content means for an article: the state that it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from articles.content import ArticleState, DeskState
from articles.seedfile.schema import ArticleContent


def first_state(content: ArticleContent) -> ArticleState:
    """Of a new article: a seed that arrives published is live from its publishedDateTime."""
    return ArticleState(content, DeskState(live_from=content.published_at if content.published else None))


def next_state(content: ArticleContent, current: ArticleState) -> ArticleState:
    """Of an article whose content becomes this. A live_from that came from the file follows the file."""
    if not content.published:
        return ArticleState(content, current.desk)
    follows = not current.content.published or current.desk.live_from == current.content.published_at
    live_from = content.published_at if follows else current.desk.live_from
    until = current.desk.live_until
    ends = until if until and live_from and until > live_from else None
    return ArticleState(content, replace(current.desk, live_from=live_from, live_until=ends))


def brought_back(state: ArticleState) -> ArticleState:
    """Of a set-aside article whose file changed materially: it waits for an editor again, and says what it was."""
    cause = state.desk.set_aside
    return replace(state, desk=replace(state.desk, set_aside="", set_aside_note="", set_aside_before=cause))


def is_material(before: ArticleContent, after: ArticleContent) -> bool:
    """Whether an editor who set the first aside may decide otherwise about the second: another story, other words, or
    filed elsewhere. Numbers, pictures and coverage come and go, and so do spaces and capitals."""
    return any(_told(getattr(before, name)) != _told(getattr(after, name)) for name in _MATERIAL)


_MATERIAL = ("title", "excerpt", "body", "category", "type", "topics", "provider", "published")


def _told(value: Any) -> Any:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value
