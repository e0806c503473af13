"""Compares an article with earlier revisions, and restores all or some fields as a new revision."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from pydantic import ValidationError

from articles.changes import door, refusals
from articles.changes.actors import Actor
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing

Values = dict[str, Any]
"""Fields in the order of the seed's keys, with values in the format of revisions."""


class CannotBeRestored(refusals.Refused):
    """The earlier value would make the article invalid."""


def values_then(article: Article, first: int, second: int) -> tuple[Values, Values]:
    """The values that differ between revisions `first` and `second`."""
    at: tuple[Values, Values] = ({}, {})
    last: Values = {}
    rows = article.revisions.filter(number__gt=min(first, second)).order_by("number")
    for revision in rows.iterator():
        for name, (before, after) in revision.values.items():
            last[name] = after
            for number, values in zip((first, second), at, strict=True):
                if revision.number > number:
                    values.setdefault(name, before)
    sides = [{name: values.get(name, last[name]) for name in article_state.FIELDS if name in last} for values in at]
    differing = [name for name in sides[0] if sides[0][name] != sides[1][name]]
    return {name: sides[0][name] for name in differing}, {name: sides[1][name] for name in differing}


def restore(
    article: Article,
    number: int,
    *,
    fields: Collection[str] | None = None,
    actor: Actor,
    expected_version: int,
    reason: str = "",
    change_set: ChangeSet | None = None,
) -> Revision | None:
    """Restores revision `number`, or some of its fields. Returns None if there are no differences.

    Restoring everything includes the schedule; restoring only `published` publishes now. Raises as the door does, and
    CannotBeRestored, without changing anything.
    """
    if article.version != expected_version:
        raise refusals.Stale(expected_version, article.version)
    then, _ = values_then(article, number, expected_version)
    wanted = {name: value for name, value in then.items() if fields is None or name in fields}
    state = _with_values(article, wanted)
    if wanted.get("published") and len(wanted) < len(then) and "live_from" not in wanted:
        state = publishing.published_state(publishing.unpublished_state(state), at=None, now=timezone.now())
    _refuse_impossible_schedule(state)
    return door.change(
        article,
        state,
        actor=actor,
        origin=Origin.RESTORE,
        change_set=change_set,
        reason=reason,
        expected_version=expected_version,
    )


def _with_values(article: Article, values: Values) -> ArticleState:
    try:
        return revision_values.with_values(article, article_state.read_state(article), values)
    except LookupError as lost:
        raise CannotBeRestored(f"{lost}; restore the other fields") from lost
    except ValidationError as problem:
        names = ", ".join(sorted(values))
        raise CannotBeRestored(f"its former value ({names}) is no longer valid; restore field by field") from problem


def _refuse_impossible_schedule(state: ArticleState) -> None:
    begins, ends = state.desk.live_from, state.desk.live_until
    if state.content.published and begins is None:
        raise CannotBeRestored("a published article needs a “live from”; restore “published” as well")
    if begins and ends and ends <= begins:
        raise CannotBeRestored("“live until” must be after “live from”; restore both together")
