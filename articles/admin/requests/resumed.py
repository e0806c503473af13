"""What was typed or pressed, when a sign-in comes between: nothing of it is stored here, and nothing happens unseen.

The page that a form gets then has what was typed in one hidden box, and so has every page until somebody is signed in.
A text is then sent to its form once more, which shows it and saves nothing. Of any other button a page says that
nothing has changed, with the words that were typed beside it, and leads back to where it was pressed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.admin import AdminSite, site
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.http import urlencode
from django.views.csrf import csrf_failure as plain_csrf_failure

from articles.admin.requests.addresses import is_of_admin
from articles.workflow.verbs import VERBS

Pairs = list[tuple[str, str]]

SHOW = "_show"
"""The field that asks a form to show its data without saving."""
_TEXTS = ("articles_article_change", "articles_article_add")
"""Forms with longer text, which can show it again."""
_TEXT_BOXES = {"title", "body"}
"""The fields that identify them."""
_CHANGE_NOTHING = {f"articles_article_{name}" for name in ("preview", "preview_new", "changes", "presence")}
_NOT_CARRIED = {"csrfmiddlewaretoken", SHOW}
_WORDS = {"reason", "note", "why", "label", "category", "topics"}
"""What is typed beside other buttons, by the end of the box's name."""
_PRESSED = "pressed"
"""In the hidden box: the verb's name; empty for another button."""


def is_carried(request: HttpRequest) -> bool:
    """Whether this came from a page of ours and was to change something."""
    name = _name_of(request.resolver_match)
    is_change = name.startswith("articles_") and name not in _CHANGE_NOTHING
    return request.method == "POST" and "csrfmiddlewaretoken" in request.POST and is_change


def is_to_be_shown(request: HttpRequest) -> bool:
    return SHOW in request.POST


def is_of_another(posted: Mapping[str, Any], user: Any) -> bool:
    """Whether it was typed by an account other than the signed-in one."""
    return bool(posted.get("typist", str(user.pk)) != str(user.pk))


def sign_in(admin_site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The sign-in page in place of the redirect to it, with what was typed or pressed."""
    pairs, address = _sent(request)
    context = {
        **admin_site.each_context(request),
        "title": "Sign in to continue",
        "app_path": f"{reverse('admin:login')}?{urlencode({'next': address})}",
        "username": request.user.get_username(),
        "form": AdminAuthenticationForm(request),
        "next": address,
        **_box(json.dumps(pairs), pairs),
    }
    return TemplateResponse(request, "admin/login.html", context, status=403)


def still_carried(request: HttpRequest) -> dict[str, Any]:
    """For showing the sign-in page again."""
    return _box(request.POST.get("typed", ""), _carried(request))


def carry_on(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """After a sign-in that brought something along: a page that leads on, in place of the redirect."""
    pairs = _carried(request)
    boxes = [name for name, _ in pairs]
    if not isinstance(answer, HttpResponseRedirect) or not (_PRESSED in boxes or _is_text(_name_at(answer.url), boxes)):
        return answer
    return _way_on(request, pairs, answer.url, f"You are signed in as {request.user.get_username()}.", status=200)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """With the way on for what was typed or pressed on a page of ours, as after signing in beside it. What another site
    from another site gets the usual answer: nobody may be led into resending it with one click."""
    if not (is_carried(request) and _is_ours(request)):
        return plain_csrf_failure(request, reason=reason)
    if not site.has_permission(request):
        return sign_in(site, request)
    why = "You signed in again after opening this page, or it was open too long."
    return _way_on(request, *_sent(request), why, status=403)


def _way_on(request: HttpRequest, pairs: Pairs, address: str, why: str, *, status: int) -> HttpResponse:
    is_text, posted = _is_text(_name_at(address), dict(pairs)), dict(pairs)
    verb = VERBS.get(posted.get(_PRESSED, ""))
    context = {
        **site.each_context(request),
        "title": "Your text is kept" if is_text else "Not done yet",
        "advice": f"{why} {'Not saved' if is_text else 'Nothing has changed'} yet.",
        "is_of_another": is_of_another(posted, request.user),
        "not_done": verb.button if verb else "",
        **({"again": address, "fields": pairs} if is_text else {"back": address, "kept": _words(pairs)}),
    }
    return TemplateResponse(request, "admin/articles/article/kept.html", context, status=status)


def _sent(request: HttpRequest) -> tuple[Pairs, str]:
    """What is carried of a form, and where its way on leads."""
    pairs = [(name, text) for name, texts in request.POST.lists() if name not in _NOT_CARRIED for text in texts]
    if _is_text(_name_of(request.resolver_match), request.POST):
        return pairs, request.get_full_path()
    asked = (request.POST.get(name, "") for name in ("action", "verb", "choice"))
    pressed = next((name for name in asked if name in VERBS), "")
    kept = [(name, text) for name, text in pairs if name == "typist" or _last(name) in _WORDS]
    return [*kept, (_PRESSED, pressed)], _pressed_on(request)


def _pressed_on(request: HttpRequest) -> str:
    """The page with the button."""
    came_from = request.headers.get("Referer", "").removeprefix(f"{request.scheme}://{request.get_host()}")
    pages = (request.POST.get("next", ""), came_from)
    return next(filter(is_of_admin, pages), reverse("admin:articles_article_changelist"))


def _words(pairs: Pairs) -> Pairs:
    """What was typed beside the button, by the box's name."""
    return [(_last(name).capitalize(), text) for name, text in pairs if _last(name) in _WORDS and text]


def _last(name: str) -> str:
    return name.rpartition("-")[2]


def _box(typed: str, pairs: Pairs) -> dict[str, Any]:
    return {"typed": typed, "is_text": {name for name, _ in pairs} >= _TEXT_BOXES}


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


def _is_ours(request: HttpRequest) -> bool:
    """Checked with headers that browsers always send and scripts cannot forge."""
    origin = request.headers.get("Origin", "")
    return origin in (*settings.CSRF_TRUSTED_ORIGINS, f"{request.scheme}://{request.get_host()}")
