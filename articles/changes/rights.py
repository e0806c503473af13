"""What the door will allow, for pages that offer only that."""

from __future__ import annotations

from typing import Any

from articles.changes.actors import may
from articles.models import Article

PUBLISH_RIGHT = "publish_article"
CHANGE_RIGHT = "change_article"
RIGHT_NAMES = {
    PUBLISH_RIGHT: "publish",
    "add_article": "add articles",
    CHANGE_RIGHT: "change articles",
    "delete_article": "purge articles",
}


def may_publish(actor: Any) -> bool:
    return may(actor, PUBLISH_RIGHT)


def may_change(actor: Any, article: Article) -> bool:
    """A change that does not affect publication or schedule."""
    return may(actor, "change_article") and (not article.published or may_publish(actor))
