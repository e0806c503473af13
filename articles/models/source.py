"""Where an article came from."""

from __future__ import annotations

from hashlib import sha256

from django.db import models

from articles.models.article import Article
from articles.models.importing import ImportRun


def path_key(root: str, path: str) -> str:
    """One indexable key for a path of any length: SHA-256 of root and path, 64 hexadecimal digits."""
    return sha256(f"{root}\0{path}".encode()).hexdigest()


class Source(models.Model):
    """The file an article was last taken from: the merge base is these very bytes."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="source")
    root = models.CharField(max_length=100)
    path = models.TextField(help_text="Below the root, with forward slashes.")
    path_key = models.CharField(max_length=64, editable=False)
    digest = models.CharField(max_length=64)
    reader_version = models.PositiveSmallIntegerField()
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="sources", db_index=False)
    imported_at = models.DateTimeField()
    missing_at = models.DateTimeField(null=True, blank=True, help_text="When a run no longer found the file.")
    raw = models.BinaryField(editable=False)  # last: SQLite reads through a long column to reach those behind it

    class Meta:
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["path_key"], name="source_path_unique")]
        indexes = [models.Index(fields=["root", "id"], name="source_root")]

    def __str__(self) -> str:
        return f"{self.root}: {self.path}"
