"""Conflicts that an undo opens again: with what their files say today, which may be news since they were closed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from articles.content import article_state, revision_values
from articles.content.article_state import value_of
from articles.models import Article, Conflict, Source
from articles.seedfile import reader
from articles.seedfile.problems import SeedError

AGREES = "its file has come to agree since"


def renewed(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """Those whose file and article differ still; the file's value of today is theirs from now on.

    One query unless files came since the conflicts arose, and no more for many.
    """
    sources = Source.objects.filter(article__in={found.article_id for found in conflicts})
    runs = dict(sources.values_list("article_id", "run__change_set_id"))
    moved = [found for found in conflicts if runs.get(found.article_id) not in (None, found.opened_in_id)]
    if not moved:
        return list(conflicts)
    sides = _sides_of(moved)
    for found in moved:
        found.incoming, found.current = (json.dumps(side, ensure_ascii=False) for side in sides[found.pk])
    over = [found for found in moved if sides[found.pk][0] == sides[found.pk][1]]
    Conflict.objects.bulk_update([found for found in moved if found not in over], ["incoming", "current"])
    return [found for found in conflicts if found not in over]


def _sides_of(moved: Sequence[Conflict]) -> dict[int, tuple[Any, Any]]:
    """By conflict, what the file says and what the article holds, as revisions hold values."""
    pks = {found.article_id for found in moved}
    states = article_state.read_states(list(Article.objects.filter(pk__in=pks).select_related("category", "provider")))
    raws = dict(Source.objects.filter(article__in=pks).values_list("article_id", "raw"))
    sides = {}
    for found in moved:
        name, here = found.field, value_of(states[found.article_id], found.field)
        try:
            says = getattr(reader.read(bytes(raws[found.article_id])).content, name)
        except SeedError:  # by the rules of its day it was a seed
            sides[found.pk] = found.values[1:]
        else:
            sides[found.pk] = revision_values.dump_value(name, says), revision_values.dump_value(name, here)
    return sides
