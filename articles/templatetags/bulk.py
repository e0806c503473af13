"""Template tags and filters for bulk actions."""

from __future__ import annotations

from typing import Any

from django import template

from articles.admin.bulk_actions import labels
from articles.models import BulkAction

register = template.Library()


@register.simple_tag
def unfinished_bulk_actions(user: Any) -> list[BulkAction]:
    return labels.unfinished(user)


@register.filter
def bulk_title(bulk: BulkAction) -> str:
    return labels.title_of(bulk)


@register.filter
def bulk_rest(bulk: BulkAction) -> str:
    return labels.rest_sentence(bulk)
