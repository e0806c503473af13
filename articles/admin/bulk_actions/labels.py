"""Bulk actions in words: title, progress, arguments, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone

from articles.admin.labels import in_words, label_of
from articles.changes.actors import may
from articles.models import Article, BulkAction, BulkEntry, Category, ChangeSet, Tombstone, Topic
from articles.models.bulk import UNDO
from articles.moments import when
from articles.querysets import LONG_COLUMNS
from articles.workflow.verbs import VERBS, for_many, right_of

RESTING_AFTER = timedelta(seconds=30)
"""If no chunk finished within this time, the action counts as stopped."""
_MOST_UNFINISHED = 10


def address_of(bulk: BulkAction) -> str:
    return reverse("admin:articles_bulkaction_show", args=[bulk.pk])


def title_of(verb: str, count: int) -> str:
    heading = "Undo for {}" if verb == UNDO else VERBS[verb].heading
    return heading.format(f"{count} article{pluralize(count)}")


def heading_of(bulk: BulkAction) -> str:
    return title_of(bulk.verb, bulk.count)


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
    latest = bulk.worked_at or bulk.created_at
    if latest > timezone.now() - RESTING_AFTER:
        return "running"
    return f"stopped {when(latest)}; resume it"


def argument_lines(given: Any) -> list[tuple[str, list[str]]]:
    """The arguments that were given as label and values."""
    names = [name for name in type(given).model_fields if name in given.model_fields_set] if given else []
    return [(label_of(name), _values(getattr(given, name))) for name in names]


def taken_back(bulk: BulkAction) -> ChangeSet | None:
    """What an undo undoes."""
    return ChangeSet.objects.filter(pk=bulk.given["change_set"]).first() if bulk.verb == UNDO else None


def unknown_names(given: Any) -> list[str]:
    """Names that no article uses yet, so that a typo is noticed before it spreads."""
    if category := getattr(given, "category", ""):
        return _unknown(Category, [category])
    return _unknown(Topic, getattr(given, "topics", ()))


def named(entries: Iterable[BulkEntry]) -> list[tuple[BulkEntry, Article | None, str]]:
    """Entries with their articles and titles, in one or two queries; None for a purged article."""
    chosen = list(entries)
    rows = Article.objects.defer(*LONG_COLUMNS).in_bulk([entry.article_id for entry in chosen])
    gone = [entry.article_id for entry in chosen if entry.article_id not in rows]
    stones = dict(Tombstone.objects.filter(article__in=gone).values_list("article_id", "title")) if gone else {}
    titles = {pk: f"Article {pk}" for pk in gone} | stones | {pk: article.title for pk, article in rows.items()}
    return [(entry, rows.get(entry.article_id), titles[entry.article_id]) for entry in chosen]


def sample(versions: Iterable[int], size: int) -> list[tuple[BulkEntry, Article | None, str]]:
    return named(BulkEntry(article_id=pk) for pk in islice(versions, size))


def unfinished(actor: Any) -> list[BulkAction]:
    """Unfinished actions that this user may resume, latest first."""
    running = BulkAction.objects.filter(finished_at=None).order_by("-pk")
    return [bulk for bulk in running[:_MOST_UNFINISHED] if may(actor, right_of(bulk.verb))]


def _values(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return list(value)
    return [value or "none"] if isinstance(value, str) else [in_words(value)]


def _unknown(model: type[Category] | type[Topic], names: Sequence[str]) -> list[str]:
    known = set(model._default_manager.filter(name__in=names).values_list("name", flat=True))
    return [name for name in names if name not in known]
