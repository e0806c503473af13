"""Typed text that is not lost: pages for a form that cannot be shown again, and drafts.

The pages say why nothing was saved, and have all that was typed. A draft is kept by the browser until the text is saved
(`static/newsdesk/draft.js`) and never leaves it. A key that only pages of the same account have keeps others who use
that browser from reading it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import ModelAdmin, site
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.crypto import salted_hmac

from articles.admin.article_form.forms import ArticleForm, PartForm
from articles.admin.article_form.typed_form import ROWS, LostVersion, typed_rows
from articles.models import User

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
            opened = request.path if isinstance(refusal, BadRequest) else ""
            return _kept_page(request, heading, advice, status=status, opened=opened)

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


def kept_after(request: HttpRequest) -> HttpResponse:
    """After a decision was made from an incomplete form: shows the typed text, or the article if there is none."""
    if not kept_boxes(request):
        return HttpResponseRedirect(request.path)
    advice = "Your page was out of date or incomplete. Open the current article and copy your text over."
    return _kept_page(request, "Your text was not saved", advice, status=200, opened=request.path)


def kept_boxes(request: HttpRequest) -> list[tuple[str, str]]:
    """The typed text by field label."""
    return [*_boxes(request, "", ArticleForm), *_kept_rows(request)]


def _kept_page(request: HttpRequest, heading: str, advice: str, *, status: int, opened: str) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": heading,
        "advice": advice,
        "kept": kept_boxes(request),
        "opened": opened,
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


SAVED = "newsdesk_saved"
"""A short-lived cookie that tells the next page which draft has been saved."""
_SECONDS = 120
_NAME = re.compile(r"[0-9a-f]{16}\Z")


def draft_key(user: User) -> str:
    """For drafts: 256 bits, the same on every page of this account."""
    digest = salted_hmac("articles.admin.article_form.drafts", f"{user.pk}", algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def draft_saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tells the browser that the form's draft is saved. Not secret; a script reads it."""
    name = request.POST.get("draft", "")
    if _NAME.match(name):
        response.set_cookie(
            SAVED, name, max_age=_SECONDS, path="/admin/", secure=settings.SESSION_COOKIE_SECURE, samesite="Strict"
        )
    return response
