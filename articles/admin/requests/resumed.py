"""Carries typed text and decisions across a sign-in. Nothing is stored, and nothing happens without confirmation.

A form sent without a session gets the sign-in page with its data in a hidden field, and so does every page until the
sign-in succeeds. Then text is shown in its form again, unsaved, and a decision is shown with a button that carries it
out. Version, permissions and CSRF token are checked as for any other form.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.http import urlencode

Pairs = list[tuple[str, str]]

SHOW = "_show"
"""The field that asks a form to show its data without saving."""
_TEXTS = ("articles_article_change", "articles_article_add")
"""Forms with longer text, which can show it again."""
_TEXT_BOXES = {"title", "body"}
"""The fields that identify them."""
_DECISIONS: dict[str, set[str]] = {
    "articles_article_changelist": {"action"},
    "articles_article_undo": set(),
    "articles_article_upstream_decide": {"choice", "version"},
    "articles_article_restore": {"number", "version"},
    "articles_article_from_file": {"field", "version"},
    "articles_conflict_decide": {"decision"},
    "articles_bulkaction_tell": set(),
    "articles_bulkaction_confirm": {"arguments"},
    "articles_bulkaction_chunk": set(),
    "articles_bulkaction_stop": set(),
    "articles_importrun_undo": set(),
    "articles_category_change": {"label"},
    "articles_topic_change": {"label"},
    "articles_provider_change": {"label"},
}
"""Forms that decide something, with little or no text."""
_NOT_CARRIED = {"csrfmiddlewaretoken", SHOW}


def is_typed(request: HttpRequest) -> bool:
    """Whether this is a text form with data."""
    return request.method == "POST" and _is_text(_name_of(request.resolver_match), request.POST.keys())


def is_carried(request: HttpRequest) -> bool:
    """Whether to carry this form across a sign-in. A decision has to come from one of our pages."""
    is_of_page = "csrfmiddlewaretoken" in request.POST
    is_known = is_of_page and _is_known(_name_of(request.resolver_match), request.POST.keys())
    return request.method == "POST" and (is_known or is_typed(request))


def can_show(request: HttpRequest) -> bool:
    """Whether the form can show the text again."""
    return _name_of(request.resolver_match) in _TEXTS


def is_to_be_shown(request: HttpRequest) -> bool:
    return SHOW in request.POST


def is_of_another(request: HttpRequest) -> bool:
    """Whether it was typed by an account other than the signed-in one."""
    return request.POST.get("typist", str(request.user.pk)) != str(request.user.pk)


def typed_pairs(request: HttpRequest) -> Pairs:
    return [(name, text) for name, texts in request.POST.lists() if name not in _NOT_CARRIED for text in texts]


def way_on(request: HttpRequest) -> dict[str, Any]:
    """The hidden fields for resending the same form."""
    return {"again": request.get_full_path(), "fields": typed_pairs(request), "can_show": can_show(request)}


def sign_in(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The sign-in page instead of a redirect to it, carrying the form's data."""
    path = request.get_full_path()
    context = {
        **site.each_context(request),
        "title": "Sign in to continue",
        "app_path": f"{reverse('admin:login')}?{urlencode({'next': path})}",
        "username": request.user.get_username(),
        "form": AdminAuthenticationForm(request),
        "next": path,
        "typed": json.dumps(typed_pairs(request)),
        "is_text": is_typed(request),
    }
    return TemplateResponse(request, "admin/login.html", context, status=403)


def still_carried(request: HttpRequest) -> dict[str, Any]:
    """For showing the sign-in page again."""
    names = {name for name, _ in _carried(request)}
    return {"typed": request.POST.get("typed", ""), "is_text": names >= _TEXT_BOXES}


def carry_on(site: AdminSite, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """After a sign-in that carried data: a page that resends it, instead of the redirect."""
    if not isinstance(answer, HttpResponseRedirect) or not request.POST.get("typed"):
        return answer
    pairs, name = _carried(request), _name_at(answer.url)
    boxes = [box for box, _ in pairs]
    if not _is_known(name, boxes):
        return answer
    is_text = _is_text(name, boxes)
    advice = "Not saved yet." if is_text else "Your session ended before this was done. Nothing has changed."
    context = {
        **site.each_context(request),
        "title": "Your text is kept" if is_text else "Not done yet",
        "advice": f"You are signed in as {request.user.get_username()}. {advice}",
        "again": answer.url,
        "fields": pairs,
        "can_show": is_text,
    }
    return TemplateResponse(request, "admin/articles/article/kept.html", context)


def _is_known(name: str, boxes: Collection[str]) -> bool:
    return _is_text(name, boxes) or (name in _DECISIONS and set(boxes) >= _DECISIONS[name])


def _is_text(name: str, boxes: Collection[str]) -> bool:
    return name in _TEXTS and set(boxes) >= _TEXT_BOXES


def _carried(request: HttpRequest) -> Pairs:
    """The carried data; empty if this module did not write it."""
    try:
        sent: Any = json.loads(request.POST.get("typed", "[]"))
        pairs = [(name, text) for name, text in sent if isinstance(name, str) and isinstance(text, str)]
    except (ValueError, TypeError, RecursionError):
        return []
    return [(name, text) for name, text in pairs if name not in _NOT_CARRIED]


def _name_at(address: str) -> str:
    try:
        return _name_of(resolve(urlsplit(address).path))
    except Resolver404:
        return ""


def _name_of(match: ResolverMatch | None) -> str:
    return (match.url_name or "") if match else ""
