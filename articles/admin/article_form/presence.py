"""Who else has an article's form open: reported by a heartbeat and stored in the database, for all server processes.

A hint, not a lock. Writes touch single rows and are dropped rather than wait; no save depends on them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db import DatabaseError, connection, transaction
from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone

from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import allowed
from articles.models import Article, Presence, User
from articles.sql.compiled import Blank, Compiled
from articles.sql.many_rows import insert_or_update

EVERY = timedelta(seconds=15)
"""Between two heartbeats of a visible form."""
EXPIRY = timedelta(seconds=50)
"""After which somebody counts as gone: three heartbeats and some latency."""
LEAST = timedelta(seconds=5)
"""Minimum between two identical writes, however often a browser asks."""
PATIENCE = timedelta(milliseconds=60)
"""How long a write waits for a lock."""

_log = logging.getLogger(__name__)


def arrive(article: int, user: User, *, is_editing: bool, now: datetime) -> None:
    """Record that the form was opened."""
    row = Presence(article_id=article, user=user, opened_at=now, seen_at=now, is_editing=is_editing)
    _unless_it_waits(lambda: _put(row, "is_editing"))


def beat(article: int, user: User, *, is_editing: bool, now: datetime) -> None:
    """Record a heartbeat. A window that is only viewing does not reset the editing flag of another window."""
    own = Presence.objects.filter(article=article, user=user).first()
    if own and timedelta(0) <= now - own.seen_at < LEAST and own.is_editing >= is_editing:
        return
    is_back = own is None or own.seen_at < now - EXPIRY
    row = Presence(article_id=article, user=user, opened_at=now, seen_at=now, is_editing=is_editing)
    also = [name for name, is_due in (("is_editing", is_editing or is_back), ("opened_at", is_back)) if is_due]
    _unless_it_waits(lambda: _put(row, *also))


def leave(article: int, user: User, *, now: datetime) -> None:
    """Record that the form was closed, and delete expired rows."""
    own = Q(article=article, user=user)
    _unless_it_waits(lambda: Presence.objects.filter(own | Q(seen_at__lt=now - EXPIRY)).delete())


def others(article: int, user: User, *, now: datetime) -> list[Presence]:
    """Who else has it open, earliest first, each with their `user`."""
    return _OTHERS.instances(article=article, user=user.pk, since=now - EXPIRY)


def _others() -> QuerySet[Presence]:
    since = Blank("since", DateTimeField())
    rows = Presence.objects.filter(article=Blank("article", _KEY), seen_at__gte=since, user__is_active=True)
    return rows.exclude(user=Blank("user", _KEY)).select_related("user")


_KEY = BigIntegerField()
_OTHERS = Compiled(_others)


def _put(row: Presence, *also: str) -> None:
    """Creates the row, or updates its `seen_at` and the named fields."""
    insert_or_update(row, ("article_id", "user_id"), ("seen_at", *also))


def _unless_it_waits(write: Callable[[], object]) -> None:
    try:
        with _impatience():
            write()
    except DatabaseError as problem:
        _log.debug("A presence was not recorded: %s", problem)


@contextmanager
def _impatience() -> Iterator[None]:
    """On SQLite a write waits for the whole database, up to the connection's busy timeout."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _say(f"SET LOCAL lock_timeout = {_milliseconds(PATIENCE)}")
            yield
        return
    _say(f"PRAGMA busy_timeout = {_milliseconds(PATIENCE)}")
    try:
        yield
    finally:
        usual = timedelta(seconds=float(connection.settings_dict["OPTIONS"].get("timeout", 5)))
        _say(f"PRAGMA busy_timeout = {_milliseconds(usual)}")


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _milliseconds(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)


def presence_context(request: HttpRequest, article: Article | None, user: User, *, version: int) -> dict[str, Any]:
    """Records that the form is open (except for HEAD), and returns the context of `presence.html`."""
    if article is None:
        return {}
    now = timezone.now()
    if request.method != "HEAD":
        arrive(article.pk, user, is_editing=request.method == "POST", now=now)
    return {"present": _present(article, user, version), "heartbeat_seconds": EVERY.seconds}


def heartbeat(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """POST: a heartbeat (or `leaving`), answered with `presence_now.html`. GET: writes nothing; returns the CSRF token
    that a form needs after its user has signed in again in another window."""
    actor = allowed(admin, request)
    if request.method != "POST":
        return JsonResponse({"user": actor.pk, "token": get_token(request)})
    article = Article.objects.only("pk", "version").filter(pk=pk).first()
    if article is None:
        raise Http404("There is no such article.")
    if "leaving" in request.POST:
        leave(pk, actor, now=timezone.now())
        return HttpResponse(status=204)
    beat(pk, actor, is_editing="editing" in request.POST, now=timezone.now())
    shown = request.POST.get("version", "")
    version = int(shown) if is_key(shown) else article.version
    return render(request, "admin/articles/article/presence_now.html", _present(article, actor, version))


def _present(article: Article, user: User, version: int) -> dict[str, Any]:
    """The others, and the newest revision if it is newer than the form's `version`."""
    is_newer = article.version > version
    return {
        "others": others(article.pk, user, now=timezone.now()),
        "newest": article.revisions.defer("changes").order_by("-number").first() if is_newer else None,
        "article": article,
        "version": version,
        "user": user,
    }
