"""A verb that works on the saved row, such as Unpublish: it applies to the article as it is now, whatever was typed and
whichever version the form showed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.text import capfirst

from articles.admin.labels import deed_of
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import actor_of, own_work, say_once, typed_words
from articles.admin.requests.verb_forms import given_in
from articles.bulk_actions.engine import do_some
from articles.changes.refusals import Refused
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.workflow.deciding import Decision
from articles.workflow.verbs import Verb, check_right


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
