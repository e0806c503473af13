"""Source changes that editors acknowledged."""

from __future__ import annotations

from django.db import models

from articles.models.article import Article
from articles.models.history import ChangeSet


class Look(models.Model):
    """An editor acknowledges a source change; an undo reverts that. `since` is the source's `unreviewed_from`;
    `is_loss` means that the file is missing."""

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="looks")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    since = models.PositiveIntegerField(null=True)
    is_loss = models.BooleanField(default=False)
    has_ended = models.BooleanField(default=True, help_text="Whether it ended the waiting, or made it wait again.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["change_set", "article"], name="look_once_per_set")]

    def __str__(self) -> str:
        return f"look at article {self.article_id}"
