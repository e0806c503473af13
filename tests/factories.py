"""The smallest things that tests need, made through the one door."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import Group

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content.article_state import DESK_FIELDS, ArticleState, DeskState
from articles.models import Article, Revision, User
from articles.models.history import Origin
from articles.seedfile.schema import ArticleContent

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
_numbers = count(1)


def make_content(**fields: Any) -> ArticleContent:
    """A valid content with an address of its own; `fields` by attribute name."""
    number = next(_numbers)
    defaults = {
        "title": f"Story {number}",
        "web_url": f"https://news.example/story-{number}",
        "type": "article",
        "provider": {"name": "The Ledger", "domain": "ledger.example"},
        "published_at": NOW,
    }
    return ArticleContent.model_validate(defaults | fields)


def make_state(*, live_from: datetime | None = None, **fields: Any) -> ArticleState:
    """A published one is live from its published_at unless told otherwise. Takes the desk's fields as well."""
    desk = {name: fields.pop(name) for name in DESK_FIELDS if name in fields}
    content = make_content(**fields)
    begins = live_from or (content.published_at if content.published else None)
    return ArticleState(content, DeskState(begins, **desk))


def make_article(**fields: Any) -> Article:
    """An article as an import would make it; takes what `make_state` takes."""
    return door.create(make_state(**fields), actor=OPERATOR, origin=Origin.IMPORT)


def make_articles(count: int, **fields: Any) -> list[Article]:
    """So many, "Story 0" and on, all at once: one by one they take many times as long."""
    states = [make_state(**{"title": f"Story {number}"} | fields) for number in range(count)]
    made = door.change_many([door.Change(state) for state in states], actor=OPERATOR, origin=Origin.IMPORT)
    return [revision.article for revision in made if isinstance(revision, Revision)]


def make_user(role: str = "", **fields: Any) -> User:
    """A member of staff: Contributor, Editor, Chief, or without any right."""
    name = fields.pop("username", f"{role.lower() or 'staff'}{next(_numbers)}")
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user
