"""An article's history: every revision with who, when, from where, why, and its changes."""

from __future__ import annotations

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from articles.admin.labels import ShownRevision, choices_of, history_of
from articles.admin.requests.addresses import RowPageAddress, read
from articles.changes import rights
from articles.models import Article, Tombstone

REVISIONS_PER_PAGE = 25


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    article, tombstone = _article(pk)
    if not admin.has_view_permission(request, article):
        raise PermissionDenied
    page = Paginator(history_of(article), REVISIONS_PER_PAGE).get_page(read(request, RowPageAddress)["p"])
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": "History",
        "subtitle": article.title,
        "article": article,
        "tombstone": tombstone,
        "page": page,
        "history": [ShownRevision(revision) for revision in page],
        "first": max(1, article.version - 1),
        "second": article.version,
        "choices": choices_of(article),
        "may_change": rights.may_change(request.user, article),
    }
    return TemplateResponse(request, "admin/articles/article/history.html", context)


def _article(pk: int) -> tuple[Article, Tombstone | None]:
    """A purged article is shown from its tombstone."""
    article = Article.objects.for_listing().filter(pk=pk).first()
    if article is not None:
        return article, None
    tombstone = get_object_or_404(Tombstone, article=pk)
    return tombstone.as_article(), tombstone
