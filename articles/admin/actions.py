"""Publish and Unpublish for what was ticked in the list, and the Undo under every message.

`deciding_actions` holds the other decisions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles import changesets, publishing
from articles.admin.bulk_start import address_of
from articles.admin.returning import way_back
from articles.admin.typed_words import typed_words
from articles.bulk import chunks, taking_back
from articles.importing.undoing import what_returns
from articles.importing.walk import printable
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.querysets import Standing

MOST_SELECTED = 200
ALREADY = "nothing to change"
CHANGED = "somebody changed it since the list was loaded; look again"
GONE = "it no longer exists"
_NAMED = 2


@admin.action(permissions=["publish"], description="Publish")
def publish(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    apply(request, publishing.publish_many, ChangeSet.Kind.PUBLISH, "Published {}", outlook=_what_readers_see)


@admin.action(permissions=["publish"], description="Unpublish")
def unpublish(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    apply(request, publishing.unpublish_many, ChangeSet.Kind.UNPUBLISH, "Unpublished {}", outlook=_what_readers_see)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a change set back; the door's rights apply."""
    if not isinstance(request.user, User) or not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    change_set = get_object_or_404(ChangeSet, pk=pk)
    if change_set.kind == ChangeSet.Kind.IMPORT:
        messages.warning(request, "An import run is taken back on its receipt, together with its files.")
        return HttpResponseRedirect(way_back(request))
    if changesets.article_count(change_set) > changesets.ARTICLES_AT_ONCE:
        return _undo_in_chunks(change_set, request.user)
    report = changesets.undo(change_set, actor=request.user)
    again = f"undo-{report.change_set.pk}"
    if report.undone:
        messages.success(request, f"Undone: {_names(report.undone)}.", extra_tags=again)
    if report.reopened:
        count = len(report.reopened)
        tags = "" if report.undone else again
        messages.info(request, f"{count} conflict{pluralize(count)} open again.", extra_tags=tags)
    for article, why in report.kept[:10]:
        messages.warning(request, f"Left as it is: “{article.title}”: {why}.")
    if not report.undone and not report.kept and not report.reopened:
        messages.info(request, "There was nothing to undo.")
    if lacking := what_returns(change_set):
        messages.warning(request, printable(lacking))
    return HttpResponseRedirect(way_back(request))


def _undo_in_chunks(change_set: ChangeSet, actor: User) -> HttpResponse:
    bulk = taking_back.prepare_undo(change_set, actor=actor)
    chunks.do_chunk(bulk.pk, actor=actor)
    return HttpResponseRedirect(f"{address_of(bulk)}#run")


def apply(
    request: HttpRequest,
    door: Callable[..., Any],
    kind: ChangeSet.Kind,
    done: str,
    *,
    outlook: Callable[[Sequence[Article]], str] = lambda articles: "",
) -> None:
    """Uses the ticked rows, not the filtered ones: what left the list meanwhile has to be named, not dropped.

    `done` says what was done to "{}" articles, and `outlook` what that means.
    """
    pks = [int(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]
    if len(pks) > MOST_SELECTED:
        messages.error(request, f"{len(pks)} are selected; select at most {MOST_SELECTED} at a time.")
        return
    articles = list(Article.objects.filter(pk__in=pks).select_related("category", "provider"))
    fresh = [article for article in articles if _is_as_shown(request, article)]
    reason = typed_words(request)
    with transaction.atomic():
        change_set = changesets.open_change_set(kind, actor=_user(request), reason=reason)
        results = door(fresh, actor=_user(request), reason=reason, origin=Origin.ACTION, change_set=change_set)
        made = [result for result in results if isinstance(result, Revision)]
        if not made:
            change_set.delete()
    if made:
        changed = [revision.article for revision in made]
        sentence = f"{done.format(len(made))}: {_names(changed)}. {outlook(changed)}".rstrip()
        messages.success(request, sentence, extra_tags=f"undo-{change_set.pk}")
    _tell_skipped(request, _skipped(articles, fresh, results), len(set(pks)) - len(articles))


def _is_as_shown(request: HttpRequest, article: Article) -> bool:
    return request.POST.get(f"version-{article.pk}", str(article.version)) == str(article.version)


def _skipped(articles: Sequence[Article], fresh: Sequence[Article], results: Sequence[Any]) -> dict[str, list[Article]]:
    """What was not changed, by the reason why."""
    found: dict[str, list[Article]] = defaultdict(list)
    tried = {article.pk for article in fresh}
    found[CHANGED] = [article for article in articles if article.pk not in tried]
    for article, result in zip(fresh, results, strict=True):
        if not isinstance(result, Revision):
            found[ALREADY if result is None else str(result)].append(article)
    return found


def _tell_skipped(request: HttpRequest, skipped: Mapping[str, Sequence[Article]], gone_count: int) -> None:
    if gone_count:
        messages.warning(request, f"Skipped {gone_count}: {GONE}.")
    for why, articles in skipped.items():
        if articles:
            left = "Left as it is" if len(articles) == 1 else "Left as they are"
            messages.warning(request, f"Skipped {len(articles)}: {why}. {left}: {_names(articles)}.")


def _what_readers_see(articles: Sequence[Article]) -> str:
    now = timezone.now()
    if len(articles) == 1:
        return publishing.standing_sentence(articles[0], at=now)
    counts = Counter(article.standing(at=now) for article in articles)
    words = {
        Standing.LIVE: "readers see {} now",
        Standing.SCHEDULED: "{} go live later, at their “live from”",
        Standing.ENDED: "{} have ended, their “live until” has passed",
        Standing.HIDDEN: "readers no longer see {}",
    }
    return f"{'; '.join(words[standing].format(count) for standing, count in counts.items())}.".capitalize()


def _names(articles: Sequence[Article]) -> str:
    names = [f"“{article.title}”" for article in articles[:_NAMED]]
    more = len(articles) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
