"""What the filter form offers. All of it comes from visible articles, so that it tells nothing about the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from articles.models import Article, Category

MOST_CATEGORIES = 40


@dataclass(frozen=True)
class Choice:
    """A value of a filter, and how readers see it."""

    value: str
    label: str


def category_choices(*, at: datetime) -> list[Choice]:
    """The categories under which readers find something, by name; those shown as another one are that one."""
    seen = Article.objects.visible(at=at).filter(category=OuterRef("pk"))
    own, other = ("slug", "label", "name"), ("shown_as__slug", "shown_as__label", "shown_as__name")
    found = Category.objects.filter(Exists(seen)).values_list(*other, *own)[:MOST_CATEGORIES]
    terms = {row[:3] if row[0] else row[3:] for row in found}
    choices = [Choice(slug, label or name) for slug, label, name in terms]
    return sorted(choices, key=lambda choice: (choice.label.casefold(), choice.value))


def type_choices(*, at: datetime) -> list[Choice]:
    return [Choice(name, name) for name in Article.objects.visible(at=at).known_types()]


def including(choices: list[Choice], chosen: str) -> list[Choice]:
    """The choices, and what was typed into the address though it is none of them: the form keeps it."""
    if not chosen or any(choice.value == chosen for choice in choices):
        return choices
    return [*choices, Choice(chosen, chosen)]
