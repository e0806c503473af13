"""Purging permanently deletes articles and everything that belongs to them.

Their revisions stay, and a tombstone that blocks their address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from articles.changes.actors import Actor, may, name_of, user_of
from articles.changes.refusals import NotAllowed, Refused, Stale
from articles.models import Article, ChangeSet, Tombstone
from articles.querysets import ArticleQuerySet

PURGE_RIGHT = "delete_article"
"""No role has it: for the operator and superusers only."""


def purge_many(
    articles: Sequence[Article], *, actor: Actor, change_set: ChangeSet, reason: str = ""
) -> list[Tombstone | Refused]:
    """Deletes articles, if they are at the expected version, with everything except their revisions.

    One result per article, in order; a refusal does not affect the others. Constant number of queries.
    """
    now = timezone.now()
    _overwrite_what_goes()
    with transaction.atomic():
        rows = _locked(articles).select_for_update(of=("self",))
        answers = _examined(articles, rows, actor, change_set, reason, now)
        stones = [answer for answer in answers if isinstance(answer, Tombstone)]
        Article.objects.filter(pk__in=[stone.article_id for stone in stones]).delete()
        Tombstone.objects.bulk_create(stones)
    return answers


def foresee_purge(articles: Sequence[Article], *, actor: Actor) -> list[Tombstone | Refused]:
    """What `purge_many` would return; writes and locks nothing."""
    return _examined(articles, _locked(articles), actor, ChangeSet(), "", timezone.now())


def forget(stone: Tombstone, *, actor: Actor) -> None:
    """Allows the address to be imported again. Raises NotAllowed."""
    refusal = refusal_to_forget(actor)
    if refusal:
        raise refusal
    Tombstone.objects.filter(pk=stone.pk, forgotten_at=None).update(forgotten_at=timezone.now())


def refusal_to_forget(actor: Actor) -> NotAllowed | None:
    return None if may(actor, PURGE_RIGHT) else NotAllowed(actor, PURGE_RIGHT)


def _overwrite_what_goes() -> None:
    """By default, SQLite leaves the bytes of deleted rows in the file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _locked(articles: Sequence[Article]) -> ArticleQuerySet[Article]:
    """In key order, like the door."""
    rows = Article.objects.filter(pk__in=[article.pk for article in articles]).order_by("pk")
    return rows.only("title", "web_url", "url_key", "version")


def _examined(
    articles: Sequence[Article],
    rows: ArticleQuerySet[Article],
    actor: Actor,
    change_set: ChangeSet,
    reason: str,
    now: datetime,
) -> list[Tombstone | Refused]:
    by_pk = {row.pk: row for row in rows}
    answers: list[Tombstone | Refused] = []
    for article in articles:
        row = by_pk.get(article.pk)
        if not may(actor, PURGE_RIGHT):
            answers.append(NotAllowed(actor, PURGE_RIGHT))
        elif row is None or row.version != article.version:
            answers.append(Stale(article.version, row.version if row else None))
        else:
            answers.append(_tombstone(row, actor, change_set, reason, now))
    return answers


def _tombstone(row: Article, actor: Actor, change_set: ChangeSet, reason: str, now: datetime) -> Tombstone:
    return Tombstone(
        article_id=row.pk,
        web_url=row.web_url,
        url_key=row.url_key,
        title=row.title,
        purged_at=now,
        actor=user_of(actor),
        actor_name=name_of(actor),
        reason=reason,
        change_set=change_set,
    )
