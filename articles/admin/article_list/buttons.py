"""The buttons of the bar below the list: the verbs offered in a tab to a user."""

from __future__ import annotations

from typing import Any

from articles.admin.requests.verb_forms import Button, buttons_of
from articles.changes.actors import may
from articles.content.article_state import ArticleState, DeskState
from articles.models import Cause
from articles.seedfile.schema import ArticleContent
from articles.workflow.verbs import VERBS, offered

_DRAFT, _PUBLISHED = (ArticleContent.model_construct(None, published=flag) for flag in (False, True))  # type: ignore[call-arg]
_TYPICAL = {
    "undecided": ArticleState(_DRAFT),
    "held": ArticleState(_DRAFT, DeskState(hold="a reason")),
    "set-aside": ArticleState(_DRAFT, DeskState(set_aside=str(Cause.OTHER))),
}
"""A typical desk state of each tab; articles of other tabs are published."""
_MIXED = "all"


def buttons_for(tab: str, actor: Any) -> list[Button]:
    """The last one is the main one. A mixed tab offers all verbs."""
    if tab == _MIXED:
        return buttons_of(verb for verb in VERBS.values() if verb.key and may(actor, verb.right))
    return buttons_of(offered(_TYPICAL.get(tab, ArticleState(_PUBLISHED)), actor))
