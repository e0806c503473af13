"""Runs the readiness checks: named, each with findings and remedies.

The door refuses a person's publication if there are blockers; warnings are only shown. `settings.READINESS_CHECKS` are
the checks' dotted paths, `settings.READINESS_SILENCED` the names of disabled ones; docs/readiness.md explains how a
project adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Aggregate, Exists, OuterRef, Subquery, TextField
from django.utils.module_loading import import_string

from articles.content.article_state import FIELDS, ArticleState
from articles.models import Article, ArticleImage, Conflict
from articles.querysets import ArticleQuerySet
from articles.seedfile.addresses import url_key
from articles.seedfile.schema import ArticleContent


@dataclass(frozen=True)
class Subject:
    """The input of checks: an article as it is, or as it would be. `pk` is None for a new one.

    `is_deciding` means that this publication decides its open conflict on `published`; `contested` are the fields with
    open conflicts, if the caller knows them.
    """

    pk: int | None
    title: str
    excerpt: str
    category: str
    type: str
    quality: int
    published_at: datetime
    web_url: str
    url_key: str
    hold: str
    has_picture: bool
    is_deciding: bool = False
    contested: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Finding:
    """`address` is the path of the admin page to look at, or "". `other` is the key of another article involved."""

    name: str
    message: str
    remedy: str
    is_blocker: bool
    address: str = ""
    other: int | None = None


Found = Iterable[tuple[Subject, str, str] | tuple[Subject, str, str, str] | tuple[Subject, str, str, str, int]]
"""Subject, message, remedy and, optionally, an address to look at and the other article."""


class Look(Protocol):
    def __call__(self, subjects: Sequence[Subject], at: datetime) -> Found: ...


@dataclass(frozen=True)
class Check:
    """A named check of many articles at once, with a constant number of queries."""

    name: str
    is_blocker: bool
    look: Look

    def findings(self, subjects: Sequence[Subject], at: datetime) -> Iterator[tuple[Subject, Finding]]:
        for subject, message, remedy, *more in self.look(subjects, at):
            yield subject, Finding(self.name, message, remedy, self.is_blocker, *more)


def blocker(name: str) -> Callable[[Look], Check]:
    """Decorator: a check whose findings block publishing."""
    return lambda look: Check(name, True, look)


def warning(name: str) -> Callable[[Look], Check]:
    """Decorator: a check whose findings are only shown."""
    return lambda look: Check(name, False, look)


def findings(articles: Sequence[Article], *, at: datetime) -> dict[int, list[Finding]]:
    """Findings by primary key, blockers first; no entry for an article that is ready.

    Uses the columns of the given instances, with `category` loaded; at most one query per check, and one more.
    """
    by_subject = examine(subjects_of(articles), at=at)
    return {subject.pk: told for subject, told in by_subject.items() if subject.pk is not None}


def examine(subjects: Sequence[Subject], *, at: datetime, only_blockers: bool = False) -> dict[Subject, list[Finding]]:
    """Findings of each subject, blockers first; without subjects that are ready."""
    by_subject: dict[Subject, list[Finding]] = {}
    for check in sorted(active_checks(), key=lambda check: not check.is_blocker):
        if subjects and (check.is_blocker or not only_blockers):
            for subject, finding in check.findings(subjects, at):
                by_subject.setdefault(subject, []).append(finding)
    return by_subject


def with_facts(articles: ArticleQuerySet[Article]) -> ArticleQuerySet[Article]:
    """Annotates `has_picture` and `contested` (fields in open conflict), which `findings` then needs no query for."""
    conflicts = Conflict.objects.filter(closed_at=None, article=OuterRef("pk")).order_by().values("article")
    return articles.annotate(
        has_picture=Exists(ArticleImage.objects.filter(article=OuterRef("pk"))),
        contested=Subquery(conflicts.annotate(names=_Joined("field")).values("names")),
    )


def contested_fields(article: Article) -> tuple[str, ...] | None:
    """None if the article was not loaded `with_facts`."""
    if not hasattr(article, "contested"):
        return None
    return tuple(sorted((article.contested or "").split(","), key=FIELDS.index)) if article.contested else ()


def subjects_of(articles: Sequence[Article]) -> list[Subject]:
    """From the saved rows; one query for pictures that were not annotated."""
    unknown = [article.pk for article in articles if not hasattr(article, "has_picture")]
    rows = ArticleImage.objects.filter(article__in=unknown)
    pictured = set(rows.values_list("article_id", flat=True).distinct()) if unknown else set()
    return [_subject_of_row(article, getattr(article, "has_picture", article.pk in pictured)) for article in articles]


def subject_of_state(pk: int | None, state: ArticleState, *, is_deciding: bool = False) -> Subject:
    """The subject of an article in that state."""
    content = state.content
    return Subject(
        pk=pk,
        **_shared(content),
        category=content.category,
        url_key=_key_of(content.web_url),
        hold=state.desk.hold,
        has_picture=bool(content.images),
        is_deciding=is_deciding,
    )


def _shared(of: ArticleContent | Article) -> dict[str, Any]:
    """What rows call as contents do."""
    names = ("title", "excerpt", "type", "quality", "published_at", "web_url")
    return {name: getattr(of, name) for name in names}


def _key_of(address: str) -> str:
    """ "" for an invalid address, which another check reports."""
    try:
        return url_key(address)
    except ValueError:
        return ""


def active_checks() -> list[Check]:
    """The configured checks that are not silenced. Raises ImproperlyConfigured for an invalid one."""
    return [check for check in map(_loaded, settings.READINESS_CHECKS) if check.name not in settings.READINESS_SILENCED]


_BEFORE, _NOW = "articles.checks.", "articles.readiness.checks."
"""Until 0.1.0, our own checks also accept their former names."""


@cache
def _loaded(path: str) -> Check:
    try:
        check = import_string(path.replace(_BEFORE, _NOW) if path.startswith(_BEFORE) else path)
    except ImportError as problem:
        raise ImproperlyConfigured(f"READINESS_CHECKS names {path!r}, which cannot be imported: {problem}") from problem
    if not isinstance(check, Check):
        raise ImproperlyConfigured(
            f"READINESS_CHECKS names {path!r}, which is not a check; make it one with @warning(...)"
        )
    return check


class _Joined(Aggregate):
    """Joins texts with commas."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", template="%(function)s(%(expressions)s, ',')")


def _subject_of_row(article: Article, has_picture: bool) -> Subject:
    return Subject(
        pk=article.pk,
        **_shared(article),
        category=article.category.name if article.category else "",
        url_key=article.url_key,
        hold=article.hold or "",
        has_picture=has_picture,
        contested=contested_fields(article),
    )
