"""The buttons of the list: each decides about the selected articles as one change set, and says what it did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.template.defaultfilters import pluralize

from articles.admin.labels import deed_of
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import own_work, say_once, typed_words
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import change_sets
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin

MOST_SELECTED = 200
_NAMED = 2


def _nothing(articles: Sequence[Article]) -> str:
    return ""


@dataclass(frozen=True)
class Decision:
    """`done` says what was done to "{}", `wanted` which state that is, `outlook` what it means for readers."""

    kind: ChangeSet.Kind
    door: Callable[..., Any]
    done: str
    wanted: Callable[[ArticleState], ArticleState]
    outlook: Callable[[Sequence[Article]], str] = _nothing

    @property
    def is_for_any_version(self) -> bool:
        """What somebody changed since the list was shown stands in the way of every decision but a takedown."""
        return self.kind is ChangeSet.Kind.UNPUBLISH


def decide(request: HttpRequest, decision: Decision) -> None:
    """Uses the selected rows, not the filtered ones: what left the list meanwhile has to be named, not dropped. What a
    first press of the same button did is told once more."""
    pks = list(dict.fromkeys(int(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)))
    if len(pks) > MOST_SELECTED:
        messages.error(request, f"{len(pks)} are selected; select at most {MOST_SELECTED} at a time.")
        return
    actor, reason = _user(request), typed_words(request)
    with transaction.atomic():
        articles = _locked(pks)
        fresh = [a for a in articles if decision.is_for_any_version or _version_shown(request, a) == a.version]
        change_set = change_sets.open_change_set(decision.kind, actor=actor, reason=reason)
        results = decision.door(fresh, actor=actor, reason=reason, origin=Origin.ACTION, change_set=change_set)
        made = {result.article_id: change_set for result in results if isinstance(result, Revision)}
        if not made:
            change_set.delete()
    left = [article for article in articles if article.pk not in made]
    made |= _done_before(request, left, decision, actor)
    _say_done([article.pk for article in articles], made, decision, request)
    answers = {article.pk: result for article, result in zip(fresh, results, strict=True)}
    _say_left(request, [article for article in left if article.pk not in made], answers, actor)
    if gone := len(pks) - len(articles):
        words = f"{gone} article{pluralize(gone)} no longer exist{pluralize(gone, 's,')}"
        messages.warning(request, f"Not changed: {words}.")


def names_of(articles: Sequence[Article]) -> str:
    names = [f"“{article.title}”" for article in articles[:_NAMED]]
    more = len(articles) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _locked(pks: Sequence[int]) -> list[Article]:
    """In that order; locked in the order of keys, as the door does it."""
    list(Article.objects.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    return _articles_by_key(pks)


def _articles_by_key(pks: Sequence[int]) -> list[Article]:
    rows = Article.objects.filter(pk__in=pks).select_related("category", "provider")
    return sorted(rows, key=lambda article: pks.index(article.pk))


def _version_shown(request: HttpRequest, article: Article) -> int:
    """The present one where the list did not say."""
    shown = request.POST.get(f"version-{article.pk}", str(article.version))
    return int(shown) if is_key(shown) else 0


def _done_before(
    request: HttpRequest, left: Sequence[Article], decision: Decision, actor: User
) -> dict[int, ChangeSet]:
    """By article, the change set in which the same user did the same to what the list showed."""
    since = {a.pk: shown for a in left if (shown := _version_shown(request, a)) != a.version}
    if decision.is_for_any_version:
        since = {a.pk: a.version - 1 for a in left if a.pk in since}
    own = own_work(since, actor=actor, kind=decision.kind)
    states = article_state.read_states([article for article in left if article.pk in own]) if own else {}
    return {pk: own[pk] for pk, state in states.items() if decision.wanted(state) == state}


def _say_done(pks: Sequence[int], made: Mapping[int, ChangeSet], decision: Decision, request: HttpRequest) -> None:
    for change_set in dict.fromkeys(made.values()):
        changed = _articles_by_key([pk for pk in pks if made.get(pk) == change_set])
        sentence = f"{decision.done.format(names_of(changed))}. {decision.outlook(changed)}".rstrip()
        say_once(request, sentence, change_set.pk)


def _say_left(request: HttpRequest, left: Sequence[Article], answers: Mapping[int, Any], actor: User) -> None:
    """What was not changed, by the reason why."""
    reasons: dict[str, list[Article]] = defaultdict(list)
    for article in left:
        if article.pk in answers:
            reasons[str(answers[article.pk] or "")].append(article)
    for why, articles in reasons.items():
        if why:
            messages.warning(request, f"Not changed: {names_of(articles)}: {why}.")
        else:
            messages.info(request, f"Nothing to change: {names_of(articles)}.")
    if by_others := [article for article in left if article.pk not in answers]:
        it = "it" if len(by_others) == 1 else "them"
        messages.warning(request, f"Not changed: {_deeds(by_others, actor)}. Reload to see {it}.")


def _deeds(articles: Sequence[Article], reader: User) -> str:
    """Who did what to them last."""
    rows = Revision.objects.filter(article__in=articles[:_NAMED], number=F("article__version"))
    latest = {row.article_id: row for row in rows}
    named = [article for article in articles if article.pk in latest]
    deeds = [deed_of(latest[article.pk], reader, f"“{article.title}”") for article in named]
    more = len(articles) - len(deeds)
    return ", ".join(deeds) + (f" and {more} more" if more else "")


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
