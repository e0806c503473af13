"""What filters and boxes offer to choose from, at one query each, whatever the number of articles."""

from __future__ import annotations

from articles.models import Article, Category, Provider

MOST_OPTIONS = 200


def category_options() -> list[Category]:
    return list(Category.objects.order_by("name")[:MOST_OPTIONS])


def provider_options() -> list[Provider]:
    return list(Provider.objects.order_by("name", "domain")[:MOST_OPTIONS])


def type_options() -> list[str]:
    return [name for (name,) in Article.objects.all().known_types().rows()]
