"""Beside an open form: who else has it open, and whether somebody saved it meanwhile."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone

from articles import presence
from articles.admin.keys import is_key
from articles.models import Article, User


def told(request: HttpRequest, article: Article | None, user: User, *, version: int) -> dict[str, Any]:
    """For the form's page: records that it is open, unless HEAD asks for what nobody sees, and has the context of
    `presence.html`."""
    if article is None:
        return {}
    now = timezone.now()
    if request.method != "HEAD":
        presence.arrive(article.pk, user, is_editing=request.method == "POST", now=now)
    return {"present": _present(article, user, version), "heartbeat_seconds": presence.EVERY.seconds}


def heartbeat(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """POST: still there (or `leaving`), answered with what `presence_now.html` says. GET: writes nothing, and gives a
    form whose user signed in anew beside it the token that it needs."""
    if not isinstance(request.user, User) or not admin.has_view_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return JsonResponse({"user": request.user.pk, "token": get_token(request)})
    article = Article.objects.only("pk", "version").filter(pk=pk).first()
    if article is None:
        raise Http404("There is no such article.")
    if "leaving" in request.POST:
        presence.leave(pk, request.user)
        return HttpResponse(status=204)
    presence.beat(pk, request.user, is_editing="editing" in request.POST, now=timezone.now())
    shown = request.POST.get("version", "")
    version = int(shown) if is_key(shown) else article.version
    return render(request, "admin/articles/article/presence_now.html", _present(article, request.user, version))


def _present(article: Article, user: User, version: int) -> dict[str, Any]:
    """The others, and the newest revision if it is newer than `version`, which the form shows."""
    is_newer = article.version > version
    return {
        "others": presence.others(article.pk, user, now=timezone.now()),
        "newest": article.revisions.defer("changes").order_by("-number").first() if is_newer else None,
        "article": article,
        "version": version,
        "user": user,
    }
