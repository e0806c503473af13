"""What was typed, carried past a sign-in: nothing of it is stored here, and nothing of it is saved unseen.

The page that a stranger's form gets has the typed text in one hidden box, and so has every page until somebody is
signed in. Then it is sent to the form once more, which shows it and saves nothing: whose eyes are on it decides, and
the version, the rights and the token are checked as for any other form.
"""

from __future__ import annotations

import json
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
"""What a form says that is to be shown, not saved."""
_ARTICLE = frozenset({"title", "body"})
_FORMS = {
    "articles_article_change": _ARTICLE,
    "articles_article_add": _ARTICLE,
    "articles_conflict_decide": frozenset({"value", "decision"}),
}
"""The forms in which one writes for longer, and the boxes by which each is known."""
_SHOWING = ("articles_article_change", "articles_article_add")
"""Those that can show what was typed once more."""
_NOT_CARRIED = {"csrfmiddlewaretoken", SHOW}


def is_typed(request: HttpRequest) -> bool:
    """Whether this is one of those forms, sent with something in it."""
    boxes = _FORMS.get(_name_of(request.resolver_match))
    return boxes is not None and request.method == "POST" and request.POST.keys() >= boxes


def can_show(request: HttpRequest) -> bool:
    """Whether the form shows once more what was typed."""
    return _name_of(request.resolver_match) in _SHOWING


def is_to_be_shown(request: HttpRequest) -> bool:
    return SHOW in request.POST


def is_of_another(request: HttpRequest) -> bool:
    """Whether it was typed under another account than the one that is signed in now."""
    return request.POST.get("typist", str(request.user.pk)) != str(request.user.pk)


def typed_pairs(request: HttpRequest) -> Pairs:
    return [(name, text) for name, texts in request.POST.lists() if name not in _NOT_CARRIED for text in texts]


def sign_in(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The sign-in page in place of the redirect to it, with what was typed."""
    path = request.get_full_path()
    context = {
        **site.each_context(request),
        "title": "Sign in to go on",
        "app_path": f"{reverse('admin:login')}?{urlencode({'next': path})}",
        "username": request.user.get_username(),
        "form": AdminAuthenticationForm(request),
        "next": path,
        "typed": json.dumps(typed_pairs(request)),
    }
    return TemplateResponse(request, "admin/login.html", context, status=403)


def carry_on(site: AdminSite, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """After a sign-in that brought something typed along: a page that sends it on, in place of the redirect."""
    pairs = _carried(request)
    if not pairs or not isinstance(answer, HttpResponseRedirect) or (name := _name_at(answer.url)) not in _FORMS:
        return answer
    advice = "look at what you had typed, then save it." if name in _SHOWING else "copy your text and decide again."
    context = {
        **site.each_context(request),
        "title": "Your text is kept",
        "advice": f"You are signed in. Nothing is saved yet: {advice}",
        "again": answer.url if name in _SHOWING else "",
        "fields": pairs,
        "kept": [("Your value", text) for box, text in pairs if box == "value"],
        "opened": "" if name in _SHOWING else reverse("admin:articles_conflict_changelist"),
    }
    return TemplateResponse(request, "admin/articles/article/kept.html", context)


def _carried(request: HttpRequest) -> Pairs:
    """What a sign-in page had in its box; nothing for what this module would not have written there."""
    try:
        found: Any = json.loads(request.POST.get("typed", "[]"))
        pairs = [(name, text) for name, text in found if isinstance(name, str) and isinstance(text, str)]
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
