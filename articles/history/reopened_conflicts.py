"""Conflicts that an undo reopens, with the current value of the source, which may have changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from articles.content import article_state, revision_values
from articles.content.article_state import value_of
from articles.models import Article, Conflict, Source
from articles.seedfile import reader
from articles.seedfile.problems import SeedError

AGREES = "the source agrees now"


def renewed(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """The conflicts in which source and article still differ, updated to the source's current value.

    One query, unless files were imported since the conflicts arose; constant for many.
    """
    sources = Source.objects.filter(article__in={conflict.article_id for conflict in conflicts})
    runs = dict(sources.values_list("article_id", "run__change_set_id"))
    moved = [conflict for conflict in conflicts if runs.get(conflict.article_id) not in (None, conflict.opened_in_id)]
    if not moved:
        return list(conflicts)
    sides = _sides_of(moved)
    for conflict in moved:
        conflict.incoming, conflict.current = (json.dumps(side, ensure_ascii=False) for side in sides[conflict.pk])
    over = [conflict for conflict in moved if sides[conflict.pk][0] == sides[conflict.pk][1]]
    Conflict.objects.bulk_update([conflict for conflict in moved if conflict not in over], ["incoming", "current"])
    return [conflict for conflict in conflicts if conflict not in over]


def _sides_of(moved: Sequence[Conflict]) -> dict[int, tuple[Any, Any]]:
    """The source's and the article's value by conflict, in the format of revisions."""
    pks = {conflict.article_id for conflict in moved}
    states = article_state.read_states(list(Article.objects.for_change(pks)))
    raws = dict(Source.objects.filter(article__in=pks).values_list("article_id", "raw"))
    sides = {}
    for conflict in moved:
        name, here = conflict.field, value_of(states[conflict.article_id], conflict.field)
        try:
            says = getattr(reader.read(bytes(raws[conflict.article_id])).content, name)
        except SeedError:  # it was a valid seed by the rules of its time
            sides[conflict.pk] = conflict.values[1:]
        else:
            sides[conflict.pk] = revision_values.dump_value(name, says), revision_values.dump_value(name, here)
    return sides
