"""Publish and Unpublish for what was ticked in the list, and the Undo under every message.

`deciding_actions` holds the other decisions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.admin.article_list.decisions import Decision, decide, names_of
from articles.admin.bulk_actions.start import address_of
from articles.admin.requests.addresses import way_back
from articles.admin.requests.posted import say_once, typed_words
from articles.bulk_actions import chunks, taking_back
from articles.content.article_state import ArticleState
from articles.history import change_sets
from articles.history.change_sets import UndoReport
from articles.importing.undo import what_returns
from articles.importing.walk import printable
from articles.models import Article, Cause, ChangeSet, User
from articles.querysets import Standing
from articles.workflow import publishing, setting_aside
from articles.workflow.setting_aside import Results


@admin.action(permissions=["publish"], description="Publish")
def publish(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    now = timezone.now()

    def wanted(state: ArticleState) -> ArticleState:
        return publishing.published_state(state, at=None, now=now)

    decide(
        request, Decision(ChangeSet.Kind.PUBLISH, publishing.publish_many, "Published {}", wanted, _what_readers_see)
    )


@admin.action(permissions=["publish"], description="Unpublish")
def unpublish(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    door, wanted = publishing.unpublish_many, publishing.unpublished_state
    decide(request, Decision(ChangeSet.Kind.UNPUBLISH, door, "Unpublished {}", wanted, _what_ended))


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a change set back; the door's rights apply."""
    if not isinstance(request.user, User) or not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    change_set = get_object_or_404(ChangeSet, pk=pk)
    if change_set.kind == ChangeSet.Kind.IMPORT:
        messages.warning(request, "An import run is taken back on its receipt, together with its files.")
        return HttpResponseRedirect(way_back(request))
    if change_sets.article_count(change_set) > change_sets.ARTICLES_AT_ONCE:
        return _undo_in_chunks(change_set, request.user)
    _say_undone(request, change_set, change_sets.undo(change_set, actor=request.user))
    if lacking := what_returns(change_set):
        messages.warning(request, printable(lacking))
    return HttpResponseRedirect(way_back(request))


def _say_undone(request: HttpRequest, change_set: ChangeSet, report: UndoReport) -> None:
    """Of an Undo that was pressed twice, what the first one did."""
    undoing, undone = report.change_set, report.undone
    if not report.undone and not report.reopened:
        own = change_set.undone_by.filter(actor=request.user.pk).first()
        undoing, undone = own or undoing, _returned_by(own, report)
    if undone:
        say_once(request, f"Undone: {names_of(undone)}.", undoing.pk)
    if report.reopened:
        count = len(report.reopened)
        tags = "" if undone else f"undo-{undoing.pk}"
        messages.info(request, f"{count} conflict{pluralize(count)} open again.", extra_tags=tags)
    for article, why in [(one, why) for one, why in report.kept if one not in undone][:10]:
        messages.warning(request, f"Not changed: “{article.title}”: {why}.")
    if not undone and not report.kept and not report.reopened:
        messages.info(request, "There was nothing to undo.")


def _returned_by(undoing: ChangeSet | None, report: UndoReport) -> list[Article]:
    """Of those that were kept, what this earlier undo had returned."""
    if undoing is None:
        return []
    latest = undoing.revisions.filter(article__in=[one for one, _ in report.kept], number=F("article__version"))
    returned = set(latest.order_by().values_list("article_id", flat=True))
    return [article for article, _ in report.kept if article.pk in returned]


def _undo_in_chunks(change_set: ChangeSet, actor: User) -> HttpResponse:
    bulk = taking_back.undo_begun(change_set, actor=actor) or taking_back.prepare_undo(change_set, actor=actor)
    chunks.do_chunk(bulk.pk, actor=actor)
    return HttpResponseRedirect(f"{address_of(bulk)}#run")


def _what_readers_see(articles: Sequence[Article]) -> str:
    now = timezone.now()
    if len(articles) == 1:
        return publishing.standing_sentence(articles[0], at=now)
    counts = Counter(article.standing(at=now) for article in articles)
    if set(counts) == {Standing.LIVE}:
        return "They are live."
    words = {
        Standing.LIVE: "{} live",
        Standing.SCHEDULED: "{} scheduled",
        Standing.ENDED: "{} expired",
        Standing.HIDDEN: "{} not published",
    }
    return f"{', '.join(words[standing].format(count) for standing, count in counts.items())}."


def _what_ended(articles: Sequence[Article]) -> str:
    now = timezone.now()
    return publishing.ending_sentence(articles[0], at=now) if len(articles) == 1 else ""


NO_CAUSE = "Nothing was set aside: choose a cause beside the button."
NO_REASON = "Nothing was put on hold: write the reason into the box beside the button."


@admin.action(permissions=["change"], description="Set aside")
def set_aside(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    if request.POST.get("cause") not in Cause.values:
        messages.error(request, NO_CAUSE)
        return
    cause, note = Cause(request.POST["cause"]), typed_words(request)

    def door(articles: list[Article], **words: Any) -> Results:
        return setting_aside.set_aside_many(articles, cause=cause, note=note, **words)

    def wanted(state: ArticleState) -> ArticleState:
        return setting_aside.set_aside_state(state, cause, note)

    decide(request, Decision(ChangeSet.Kind.SET_ASIDE, door, f"Set aside {{}} as {cause.label}", wanted))


@admin.action(permissions=["change"], description="Bring back")
def bring_back(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    door, wanted = setting_aside.bring_back_many, setting_aside.brought_back_state
    decide(request, Decision(ChangeSet.Kind.BRING_BACK, door, "Brought back {}", wanted))


@admin.action(permissions=["change"], description="Hold")
def hold(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    why = typed_words(request)
    if not why:
        messages.error(request, NO_REASON)
        return

    def door(articles: list[Article], **words: Any) -> Results:
        return setting_aside.hold_many(articles, why=why, **words)

    def wanted(state: ArticleState) -> ArticleState:
        return setting_aside.held_state(state, why)

    decide(request, Decision(ChangeSet.Kind.HOLD, door, "On hold: {}", wanted))


@admin.action(permissions=["publish"], description="Lift hold")
def lift_hold(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    def wanted(state: ArticleState) -> ArticleState:
        return setting_aside.held_state(state, "")

    decide(request, Decision(ChangeSet.Kind.LIFT_HOLD, setting_aside.lift_hold_many, "Hold lifted: {}", wanted))
