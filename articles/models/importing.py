"""Import runs and their results."""

from __future__ import annotations

import json
import shlex
from typing import Any

from django.db import models

from articles.models.article import Article
from articles.models.history import ChangeSet


class Outcome(models.TextChoices):
    """What a run did with one file."""

    CREATED = "created", "created"
    UPDATED = "updated", "updated"
    UNCHANGED = "unchanged", "unchanged"
    CONFLICTED = "conflicted", "conflicted"
    REJECTED = "rejected", "rejected"
    SKIPPED = "skipped", "skipped"


class Root(models.Model):
    """A tree of seeds, and where it was last imported from."""

    name = models.CharField(max_length=100, unique=True)
    folders = models.TextField(help_text="As JSON: absolute, or below the project's own folder.")
    is_whole = models.BooleanField(help_text="All that is below them was imported, not single files alone.")
    remembered_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    change_set = models.OneToOneField(ChangeSet, models.PROTECT, related_name="import_run")
    root = models.CharField(max_length=100)
    paths = models.TextField(help_text="The folders, or the single files, one a line.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    conflicted_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("undo_importrun", "Can undo import runs")]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def command(self) -> str:
        """The command that repeats this import, even after it was undone."""
        return f"manage.py import_seeds {shlex.join(['--again', '--root', self.root, *self.paths.splitlines()])}"

    def count_of(self, outcome: Outcome) -> int:
        count: int = getattr(self, f"{outcome}_count")
        return count


class ImportOutcome(models.Model):
    """One line of a run's receipt; unchanged files have none."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="outcomes", db_index=False)
    path = models.TextField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    article = models.ForeignKey(  # no constraint: without an index, every deleted article would scan all outcomes
        Article, models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
    changes = models.TextField(blank=True, help_text="The fields that changed, one a line.")
    problems = models.TextField(blank=True, help_text="As JSON: severity, line, key, message.")

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["run", "id"], name="outcome_of_run"),
            models.Index(fields=["run", "outcome", "id"], name="outcome_of_run_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.path}: {self.outcome}"

    @property
    def problem_list(self) -> list[dict[str, Any]]:
        return json.loads(self.problems) if self.problems else []
