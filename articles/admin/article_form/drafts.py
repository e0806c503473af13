"""Drafts: what is being typed, kept by the browser until it is saved (`static/newsdesk/draft.js`).

They never leave the browser. A key that only pages of the same account have keeps others who use that browser from
reading them.
"""

from __future__ import annotations

import base64
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from articles.models import User

SAVED = "newsdesk_saved"
"""The cookie that tells the browser which draft is saved now, for as long as the next page takes to load."""
_SECONDS = 120
_NAME = re.compile(r"[0-9a-f]{16}\Z")


def key(user: User) -> str:
    """256 bits, the same on every page of this account."""
    digest = salted_hmac("articles.admin.article_form.drafts", f"{user.pk}", algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tells the browser that the draft which the form names is saved. It is no secret, and read by a script."""
    name = request.POST.get("draft", "")
    if _NAME.match(name):
        response.set_cookie(
            SAVED, name, max_age=_SECONDS, path="/admin/", secure=settings.SESSION_COOKIE_SECURE, samesite="Strict"
        )
    return response
