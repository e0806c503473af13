"""Selects a command's articles: by id, web address or the list's filter; fixed when it starts."""

from __future__ import annotations

from argparse import ArgumentParser
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db.models import Q
from django.http import QueryDict

from articles.changes.actors import OPERATOR, Actor
from articles.changes.door import REASON_LENGTH
from articles.filters import DeskFilterSet
from articles.importing.walk import printable
from articles.management.terminal import input_lines, unusable
from articles.models import Article, Tombstone, User
from articles.querysets import ArticleQuerySet
from articles.seedfile.addresses import url_key

OPENS_ON = "undecided"
"""The default state of a filter, as in the admin's list."""
STANDARD_INPUT = "-"
MOST_PROBLEMS = 3
"""Invalid names that are listed before a command stops."""
_NAMES_AT_ONCE = 500
_LONGEST_KEY = 18

Place = tuple[str, int | str]
"""A column of Article, "pk" or "url_key", and the value to look up."""


@dataclass
class Chosen:
    """Articles in key order, each with its version when the command started; two numbers per article. `unknown` are
    names without an article, with the tombstone if it was purged."""

    keys: array[int] = field(default_factory=lambda: array("q"))
    versions: array[int] = field(default_factory=lambda: array("q"))
    unknown: list[tuple[str, Tombstone | None]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, rows: Iterable[tuple[int, int]]) -> None:
        for key, version in rows:
            self.keys.append(key)
            self.versions.append(version)

    def chunks(self, size: int) -> Iterator[dict[int, int]]:
        """From key to version."""
        for start in range(0, len(self.keys), size):
            end = start + size
            yield dict(zip(self.keys[start:end], self.versions[start:end], strict=True))


def add_choice(parser: ArgumentParser) -> None:
    """The arguments that name articles."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="ID or webUrl",
        help="the articles; “-” reads more from standard input, one per line",
    )
    parser.add_argument(
        "--filter",
        metavar="QUERY",
        help="instead, the articles that match this query of the admin's list, such as "
        f"“state=undecided&category=news&quality_min=60”; without a state, {OPENS_ON}",
    )


def add_manner(parser: ArgumentParser) -> None:
    """Options for how to act and report."""
    parser.add_argument("--reason", default="", help=f"reason for the history; up to {REASON_LENGTH} characters")
    parser.add_argument("--actor", help="the user to act as; default: the operator, who may do everything")
    parser.add_argument("--dry-run", action="store_true", help="report what would change; write nothing")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="format of the report")


def chosen(options: dict[str, Any]) -> Chosen:
    """Raises CommandError for invalid arguments, before anything is done."""
    query, names = options["filter"], options["names"]
    if query is not None and names:
        raise unusable("give articles or --filter, not both")
    if query is not None:
        return _by_filter(query)
    if not names:
        raise unusable("give articles by id or web address, or --filter")
    return chosen_by_name(names)


def acting(name: str | None) -> Actor:
    """The operator if no name is given."""
    if name is None:
        return OPERATOR
    user = User.objects.filter(username=name, is_active=True).first() if name.isprintable() else None
    if user is None:
        raise unusable(f"there is no active user {name!r}; see manage.py make_user")
    return user


def option_text(option: str, text: str, longest: int) -> str:
    """One line. Raises CommandError if the history cannot store it."""
    line = " ".join(text.split())
    if not line.isprintable() or len(line) > longest:
        raise unusable(f"{option} takes up to {longest} printable characters")
    return line


def places_of(names: Iterable[str]) -> dict[Place, str]:
    """The lookups of the names; duplicates count once."""
    typed_names: dict[Place, str] = {}
    problems = []
    for name in names:
        try:
            typed_names.setdefault(_place(name), name)
        except ValueError as problem:
            problems.append(f"{printable(name)} is neither the id of an article nor a web address: {problem}")
    if problems:
        more = f"; and {len(problems) - MOST_PROBLEMS} more" if len(problems) > MOST_PROBLEMS else ""
        raise unusable("; ".join(problems[:MOST_PROBLEMS]) + more)
    return typed_names


def tombstones_at(places: Iterable[Place]) -> dict[Place, Tombstone]:
    """Tombstones by article id and by address; the newest of one address."""
    values = _by_column(places)
    rows = Tombstone.objects.filter(Q(article__in=values["pk"]) | Q(url_key__in=values["url_key"]))
    tombstones: dict[Place, Tombstone] = {}
    for stone in rows.order_by("pk"):
        tombstones |= {("pk", stone.article_id): stone, ("url_key", stone.url_key): stone}
    return tombstones


def _place(name: str) -> Place:
    if name.isascii() and name.isdecimal() and len(name) <= _LONGEST_KEY:
        return "pk", int(name)
    return "url_key", url_key(name)


def _by_filter(query: str) -> Chosen:
    rows = _filtered(query).order_by("pk").values_list("pk", "version")
    made = Chosen()
    made.add(rows.iterator(chunk_size=2_000))
    return made


def _filtered(query: str) -> ArticleQuerySet[Article]:
    data = _parameters(query)
    known = ", ".join(DeskFilterSet.base_filters)
    unknown = sorted(set(data) - set(DeskFilterSet.base_filters))
    if unknown:
        raise unusable(f"--filter does not know {', '.join(map(printable, unknown))}; it knows {known}")
    twice = [name for name, values in data.lists() if len(values) > 1]
    if twice:
        raise unusable(f"--filter has {', '.join(twice)} more than once; give each name once")
    if not any(str(value).strip() for value in data.values()):
        raise unusable(f"--filter is empty; write state={OPENS_ON} for all that are {OPENS_ON}, or others of {known}")
    data.setdefault("state", OPENS_ON)
    filters = DeskFilterSet(data, queryset=Article.objects.all())
    if not filters.is_valid():
        faults = [f"{name}={printable(data.get(name, ''))}: {' '.join(e)}" for name, e in filters.form.errors.items()]
        raise unusable(f"--filter has an invalid value: {'; '.join(faults)}")
    articles: ArticleQuerySet[Article] = filters.qs
    return articles


def _parameters(query: str) -> QueryDict:
    try:
        query.encode()
        return QueryDict(query.removeprefix("?"), mutable=True)
    except (UnicodeEncodeError, SuspiciousOperation):
        raise unusable("--filter is not a query such as state=undecided&category=news") from None


def chosen_by_name(names: Iterable[str]) -> Chosen:
    """Looks up in batches; an article named twice, or by id and by address, counts once."""
    places = places_of(_spelled_out(names))
    made, versions = Chosen(), dict[int, int]()
    queue = list(places)
    for start in range(0, len(queue), _NAMES_AT_ONCE):
        some = queue[start : start + _NAMES_AT_ONCE]
        looked_up = _look_up(some)
        versions |= dict(looked_up.values())
        missing = [place for place in some if place not in looked_up]
        stones = tombstones_at(missing) if missing else {}
        made.unknown += [(places[place], stones.get(place)) for place in missing]
    made.add(sorted(versions.items()))
    return made


def _look_up(places: Iterable[Place]) -> dict[Place, tuple[int, int]]:
    """Key and version of each article found."""
    versions: dict[Place, tuple[int, int]] = {}
    for column, values in _by_column(places).items():
        rows = Article.objects.filter(**{f"{column}__in": values}).values_list(column, "pk", "version")
        versions |= {(column, value): (pk, version) for value, pk, version in rows}
    return versions


def _by_column(places: Iterable[Place]) -> dict[str, list[int | str]]:
    values: dict[str, list[int | str]] = {"pk": [], "url_key": []}
    for column, value in places:
        values[column].append(value)
    return values


def _spelled_out(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name == STANDARD_INPUT:
            yield from filter(None, map(str.strip, input_lines()))
        else:
            yield name.strip()
