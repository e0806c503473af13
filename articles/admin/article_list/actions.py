"""The actions of the bar below the list, and the Undo of every message."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import pluralize

from articles.admin.article_list.decisions import decide, names_of
from articles.admin.bulk_actions.start import address_of, more
from articles.admin.requests.addresses import way_back
from articles.admin.requests.posted import actor_of, say_once
from articles.bulk_actions import chunks, taking_back
from articles.changes.actors import may
from articles.changes.rights import CHANGE_RIGHT
from articles.history import change_sets
from articles.history.change_sets import UndoReport
from articles.importing.undo import what_returns
from articles.importing.walk import printable
from articles.models import Article, ChangeSet, User
from articles.workflow.verbs import VERBS, Verb

Action = tuple[Callable[..., Any], str, str]


def actions_for(actor: Any) -> dict[str, Action]:
    """The list's actions by name, for this user: each verb with a key, and "more" for the bulk pages."""
    verbs = [verb for verb in VERBS.values() if verb.key and may(actor, verb.right)]
    others = {"more": (more, "more", "More")} if may(actor, CHANGE_RIGHT) else {}
    return {verb.name: (partial(_decide, verb), verb.name, verb.button) for verb in verbs} | others


def _decide(verb: Verb, model_admin: Any, request: HttpRequest, queryset: Any) -> None:
    decide(request, verb)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undoes a change set, with the door's permission checks."""
    actor = actor_of(request)
    if not actor.has_perm("articles.change_article"):
        raise PermissionDenied
    change_set = get_object_or_404(ChangeSet, pk=pk)
    if change_set.kind == ChangeSet.Kind.IMPORT:
        messages.warning(request, "Undo an import on its own page, together with its files.")
        return HttpResponseRedirect(way_back(request))
    if change_sets.article_count(change_set) > change_sets.ARTICLES_AT_ONCE:
        return _undo_in_chunks(change_set, actor)
    _say_undone(request, change_set, change_sets.undo(change_set, actor=actor))
    if lacking := what_returns(change_set):
        messages.warning(request, printable(lacking))
    return HttpResponseRedirect(way_back(request))


def _say_undone(request: HttpRequest, change_set: ChangeSet, report: UndoReport) -> None:
    """If Undo was pressed twice, reports what the first press did."""
    undoing, undone = report.change_set, report.undone
    if not report.undone and not report.reopened:
        own = change_set.undone_by.filter(actor=request.user.pk).first()
        undoing, undone = own or undoing, _returned_by(own, report)
    if undone:
        say_once(request, f"Undone: {names_of(undone)}.", undoing.pk)
    if report.reopened:
        count = len(report.reopened)
        tags = "" if undone else f"undo-{undoing.pk}"
        messages.info(request, f"{count} conflict{pluralize(count)} reopened.", extra_tags=tags)
    for article, why in [(one, why) for one, why in report.kept if one not in undone][:10]:
        messages.warning(request, f"“{article.title}” not changed: {why}.")
    if not undone and not report.kept and not report.reopened:
        messages.info(request, "Nothing to undo.")


def _returned_by(undoing: ChangeSet | None, report: UndoReport) -> list[Article]:
    """The kept articles that this earlier undo had restored."""
    if undoing is None:
        return []
    latest = undoing.revisions.filter(article__in=[one for one, _ in report.kept], number=F("article__version"))
    returned = set(latest.order_by().values_list("article_id", flat=True))
    return [article for article, _ in report.kept if article.pk in returned]


def _undo_in_chunks(change_set: ChangeSet, actor: User) -> HttpResponse:
    bulk = taking_back.undo_begun(change_set, actor=actor) or taking_back.prepare_undo(change_set, actor=actor)
    chunks.do_chunk(bulk.pk, actor=actor)
    return HttpResponseRedirect(f"{address_of(bulk)}#run")
