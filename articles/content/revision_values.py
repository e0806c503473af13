"""Converts values to and from the format of revisions: JSON with the seed's keys, a digest for a `secured`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, Revision, SecuredPayload
from articles.seedfile import schema

Values = dict[str, Any]
"""Fields with their values, in the format of revisions."""

Texts = Mapping[tuple[int, str], str]
"""`secured` texts by article and digest."""


def values_before(steps: Iterable[Revision]) -> Values:
    """The changed fields' values before the first of these revisions of one article, given in order."""
    before: Values = {}
    for revision in steps:
        before = {name: pair[0] for name, pair in revision.values.items()} | before
    return before


def state_before(article: Article, state: ArticleState, number: int) -> ArticleState:
    """The article at revision `number`, reconstructed backwards from its current `state`.

    Raises LookupError for a missing revision or a lost `secured`.
    """
    revisions = list(article.revisions.filter(number__gte=number).order_by("-number"))
    if not revisions or revisions[-1].number != number:
        raise LookupError(f"there is no revision {number}")
    for revision in revisions[:-1]:
        state = with_values(article, state, {name: pair[0] for name, pair in revision.values.items()})
    return state


def with_values(article: Article, state: ArticleState, values: Values, texts: Texts | None = None) -> ArticleState:
    """`state` with some fields set to a revision's values. Raises LookupError for a lost `secured`.

    `texts` is the result of `secured_texts`, for callers with many articles.
    """
    texts_by_article = secured_texts([(article.pk, values)]) if texts is None else texts
    loaded = {name: _load_value(article, name, value, texts_by_article) for name, value in values.items()}
    return article_state.with_fields(state, loaded)


def secured_texts(wanted: Iterable[tuple[int, Values]]) -> Texts:
    """The `secured` texts for the digests in these values; at most one query."""
    digests = {article: values["secured"] for article, values in wanted if values.get("secured")}
    if not digests:
        return {}
    kept = SecuredPayload.objects.filter(article__in=digests, digest__in=set(digests.values()))
    return {(article, digest): text for article, digest, text in kept.values_list("article_id", "digest", "text")}


def dump_value(name: str, value: Any) -> Any:
    if name in article_state.DESK_FIELDS:
        return _MOMENT.dump_python(value, mode="json") if name in article_state.SCHEDULE else value
    return article_state.secured_digest(value) if name == "secured" else schema.dump_field(name, value)


_MOMENT: TypeAdapter[datetime | None] = TypeAdapter(datetime | None)


def _load_value(article: Article, name: str, value: Any, texts: Texts) -> Any:
    if name in article_state.DESK_FIELDS:
        return _MOMENT.validate_python(value) if name in article_state.SCHEDULE else str(value)
    return _secured_text(article, value, texts) if name == "secured" else schema.load_field(name, value)


def _secured_text(article: Article, digest: str, texts: Texts) -> str:
    if digest and (article.pk, digest) not in texts:
        raise LookupError(f"no secured payload {digest[:12]} is kept for article {article.pk}")
    return texts[article.pk, digest] if digest else ""
