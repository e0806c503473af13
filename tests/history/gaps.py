"""Histories as earlier versions of Newsdesk left them, which could merge a run of revisions into its last."""

from __future__ import annotations

import json

from articles.models import Article


def leave_gap(article: Article, first: int, last: int) -> None:
    """Revision `last` stands for those from `first` on."""
    rows = list(article.revisions.filter(number__range=(first, last)).order_by("number"))
    before = {name: pair[0] for row in reversed(rows) for name, pair in row.values.items()}
    after = {name: pair[1] for row in rows for name, pair in row.values.items()}
    pairs = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    article.revisions.filter(number__range=(first, last - 1)).delete()
    article.revisions.filter(number=last).update(
        changes=json.dumps(pairs), change_set=None, reason=f"Stands for revisions {first} to {last}"
    )
