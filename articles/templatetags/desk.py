"""Template tags and filters of the admin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from articles import moments
from articles.admin import labels
from articles.admin.article_list.actions import buttons_for
from articles.admin.bulk_actions import labels as bulk_labels
from articles.admin.dashboard import agenda, decisions, waiting
from articles.admin.requests import boxes
from articles.admin.requests.verb_forms import Button
from articles.diffs.fields import Difference
from articles.history.summaries import summary_of, undone_word
from articles.models import ChangeSet, ImportRun

register = template.Library()
register.filter("badge", labels.standing_badge)
register.filter("in_words", labels.in_words)
register.filter("signs", labels.counts)
register.filter("remedies", labels.findings_list)
register.filter("deed", labels.decision_in)
register.filter("origin", labels.origin_of)
register.filter("set_name", labels.name_of_set)
register.filter("cause", labels.cause_label)
register.filter("marks", labels.marks)
register.filter("soon", moments.soon)
register.filter("bulk_title", bulk_labels.heading_of)
register.filter("bulk_rest", bulk_labels.rest_sentence)
register.simple_tag(waiting.articles, name="waiting_articles")
register.simple_tag(waiting.source_changes, name="waiting_source_changes")
register.simple_tag(waiting.conflicts, name="waiting_conflicts")
register.simple_tag(waiting.rejected_files, name="rejected_files")
register.simple_tag(decisions.of_today, name="decisions_of_today")
register.simple_tag(bulk_labels.unfinished, name="unfinished_bulk_actions")
register.simple_tag(timezone.get_current_timezone_name, name="zone_name")
_UNDO = re.compile(r"(?:^| )undo-(\d+)(?: |$)")


@register.filter
def change_set(message: Message) -> ChangeSet | None:
    """The change set of a message's Undo, summarised, or None."""
    match = _UNDO.search(message.tags)
    return summary_of(int(match[1])) if match else None


register.filter("undone", undone_word)


@register.simple_tag
def column_order(cl: Any, label: str) -> dict[str, str] | None:
    """Of the list of articles, how a column's head puts it in order."""
    order: dict[str, str] | None = cl.order_by_column(label)
    return order


@register.filter
def age(moment: datetime) -> SafeString:
    """ "5 min ago", with the exact time in its title."""
    return labels.time_cell(moment, is_age=True)


@register.filter
def of(origins: Mapping[str, Any] | None, name: str) -> Any:
    """The entry for that field name, or None."""
    return origins.get(name) if origins else None


@register.filter
def label(difference: Difference) -> str:
    """The label of the differing field."""
    return labels.label_of(difference.field)


register.simple_tag(boxes.box)


@register.simple_tag
def zone_now() -> str:
    """The page's time zone, with its current time."""
    now = timezone.localtime()
    return f"{timezone.get_current_timezone_name()}, now {now:%H:%M}"


@register.simple_tag(takes_context=True)
def bar_buttons(context: Context, state: str) -> list[Button]:
    return buttons_for(state, context["request"].user)


@register.simple_tag
def goes_live() -> agenda.Upcoming:
    return agenda.goes_live(at=timezone.now())


@register.simple_tag
def goes_off() -> agenda.Upcoming:
    return agenda.goes_off(at=timezone.now())


@register.simple_tag
def last_import() -> ImportRun | None:
    return ImportRun.objects.select_related("change_set").first()
