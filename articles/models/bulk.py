"""Bulk actions: one verb for a fixed set of articles, and the result for each."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models.article import Article
from articles.models.history import ChangeSet

UNDO = "undo"


class BulkAction(models.Model):
    """`arguments` is JSON; `query` the list's filters, for the way back. `token` is that of the page on
    which it was confirmed. Unfinished is one that has neither come to its end nor been stopped."""

    verb = models.CharField(max_length=20, help_text="A verb's name, or UNDO.")
    arguments = models.TextField(default="{}")
    query = models.TextField(blank=True)
    token = models.UUIDField(null=True, unique=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)
    change_set = models.OneToOneField(ChangeSet, models.SET_NULL, null=True, related_name="bulk_action")
    created_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True, help_text="When its latest chunk was done, or it was stopped.")
    worked_by = models.CharField(max_length=150, blank=True)
    finished_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(done_count__lte=F("count")), name="bulk_does_no_more_than_was_chosen"),
            models.CheckConstraint(
                condition=Q(done_count=F("changed_count") + F("unchanged_count") + F("refused_count")),
                name="bulk_counts_add_up",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(finished_at=None), name="bulk_unfinished"),
        ]

    def __str__(self) -> str:
        return f"bulk action {self.pk}"

    @property
    def given(self) -> dict[str, Any]:
        """The arguments, decoded."""
        arguments: dict[str, Any] = json.loads(self.arguments)
        return arguments

    @property
    def is_running(self) -> bool:
        """Whether it is confirmed and unfinished."""
        return self.finished_at is None

    @property
    def left_count(self) -> int:
        return self.count - self.done_count


class BulkEntry(models.Model):
    """One article of a bulk action, at its version when the action began; keeps the key of an article purged since."""

    class Outcome(models.TextChoices):
        WAITING = "", "not done"
        CHANGED = "changed", "changed"
        UNCHANGED = "unchanged", "unchanged"
        REFUSED = "refused", "refused"

    bulk = models.ForeignKey(BulkAction, models.CASCADE, related_name="entries", db_index=False)
    position = models.PositiveIntegerField()
    article = models.ForeignKey(Article, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["bulk", "position"], name="bulk_entry_position_unique"),
            models.UniqueConstraint(fields=["bulk", "article"], name="bulk_entry_article_unique"),
        ]

    def __str__(self) -> str:
        return f"article {self.article_id} of bulk action {self.bulk_id}"
