"""The choices of filters and fields, one query each, whatever the number of articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from articles.models import Article, Category, Provider
from articles.sql.compiled import Compiled

MOST_OPTIONS = 200


@dataclass(frozen=True)
class Option:
    name: str
    slug: str


@dataclass(frozen=True)
class FilterOptions:
    categories: list[Option] = field(default_factory=list)
    providers: list[Option] = field(default_factory=list)
    types: list[str] = field(default_factory=list)


def filter_options() -> FilterOptions:
    """All choices of the article list's filters, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_named(kind, query) for kind, query in _OPTIONS.items()))
        rows: Sequence[tuple[str, str, str]] = cursor.fetchall()
    terms = {kind: [Option(name, slug) for k, name, slug in rows if k == kind] for kind in ("category", "provider")}
    return FilterOptions(terms["category"], terms["provider"], [name for kind, name, _ in rows if kind == "type"])


def category_options() -> list[Option]:
    return [Option(*row) for row in _OPTIONS["category"].rows()]


def provider_options() -> list[Provider]:
    return list(Provider.objects.order_by("name", "domain")[:MOST_OPTIONS])


def type_options() -> list[str]:
    return [name for (name,) in _TYPES.rows()]


def _named(kind: str, query: Compiled) -> str:
    slug = "''" if kind == "type" else "slug"
    return f"SELECT '{kind}', name, {slug} FROM ({query.sql}) of_{kind}"  # noqa: S608  # nosec B608: ours, no values


_TYPES = Article.objects.all().known_types()
_OPTIONS = {
    "category": Compiled(lambda: Category.objects.order_by("name").values_list("name", "slug")[:MOST_OPTIONS]),
    "provider": Compiled(
        lambda: Provider.objects.order_by("name", "domain").values_list("name", "slug")[:MOST_OPTIONS]
    ),
    "type": _TYPES,
}
