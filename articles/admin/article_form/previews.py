"""Previews an article in the readers' template, saved or as typed. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from articles.admin.article_form.typed_form import article_of_form, typed_anew, typed_over
from articles.admin.article_form.typed_state import ArticleEditor
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article
from articles.public.preview import pages_of
from articles.public.views import article_context
from articles.querysets import Standing
from articles.workflow import publishing

_PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True)
class Bar:
    """The bar above the page. `back` is the form's address, if the preview was not opened from the form."""

    heading: str
    sentence: str
    back: str = ""


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the saved article. POST: the typed form, whatever was saved since it was opened."""
    article = article_of_form(pk)
    if not admin.has_view_permission(request, article):
        raise PermissionDenied
    state = article_state.read_state(article)
    if request.method == "POST":
        return _typed_page(admin, request, typed_over(admin, request, article, state).editor, article)
    return _preview_page(state, article, _bar_of_saved(article))


def show_new(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A new article, as typed."""
    return _typed_page(admin, request, typed_anew(admin, request), None)


def _bar_of_saved(article: Article) -> Bar:
    now = timezone.now()
    words = {
        Standing.LIVE: "saved and live",
        Standing.SCHEDULED: "not live yet",
        Standing.ENDED: "no longer live",
        Standing.HIDDEN: "not published",
    }
    back = reverse("admin:articles_article_change", args=[article.pk])
    sentence = publishing.standing_sentence(article, at=now)
    return Bar(f"Preview: {words[article.standing(at=now)]}", sentence, back)


def _bar_of_typed(article: Article | None) -> Bar:
    if article is None or not article.published:
        return Bar("Preview: not saved, not published", "Not visible to readers.")
    now = timezone.now()
    is_live = article.is_visible(at=now)
    sentence = "Readers see the saved version." if is_live else publishing.standing_sentence(article, at=now)
    return Bar("Preview: not saved", sentence)


def _typed_page(
    admin: ModelAdmin, request: HttpRequest, editor: ArticleEditor, article: Article | None
) -> HttpResponse:
    if not editor.is_valid() or editor.state is None:
        return _no_page(admin, request, editor)
    return _preview_page(editor.state, article, _bar_of_typed(article))


def _preview_page(state: ArticleState, article: Article | None, bar: Bar) -> HttpResponse:
    """Rendered like readers' pages: in the site's time zone, with neither request nor user in the context."""
    now = timezone.now()
    with timezone.override(None):
        (page,) = pages_of([state], article, at=now)
        html = render_to_string("admin/articles/article/preview.html", article_context(page, at=now) | {"bar": bar})
    return HttpResponse(html, headers=_PRIVATE)


def _no_page(admin: ModelAdmin, request: HttpRequest, editor: ArticleEditor) -> HttpResponse:
    context = {**admin.admin_site.each_context(request), "title": "No preview yet", "problems": editor.problems}
    return TemplateResponse(request, "admin/articles/article/no_preview.html", context, headers=_PRIVATE)
