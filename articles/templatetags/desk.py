"""Template tags and filters of the admin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.utils import timezone

from articles.admin import labels
from articles.admin.article_list.buttons import buttons_for
from articles.admin.article_list.resumed_decisions import CarriedDecision, decision_in
from articles.admin.dashboard import agenda
from articles.admin.requests.offered_lists import MOST_COUNTED
from articles.admin.requests.resumed import Pairs
from articles.admin.requests.verb_forms import Button
from articles.diffs.fields import Difference
from articles.models import Article, ChangeSet, Conflict, ImportRun, Revision
from articles.querysets import ArticleQuerySet
from articles.readiness.findings import Finding
from articles.sources.upstream_changes import changed_upstream

register = template.Library()
_UNDO = re.compile(r"(?:^| )undo-(\d+)(?: |$)")


@register.filter
def change_set(message: Message) -> int | None:
    """The change set of a message's Undo, or None."""
    match = _UNDO.search(message.tags)
    return int(match[1]) if match else None


@register.filter
def of(origins: Mapping[str, Any] | None, name: str) -> Any:
    """The entry for that field name, or None."""
    return origins.get(name) if origins else None


@register.filter
def badge(article: Article) -> str:
    return labels.standing_badge(article)


@register.filter
def label(difference: Difference) -> str:
    """The label of the differing field."""
    return labels.label_of(difference.field)


@register.filter
def in_words(value: int | bool | datetime | None) -> str:
    return labels.in_words(value)


@register.simple_tag
def zone_name() -> str:
    return timezone.get_current_timezone_name()


@register.simple_tag
def zone_now() -> str:
    """The page's time zone, with its current time."""
    now = timezone.localtime()
    return f"{timezone.get_current_timezone_name()}, now {now:%H:%M}"


@register.filter
def signs(findings: Sequence[Finding]) -> str:
    """How many blockers and warnings."""
    return labels.counts(findings)


@register.filter
def remedies(findings: Sequence[Finding]) -> str:
    return labels.findings_list(findings)


@register.filter
def deed(revision: Revision) -> str:
    """The decision in a word; "" for an edit."""
    return labels.decision_in(revision)


@register.filter
def set_name(change_set: ChangeSet) -> str:
    return labels.name_of_set(change_set)


@register.filter
def cause(code: str) -> str:
    """The cause of a dismissal, in words."""
    return labels.cause_label(code)


@register.simple_tag(takes_context=True)
def bar_buttons(context: Context, state: str) -> list[Button]:
    return buttons_for(state, context["request"].user)


@register.simple_tag(takes_context=True)
def carried_decision(context: Context, address: str, pairs: Pairs) -> CarriedDecision | None:
    """The decision that a sign-in interrupted."""
    return decision_in(address, pairs, context["request"].user)


@register.simple_tag
def waiting_counts() -> dict[str, str]:
    """Capped counts of articles to decide."""
    rows = Article.objects
    waiting = {"undecided": rows.undecided(), "held": rows.on_hold(), "came_back": rows.came_back()}
    return {name: _capped(articles) for name, articles in waiting.items()}


@register.simple_tag
def goes_live() -> agenda.Upcoming:
    return agenda.goes_live(at=timezone.now())


@register.simple_tag
def goes_off() -> agenda.Upcoming:
    return agenda.goes_off(at=timezone.now())


@register.simple_tag
def upstream_count() -> int:
    """A capped count."""
    return changed_upstream(at=timezone.now())[: MOST_COUNTED + 1].count()


@register.simple_tag
def open_conflict_count() -> int:
    return Conflict.objects.filter(closed_at=None).count()


@register.simple_tag
def last_import() -> ImportRun | None:
    return ImportRun.objects.select_related("change_set").first()


def _capped(articles: ArticleQuerySet[Article]) -> str:
    """The number, or "" for zero."""
    count = articles[: MOST_COUNTED + 1].count()
    return f"more than {MOST_COUNTED:,}" if count > MOST_COUNTED else f"{count:,}" if count else ""
