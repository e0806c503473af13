"""Download of an article as a seed: the file that `export_seeds` writes, without `secured`."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header

from articles import exporting
from articles.content import article_state
from articles.models import Article, Source

_UNWELCOME = set('\\/:*?"<>|')
"""Characters that some systems don't allow in file names."""


def download(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    if not admin.has_view_permission(request):
        raise PermissionDenied
    article = get_object_or_404(Article.objects.select_related("category", "provider"), pk=pk)
    wanted = article_state.read_state(article).content
    made = exporting.seed_file_without_secured(article, wanted, Source.objects.filter(article=article).first())
    if made.raw is None:
        messages.error(request, f"This article cannot be written as a seed: {made.message}")
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))
    headers = {
        "Content-Disposition": content_disposition_header(True, _file_name(made.path)) or "attachment",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(made.raw, content_type="text/markdown; charset=utf-8", headers=headers)


def _file_name(path: str) -> str:
    name = PurePosixPath(path).name
    return "".join(c if c.isprintable() and c not in _UNWELCOME else "_" for c in name)
