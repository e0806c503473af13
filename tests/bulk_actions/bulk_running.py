"""Bulk actions from beginning to end, for tests."""

from __future__ import annotations

from typing import Any

from articles.bulk_actions import choosing, chunks
from articles.models import Article, BulkAction


def begin(verb: str, *, actor: Any, articles: Any = None, **given: Any) -> BulkAction:
    """Chosen, told and confirmed; nothing is done yet."""
    chosen = Article.objects.newest_first() if articles is None else articles
    bulk = choosing.prepare(chosen, verb, actor=actor)
    if given:
        choosing.give_arguments(bulk, given)
    return chunks.confirm(bulk.pk, actor=actor, typed=str(bulk.count), arguments=bulk.arguments)


def finish(bulk: BulkAction, *, actor: Any) -> BulkAction:
    while bulk.is_running:
        bulk = chunks.do_chunk(bulk.pk, actor=actor)
    return bulk


def run(verb: str, *, actor: Any, articles: Any = None, **given: Any) -> BulkAction:
    return finish(begin(verb, actor=actor, articles=articles, **given), actor=actor)


def counts(bulk: BulkAction) -> tuple[int, int, int]:
    """Changed, unchanged, refused."""
    return bulk.changed_count, bulk.unchanged_count, bulk.refused_count


def outcomes(bulk: BulkAction) -> dict[int, tuple[str, str]]:
    """What became of each article, by its key."""
    return {pk: (outcome, why) for pk, outcome, why in bulk.entries.values_list("article_id", "outcome", "message")}
