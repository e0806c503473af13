"""What remains of a purged article, besides its revisions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections, models
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from articles.models.article import Article
from articles.models.history import ChangeSet
from articles.moments import day
from articles.seedfile import limits


class Tombstone(models.Model):
    """Blocks the address of a purged article until it is forgotten, and then remains as a record. `article_id` has no
    row any more."""

    article = models.OneToOneField(Article, models.DO_NOTHING, db_constraint=False, related_name="+")
    web_url = models.CharField(max_length=limits.ADDRESS)
    url_key = models.CharField(max_length=64)
    title = models.CharField(max_length=limits.TITLE)
    purged_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="tombstones")
    forgotten_at = models.DateTimeField(null=True, help_text="Since when the address may come in again.")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["url_key"], condition=Q(forgotten_at__isnull=True), name="tombstone_address_once"
            ),
        ]

    def __str__(self) -> str:
        return f"purged article {self.article_id}"

    @property
    def sentence(self) -> str:
        """When, by whom and, if given, why; in the current time zone."""
        return f"purged on {day(self.purged_at)} by {self.actor_name}" + (f" ({self.reason})" if self.reason else "")

    @property
    def refusal(self) -> str:
        """Why the address is blocked, and the remedy."""
        remedy = f"manage.py purge_articles --forget {self.web_url} allows it again"
        return f"{self.web_url} is the address of {self}, {self.sentence}; {remedy}"

    def as_article(self) -> Article:
        """A stand-in for reports, with number and title but without a row."""
        return Article(pk=self.article_id, title=self.title, web_url=self.web_url)


@receiver(post_migrate)
def keep_numbers_spent(sender: Any, using: str, **kwargs: Any) -> None:
    """After a migration rebuilds SQLite's article table, ids would continue from the newest remaining row; this keeps
    the ids of purged articles from being reused."""
    connection = connections[using]
    tables = (Article._meta.db_table, Tombstone._meta.db_table)
    if sender.label != Article._meta.app_label or connection.vendor != "sqlite":
        return
    if not set(tables) <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_ON, {"articles": tables[0]})
        if not cursor.rowcount:
            cursor.execute(_BEGIN_TO_COUNT, {"articles": tables[0]})


_SPENT = "(SELECT COALESCE(MAX(article_id), 0) FROM articles_tombstone)"
_COUNT_ON = f"UPDATE sqlite_sequence SET seq = MAX(seq, {_SPENT}) WHERE name = %(articles)s"  # noqa: S608  # nosec B608
_BEGIN_TO_COUNT = f"INSERT INTO sqlite_sequence (name, seq) VALUES (%(articles)s, {_SPENT})"  # noqa: S608  # nosec B608
