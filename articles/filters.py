"""The one FilterSet: query parameters of lists, admin, desk and API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from articles.models import Article, ArticleTopic, Category, Cause, Conflict, Provider, Topic
from articles.models.taxonomy import Term
from articles.querysets import ArticleQuerySet, Standing
from articles.seedfile import limits
from articles.sql.compiled import Blank, Compiled, Row

MOST_SORTED = 5_000
"""Up to this many articles of a topic are sorted to find the latest."""
_LOOKED_FOR = 20


class ArticleFilterSet(django_filters.FilterSet):
    """Filters for everybody. Unknown names match nothing and are no error: a response must not reveal whether a name is
    used by hidden articles.

    Dates are the source's (`published_at`), inclusive, in the current time zone.
    """

    q = django_filters.CharFilter(label="Search", method="filter_text", max_length=200)
    category = django_filters.CharFilter(label="Category", method="filter_category", max_length=100)
    topic = django_filters.CharFilter(label="Topic", method="filter_topic", max_length=100)
    provider = django_filters.CharFilter(label="Provider", method="filter_provider", max_length=100)
    type = django_filters.CharFilter(label="Type", max_length=50)
    since = django_filters.DateFilter(label="From", method="filter_since", widget=forms.DateInput({"type": "date"}))
    until = django_filters.DateFilter(label="To", method="filter_until", widget=forms.DateInput({"type": "date"}))

    class Meta:
        model = Article
        fields: ClassVar[list[str]] = []

    def filter_text(self, queryset: ArticleQuerySet[Article], name: str, value: str) -> ArticleQuerySet[Article]:
        return queryset.matching(value)

    def filter_category(self, queryset: ArticleQuerySet[Article], name: str, value: str) -> ArticleQuerySet[Article]:
        return queryset.filter(category__in=shown_under(Category, value))

    def filter_provider(self, queryset: ArticleQuerySet[Article], name: str, value: str) -> ArticleQuerySet[Article]:
        return queryset.filter(provider__in=shown_under(Provider, value))

    def filter_topic(self, queryset: ArticleQuerySet[Article], name: str, value: str) -> ArticleQuerySet[Article]:
        """A rare topic is looked up by its articles; for a common one, articles are scanned in order until a page is
        full. Each strategy is slow for the other kind."""
        topic_rows = _TOPICS.rows(term=value)
        rows = ArticleTopic.objects.filter(topic__in=[pk for pk, _, _ in topic_rows]).order_by()
        if _are_rare(topic_rows):
            return queryset.filter(pk__in=rows.values("article"))
        return queryset.filter(Exists(rows.filter(article=OuterRef("pk"))))

    def filter_since(self, queryset: ArticleQuerySet[Article], name: str, value: date) -> ArticleQuerySet[Article]:
        return queryset.filter(published_at__gte=_at(value, time.min))

    def filter_until(self, queryset: ArticleQuerySet[Article], name: str, value: date) -> ArticleQuerySet[Article]:
        return queryset.filter(published_at__lte=_at(value, time.max))


class DeskFilterSet(ArticleFilterSet):
    """Additional filters for editors."""

    STATES: ClassVar[list[tuple[str, str]]] = [
        ("undecided", "Undecided"),
        ("held", "On hold"),
        ("set-aside", "Dismissed"),
        ("published", "Published"),
        *[(str(standing), str(standing.label)) for standing in (Standing.LIVE, Standing.SCHEDULED)],
        ("ending", "Expiring"),
        (str(Standing.ENDED), str(Standing.ENDED.label)),
        ("all", "All"),
    ]

    state = django_filters.ChoiceFilter(label="State", choices=STATES, method="filter_state", empty_label=None)
    quality_min = django_filters.NumberFilter(
        label="Quality from", field_name="quality", lookup_expr="gte", min_value=0, max_value=100, decimal_places=0
    )
    heat_min = django_filters.NumberFilter(
        label="Heat from",
        field_name="heat",
        lookup_expr="gte",
        min_value=-1,
        max_value=2_147_483_647,
        decimal_places=0,
    )

    conflict = django_filters.ChoiceFilter(
        label="Conflicts", choices=[("open", "With open conflicts")], method="filter_conflict"
    )
    cause = django_filters.ChoiceFilter(label="Cause", field_name="set_aside", choices=Cause.choices)
    came_back = django_filters.ChoiceFilter(
        label="Changed since dismissed",
        choices=[("yes", "Dismissed; the source has changed")],
        method="filter_came_back",
    )

    def filter_conflict(self, queryset: ArticleQuerySet[Article], name: str, value: str) -> ArticleQuerySet[Article]:
        return queryset.filter(pk__in=Conflict.objects.filter(closed_at=None).values("article"))

    def filter_came_back(self, queryset: ArticleQuerySet[Article], name: str, value: str) -> ArticleQuerySet[Article]:
        return queryset.came_back()

    def filter_state(self, queryset: ArticleQuerySet[Article], name: str, value: str) -> ArticleQuerySet[Article]:
        states: dict[str, Callable[[], ArticleQuerySet[Article]]] = {
            "undecided": queryset.undecided,
            "held": queryset.on_hold,
            "set-aside": queryset.set_aside,
            "published": queryset.published,
            "ending": partial(queryset.ending, at=timezone.now()),
            "all": queryset.all,
        }
        return states[value]() if value in states else queryset.standing(Standing(value), at=timezone.now())


def shown_under(model: type[Term], term: str) -> list[int]:
    """The primary keys that readers find under a slug or exact name: the term, and those displayed as it. With values
    instead of a subquery, the database chooses better indexes."""
    return [pk for (pk,) in _SHOWN_UNDER[model._meta.model_name].rows(term=term)]


def _terms_under(model: type[Term]) -> QuerySet[Any, Any]:
    named = Q(slug=_TERM) | Q(name=_TERM)
    shown = Q(shown_as__slug=_TERM) | Q(shown_as__name=_TERM)
    return model._default_manager.filter(named | shown).order_by().values_list("pk")


def _are_rare(topics: Sequence[Row]) -> bool:
    """Whether sorting their articles is cheaper than scanning for a page of them."""
    about: int = sum(count for _, count, _ in topics)
    newest: int = max((newest or 0 for _, _, newest in topics), default=0)
    return about <= MOST_SORTED and about**2 <= _LOOKED_FOR * newest


_TERM = Blank("term", CharField())
_SHOWN_UNDER = {model._meta.model_name: Compiled(partial(_terms_under, model)) for model in (Category, Provider)}
_TOPICS = Compiled(
    partial(_terms_under, Topic),
    within=f"""
    WITH found(id) AS ({{query}}) SELECT found.id, (
        SELECT COUNT(*) FROM (SELECT 1 FROM articles_articletopic WHERE topic_id = found.id LIMIT {MOST_SORTED + 1}) x
    ), (SELECT MAX(id) FROM articles_article) FROM found
    """,  # noqa: S608  # nosec B608: the number is ours, the braces take SQL that Django compiled
)
"""The topics, a capped count of their articles, and the newest article's key."""


def _at(day: date, clock: time) -> datetime:
    """Limited to the years of articles, so that no zone shift can overflow."""
    first, last = limits.YEARS
    return timezone.make_aware(datetime.combine(max(date(first, 1, 1), min(day, date(last, 12, 31))), clock))
