"""What the bar below the list offers and does with the selected articles, and the Undo under every message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.admin.bulk_actions.labels import address_of
from articles.admin.labels import deed_of
from articles.admin.requests.addresses import is_key, way_back
from articles.admin.requests.posted import actor_of, allowed, own_work, say_once, typed_words
from articles.admin.requests.verb_forms import Button, buttons_of, given_in
from articles.bulk_actions import chunks, taking_back
from articles.bulk_actions.engine import CHUNK, Done, do_some
from articles.changes.actors import may
from articles.changes.refusals import Stale
from articles.content.article_state import ArticleState, DeskState
from articles.history import change_sets
from articles.history.change_sets import UndoReport
from articles.importing.undo import what_returns
from articles.importing.walk import printable
from articles.models import Article, Cause, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.seedfile.schema import ArticleContent
from articles.workflow.deciding import Decision, Proposal
from articles.workflow.verbs import VERBS, BadArguments, Verb, offered


def actions_for(actor: Any) -> dict[str, tuple[Callable[..., Any], str, str]]:
    """Django's actions by name, for somebody: each verb that has a key. The page of the others is `confirmation`."""
    verbs = [verb for verb in VERBS.values() if verb.key and may(actor, verb.right)]
    return {verb.name: (partial(_decide, verb), verb.name, verb.button) for verb in verbs}


def _decide(verb: Verb, model_admin: Any, request: HttpRequest, queryset: Any) -> None:
    decide_ticked(request, verb)


def undo(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Undoes a change set, with the door's permission checks."""
    actor = allowed(admin, request, to="change")
    change_set = get_object_or_404(ChangeSet, pk=pk)
    if change_set.kind == ChangeSet.Kind.IMPORT:
        messages.warning(request, "Undo an import on its own page, together with its files.")
        return HttpResponseRedirect(way_back(request))
    if len(change_sets.articles_of(change_set)) > change_sets.ARTICLES_AT_ONCE:
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
        contested = list({one.article_id: one.article for one in report.reopened}.values())
        what = "Conflict reopened" if len(report.reopened) == 1 else f"{len(report.reopened)} conflicts reopened"
        tags = "" if undone else f"undo-{undoing.pk}"
        messages.info(request, f"{what}: {names_of(contested)}.", extra_tags=tags)
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


_NAMED = 2


def decide_ticked(request: HttpRequest, verb: Verb) -> None:
    """Uses the selected rows, not the filtered ones: what left the list meanwhile has to be named, not dropped."""
    pks = list(dict.fromkeys(int(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)))
    if len(pks) > CHUNK:
        messages.error(request, f"{len(pks)} selected; the limit is {CHUNK} at a time.")
        return
    try:
        given = given_in(request.POST, verb)
    except BadArguments as failure:
        messages.error(request, f"Nothing changed. {' '.join(failure.problems.values())}")
        return
    decision = Decision(verb, given, actor_of(request), Origin.ACTION, typed_words(request))
    decide(request, decision, versions_shown(request, pks))


def decide(request: HttpRequest, decision: Decision, versions: Mapping[int, int]) -> None:
    """At most CHUNK articles, at the versions that were seen. What a first press of the same button did is said once
    more."""
    done = do_some(decision, versions)
    made = _made(done) | _made_before(request, done, decision, versions)
    _say_done(request, decision, made)
    left = [one for one in zip(done.proposals, done.results, strict=True) if one[0].article and one[0].pk not in made]
    _say_left(request, left, decision)
    if gone := sum(proposal.article is None for proposal in done.proposals):
        words = f"{gone} article{pluralize(gone)} no longer exist{pluralize(gone, 's,')}"
        messages.warning(request, f"Not changed: {words}.")


def names_of(articles: Sequence[Article]) -> str:
    names = [f"“{article.title}”" for article in articles[:_NAMED]]
    more = len(articles) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def versions_shown(request: HttpRequest, pks: Sequence[int]) -> dict[int, int]:
    """Versions by key; the current one if the list sent none."""
    shown = {pk: request.POST.get(f"version-{pk}") for pk in pks}
    unsaid = [pk for pk, version in shown.items() if version is None]
    present = dict(Article.objects.filter(pk__in=unsaid).values_list("pk", "version")) if unsaid else {}
    return {pk: int(text) if text and is_key(text) else present.get(pk, 0) for pk, text in shown.items()}


def _made(done: Done) -> dict[int, tuple[Article, ChangeSet]]:
    """The current articles, each with the change set that changed it."""
    results = [result for result in done.results if isinstance(result, Revision)]
    return {result.article_id: (result.article, done.change_set) for result in results if done.change_set}


def _made_before(
    request: HttpRequest, done: Done, decision: Decision, shown: Mapping[int, int]
) -> dict[int, tuple[Article, ChangeSet]]:
    """Articles to which the same user did the same since the list was loaded."""
    left = {one.pk: one for one, result in zip(done.proposals, done.results, strict=True) if _is_left(one, result)}
    since = {pk: shown[pk] for pk, one in left.items() if one.article and shown[pk] != one.article.version}
    if decision.verb.works_on_row:
        since = {pk: left[pk].article.version - 1 for pk in since}  # type: ignore[union-attr]
    own = own_work(since, actor=actor_of(request), kind=decision.verb.name)
    same = [pk for pk in own if left[pk].before and decision.wanted(left[pk].before) == left[pk].before]  # type: ignore[arg-type]
    return {pk: (left[pk].article, own[pk]) for pk in same}  # type: ignore[misc]


def _is_left(proposal: Proposal, result: object) -> bool:
    return proposal.article is not None and not isinstance(result, Revision)


def _say_done(request: HttpRequest, decision: Decision, made: Mapping[int, tuple[Article, ChangeSet]]) -> None:
    for change_set in dict.fromkeys(change_set for _, change_set in made.values()):
        changed = [article for article, own in made.values() if own == change_set]
        sentence = decision.verb.done_sentence(names_of(changed), decision.given)
        outlook = decision.verb.outlook(changed, timezone.now())
        say_once(request, f"{sentence} {outlook}".rstrip(), change_set.pk)


def _say_left(request: HttpRequest, left: Sequence[tuple[Proposal, object]], decision: Decision) -> None:
    """Reports unchanged articles, grouped by reason."""
    reasons: dict[str, list[Article]] = defaultdict(list)
    by_others: list[Article] = []
    for proposal, result in left:
        if proposal.article and isinstance(result, Stale):
            by_others.append(proposal.article)
        elif proposal.article:
            reasons[str(result or "")].append(proposal.article)
    for why, articles in reasons.items():
        if why:
            messages.warning(request, f"{names_of(articles)} not changed: {why}.")
        else:
            messages.info(request, f"Nothing to change: {names_of(articles)}.")
    if by_others:
        it = "it" if len(by_others) == 1 else "them"
        messages.warning(request, f"Not changed: {_deeds(by_others, actor_of(request))}. Reload to see {it}.")


def _deeds(articles: Sequence[Article], reader: User) -> str:
    """The last change of each: who did what."""
    rows = Revision.objects.filter(article__in=articles[:_NAMED], number=F("article__version"))
    latest = {row.article_id: row for row in rows}
    named = [article for article in articles if article.pk in latest]
    deeds = [deed_of(latest[article.pk], reader, f"“{article.title}”") for article in named]
    more = len(articles) - len(deeds)
    return ", ".join(deeds) + (f" and {more} more" if more else "")


_DRAFT, _PUBLISHED = (ArticleContent.model_construct(None, published=flag) for flag in (False, True))  # type: ignore[call-arg]
_TYPICAL = {
    "undecided": ArticleState(_DRAFT),
    "held": ArticleState(_DRAFT, DeskState(hold="a reason")),
    "set-aside": ArticleState(_DRAFT, DeskState(set_aside=str(Cause.OTHER))),
}
"""A typical desk state of each tab; articles of other tabs are published."""


def buttons_for(tab: str, actor: Any) -> list[Button]:
    """The last one is the main one. A mixed tab offers all verbs."""
    if tab == "all":
        return buttons_of(verb for verb in VERBS.values() if verb.key and may(actor, verb.right))
    return buttons_of(offered(_TYPICAL.get(tab, ArticleState(_PUBLISHED)), actor))
