"""Parts of an article: topics, pictures, coverage, secured payloads. In the file's order."""

from __future__ import annotations

from django.db import models

from articles.models.article import Article, http_only, validate_web_address
from articles.models.taxonomy import Provider, Topic
from articles.seedfile import limits


class ArticleTopic(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="topic_rows", db_index=False)
    topic = models.ForeignKey(Topic, models.PROTECT, db_index=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["article", "topic"], name="topic_once_per_article")]
        indexes = [models.Index(fields=["topic", "article"], name="topic_articles")]

    def __str__(self) -> str:
        return f"{self.position + 1}. {self.topic}"


class ArticleImage(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="images", db_index=False)
    position = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=limits.ADDRESS, validators=[validate_web_address])
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    is_cached = models.BooleanField(default=False, help_text="What the file claims; no proof that we hold a copy.")
    extra = models.TextField(blank=True, editable=False)
    alt = models.CharField(max_length=limits.ALT, blank=True, default="", db_default="")
    caption = models.CharField(max_length=limits.CAPTION, blank=True, default="", db_default="")
    credit = models.CharField(max_length=limits.CREDIT, blank=True, default="", db_default="")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="image_position_unique"),
            http_only("url", "image_url_is_http"),
        ]

    def __str__(self) -> str:
        return self.url


class RelatedArticle(models.Model):
    """One coverage entry. Matched with our own articles by `url_key`, so there is no foreign key to maintain."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="related", db_index=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=limits.TITLE)
    excerpt = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    web_url = models.CharField(max_length=limits.ADDRESS, validators=[validate_web_address])
    url_key = models.CharField(max_length=64, db_index=True, editable=False)
    type = models.CharField(max_length=limits.TYPE, blank=True)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, blank=True, related_name="coverage")
    quality = models.PositiveSmallIntegerField(default=0)
    images = models.TextField(blank=True, help_text="Pictures as ordered JSON, in the seed's own keys.")
    extra = models.TextField(blank=True, editable=False)
    provider_extra = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["position"]
        verbose_name = "coverage"
        verbose_name_plural = "coverage"
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="related_position_unique"),
            http_only("web_url", "related_web_url_is_http"),
        ]

    def __str__(self) -> str:
        return self.title


class SecuredPayload(models.Model):
    """A `secured` text, verbatim, separate from everything that pages, lists and logs show. The newest one counts; an
    empty one means that the file removed it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="secured_payloads")
    text = models.TextField(blank=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"secured payload {self.digest[:12]}"
