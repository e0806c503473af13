"""Unpublish: whatever was typed, and whichever version it was typed over, the article as it is now is taken down."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.text import capfirst

from articles.admin.labels import deed_of, latest_change
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import own_work, say_once, typed_words
from articles.changes import refusals, rights
from articles.history import change_sets
from articles.models import Article, ChangeSet, User
from articles.models.history import Origin
from articles.workflow import publishing


def take_down(request: HttpRequest, article: Article, actor: User, *, origin: Origin) -> bool:
    """Unpublishes the article as it is now and says so; whether this user did, now or with a first press of the button.

    Raises NotAllowed, and Http404 for an article that is gone.
    """
    if not rights.may_publish(actor):
        raise refusals.NotAllowed(actor, rights.PUBLISH_RIGHT)
    reason = typed_words(request, "unpublish_reason") or typed_words(request)
    with transaction.atomic():
        if not Article.objects.filter(pk=article.pk).exists():
            raise Http404("There is no such article.")
        change_set = change_sets.open_change_set(ChangeSet.Kind.UNPUBLISH, actor=actor, reason=reason)
        if publishing.take_down(article, actor=actor, reason=reason, origin=origin, change_set=change_set):
            _say_unpublished(request, article, change_set)
            return True
        change_set.delete()
    shown = request.POST.get("version", "")
    is_older = is_key(shown) and int(shown) < article.version
    since = {article.pk: article.version - 1} if is_older else {}
    own = own_work(since, actor=actor, kind=ChangeSet.Kind.UNPUBLISH)
    if own:
        _say_unpublished(request, article, own[article.pk])
    else:
        messages.info(request, _sentence_of_another(article, actor))
    return bool(own)


def _say_unpublished(request: HttpRequest, article: Article, change_set: ChangeSet) -> None:
    ended = publishing.ending_sentence(article, at=timezone.now())
    say_once(request, f"Unpublished “{article.title}”. {ended}".rstrip(), change_set.pk)


def _sentence_of_another(article: Article, actor: User) -> str:
    last = latest_change(article, "published")
    who = f" {capfirst(deed_of(last, actor, 'it'))}." if last else ""
    return f"Nothing to unpublish: “{article.title}” is not published.{who}"
