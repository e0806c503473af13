"""Recognises a form sent twice, by a double click or a key held down, so that the second answer repeats the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import F, Min, Model
from django.http import HttpRequest

from articles.admin.requests.addresses import is_key
from articles.models import Article, ChangeSet, Revision, User


def own_work(since: Mapping[int, int], *, actor: User, kind: str) -> dict[int, ChangeSet]:
    """By article, the change set of that kind in which this user alone brought it from the given version to its current
    one. The caller checks that the result is what was asked for. Two queries, or none."""
    if not since:
        return {}
    rows = Revision.objects.filter(article__in=since, number=F("article__version"), actor=actor, change_set__kind=kind)
    newest = {row.article_id: row.change_set for row in rows.select_related("change_set").defer("changes")}
    made = Revision.objects.filter(article__in=newest, change_set__in=set(newest.values())).order_by()
    firsts = made.values_list("article_id", "change_set_id").annotate(first=Min("number"))
    own_sets = {(article, change_set): first for article, change_set, first in firsts}
    return {pk: own for pk, own in newest.items() if own and own_sets[pk, own.pk] == since[pk] + 1}


def actor_of(request: HttpRequest) -> User:
    """The signed-in user. Raises PermissionDenied."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def allowed(admin: ModelAdmin, request: HttpRequest, row: Model | None = None, *, to: str = "view") -> User:
    """Who is signed in. Raises PermissionDenied for somebody whom the admin class does not let "view" or "change"."""
    if not getattr(admin, f"has_{to}_permission")(request, row):
        raise PermissionDenied
    return actor_of(request)


def posted_number(request: HttpRequest, name: str, *, called: str = "") -> int:
    """Raises BadRequest."""
    text = request.POST.get(name, "")
    if not is_key(text):
        raise BadRequest(f"the form has no {called or name}; reload the page")
    return int(text)


def own_revision(article: Article, version: int, *, actor: User, kind: str) -> Revision | None:
    """`own_work` on one article: what a first press of the same button made of that version."""
    own = own_work({article.pk: version}, actor=actor, kind=kind).get(article.pk)
    return own.revisions.filter(article=article).first() if own else None


def say_once(request: HttpRequest, sentence: str, change_set: int | None) -> None:
    """Adds the message, with the change set's Undo if there is one; not if the same message is still unread."""
    tags, waiting = f"undo-{change_set}" if change_set else "", cast("BaseStorage", messages.get_messages(request))
    is_said = any(one.message == sentence and (not tags or one.extra_tags == tags) for one in waiting)
    waiting.used = False
    if not is_said:
        messages.success(request, sentence, extra_tags=tags)


def typed_words(request: HttpRequest, name: str = "reason") -> str:
    """As typed, without surrounding white space and characters that PostgreSQL refuses."""
    return request.POST.get(name, "").replace("\x00", "").strip()
