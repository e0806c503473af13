"""Stores a confirmed bulk action, with its articles and their versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from articles.changes.actors import Actor, name_of, user_of
from articles.changes.door import REASON_LENGTH
from articles.models import BulkAction, BulkEntry
from articles.sql.many_rows import insert_rows
from articles.workflow.verbs import VERBS, Verb

MOST_ARTICLES = 10_000


class BadChoice(ValueError):
    """No article was selected, or too many."""


def checked(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Versions by key, in the order given. Raises BadChoice."""
    versions = dict(pairs)
    if not versions:
        raise BadChoice("no articles selected; select some, or change the filter")
    if len(versions) > MOST_ARTICLES:
        raise BadChoice(f"more than {MOST_ARTICLES:,} articles match; filter further")
    return versions


@transaction.atomic
def store(
    versions: Mapping[int, int],
    verb: str,
    actor: Actor,
    *,
    arguments: str = "{}",
    reason: str = "",
    query: str = "",
    token: UUID | None = None,
) -> BulkAction:
    """Creates the action and its entries; returns the existing action if the token was used before."""
    fields: dict[str, Any] = {
        "verb": verb,
        "arguments": arguments,
        "query": query,
        "actor": user_of(actor),
        "actor_name": name_of(actor),
        "reason": reason[:REASON_LENGTH],
        "created_at": timezone.now(),
        "count": len(versions),
    }
    if token is None:
        bulk, is_new = BulkAction.objects.create(**fields), True
    else:
        bulk, is_new = BulkAction.objects.get_or_create(token=token, defaults=fields)
    if is_new:
        chosen = enumerate(versions.items())
        insert_rows([BulkEntry(bulk=bulk, position=n, article_id=pk, version=version) for n, (pk, version) in chosen])
    return bulk


def dump_arguments(given: Any) -> str:
    """As JSON, without unset arguments."""
    return json.dumps(given.model_dump(mode="json", exclude_unset=True), ensure_ascii=False)


def read_arguments(verb: Verb, text: str) -> Any:
    """Raises BadArguments, or ValueError for what is no JSON object."""
    given = json.loads(text)
    if not isinstance(given, dict):
        raise ValueError("no JSON object")
    return verb.read_arguments(given)


def arguments_of(bulk: BulkAction) -> Any:
    return read_arguments(VERBS[bulk.verb], bulk.arguments)
