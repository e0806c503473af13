"""The verb whose button was pressed on the form, with its arguments; and what stands decided.

A verb that works on the row, such as Unpublish, is done to the article as it is now, whatever was typed, and whichever
version it was typed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.text import capfirst

from articles.admin.labels import deed_of, label_of, latest_change
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import actor_of, own_work, say_once, typed_words
from articles.admin.requests.verb_forms import buttons_of, given_in
from articles.bulk_actions.engine import do_some
from articles.changes.refusals import Refused
from articles.content.article_state import DESK_FIELDS, ArticleState, differing_fields
from articles.models import Article, ChangeSet, Conflict, Revision, User
from articles.models.history import Origin
from articles.readiness import findings
from articles.readiness.findings import Finding
from articles.workflow.deciding import Decision
from articles.workflow.verbs import VERBS, Verb, check_right, offered


def pressed(request: HttpRequest) -> Verb | None:
    """None for Save; the main verb if several match."""
    return next((verb for verb in reversed(VERBS.values()) if f"_{verb.name}" in request.POST), None)


def kind_of(verb: Verb | None) -> str:
    """The kind of the change set that the button makes."""
    return verb.name if verb else ChangeSet.Kind.EDIT


def decision_in(request: HttpRequest, verb: Verb) -> Decision:
    """Raises BadArguments."""
    return Decision(verb, given_in(request.POST, verb), actor_of(request), Origin.FORM, typed_words(request))


def decision_on_new(request: HttpRequest) -> Decision | None:
    """A new article can only be saved or published; None for Save."""
    verb = VERBS["publish"]
    return decision_in(request, verb) if f"_{verb.name}" in request.POST else None


def is_made(typed: ArticleState, decision: Decision | None, now: ArticleState) -> bool:
    """Whether the article is as a first press of the button left it. Publishing uses the article's live_from as its
    time."""
    first = replace(decision, now=now.desk.live_from or decision.now) if decision else None
    return wanted(typed, first) == now


def wanted(typed: ArticleState, decision: Decision | None) -> ArticleState:
    """The typed state with the verb applied. Raises Refused."""
    return decision.wanted(typed) if decision else typed


def done_sentence(article: Article, decision: Decision | None, values: Mapping[str, Any], typed: ArticleState) -> str:
    """The decision first, then the saved fields. `values` are the revision's changes."""
    if decision is None:
        return f"Saved: {', '.join(map(label_of, values))}."
    own = set(differing_fields(typed, decision.wanted(typed))) | {"published", *DESK_FIELDS}
    others = [name for name in values if name not in own]
    saved = f"Saved: {', '.join(map(label_of, others))}." if others else ""
    return f"{decision.verb.done_sentence(f'“{article.title}”', decision.given)} {saved}".rstrip()


def standing_decisions(
    request: HttpRequest,
    article: Article | None,
    now: ArticleState | None,
    state: ArticleState | None,
    waiting: Sequence[Conflict],
) -> dict[str, Any]:
    """Context for the form: offered verbs, former decisions and their authors, and the readiness of
    `state`. `waiting` are the article's open conflicts. Fields keep what was typed."""
    verbs = offered(now, request.user) if now else [VERBS["publish"]]
    return {
        "buttons": buttons_of(verbs, request.POST or None),
        "findings": _findings(article, state, waiting),
        "aside_by": latest_change(article, "set_aside") if article and article.set_aside else None,
        "hold_by": latest_change(article, "hold") if article and article.hold else None,
    }


def _findings(article: Article | None, state: ArticleState | None, waiting: Sequence[Conflict]) -> list[Finding]:
    if state is None or (article and article.published):
        return []
    subject = findings.subject_of_state(article.pk if article else None, state)
    subject = replace(subject, contested=tuple(conflict.field for conflict in waiting))
    return findings.examine([subject], at=timezone.now()).get(subject, [])


def decide_row(request: HttpRequest, verb: Verb, article: Article, *, origin: Origin) -> bool:
    """Does it and adds the message. Returns whether this user did it, now or with a first press of the button.

    Raises Refused, and Http404 for an article that was deleted.
    """
    actor = actor_of(request)
    check_right(verb.name, actor)
    reason = typed_words(request, f"{verb.name}-reason") or typed_words(request)
    decision = Decision(verb, given_in(request.POST, verb), actor, origin, reason)
    done = do_some(decision, {article.pk: article.version})
    now, result = done.proposals[0].article, done.results[0]
    if now is None:
        raise Http404("There is no such article.")
    if isinstance(result, Refused):
        raise result
    if isinstance(result, Revision) and done.change_set:
        _say_done(request, decision, result.article, done.change_set)
        return True
    shown = request.POST.get("version", "")
    is_older = is_key(shown) and int(shown) < now.version
    own = own_work({now.pk: now.version - 1} if is_older else {}, actor=actor, kind=verb.name)
    if own:
        _say_done(request, decision, now, own[now.pk])
    else:
        messages.info(request, _sentence_of_another(verb, now, actor))
    return bool(own)


def _say_done(request: HttpRequest, decision: Decision, article: Article, change_set: ChangeSet) -> None:
    sentence = decision.verb.done_sentence(f"“{article.title}”", decision.given)
    say_once(request, f"{sentence} {decision.verb.outlook([article], timezone.now())}".rstrip(), change_set.pk)


def _sentence_of_another(verb: Verb, article: Article, actor: User) -> str:
    last = article.revisions.filter(number=article.version).select_related("change_set").first()
    who = f" {capfirst(deed_of(last, actor, 'it'))}." if last else ""
    return f"Nothing to {verb.button.lower()}: “{article.title}”.{who}"
