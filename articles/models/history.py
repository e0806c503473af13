"""What happened to articles: revisions, and the change sets that hold those made together. Append-only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from articles.models.article import Article


class Origin(models.TextChoices):
    """From where a change came."""

    FORM = "form", "article form"
    ACTION = "action", "list action"
    IMPORT = "import", "import"
    COMMAND = "command", "command line"
    RESTORE = "restore", "restore"
    UNDO = "undo", "undo"
    SEVERAL = "several", "several ways"


class ChangeSet(models.Model):
    """Revisions made together, which one Undo takes back. `actor` is empty for the operator."""

    class Kind(models.TextChoices):
        """Besides those of `workflow.verbs`, which are the verbs' names."""

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


@dataclass(frozen=True)
class Fold:
    """What a revision that stands for several tells of them: from which number and moment on, by whom, which fields
    changed meanwhile and came back."""

    first: int
    since: datetime
    who: list[str]
    fields: list[str]


class Revision(models.Model):
    """One change to one article. `changes` is ordered JSON, field to [before, after], in the seed's vocabulary.

    The one that created an article holds no values: the source digest names the bytes they came from. A `secured`
    appears as its SHA-256 digest, never as text.

    `manage.py prune_revisions` folds some into the last of them: `folded` is then JSON, the states between are gone.

    It outlives its article: `article_id` of a purged one is a number that has no row but a Tombstone, and that no other
    article ever gets.
    """

    article = models.ForeignKey(
        Article, models.DO_NOTHING, related_name="revisions", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    origin = models.CharField(max_length=20, choices=Origin)
    reason = models.CharField(max_length=500, blank=True)
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, null=True, related_name="revisions")
    source_digest = models.CharField(max_length=64, blank=True)
    changes = models.TextField(blank=True)
    folded = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique")]

    def __str__(self) -> str:
        return f"revision {self.number} of article {self.article_id}"

    @property
    def values(self) -> dict[str, tuple[Any, Any]]:
        """Field to (before, after), each as JSON; empty for the revision that created the article."""
        return json.loads(self.changes) if self.changes else {}

    @property
    def fold(self) -> Fold | None:
        """None for a revision as it was made."""
        if not self.folded:
            return None
        told = json.loads(self.folded)
        return Fold(told["first"], datetime.fromisoformat(told["since"]), told["who"], told["fields"])

    @property
    def first_number(self) -> int:
        """Of the revisions that it stands for; its own for one as it was made."""
        return self.fold.first if self.fold else self.number

    @property
    def touched_fields(self) -> list[str]:
        """Those that changed, whether or not they came back."""
        return [*self.values, *(self.fold.fields if self.fold else [])]


class FoldedStep(models.Model):
    """What a change set did to an article, folded together with what others did, so that it is no longer the set's."""

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="folded_steps", db_index=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="Of the revision that stands for it.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["change_set", "article", "number"], name="folded_step_once"),
        ]

    def __str__(self) -> str:
        return f"change set {self.change_set_id} in revision {self.number} of article {self.article_id}"
