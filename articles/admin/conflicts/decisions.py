"""The conflict buttons: keep ours or use the source, for one conflict, an article's, or the selected ones."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.utils import timezone

from articles.admin.labels import label_of
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import own_work, posted_number, say_once, typed_words
from articles.models import Article, ChangeSet, Conflict, User
from articles.sources import conflicts
from articles.sources.conflicts import DecisionReport
from articles.workflow import publishing

MOST_DECIDED = 200
_DONE = {"keep": ("Kept our", "Kept ours"), "take": ("Used the source's", "Used the source")}
_OUTCOMES = {"keep": Conflict.Outcome.KEPT, "take": Conflict.Outcome.TAKEN}
_KIND = ChangeSet.Kind.CONFLICT


def decide(request: HttpRequest, actor: User) -> None:
    """`decision` is "keep" or "take", followed by a colon and the conflicts' keys unless it is for the selected
    ones."""
    verb, _, keys = request.POST.get("decision", "").partition(":")
    asked = keys.split(",") if keys else request.POST.getlist("conflicts")
    if verb not in _DONE or not all(map(is_key, asked)) or len(asked) > MOST_DECIDED:
        raise BadRequest("the form is incomplete; reload the page")
    waiting = list(Conflict.objects.filter(pk__in=asked).select_related("article"))
    if not waiting:
        messages.info(request, "Select a conflict first.")
        return
    versions = {
        conflict.article_id: posted_number(request, f"version-{conflict.article_id}", called="version")
        for conflict in waiting
    }
    door = conflicts.keep if verb == "keep" else conflicts.take
    report = door(waiting, versions=versions, actor=actor, reason=typed_words(request))
    _join_first_press(report, actor, verb, versions)
    _say_decided(request, verb, report)


def _join_first_press(report: DecisionReport, actor: User, verb: str, versions: dict[int, int]) -> None:
    """A conflict that a first press of the same button decided counts as decided, not as refused."""
    pks = [conflict.pk for conflict, _ in report.refused]
    closed = Conflict.objects.filter(pk__in=pks, outcome=_OUTCOMES[verb], closed_in__actor=actor)
    rows = {one.pk: one for one in closed.select_related("article", "closed_in")}
    own = own_work({one.article_id: versions[one.article_id] for one in rows.values()}, actor=actor, kind=_KIND)
    done = [
        one
        for one in rows.values()
        if one.article.version == versions[one.article_id] or own.get(one.article_id) == one.closed_in
    ]
    first = done[0].closed_in if done and not report.decided else None
    report.change_set = first or report.change_set
    report.decided += done
    report.refused = [(conflict, why) for conflict, why in report.refused if conflict not in done]


def _say_decided(request: HttpRequest, verb: str, report: DecisionReport) -> None:
    if report.decided:
        sentence = f"{_sentence(verb, report.decided)} {_what_readers_see(report.decided)}".rstrip()
        say_once(request, sentence, report.change_set.pk)
    for why, count in Counter(why for _, why in report.refused).items():
        messages.warning(request, f"{count} conflict{pluralize(count)} not decided: {why}.")


def _sentence(verb: str, decided: list[Conflict]) -> str:
    articles = {conflict.article_id for conflict in decided}
    ours, all_ours = _DONE[verb]
    if len(articles) > 1:
        return f"{all_ours} for {len(decided)} conflicts in {len(articles)} articles."
    fields = ", ".join(label_of(conflict.field) for conflict in decided)
    title = Article.objects.values_list("title", flat=True).get(pk=decided[0].article_id)
    return f"{ours} {fields} for “{title}”."


def _what_readers_see(decided: list[Conflict]) -> str:
    """If a decision was about publishing."""
    turned = {conflict.article_id for conflict in decided if conflict.field == "published"}
    if len(turned) != 1:
        return ""
    return publishing.standing_sentence(Article.objects.get(pk__in=turned), at=timezone.now())
