"""What saving the form would change for readers, found by comparing the page before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from articles.admin.article_form.typed_form import article_of_form, typed_over
from articles.admin.article_form.typed_state import ArticleEditor, Problem
from articles.admin.labels import label_of
from articles.changes.actors import may_change
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.diffs.fields import Difference, difference
from articles.models import Article
from articles.moments import in_full
from articles.public.article_page import ArticlePage, Coverage
from articles.public.preview import pages_of
from articles.querysets import Standing, standing_of
from articles.timezones import read_in_the_zone_shown
from articles.workflow import publishing


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The panel alone, for the text typed so far, valid or not."""
    read_in_the_zone_shown(request)
    article = article_of_form(pk)
    if not may_change(request.user, article):
        raise PermissionDenied
    state = article_state.read_state(article)
    editor = typed_over(admin, request, article, state)
    editor.is_valid()
    context = {"article": article, "is_open": False} | _panel(article, state, editor)
    return render(request, "admin/articles/article/changes.html", context)


def panel_of_form(article: Article | None, state: ArticleState | None, editor: ArticleEditor) -> dict[str, Any]:
    """The panel's context on the form's page; empty if the article is not published."""
    if article is None or state is None or not article.published:
        return {}
    return {"is_open": editor.form.is_bound} | _panel(article, state, editor)


def _panel(article: Article, state: ArticleState, editor: ArticleEditor) -> dict[str, Any]:
    now = timezone.now()
    return {
        "changes": _changes(article, state, editor),
        "unpublishing": unpublishing(article, at=now),
        "is_stale": editor.version < article.version,
    }


def _changes(article: Article, state: ArticleState, editor: ArticleEditor) -> ReadersChanges:
    """Compares the typed text with the version it was typed over; a prefilled form with the article."""
    now = timezone.now()
    if not article.published:
        return ReadersChanges(State.SAME, publishing.standing_sentence(article, at=now))
    if editor.has_errors:
        return not_valid_yet(editor.problems)
    before, typed = (editor.shown, editor.state) if editor.form.is_bound else (state, editor.shown)
    return changes_for_readers(before or state, typed or state, article, at=now)


_SEEN_AS = {"web_url": "original_url"}
"""Either is shown if the other is empty."""
_MOST_NAMED = 4


class State(StrEnum):
    """Readers see no change, readers see a change, or the text cannot be saved yet."""

    SAME = "same"
    SEEN = "seen"
    WRONG = "wrong"


@dataclass(frozen=True)
class ReadersChanges:
    """`unseen` names the changed fields that readers don't see."""

    state: State
    headline: str
    differences: Sequence[Difference] = ()
    unseen: Sequence[str] = ()
    problems: Sequence[Problem] = ()


def changes_for_readers(before: ArticleState, typed: ArticleState, article: Article, *, at: datetime) -> ReadersChanges:
    """Between two states of a published article. Runs no query if they are equal."""
    names = article_state.differing_fields(before, typed)
    was, becomes = _standing(before, at), _standing(typed, at)
    is_gone = was is becomes is Standing.ENDED
    differences = _differences(before, typed, article, at) if names and not is_gone else []
    seen = [difference.field for difference in differences]
    unseen = [label_of(name) for name in names if _SEEN_AS.get(name, name) not in seen]
    if not seen:
        return ReadersChanges(State.SAME, _nothing(was, unseen), unseen=unseen)
    return ReadersChanges(State.SEEN, _headline(was, becomes, typed, seen), differences, unseen)


def not_valid_yet(problems: Sequence[Problem]) -> ReadersChanges:
    labels = dict.fromkeys(problem.label.lower() for problem in problems if problem.label)
    return ReadersChanges(State.WRONG, f"Not valid yet: {_listed(list(labels)) or 'see below'}", problems=problems)


def unpublishing(article: Article, *, at: datetime) -> str:
    """What unpublishing changes for readers."""
    return {
        Standing.LIVE: "Unpublishing takes the page down.",
        Standing.SCHEDULED: f"Unpublishing cancels its publication on {in_full(article.live_from)}.",
        Standing.ENDED: "Unpublishing changes nothing for readers.",
        Standing.HIDDEN: "",
    }[article.standing(at=at)]


def _differences(before: ArticleState, typed: ArticleState, article: Article, at: datetime) -> list[Difference]:
    was, becomes = (seen_values(page) for page in pages_of([before, typed], article, at=at))
    shown = [
        difference(name, *((before.content.body, typed.content.body) if name == "body" else (was[name], becomes[name])))
        for name in was
        if was[name] != becomes[name]
    ]
    schedule = [
        (name, *(getattr(state.desk, name) for state in (before, typed))) for name in ("live_from", "live_until")
    ]
    return [*shown, *(difference(name, _iso(old), _iso(new)) for name, old, new in schedule if old != new)]


def seen_values(page: ArticlePage) -> dict[str, Any]:
    """What a page or a card shows of an article, by field, in the format of revisions; the body as HTML."""
    card = page.card
    return {
        "title": card.title,
        "excerpt": card.excerpt,
        "byline": page.byline,
        "body": page.body_html,
        "category": card.category.name,
        "type": card.type,
        "topics": [topic.name for topic in page.topics],
        "provider": {"name": card.provider.name, "domain": page.domain},
        "published_at": card.time.iso,
        "original_url": page.original_address,
        "related": [_seen_entry(entry) for entry in page.coverage],
    }


def _seen_entry(entry: Coverage) -> dict[str, Any]:
    provider = {"provider": {"name": entry.provider_name}} if entry.provider_name else {}
    time = {"publishedDateTime": entry.time.iso} if entry.time else {}
    return {"title": entry.title, "webUrl": entry.web_url} | provider | time


def _standing(state: ArticleState, at: datetime) -> Standing:
    """The state if it were published."""
    return standing_of(True, state.desk.live_from, state.desk.live_until, at=at)


def _nothing(standing: Standing, unseen: list[str]) -> str:
    why = ": it has expired" if standing is Standing.ENDED else ""
    return f"No visible change{why}" + (f" (internal: {_listed(unseen)})" if unseen else "")


def _headline(was: Standing, becomes: Standing, typed: ArticleState, seen: list[str]) -> str:
    count = f"{len(seen)} visible change{'s' if len(seen) > 1 else ''}"
    names = _listed([label_of(name) for name in seen])
    start = in_full(typed.desk.live_from)
    if was is becomes:
        return f"{count}{f' from {start}' if becomes is Standing.SCHEDULED else ''}: {names}"
    return f"{_fate(was, becomes, start)} ({count}: {names})"


def _fate(was: Standing, becomes: Standing, start: str) -> str:
    """What happens to the page as a whole; `start` is when it goes live."""
    is_lost = was is Standing.LIVE
    again = " again" if was is Standing.ENDED else ""
    if becomes is Standing.LIVE:
        return f"Goes live{again} now"
    if becomes is Standing.SCHEDULED:
        return f"Hidden from readers until {start}" if is_lost else f"Goes live{again} {start}"
    return f"{'Comes down' if is_lost else 'Never goes live'}: its “live until” has passed"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
