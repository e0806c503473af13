"""What the filter form offers. All of it comes from visible articles, so that it tells nothing about the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from articles.models import Article, Category
from articles.public.terms import ShownTerm
from articles.querysets import AT
from articles.sql.compiled import Compiled

MOST_CATEGORIES = 40


@dataclass(frozen=True)
class Choice:
    """A value of a filter, and how readers see it."""

    value: str
    label: str


def category_choices(*, at: datetime) -> list[Choice]:
    """The categories under which readers find something, by name; those shown as another one are that one."""
    terms = {row[:3] if row[0] else row[3:] for row in _CATEGORIES.rows(at=at)}
    return _in_order([Choice(slug, label or name) for slug, label, name in terms])


def with_term(choices: list[Choice], term: ShownTerm) -> list[Choice]:
    """The choices, in their order, with this term among them, unless it is none."""
    if not term.pk or any(choice.value == term.slug for choice in choices):
        return choices
    return _in_order([*choices, Choice(term.slug, term.name)])


def _in_order(choices: list[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: (choice.label.casefold(), choice.value))


def type_choices(*, at: datetime) -> list[Choice]:
    return [Choice(name, name) for (name,) in _TYPES.rows(at=at)]


def _categories_seen() -> QuerySet[Category, Any]:
    seen = Article.objects.visible(at=AT).filter(category=OuterRef("pk"))
    own, other = ("slug", "label", "name"), ("shown_as__slug", "shown_as__label", "shown_as__name")
    return Category.objects.filter(Exists(seen)).values_list(*other, *own)[:MOST_CATEGORIES]


_CATEGORIES = Compiled(_categories_seen)
_TYPES = Article.objects.visible(at=AT).known_types()


def including(choices: list[Choice], chosen: str) -> list[Choice]:
    """The choices, and what was typed into the address though it is none of them: the form keeps it."""
    if not chosen or any(choice.value == chosen for choice in choices):
        return choices
    return [*choices, Choice(chosen, chosen)]
