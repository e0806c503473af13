"""Who works here, and who of them has the form of an article open."""

from __future__ import annotations

import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

from articles.models.article import Article


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name} is not a time zone; write one like Europe/Berlin.")


class User(AbstractUser):
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text="For example Europe/Berlin. Leave empty for the site's time zone.",
    )
    language = models.CharField(max_length=16, blank=True, help_text="A language tag, for example en-GB.")

    class Meta:
        verbose_name = "account"

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Presence(models.Model):
    """A hint, not a lock: one row per article and user, true while `seen_at` is fresh (`presence.EXPIRY`).

    Without database constraints: checking them would lock the article's row and delay a save. A row whose article or
    user was deleted expires like any other.
    """

    article = models.ForeignKey(Article, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    is_editing = models.BooleanField(default=False)

    class Meta:
        ordering = ["opened_at", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} at article {self.article_id}"
