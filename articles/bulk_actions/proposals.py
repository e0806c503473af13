"""What a bulk action would make of some of its articles: looked at for the confirmation, and done chunk by chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from articles.bulk_actions.verbs import MEANINGS, arguments_of
from articles.changes.door import Change
from articles.changes.refusals import Refused
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, BulkAction, BulkEntry

CHANGED = "somebody changed it since it was chosen; look again"
GONE = "it no longer exists"


@dataclass(frozen=True)
class Proposal:
    """The change that an entry asks of the door, or why it asks for none. `article` is None for one that is gone."""

    entry: BulkEntry
    article: Article | None = None
    before: ArticleState | None = None
    change: Change | None = None
    refusal: str = ""


def proposals(bulk: BulkAction, entries: Sequence[BulkEntry], *, now: datetime) -> list[Proposal]:
    """One per entry, in order, with queries that do not grow with their number."""
    articles = {article.pk: article for article in _articles_of(entries)}
    states = article_state.read_states(list(articles.values())) if articles else {}
    meaning, given = MEANINGS[bulk.verb], arguments_of(bulk)
    proposed = []
    for entry in entries:
        article = articles.get(entry.article_id)
        if article is None or article.version != entry.version:
            proposed.append(Proposal(entry, article, refusal=CHANGED if article else GONE))
            continue
        before = states[article.pk]
        try:
            change = Change(meaning.wanted(before, given, now), article, entry.version)
        except Refused as refusal:
            proposed.append(Proposal(entry, article, before, refusal=str(refusal)))
        else:
            proposed.append(Proposal(entry, article, before, change))
    return proposed


def _articles_of(entries: Sequence[BulkEntry]) -> list[Article]:
    rows = Article.objects.filter(pk__in=[entry.article_id for entry in entries])
    return list(rows.select_related("category", "provider"))
