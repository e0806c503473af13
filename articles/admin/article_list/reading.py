"""The reading pane: the current article of the list, with everything that a decision needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from articles.admin.labels import event_in, label_of
from articles.admin.requests.posted import actor_of
from articles.admin.requests.verb_forms import Button, buttons_of
from articles.content.article_state import ArticleState, DeskState
from articles.models import Article, Revision, User
from articles.models.history import Origin
from articles.public.article_page import ENTRIES, PAGE_COLUMNS, ArticlePage, page_of
from articles.public.terms import topics_of
from articles.readiness import findings
from articles.readiness.findings import Finding
from articles.seedfile.schema import FIELDS, ArticleContent
from articles.sources import provenance
from articles.workflow.verbs import offered

EVENTS = 3


@dataclass(frozen=True)
class Reading:
    """`own` are labels of the fields that people set, `events` the latest revisions with a word for each."""

    article: Article
    page: ArticlePage
    findings: Sequence[Finding]
    own: Sequence[str]
    events: Sequence[tuple[Revision, str]]
    buttons: Sequence[Button]


def show(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The pane without the list, for the page's script."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    reading = reading_of(pk, actor_of(request), at=timezone.now())
    if reading is None:
        raise Http404("There is no such article.")
    return render(request, "admin/articles/article/pane.html", {"reading": reading})


def reading_of(
    pk: int, reader: User, *, at: datetime, known: Mapping[int, Sequence[Finding]] = MappingProxyType({})
) -> Reading | None:
    """The current article, with the verbs that the reader may use; None if it does not exist. Four queries, and one for
    each readiness check that asks the database, unless `known` has the findings by key."""
    related = ("category__shown_as", "provider__shown_as", "source")
    rows = findings.with_facts(Article.objects.filter(pk=pk)).select_related(*related).defer("source__raw")
    article = rows.first()
    if article is None:
        return None
    against = known if article.published or pk in known else findings.findings([article], at=at)
    revisions = provenance.latest_revisions(article)
    origins = provenance.origins(revisions)
    own = [label_of(name) for name in FIELDS if name in origins and origins[name].origin != Origin.IMPORT]
    return Reading(
        article=article,
        page=page_of(_row(article), topics_of(pk), ENTRIES.rows(article=pk, at=at)),
        findings=against.get(pk, ()),
        own=own if getattr(article, "source", None) else (),
        events=[(one, event_in(one)) for one in revisions[:EVENTS]],
        buttons=buttons_of(offered(_state(article), reader), auto_id="pane_%s"),
    )


def _row(article: Article) -> tuple[Any, ...]:
    """Values of PAGE_COLUMNS, as the readers' query returns them."""
    return tuple(_column(article, column) for column in PAGE_COLUMNS)


def _column(row: Any, path: str) -> Any:
    name, _, rest = path.partition("__")
    value = getattr(row, name)
    return _column(value, rest) if rest and value is not None else value


def _state(article: Article) -> ArticleState:
    """The part of the state that verbs check."""
    content = ArticleContent.model_construct(None, published=article.published)  # type: ignore[call-arg]
    return ArticleState(content, DeskState(set_aside=article.set_aside or "", hold=article.hold or ""))
