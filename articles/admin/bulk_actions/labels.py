"""Bulk actions in words: title, progress, arguments, and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.admin.labels import in_words, label_of
from articles.bulk_actions.choosing import arguments_of
from articles.changes.actors import may
from articles.models import Article, BulkAction, BulkEntry, Category, ChangeSet, Tombstone, Topic
from articles.models.bulk import UNDO
from articles.querysets import LONG_COLUMNS
from articles.workflow.verbs import VERBS, for_many, right_of

RESTING_AFTER = timedelta(seconds=30)
"""If no chunk finished within this time, the action counts as stopped."""
_SAMPLE = 10
_MOST_UNFINISHED = 10


def title_of(bulk: BulkAction) -> str:
    heading = "Undo for {}" if bulk.verb == UNDO else VERBS[bulk.verb].heading
    return heading.format(f"{bulk.count} article{pluralize(bulk.count)}")


def done_word(bulk: BulkAction) -> str:
    return "restored" if bulk.verb == UNDO else VERBS[bulk.verb].outcome


def verbs_for(actor: Any) -> list[tuple[str, str]]:
    """The verbs offered to a user, as value and label."""
    return [(verb.name, verb.button) for verb in for_many(actor)]


def progress(bulk: BulkAction) -> dict[str, Any]:
    """The progress, for the page and its script."""
    return {
        "count": bulk.count,
        "done": bulk.done_count,
        "is_running": bulk.is_running,
        "sentence": progress_sentence(bulk),
    }


def progress_sentence(bulk: BulkAction) -> str:
    parts = [
        (bulk.changed_count, done_word(bulk)),
        (bulk.unchanged_count, "unchanged"),
        (bulk.refused_count, "refused"),
    ]
    told = ", ".join(f"{count} {word}" for count, word in parts if count)
    return f"{bulk.done_count} of {bulk.count} done{f': {told}' if told else ''}."


def rest_sentence(bulk: BulkAction) -> str:
    """Whether it seems to be running."""
    latest = bulk.worked_at or bulk.confirmed_at
    if latest is None or latest > timezone.now() - RESTING_AFTER:
        return "running"
    return f"stopped at {timezone.localtime(latest).strftime('%H:%M on %-d %B')}; resume it"


def argument_lines(bulk: BulkAction) -> list[tuple[str, list[str]]]:
    """The arguments as label and values."""
    if bulk.verb not in VERBS or not bulk.arguments:
        return []
    given = arguments_of(bulk)
    return [
        (label_of(name), _values(getattr(given, name)))
        for name in type(given).model_fields
        if name in given.model_fields_set
    ]


def taken_back(bulk: BulkAction) -> ChangeSet | None:
    """What an undo undoes."""
    return ChangeSet.objects.filter(pk=bulk.given["change_set"]).first() if bulk.verb == UNDO else None


def unknown_names(bulk: BulkAction) -> list[str]:
    """Names that no article uses yet, so that a typo is noticed before it spreads."""
    given = bulk.given if bulk.arguments else {}
    if given.get("category"):
        return _unknown(Category, [given["category"]])
    return _unknown(Topic, given.get("topics", []))


def named(entries: Iterable[BulkEntry]) -> list[tuple[BulkEntry, Article | None, str]]:
    """Entries with their articles and titles, in one or two queries; None for a purged article."""
    chosen = list(entries)
    rows = Article.objects.defer(*LONG_COLUMNS).in_bulk([entry.article_id for entry in chosen])
    gone = [entry.article_id for entry in chosen if entry.article_id not in rows]
    stones = dict(Tombstone.objects.filter(article__in=gone).values_list("article_id", "title")) if gone else {}
    titles = {pk: f"Article {pk}" for pk in gone} | stones | {pk: article.title for pk, article in rows.items()}
    return [(entry, rows.get(entry.article_id), titles[entry.article_id]) for entry in chosen]


def sample(bulk: BulkAction) -> list[tuple[BulkEntry, Article | None, str]]:
    return named(bulk.entries.all()[:_SAMPLE])


def unfinished(actor: Any) -> list[BulkAction]:
    """Unfinished actions that this user may resume, latest first."""
    running = BulkAction.objects.filter(finished_at=None, confirmed_at__isnull=False).order_by("-pk")
    return [bulk for bulk in running[:_MOST_UNFINISHED] if may(actor, right_of(bulk.verb))]


def _values(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return list(value)
    return [value or "none"] if isinstance(value, str) else [in_words(value)]


def _unknown(model: type[Category] | type[Topic], names: list[str]) -> list[str]:
    known = set(model._default_manager.filter(name__in=names).values_list("name", flat=True))
    return [name for name in names if name not in known]
