"""What a file's content means for an article: the state that it asks for."""

from __future__ import annotations

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
    return ArticleState(content, DeskState(live_from, until if until and live_from and until > live_from else None))
