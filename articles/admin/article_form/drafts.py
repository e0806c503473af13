"""Drafts: typed text that the browser keeps until it is saved (`static/newsdesk/draft.js`).

Drafts never leave the browser. They are encrypted with a key that only pages of the same account contain, so other
users of the browser cannot read them.
"""

from __future__ import annotations

import base64
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from articles.models import User

SAVED = "newsdesk_saved"
"""A short-lived cookie that tells the next page which draft has been saved."""
_SECONDS = 120
_NAME = re.compile(r"[0-9a-f]{16}\Z")


def key(user: User) -> str:
    """256 bits, the same on every page of this account."""
    digest = salted_hmac("articles.admin.article_form.drafts", f"{user.pk}", algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tells the browser that the form's draft is saved. Not secret; a script reads it."""
    name = request.POST.get("draft", "")
    if _NAME.match(name):
        response.set_cookie(
            SAVED, name, max_age=_SECONDS, path="/admin/", secure=settings.SESSION_COOKIE_SECURE, samesite="Strict"
        )
    return response
