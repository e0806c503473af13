"""The actor of a change: a signed-in user, or the operator on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from articles.models import User


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
