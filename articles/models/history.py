"""Revisions of articles, and the change sets that group them. Append-only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.conf import settings
from django.db import models

from articles.models.article import Article


class Origin(models.TextChoices):
    """Where a change came from."""

    FORM = "form", "article form"
    ACTION = "action", "list action"
    IMPORT = "import", "import"
    COMMAND = "command", "command line"
    RESTORE = "restore", "restore"
    UNDO = "undo", "undo"


class ChangeSet(models.Model):
    """Revisions made together and undone together. `actor` is empty for the operator."""

    class Kind(models.TextChoices):
        """Kinds besides the names of `workflow.verbs`."""

        EDIT = "edit", "edited"
        IMPORT = "import", "import"
        COMMAND = "command", "command"
        RESTORE = "restore", "restored"
        CONFLICT = "conflict", "conflicts decided"
        LOOK = "look", "source change reviewed"
        UNDO = "undo", "undo"
        PURGE = "purge", "purged"

    kind = models.CharField(max_length=20)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"change set {self.pk}"


def changes_text(values: Mapping[str, Sequence[Any]]) -> str:
    """Serialises field to (before, after), for `Revision.changes`."""
    return json.dumps(values, ensure_ascii=False)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def changing(self, field: str) -> Self:
        """Revisions that changed this field. Cannot match inside a value, where quotation marks are escaped."""
        return self.filter(changes__contains=f'"{field}": [')


class Revision(models.Model):
    """One change to one article. `changes` is ordered JSON, field to [before, after], in the seed's vocabulary.

    The creating revision has no values: the source digest identifies the bytes they came from. A `secured` is recorded
    as its SHA-256 digest, never as text.

    Numbers may have gaps: earlier versions of Newsdesk could merge a run of revisions into the last one, whose reason
    says so.

    Revisions outlive their article: the `article_id` of a purged article has only a Tombstone, and is never reused.
    """

    article = models.ForeignKey(
        Article, models.DO_NOTHING, related_name="revisions", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    actor_name = models.CharField(max_length=150)
    origin = models.CharField(max_length=20, choices=Origin)
    reason = models.CharField(max_length=500, blank=True)
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, null=True, related_name="revisions")
    source_digest = models.CharField(max_length=64, blank=True)
    changes = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique")]
        indexes = [models.Index(fields=["actor"], condition=models.Q(actor__isnull=False), name="revision_of_user")]

    def __str__(self) -> str:
        return f"revision {self.number} of article {self.article_id}"

    @property
    def values(self) -> dict[str, tuple[Any, Any]]:
        """Field to (before, after), each as JSON; empty for the revision that created the article."""
        return json.loads(self.changes) if self.changes else {}


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
