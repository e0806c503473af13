"""Selects the articles of a bulk action, and stores them with their versions before anything happens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from articles.changes.actors import Actor, name_of, user_of
from articles.changes.door import REASON_LENGTH
from articles.models import Article, BulkAction, BulkEntry
from articles.querysets import ArticleQuerySet
from articles.sql.many_rows import insert_rows
from articles.workflow.verbs import VERBS, check_right

MOST_ARTICLES = 10_000
FORGOTTEN_AFTER = timedelta(days=7)
"""After this, an unconfirmed bulk action is deleted."""


class NothingChosen(ValueError):
    """No article was selected."""


class TooMany(ValueError):
    """Too many articles were selected."""


def prepare(
    articles: ArticleQuerySet[Article], verb: str, *, actor: Actor, reason: str = "", query: str = ""
) -> BulkAction:
    """For the articles that match now, in this order. Raises NothingChosen, TooMany or NotAllowed."""
    check_right(verb, actor)
    chosen = _checked(articles.values_list("pk", "version")[: MOST_ARTICLES + 1])
    return store(chosen, verb, actor, reason=reason, query=query)


def prepare_chosen(
    versions: Mapping[int, int], verb: str, *, actor: Actor, reason: str = "", query: str = ""
) -> BulkAction:
    """For these articles at the versions that were shown. Raises as `prepare` does."""
    check_right(verb, actor)
    return store(_checked(versions.items()), verb, actor, reason=reason, query=query)


@transaction.atomic
def store(
    chosen: Sequence[tuple[int, int]],
    verb: str,
    actor: Actor,
    *,
    arguments: str = "",
    reason: str = "",
    query: str = "",
) -> BulkAction:
    """Creates the action and its entries, and deletes expired unconfirmed actions."""
    now = timezone.now()
    BulkAction.objects.filter(confirmed_at=None, created_at__lt=now - FORGOTTEN_AFTER).delete()
    bulk = BulkAction.objects.create(
        verb=verb,
        arguments=arguments or ("" if VERBS[verb].needs_arguments else "{}"),
        query=query,
        actor=user_of(actor),
        actor_name=name_of(actor),
        reason=reason[:REASON_LENGTH],
        created_at=now,
        count=len(chosen),
    )
    insert_rows(
        [BulkEntry(bulk=bulk, position=n, article_id=pk, version=version) for n, (pk, version) in enumerate(chosen)]
    )
    return bulk


def give_arguments(bulk: BulkAction, given: Mapping[str, Any]) -> None:
    """Sets the verb's arguments while the action is unconfirmed. Raises BadArguments."""
    arguments = VERBS[bulk.verb].read_arguments(given).model_dump(mode="json", exclude_unset=True)
    waiting = BulkAction.objects.filter(pk=bulk.pk, confirmed_at=None)
    waiting.update(arguments=json.dumps(arguments, ensure_ascii=False))
    bulk.refresh_from_db()


def arguments_of(bulk: BulkAction) -> Any:
    return VERBS[bulk.verb].arguments.model_validate_json(bulk.arguments)


def _checked(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    chosen = list(pairs)
    if not chosen:
        raise NothingChosen("no articles selected; select some, or change the filter")
    if len(chosen) > MOST_ARTICLES:
        raise TooMany(f"more than {MOST_ARTICLES:,} articles match; filter further")
    return chosen
