"""What templates ask of bulk actions."""

from __future__ import annotations

from typing import Any

from django import template

from articles.admin import bulk_showing
from articles.models import BulkAction

register = template.Library()


@register.simple_tag
def unfinished_bulk_actions(user: Any) -> list[BulkAction]:
    return bulk_showing.unfinished(user)


@register.filter
def bulk_title(bulk: BulkAction) -> str:
    return bulk_showing.title_of(bulk)


@register.filter
def bulk_rest(bulk: BulkAction) -> str:
    return bulk_showing.rest_sentence(bulk)
