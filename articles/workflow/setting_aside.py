"""States that are dismissed or not, on hold or not."""

from __future__ import annotations

from articles.content.article_state import ArticleState, with_fields
from articles.models import Cause
from articles.models.article import NOTE_LENGTH


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
