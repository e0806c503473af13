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
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from articles.content import ArticleState
from articles.models import Article, ArticleImage
from articles.seedfile.addresses import url_key


@dataclass(frozen=True)
class Subject:
    """What the checks look at: an article as it is, or as somebody would have it. `pk` is None for a new one.

    `is_deciding` says that its open conflict on `published` is being decided by this very publication.
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


@dataclass(frozen=True)
class Finding:
    """`address` leads to what it speaks of, as a path of the admin; "" for none."""

    name: str
    message: str
    remedy: str
    is_blocker: bool
    address: str = ""


Found = Iterable[tuple[Subject, str, str] | tuple[Subject, str, str, str]]
"""Subject, message, remedy and, where there is one, an address to look at."""


class Look(Protocol):
    def __call__(self, subjects: Sequence[Subject], at: datetime) -> Found: ...


@dataclass(frozen=True)
class Check:
    """A named look at many articles at once, with queries that do not grow with their number."""

    name: str
    is_blocker: bool
    look: Look

    def findings(self, subjects: Sequence[Subject], at: datetime) -> Iterator[tuple[Subject, Finding]]:
        for subject, message, remedy, *address in self.look(subjects, at):
            yield subject, Finding(self.name, message, remedy, self.is_blocker, *address)


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
    found = examine(subjects_of(articles), at=at)
    return {subject.pk: told for subject, told in found.items() if subject.pk is not None}


def examine(subjects: Sequence[Subject], *, at: datetime, only_blockers: bool = False) -> dict[Subject, list[Finding]]:
    """What the checks find about each, blockers first; subjects that are ready are left out."""
    found: dict[Subject, list[Finding]] = {}
    for check in sorted(active_checks(), key=lambda check: not check.is_blocker):
        if subjects and (check.is_blocker or not only_blockers):
            for subject, finding in check.findings(subjects, at):
                found.setdefault(subject, []).append(finding)
    return found


def subjects_of(articles: Sequence[Article]) -> list[Subject]:
    """As their rows are; one query for the pictures."""
    rows = ArticleImage.objects.filter(article__in=[article.pk for article in articles])
    pictured = set(rows.values_list("article_id", flat=True).distinct()) if articles else set()
    return [_subject_of_row(article, article.pk in pictured) for article in articles]


def subject_of_state(pk: int | None, state: ArticleState, *, is_deciding: bool = False) -> Subject:
    """As an article would be in that state."""
    content = state.content
    return Subject(
        pk,
        content.title,
        content.excerpt,
        content.category,
        content.type,
        content.quality,
        content.published_at,
        content.web_url,
        _key_of(content.web_url),
        state.desk.hold,
        bool(content.images),
        is_deciding,
    )


def _key_of(address: str) -> str:
    """ "" for what is no address: another check says so."""
    try:
        return url_key(address)
    except ValueError:
        return ""


def active_checks() -> list[Check]:
    """Those of the settings that are not silenced. Raises ImproperlyConfigured for what is no check."""
    return [check for check in map(_loaded, settings.READINESS_CHECKS) if check.name not in settings.READINESS_SILENCED]


@cache
def _loaded(path: str) -> Check:
    try:
        found = import_string(path)
    except ImportError as problem:
        raise ImproperlyConfigured(f"READINESS_CHECKS names {path!r}, which cannot be imported: {problem}") from problem
    if not isinstance(found, Check):
        raise ImproperlyConfigured(
            f"READINESS_CHECKS names {path!r}, which is no check; make it one with @warning(...)"
        )
    return found


def _subject_of_row(article: Article, has_picture: bool) -> Subject:
    return Subject(
        article.pk,
        article.title,
        article.excerpt,
        article.category.name if article.category else "",
        article.type,
        article.quality,
        article.published_at,
        article.web_url,
        article.url_key,
        article.hold or "",
        has_picture,
    )
