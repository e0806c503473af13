"""An article as readers would see it, before they do, in their own template, saved or as typed; and as a seed to take
away: the file that `export_seeds` writes, without its `secured`. Writes nothing.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from articles import exporting
from articles.admin.article_form.typed_form import article_of_form, typed_anew, typed_over
from articles.admin.article_form.typed_state import ArticleEditor
from articles.admin.requests.posted import allowed
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, Source
from articles.public.preview import pages_of
from articles.public.views import article_context
from articles.querysets import Standing
from articles.timezones import read_in_the_zone_shown
from articles.workflow import publishing

_PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the saved article. POST: the typed form, whatever was saved since it was opened."""
    read_in_the_zone_shown(request)
    article = article_of_form(pk)
    allowed(admin, request, article)
    state = article_state.read_state(article)
    if request.method == "POST":
        return _typed_page(admin, request, typed_over(admin, request, article, state), article)
    return _preview_page(state, article, _bar_of_saved(article))


def show_new(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A new article, as typed."""
    read_in_the_zone_shown(request)
    return _typed_page(admin, request, typed_anew(admin, request), None)


def _bar_of_saved(article: Article) -> dict[str, str]:
    """What the bar above the page says; `back` leads to the form, where the preview did not come from it."""
    now = timezone.now()
    words = {
        Standing.LIVE: "saved and live",
        Standing.SCHEDULED: "not live yet",
        Standing.ENDED: "no longer live",
        Standing.HIDDEN: "not published",
    }
    back = reverse("admin:articles_article_change", args=[article.pk])
    sentence = publishing.standing_sentence(article, at=now)
    return {"heading": f"Preview: {words[article.standing(at=now)]}", "sentence": sentence, "back": back}


def _bar_of_typed(article: Article | None) -> dict[str, str]:
    if article is None or not article.published:
        return {"heading": "Preview: not saved, not published", "sentence": "Not visible to readers."}
    now = timezone.now()
    is_live = article.is_visible(at=now)
    sentence = "Readers see the saved version." if is_live else publishing.standing_sentence(article, at=now)
    return {"heading": "Preview: not saved", "sentence": sentence}


def _typed_page(
    admin: ModelAdmin, request: HttpRequest, editor: ArticleEditor, article: Article | None
) -> HttpResponse:
    if not editor.is_valid() or editor.state is None:
        return _no_page(admin, request, editor)
    return _preview_page(editor.state, article, _bar_of_typed(article))


def _preview_page(state: ArticleState, article: Article | None, bar: dict[str, str]) -> HttpResponse:
    """Rendered like readers' pages: in the site's time zone, with neither request nor user in the context."""
    now = timezone.now()
    with timezone.override(None):
        (page,) = pages_of([state], article, at=now)
        html = render_to_string("admin/articles/article/preview.html", article_context(page, at=now) | {"bar": bar})
    return HttpResponse(html, headers=_PRIVATE)


def _no_page(admin: ModelAdmin, request: HttpRequest, editor: ArticleEditor) -> HttpResponse:
    context = {**admin.admin_site.each_context(request), "title": "No preview yet", "problems": editor.problems}
    return TemplateResponse(request, "admin/articles/article/no_preview.html", context, headers=_PRIVATE)


_UNWELCOME = set('\\/:*?"<>|')
"""Characters that some systems don't allow in file names."""


def download_seed(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    allowed(admin, request)
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
