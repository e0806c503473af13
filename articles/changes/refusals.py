"""Why the door refuses a change, each with the remedy."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied

from articles.changes.actors import PUBLISH_RIGHT, RIGHT_NAMES, Actor, may, name_of
from articles.content.article_state import SCHEDULE
from articles.models import Article, Tombstone
from articles.readiness.findings import Finding


class Refused(Exception):
    """A refused change; the message says why and what to do."""


class Stale(Refused):
    """The article was changed or deleted since the version that the change was based on."""

    def __init__(self, expected: int, actual: int | None) -> None:
        self.expected = expected
        self.found = actual
        now = f"it is now version {actual}" if actual else "it no longer exists"
        super().__init__(f"the article has changed since version {expected}: {now}; check it again")


class NotAllowed(Refused, PermissionDenied):
    """The actor lacks a permission that the change needs."""

    def __init__(self, actor: Actor, right: str) -> None:
        self.right = right
        super().__init__(f"{name_of(actor)} has no permission to {RIGHT_NAMES[right]}")


class AddressTaken(Refused):
    """Another article has this web address."""

    def __init__(self, address: str, article: int | None) -> None:
        self.article = article
        which = f"article {article}" if article else "another article in the same change"
        super().__init__(f"{address} is already the address of {which}; each article needs its own")


class AddressPurged(AddressTaken):
    """The address of a purged article; the tombstone says how to allow it again."""

    def __init__(self, tombstone: Tombstone) -> None:
        self.article = None
        Refused.__init__(self, tombstone.refusal)


class NotReady(Refused):
    """Readiness blocks the publication."""

    def __init__(self, blockers: Sequence[Finding]) -> None:
        self.blockers = blockers
        super().__init__("; ".join(f"{finding.message} ({finding.remedy})" for finding in blockers))


class DismissedOrOnHold(Refused):
    """A published article cannot be dismissed or put on hold."""


def refusal_to_change(actor: Actor, article: Article, name: str) -> NotAllowed | None:
    """Whether the door would refuse a change of this field; for decisions that may leave it unchanged."""
    if not may(actor, "change_article"):
        return NotAllowed(actor, "change_article")
    needs_publishing = article.published or name in ("published", *SCHEDULE)
    return NotAllowed(actor, PUBLISH_RIGHT) if needs_publishing and not may(actor, PUBLISH_RIGHT) else None
