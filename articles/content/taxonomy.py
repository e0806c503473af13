"""Finds or creates the categories, topics and providers named in contents."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, TypeVar

from django.utils.text import slugify

from articles.models import Category, Provider, Topic
from articles.models.taxonomy import Term
from articles.seedfile import schema

ProviderName = tuple[str, str]
TermT = TypeVar("TermT", bound=Term)
KeyT = TypeVar("KeyT", str, ProviderName)


class Taxonomy:
    """A cache from names to primary keys: one per change or import run.

    Discard it after a rollback, which may have removed rows.
    """

    def __init__(self) -> None:
        self.categories: dict[str, int] = {}
        self.topics: dict[str, int] = {}
        self.providers: dict[ProviderName, int] = {}

    def learn(self, contents: Iterable[schema.ArticleContent]) -> None:
        """Creates missing rows for the names in `contents`; safe against concurrent creation."""
        contents = list(contents)
        _learn(self.categories, Category, (c.category for c in contents if c.category), _named)
        _learn(self.topics, Topic, (topic for c in contents for topic in c.topics), _named)
        _learn(self.providers, Provider, provider_names(contents), _named_with_domain)

    def category(self, name: str) -> int | None:
        return self.categories[name] if name else None

    def provider(self, provider: schema.Provider | None) -> int | None:
        return self.providers[provider.name, provider.domain] if provider else None


def provider_names(contents: Iterable[schema.ArticleContent]) -> Iterable[ProviderName]:
    for content in contents:
        yield content.provider.name, content.provider.domain
        yield from ((r.provider.name, r.provider.domain) for r in content.related if r.provider)


def slugs_to_come(model: type[Term], missing: Iterable[KeyT]) -> dict[KeyT, str]:
    """The slugs that `learn` would give to names without a row (a provider's includes its domain)."""
    columns: Callable[[Any], dict[str, str]] = _named_with_domain if model is Provider else _named
    keys = sorted(set(missing))
    slug_of = _free_slugs(model, [columns(key)["name"] for key in keys])
    return {key: slug_of(columns(key)) for key in keys}


def _named(name: str) -> dict[str, str]:
    return {"name": name}


def _named_with_domain(key: ProviderName) -> dict[str, str]:
    return {"name": key[0], "domain": key[1]}


def _learn(
    known: dict[KeyT, int], model: type[TermT], keys: Iterable[KeyT], columns: Callable[[KeyT], dict[str, str]]
) -> None:
    """Two rounds: the second gives a different slug to names that lost theirs to a concurrent creation.

    Always in the same order, because concurrent inserts of the same names could deadlock on PostgreSQL.
    """
    missing = sorted(key for key in dict.fromkeys(keys) if key not in known)
    if missing:
        _recall(known, model, missing, columns)
    for slugs in (_free_slugs, _random_slugs):
        missing = [key for key in missing if key not in known]
        if not missing:
            return
        slug_of = slugs(model, [columns(key)["name"] for key in missing])
        rows = [model(**columns(key), slug=slug_of(columns(key))) for key in missing]
        model._default_manager.bulk_create(rows, ignore_conflicts=True)
        _recall(known, model, missing, columns)


def _recall(
    known: dict[KeyT, int], model: type[TermT], keys: list[KeyT], columns: Callable[[KeyT], dict[str, str]]
) -> None:
    wanted = {tuple(columns(key).values()): key for key in keys}
    names = list(columns(keys[0]))
    rows = model._default_manager.filter(name__in={columns(key)["name"] for key in keys}).values_list("pk", *names)
    for pk, *own_columns in rows:
        if tuple(own_columns) in wanted:
            known[wanted[tuple(own_columns)]] = pk


def _free_slugs(model: type[Term], names: Iterable[str]) -> Callable[[dict[str, str]], str]:
    """Gives a name's plain slug to the first who claims it, and one with a digest to later ones."""
    rows = model._default_manager.filter(slug__in={plain_slug(name) for name in names})
    taken = set(rows.values_list("slug", flat=True))

    def slug_of(columns: dict[str, str]) -> str:
        slug = plain_slug(columns["name"])
        if not slug or slug in taken:
            slug = _with_ending(columns, sha256("\0".join(columns.values()).encode()).hexdigest()[:10])
        taken.add(slug)
        return slug

    return slug_of


def _random_slugs(model: type[Term], names: Iterable[str]) -> Callable[[dict[str, str]], str]:
    """For names that lost even the slug with the digest, which anybody can compute and use for another name."""
    return lambda columns: _with_ending(columns, secrets.token_hex(5))


def _with_ending(columns: dict[str, str], ending: str) -> str:
    return f"{plain_slug(columns['name'])[:60]}-{ending}".lstrip("-")


def plain_slug(name: str) -> str:
    """Letters and digits of any script, in lower case, joined by hyphens; at most 70 characters; may be empty."""
    return slugify(name, allow_unicode=True)[:70].strip("-")
