"""Who changes something: a signed-in user, or the operator at the command line; and what they may.

Pages ask here for what the door will say, to offer only what will be allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from articles.models import Article, User


@dataclass(frozen=True)
class Operator:
    """The command line without `--actor`, with every permission. The only instance is `OPERATOR`."""

    name: str = "operator"


OPERATOR = Operator()
Actor = User | Operator


def may(actor: Actor | AnonymousUser, right: str) -> bool:
    """Whether `actor` has a permission such as "publish_article"."""
    return isinstance(actor, Operator) or actor.has_perm(f"articles.{right}")


def name_of(actor: Actor) -> str:
    return actor.name if isinstance(actor, Operator) else actor.get_username()


def user_of(actor: Actor) -> User | None:
    return None if isinstance(actor, Operator) else actor


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
