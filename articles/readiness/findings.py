"""Whether an article is ready to be published: named checks, each with what it found and the remedy.

Blockers refuse a publication on every path of a person, by the door's word; warnings stand beside the button and never
stop anybody. `settings.READINESS_CHECKS` names the checks by their dotted paths, `settings.READINESS_SILENCED` those
that say nothing; docs/readiness.md tells how a project adds its own.
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
    """What the checks look at: an article as it is, or as somebody would have it. `pk` is None for a new one.

    `is_deciding` says that its open conflict on `published` is being decided by this very publication, and `contested`
    names the fields with open conflicts, where whoever asks knows them already.
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
    """`address` leads to what it speaks of, as a path of the admin; "" for none. `other` is the key of another article
    that it is about."""

    name: str
    message: str
    remedy: str
    is_blocker: bool
    address: str = ""
    other: int | None = None


Found = Iterable[tuple[Subject, str, str] | tuple[Subject, str, str, str] | tuple[Subject, str, str, str, int]]
"""Subject, message, remedy and, where there are such, an address to look at, and the other article there."""


class Look(Protocol):
    def __call__(self, subjects: Sequence[Subject], at: datetime) -> Found: ...


@dataclass(frozen=True)
class Check:
    """A named look at many articles at once, with queries that do not grow with their number."""

    name: str
    is_blocker: bool
    look: Look

    def findings(self, subjects: Sequence[Subject], at: datetime) -> Iterator[tuple[Subject, Finding]]:
        for subject, message, remedy, *more in self.look(subjects, at):
            yield subject, Finding(self.name, message, remedy, self.is_blocker, *more)


def blocker(name: str) -> Callable[[Look], Check]:
    """Makes a check whose findings refuse a publication."""
    return lambda look: Check(name, True, look)


def warning(name: str) -> Callable[[Look], Check]:
    """Makes a check whose findings are shown, and refuse nothing."""
    return lambda look: Check(name, False, look)


def findings(articles: Sequence[Article], *, at: datetime) -> dict[int, list[Finding]]:
    """By primary key, what stands against publishing each, blockers first; nothing for an article that is ready.

    The columns are taken from the instances given, with `category` at hand; one query per check at most, and one more.
    """
    by_subject = examine(subjects_of(articles), at=at)
    return {subject.pk: told for subject, told in by_subject.items() if subject.pk is not None}


def examine(subjects: Sequence[Subject], *, at: datetime, only_blockers: bool = False) -> dict[Subject, list[Finding]]:
    """What the checks find about each, blockers first; subjects that are ready are left out."""
    by_subject: dict[Subject, list[Finding]] = {}
    for check in sorted(active_checks(), key=lambda check: not check.is_blocker):
        if subjects and (check.is_blocker or not only_blockers):
            for subject, finding in check.findings(subjects, at):
                by_subject.setdefault(subject, []).append(finding)
    return by_subject


def with_facts(articles: ArticleQuerySet[Article]) -> ArticleQuerySet[Article]:
    """With `has_picture` and `contested`, the fields in open conflicts, for which `findings` then asks no more."""
    conflicts = Conflict.objects.filter(closed_at=None, article=OuterRef("pk")).order_by().values("article")
    return articles.annotate(
        has_picture=Exists(ArticleImage.objects.filter(article=OuterRef("pk"))),
        contested=Subquery(conflicts.annotate(names=_Joined("field")).values("names")),
    )


def contested_fields(article: Article) -> tuple[str, ...] | None:
    """None for an article that was not fetched `with_facts`."""
    if not hasattr(article, "contested"):
        return None
    return tuple(sorted((article.contested or "").split(","), key=FIELDS.index)) if article.contested else ()


def subjects_of(articles: Sequence[Article]) -> list[Subject]:
    """As their rows are; one query for the pictures of those that do not know."""
    unknown = [article.pk for article in articles if not hasattr(article, "has_picture")]
    rows = ArticleImage.objects.filter(article__in=unknown)
    pictured = set(rows.values_list("article_id", flat=True).distinct()) if unknown else set()
    return [_subject_of_row(article, getattr(article, "has_picture", article.pk in pictured)) for article in articles]


def subject_of_state(pk: int | None, state: ArticleState, *, is_deciding: bool = False) -> Subject:
    """As an article would be in that state."""
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
    """ "" for what is no address: another check says so."""
    try:
        return url_key(address)
    except ValueError:
        return ""


def active_checks() -> list[Check]:
    """Those of the settings that are not silenced. Raises ImproperlyConfigured for what is no check."""
    return [check for check in map(_loaded, settings.READINESS_CHECKS) if check.name not in settings.READINESS_SILENCED]


_BEFORE, _NOW = "articles.checks.", "articles.readiness.checks."
"""Until 0.1.0 our own checks answer to the names that they had as well."""


@cache
def _loaded(path: str) -> Check:
    try:
        check = import_string(path.replace(_BEFORE, _NOW) if path.startswith(_BEFORE) else path)
    except ImportError as problem:
        raise ImproperlyConfigured(f"READINESS_CHECKS names {path!r}, which cannot be imported: {problem}") from problem
    if not isinstance(check, Check):
        raise ImproperlyConfigured(
            f"READINESS_CHECKS names {path!r}, which is no check; make it one with @warning(...)"
        )
    return check


class _Joined(Aggregate):
    """Texts with commas between."""

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
