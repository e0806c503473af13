"""Open conflicts for a page: by article, each with its three values and whether the user may decide it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from articles.admin.labels import label_of, shortened_lines
from articles.changes import refusals
from articles.changes.actors import Actor
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState, value_of
from articles.diffs.fields import Difference, difference
from articles.models import Article, Conflict


@dataclass(frozen=True)
class ShownConflict:
    """`now` is the article's current value, in the format of revisions."""

    conflict: Conflict
    now: Any
    may_decide: bool

    @property
    def label(self) -> str:
        return label_of(self.conflict.field)

    @property
    def began(self) -> str:
        return shortened_lines(self.conflict.field, self.conflict.values[0])

    @property
    def in_file(self) -> Difference:
        began, incoming, _ = self.conflict.values
        return difference(self.conflict.field, began, incoming)

    @property
    def here(self) -> Difference:
        return difference(self.conflict.field, self.conflict.values[0], self.now)


@dataclass(frozen=True)
class ContestedArticle:
    article: Article
    conflicts: list[ShownConflict]

    @property
    def decidable(self) -> list[ShownConflict]:
        return [shown for shown in self.conflicts if shown.may_decide]

    @property
    def keys(self) -> str:
        """The keys of the conflicts that the user may decide, for one button."""
        return ",".join(str(shown.conflict.pk) for shown in self.decidable)


def by_article(conflicts: Iterable[Conflict], actor: Actor) -> list[ContestedArticle]:
    """In the order of the articles."""
    groups: dict[int, list[Conflict]] = {}
    for conflict in conflicts:
        groups.setdefault(conflict.article_id, []).append(conflict)
    articles = [group[0].article for group in groups.values()]
    states = article_state.read_states(articles) if articles else {}
    return [contested(article, states[article.pk], groups[article.pk], actor) for article in articles]


def contested(article: Article, state: ArticleState, conflicts: Iterable[Conflict], actor: Actor) -> ContestedArticle:
    """In the order of the seed's keys."""
    ordered = sorted(conflicts, key=lambda conflict: article_state.FIELDS.index(conflict.field))
    return ContestedArticle(article, [_conflict_row(article, state, conflict, actor) for conflict in ordered])


def _conflict_row(article: Article, state: ArticleState, conflict: Conflict, actor: Actor) -> ShownConflict:
    now = revision_values.dump_value(conflict.field, value_of(state, conflict.field))
    return ShownConflict(conflict, now, refusals.refusal_to_change(actor, article, conflict.field) is None)
