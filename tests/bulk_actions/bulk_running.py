"""Bulk actions from beginning to end, for tests."""

from __future__ import annotations

from typing import Any

from articles.bulk_actions import choosing, chunks
from articles.bulk_actions.forecast import Forecast, forecast
from articles.models import Article, BulkAction
from articles.models.history import Origin
from articles.workflow.deciding import Decision
from articles.workflow.verbs import VERBS, check_right


def begin(verb: str, *, actor: Any, articles: Any = None, **given: Any) -> BulkAction:
    """Confirmed; nothing is done yet."""
    check_right(verb, actor)
    chosen = Article.objects.newest_first() if articles is None else articles
    versions = choosing.checked(chosen.values_list("pk", "version"))
    arguments = choosing.dump_arguments(VERBS[verb].read_arguments(given))
    return choosing.store(versions, verb, actor, arguments=arguments)


def forecast_of(bulk: BulkAction, *, actor: Any) -> Forecast:
    decision = Decision(VERBS[bulk.verb], choosing.arguments_of(bulk), actor, Origin.ACTION)
    return forecast(decision, dict(bulk.entries.values_list("article_id", "version")))


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
