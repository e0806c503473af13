"""Conflicts between source and desk about a field."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q

from articles.models.article import Article
from articles.models.history import ChangeSet


class Conflict(models.Model):
    """A field that the source and the desk changed differently. The article keeps its own value until somebody decides.

    `base`, `incoming` and `current` are the three values, as JSON in the format of revisions. `field` is one of
    `schema.FIELDS`. At most one conflict per article and field is open.
    """

    class Outcome(models.TextChoices):
        """How it was closed. EDITED is from earlier releases, which could set a third value in the queue."""

        KEPT = "kept", "ours kept"
        TAKEN = "taken", "source used"
        EDITED = "edited", "edited"
        REPLACED = "replaced", "replaced by a newer source version"
        AGREED = "agreed", "source and desk agree"
        UNDONE = "undone", "import undone"

    article = models.ForeignKey(Article, models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=20)
    base = models.TextField()
    incoming = models.TextField()
    current = models.TextField()
    opened_in = models.ForeignKey(ChangeSet, models.PROTECT, related_name="conflicts_opened")
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    closed_in = models.ForeignKey(ChangeSet, models.PROTECT, null=True, related_name="conflicts_closed")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["article", "field"], condition=Q(closed_at__isnull=True), name="conflict_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="conflict_closed_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"conflict on {self.field} of article {self.article_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def values(self) -> tuple[Any, Any, Any]:
        """Base, incoming and current, as JSON values."""
        return json.loads(self.base), json.loads(self.incoming), json.loads(self.current)


class Reopening(models.Model):
    """An undo reopened a conflict. `outcome` is how it had been closed; undoing the undo closes it that way again."""

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="reopenings")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    conflict = models.ForeignKey(Conflict, models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, choices=Conflict.Outcome)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["change_set", "conflict"], name="reopening_once_per_set")]

    def __str__(self) -> str:
        return f"reopening of conflict {self.conflict_id}"
