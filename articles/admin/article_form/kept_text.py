"""Pages for a form that cannot be shown again: they explain why nothing was saved, and contain the typed text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.admin import ModelAdmin, site
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.csrf import csrf_failure as plain_csrf_failure

from articles.admin.article_form.forms import ArticleForm, PartForm
from articles.admin.article_form.typed_form import ROWS, LostVersion, typed_rows
from articles.admin.requests import resumed

_ROW_LABELS = {"images": "Picture", "related": "Coverage"}
_UNTOLD = ("version", "place")


def keeping(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that accept written text: if the request is refused, the error page contains that text."""

    @wraps(view)
    def answered(admin: ModelAdmin, request: HttpRequest, *args: Any) -> HttpResponse:
        try:
            return view(admin, request, *args)
        except tuple(_REFUSALS) as refusal:
            if not kept_boxes(request) and not isinstance(refusal, LostVersion):
                raise
            heading, advice, status = next(told for kind, told in _REFUSALS.items() if isinstance(refusal, kind))
            has_article = isinstance(refusal, BadRequest) and resumed.can_show(request)
            return _kept_page(request, heading, advice, status=status, opened=request.path if has_article else "")

    return answered


_REFUSALS: dict[type[Exception], tuple[str, str, int]] = {
    PermissionDenied: (
        "Not saved: your account may not edit this article",
        "You don't have permission for this. Copy your text and ask a Chief.",
        403,
    ),
    Http404: (
        "Not saved: the article was deleted",
        "Somebody deleted the article. Copy your text, or start a new article.",
        404,
    ),
    LostVersion: (
        "Not saved: your page is out of date",
        "The version that you opened is no longer readable, so your changes cannot be compared with the others'. Open "
        "the current article and copy your text over.",
        409,
    ),
    BadRequest: (
        "Not saved",
        "The form is incomplete. Open it again and copy your text over.",
        400,
    ),
}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Offers to resend what was typed or decided on one of our pages, for example after signing in again. A request
    from another site gets the usual answer: nobody may be led into resending it with one click."""
    if not (resumed.is_carried(request) and _is_ours(request)):
        return plain_csrf_failure(request, reason=reason)
    if not site.has_permission(request):
        return resumed.sign_in(site, request)
    is_text, way = resumed.is_typed(request), resumed.way_on(request)
    advice = "You signed in again after opening this page, or it was open too long. "
    advice += "Your text is kept." if is_text else "Nothing has changed."
    return _kept_page(request, "Not saved yet" if is_text else "Not done yet", advice, status=403, **way)


def kept_after(request: HttpRequest) -> HttpResponse:
    """After a decision was made from an incomplete form: shows the typed text, or the article if there is none."""
    if not kept_boxes(request):
        return HttpResponseRedirect(request.path)
    advice = "Your page was out of date or incomplete. Open the current article and copy your text over."
    return _kept_page(request, "Your text was not saved", advice, status=200, opened=request.path)


def kept_boxes(request: HttpRequest) -> list[tuple[str, str]]:
    """The typed text by field label."""
    return [*_boxes(request, "", ArticleForm), *_kept_rows(request)]


def _kept_page(request: HttpRequest, heading: str, advice: str, *, status: int, **more: object) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": heading,
        "advice": advice,
        "kept": kept_boxes(request),
        **more,
    }
    return TemplateResponse(request, "admin/articles/article/kept.html", context, status=status)


def _kept_rows(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for prefix, label in _ROW_LABELS.items():
        for row in typed_rows(request, prefix):
            boxes = _boxes(request, f"{prefix}-{row}-", ROWS[prefix])
            yield f"{label} {row + 1}", "\n".join(f"{name}: {text}" for name, text in boxes)


def _boxes(request: HttpRequest, prefix: str, form: type[ArticleForm] | type[PartForm]) -> Iterator[tuple[str, str]]:
    for name, field in form.base_fields.items():
        text = request.POST.get(prefix + name, "")
        if name not in _UNTOLD and text.strip():
            yield str(field.label or name.replace("_", " ").capitalize()), text


def _is_ours(request: HttpRequest) -> bool:
    """Checked with headers that browsers always send and scripts cannot forge."""
    origin = request.headers.get("Origin", "")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    return bool(origin) and (parts.scheme, parts.netloc) == (request.scheme, request.get_host())
