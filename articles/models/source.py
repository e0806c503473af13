"""Where an article came from."""

from __future__ import annotations

import re
from hashlib import sha256

from django.db import models
from django.db.models import Q

from articles.models.article import Article
from articles.models.importing import ImportRun


def path_key(root: str, path: str) -> str:
    """One indexable key for a path of any length: SHA-256 of root and path, 64 hexadecimal digits."""
    return sha256(f"{root}\0{path}".encode()).hexdigest()


_SET_BESIDE = re.compile(r"(\.article-\d+)+(?=\.[^./]+\Z)")
"""The mark of a path that importing.places gave a source whose own another file took."""


def path_of_file(path: str) -> str:
    """The path that the file itself had."""
    return _SET_BESIDE.sub("", path)


class _File(models.Model):
    """One file as it was once imported."""

    root = models.CharField(max_length=100)
    path = models.TextField(help_text="Below the root, with forward slashes.")
    digest = models.CharField(max_length=64)
    reader_version = models.PositiveSmallIntegerField()
    imported_at = models.DateTimeField()
    missing_at = models.DateTimeField(null=True, blank=True, help_text="When a run no longer found the file.")
    unreviewed_from = models.PositiveIntegerField(
        null=True, blank=True, help_text="The version that readers had before the file changed it and nobody looked."
    )
    raw = models.BinaryField(editable=False)  # last: SQLite reads through a long column to reach those behind it

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.root}: {self.path}"

    @property
    def told_path(self) -> str:
        return path_of_file(self.path)


FILE_COLUMNS = tuple(field.name for field in _File._meta.fields)


class Source(_File):
    """The file an article was last taken from: the merge base is these very bytes."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="source")
    path_key = models.CharField(max_length=64, editable=False)
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="sources", db_index=False)
    is_loss_reviewed = models.BooleanField(default=False, help_text="An editor knows that the file is missing.")

    class Meta:
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["path_key"], name="source_path_unique")]
        indexes = [
            models.Index(fields=["root", "id"], name="source_root"),
            models.Index(fields=["article"], condition=Q(unreviewed_from__isnull=False), name="source_unreviewed"),
            models.Index(
                fields=["article"], condition=Q(missing_at__isnull=False, is_loss_reviewed=False), name="source_lost"
            ),
        ]


class EarlierSource(_File):
    """What a source was before a run moved it on; undoing the run brings it back."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="earlier_sources", db_index=False)
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="+", db_index=False)
    replaced_in = models.ForeignKey(ImportRun, models.PROTECT, related_name="replaced_sources", db_index=False)
    version_after = models.PositiveIntegerField(help_text="The article's version when that run was done with it.")

    class Meta:
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["article", "replaced_in"], name="earlier_source_once_per_run")]
        indexes = [models.Index(fields=["replaced_in"], name="earlier_source_of_run")]
