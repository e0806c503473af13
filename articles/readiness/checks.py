"""Newsdesk's own readiness checks; docs/readiness.md lists them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from articles.models import Article, Conflict
from articles.moments import in_full
from articles.querysets import AT
from articles.readiness.findings import Found, Subject, blocker, warning
from articles.seedfile.addresses import web_address
from articles.sql.compiled import Compiled
from articles.sql.many_rows import Among, Many

COMPARE = "compare the two"
COVERED = "already linked as coverage of “{}”"
SAME_TITLE = "another live article has this title"
_UNSEEN = ("Z", "C")
"""Unicode's categories of separators, and of control and format characters such as U+200B."""


@blocker("no_title")
def no_title(subjects: Sequence[Subject], at: datetime) -> Found:
    for subject in subjects:
        if all(unicodedata.category(character)[0] in _UNSEEN for character in subject.title):
            yield subject, "no title", "write one"


@blocker("bad_address")
def bad_address(subjects: Sequence[Subject], at: datetime) -> Found:
    for subject in subjects:
        try:
            web_address(subject.web_url)
        except ValueError as problem:
            yield subject, "the web address is not valid", str(problem)


@blocker("conflict_on_published")
def conflict_on_published(subjects: Sequence[Subject], at: datetime) -> Found:
    waiting = [subject for subject in subjects if subject.pk is not None and not subject.is_deciding]
    unknown = [subject.pk for subject in waiting if subject.contested is None]
    rows = Conflict.objects.filter(closed_at=None, field="published", article__in=unknown)
    contested = set(rows.values_list("article_id", flat=True)) if unknown else set()
    for subject in waiting:
        if subject.pk in contested or "published" in (subject.contested or ()):
            queue = reverse("admin:articles_conflict_changelist")
            yield subject, "the source and the desk disagree about publishing it", "decide the conflict", queue


@blocker("on_hold")
def on_hold(subjects: Sequence[Subject], at: datetime) -> Found:
    for subject in subjects:
        if subject.hold:
            yield subject, f"on hold: {subject.hold}", "ask someone who may publish to lift it"


@warning("no_category")
def no_category(subjects: Sequence[Subject], at: datetime) -> Found:
    for subject in subjects:
        if not subject.category:
            yield subject, "no category", "choose one"


@warning("no_picture")
def no_picture(subjects: Sequence[Subject], at: datetime) -> Found:
    for subject in subjects:
        if not subject.has_picture:
            yield subject, "no picture", "add one"


@warning("dated_in_the_future")
def dated_in_the_future(subjects: Sequence[Subject], at: datetime) -> Found:
    for subject in subjects:
        if subject.published_at > at:
            yield subject, f"the source date is in the future: {in_full(subject.published_at)}", "check the source date"


@warning("low_quality")
def low_quality(subjects: Sequence[Subject], at: datetime) -> Found:
    for subject in subjects:
        if subject.quality < settings.READINESS_QUALITY:
            yield subject, f"low quality ({subject.quality} of 100)", "review it"


@warning("covered_elsewhere")
def covered_elsewhere(subjects: Sequence[Subject], at: datetime) -> Found:
    """A visible article's coverage contains its address."""
    covers = _firsts(_COVERS.rows(at=at, keys={subject.url_key for subject in subjects}))
    for subject in subjects:
        other = next(((pk, title) for pk, title in covers.get(subject.url_key, []) if pk != subject.pk), None)
        if other:
            yield subject, COVERED.format(other[1]), COMPARE, _form(other[0]), other[0]


@warning("same_title")
def same_title(subjects: Sequence[Subject], at: datetime) -> Found:
    """Another visible article has the same title."""
    titles = _firsts(_NAMESAKES.rows(at=at, titles={subject.title for subject in subjects}))
    for subject in subjects:
        other = next((pk for pk, _ in titles.get(subject.title, []) if pk != subject.pk), None)
        if other is not None:
            yield subject, SAME_TITLE, COMPARE, _form(other), other


def _covers() -> QuerySet[Article, Any]:
    """No left join, which would begin with all that is live."""
    rows = Article.objects.visible(at=AT).filter(Among("related__url_key", Many("keys")), related__isnull=False)
    return rows.order_by("pk", "related__position").values_list("related__url_key", "pk", "title")


def _namesakes() -> QuerySet[Article, Any]:
    rows = Article.objects.visible(at=AT).filter(Among("title", Many("titles")))
    return rows.order_by("pk").values_list("title", "pk", "title")


_COVERS, _NAMESAKES = Compiled(_covers), Compiled(_namesakes)


def _firsts(rows: Iterable[tuple[str, int, str]]) -> dict[str, list[tuple[int, str]]]:
    """The first two of each key, because one may be the article itself."""
    firsts: dict[str, list[tuple[int, str]]] = {}
    for key, pk, title in rows:
        known = firsts.setdefault(key, [])
        if len(known) < 2 and (pk, title) not in known:
            known.append((pk, title))
    return firsts


def _form(pk: int) -> str:
    return reverse("admin:articles_article_change", args=[pk])
