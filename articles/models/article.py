"""The article, with the columns that lists need; its parts are in `parts`."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from articles.models.taxonomy import Category, Provider, Topic
from articles.querysets import ArticleQuerySet, Standing, standing_of
from articles.seedfile import limits
from articles.seedfile.addresses import web_address


def validate_web_address(value: str) -> None:
    try:
        web_address(value)
    except ValueError as problem:
        raise ValidationError(str(problem)) from None


def http_only(field: str, name: str, *, may_be_empty: bool = False) -> models.CheckConstraint:
    """A check constraint: the address is http or https."""
    rule = Q(**{f"{field}__istartswith": "http://"}) | Q(**{f"{field}__istartswith": "https://"})
    return models.CheckConstraint(condition=rule | Q(**{field: ""}) if may_be_empty else rule, name=name)


def page_path(pk: int, slug: str) -> str:
    """Path prefix of readers' article pages."""
    return f"/a/{pk}-{slug}/"


NOTE_LENGTH = 500
"""Maximum length of an editor's note or reason."""


class Cause(models.TextChoices):
    """Why an article is dismissed."""

    DUPLICATE = "duplicate", "duplicate"
    OFF_TOPIC = "off_topic", "off topic"
    POOR = "poor", "low quality"
    LEGAL = "legal", "legal"
    OTHER = "other", "other"


_UNDECIDED = Q(published=False, set_aside__isnull=True, hold__isnull=True)
"""Of indexes: as `ArticleQuerySet.undecided` has it."""


class Article(models.Model):
    """Changed only by `changes.door`; `version` is the number of its newest revision."""

    slug = models.SlugField(max_length=80, allow_unicode=True, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, db_index=False)
    title = models.CharField(max_length=limits.TITLE)
    published_at = models.DateTimeField(help_text="The source's own publishedDateTime, never our moment.")
    original_url = models.CharField(max_length=limits.ADDRESS, blank=True, validators=[validate_web_address])
    web_url = models.CharField(max_length=limits.ADDRESS, validators=[validate_web_address])
    url_key = models.CharField(max_length=64, editable=False)
    type = models.CharField(max_length=limits.TYPE)
    quality = models.PositiveSmallIntegerField(default=0)
    heat = models.IntegerField(default=-1)
    published = models.BooleanField(default=False)
    live_from = models.DateTimeField(null=True, blank=True)
    live_until = models.DateTimeField(null=True, blank=True)
    # Null, not empty: SQLite chooses a partial index for IS NULL, and not for a bound empty text.
    set_aside = models.CharField(max_length=20, choices=Cause, null=True, blank=True)
    set_aside_note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    set_aside_before = models.CharField(max_length=20, choices=Cause, blank=True)
    hold = models.CharField(max_length=NOTE_LENGTH, null=True, blank=True)
    provider = models.ForeignKey(Provider, models.PROTECT, db_index=False)
    topics: models.ManyToManyField[Topic, models.Model] = models.ManyToManyField(Topic, through="ArticleTopic")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    # The long columns last: SQLite reads through them to reach those behind.
    excerpt = models.TextField(blank=True)
    extra = models.TextField(blank=True, editable=False)
    provider_extra = models.TextField(blank=True, editable=False)
    body = models.TextField(blank=True)
    body_html = models.TextField(blank=True, editable=False)
    byline = models.CharField(max_length=limits.BYLINE, blank=True, default="", db_default="")

    objects = ArticleQuerySet.as_manager()

    class Meta:
        permissions = [("publish_article", "Can publish and unpublish, and change what is published")]
        constraints = [
            models.UniqueConstraint(fields=["url_key"], name="article_address_unique"),
            http_only("web_url", "article_web_url_is_http"),
            http_only("original_url", "article_original_url_is_http", may_be_empty=True),
            models.CheckConstraint(condition=Q(quality__range=limits.QUALITY), name="article_quality_in_range"),
            models.CheckConstraint(condition=Q(heat__gte=limits.HEAT[0]), name="article_heat_in_range"),
            models.CheckConstraint(
                condition=Q(published=False) | Q(live_from__isnull=False), name="article_published_is_live_from"
            ),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gt=F("live_from")),
                name="article_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(published=False) | Q(set_aside__isnull=True), name="article_published_is_not_set_aside"
            ),
            models.CheckConstraint(
                condition=Q(published=False) | Q(hold__isnull=True), name="article_published_is_not_on_hold"
            ),
            models.CheckConstraint(condition=~Q(set_aside=""), name="article_set_aside_for_a_cause"),
            models.CheckConstraint(condition=~Q(hold=""), name="article_hold_has_a_reason"),
        ]
        indexes = [
            models.Index(F("live_from").desc(), F("id").desc(), condition=Q(published=True), name="article_live"),
            models.Index(
                "category", F("live_from").desc(), F("id").desc(), condition=Q(published=True), name="article_cat_live"
            ),
            models.Index(
                "provider", F("live_from").desc(), F("id").desc(), condition=Q(published=True), name="article_prov_live"
            ),
            models.Index(
                "type", F("live_from").desc(), F("id").desc(), condition=Q(published=True), name="article_type_live"
            ),
            models.Index(
                "live_until", "id", condition=Q(published=True, live_until__isnull=False), name="article_ends"
            ),
            models.Index(F("published_at").desc(), F("id").desc(), condition=_UNDECIDED, name="article_undecided"),
            models.Index(F("heat").desc(), F("id").desc(), condition=_UNDECIDED, name="article_undecided_heat"),
            models.Index(F("quality").desc(), F("id").desc(), condition=_UNDECIDED, name="article_undecided_quality"),
            models.Index("id", condition=_UNDECIDED, name="article_undecided_arrival"),
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(set_aside__isnull=False),
                name="article_set_aside",
            ),
            models.Index(
                "set_aside",
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(set_aside__isnull=False),
                name="article_cause",
            ),
            models.Index(
                F("published_at").desc(), F("id").desc(), condition=Q(set_aside_before__gt=""), name="article_came_back"
            ),
            models.Index(
                F("published_at").desc(), F("id").desc(), condition=Q(hold__isnull=False), name="article_on_hold"
            ),
            models.Index("title", condition=Q(published=True), name="article_live_title"),
            models.Index(F("published_at").desc(), F("id").desc(), name="article_newest"),
            models.Index("category", F("published_at").desc(), name="article_category"),
            models.Index("provider", F("published_at").desc(), name="article_provider"),
            models.Index("type", F("published_at").desc(), name="article_type"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page's path; 404 for readers while the article is not visible."""
        return page_path(self.pk, self.slug)

    def is_visible(self, *, at: datetime) -> bool:
        """Whether readers see it at that time: the twin of `ArticleQuerySet.visible`."""
        return self.standing(at=at) is Standing.LIVE

    def standing(self, *, at: datetime) -> Standing:
        return standing_of(self.published, self.live_from, self.live_until, at=at)
