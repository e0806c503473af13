"""The list's buttons: each applies its verb to the selected articles as one change set, and reports the result."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import F
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.admin.labels import deed_of
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import actor_of, own_work, say_once, typed_words
from articles.admin.requests.verb_forms import given_in
from articles.bulk_actions.engine import CHUNK, Done, do_some
from articles.changes.refusals import Stale
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.workflow.deciding import Decision, Proposal
from articles.workflow.verbs import BadArguments, Verb

_NAMED = 2


def decide(request: HttpRequest, verb: Verb) -> None:
    """Uses the selected rows, not the filtered ones: an article that left the list meanwhile has to be reported, not
    dropped. Repeats the message of a first press of the same button."""
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
    done = do_some(decision, _versions_shown(request, pks))
    made = _made(done) | _made_before(request, done, decision)
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


def _versions_shown(request: HttpRequest, pks: Sequence[int]) -> dict[int, int]:
    """Versions by key; the current one if the list sent none."""
    shown = {pk: request.POST.get(f"version-{pk}") for pk in pks}
    unsaid = [pk for pk, version in shown.items() if version is None]
    present = dict(Article.objects.filter(pk__in=unsaid).values_list("pk", "version")) if unsaid else {}
    return {pk: int(text) if text and is_key(text) else present.get(pk, 0) for pk, text in shown.items()}


def _made(done: Done) -> dict[int, tuple[Article, ChangeSet]]:
    """The current articles, each with the change set that changed it."""
    results = [result for result in done.results if isinstance(result, Revision)]
    return {result.article_id: (result.article, done.change_set) for result in results if done.change_set}


def _made_before(request: HttpRequest, done: Done, decision: Decision) -> dict[int, tuple[Article, ChangeSet]]:
    """Articles to which the same user did the same since the list was loaded."""
    left = {one.pk: one for one, result in zip(done.proposals, done.results, strict=True) if _is_left(one, result)}
    shown = _versions_shown(request, list(left))
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
