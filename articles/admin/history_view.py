"""The article's history: every revision with who, when, from where, why, and per field what was and what became."""

from __future__ import annotations

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from articles.admin.showing import history_of
from articles.models import Article

REVISIONS_PER_PAGE = 50


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    article = get_object_or_404(Article.objects.for_listing(), pk=pk)
    if not admin.has_view_permission(request, article):
        raise PermissionDenied
    page = Paginator(range(article.version), REVISIONS_PER_PAGE).get_page(request.GET.get("p"))
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": "History",
        "subtitle": article.title,
        "article": article,
        "page": page,
        "history": history_of(article, REVISIONS_PER_PAGE, start=page.start_index() - 1),
    }
    return TemplateResponse(request, "admin/articles/article/history.html", context)
