"""Articles' source files."""

from __future__ import annotations

import re
from hashlib import sha256

from django.db import models
from django.db.models import Q

from articles.models.article import Article
from articles.models.importing import ImportRun


def path_key(root: str, path: str) -> str:
    """An indexable key for a path of any length: SHA-256 of root and path, 64 hexadecimal digits."""
    return sha256(f"{root}\0{path}".encode()).hexdigest()


_SET_BESIDE = re.compile(r"(\.article-\d+)+(?=\.[^./]+\Z)")
"""Marks a path that `importing.places` assigned to a source whose own path another file took."""


def path_of_file(path: str) -> str:
    """The file's own path, without the mark."""
    return _SET_BESIDE.sub("", path)


def file_digest(imported: str, seen: str | None, pending: str | None) -> str:
    """The digest of the file's known content: of the last import, or of the desk's later write; "" while a write is
    unconfirmed."""
    return "" if pending else seen or imported


class _File(models.Model):
    """A file as of an import."""

    root = models.CharField(max_length=100)
    path = models.TextField(help_text="Below the root, with forward slashes.")
    digest = models.CharField(max_length=64)
    reader_version = models.PositiveSmallIntegerField()
    imported_at = models.DateTimeField()
    missing_at = models.DateTimeField(null=True, blank=True, help_text="When a run no longer found the file.")
    is_loss_reviewed = models.BooleanField(default=False, help_text="An editor knows that the file is missing.")
    unreviewed_from = models.PositiveIntegerField(
        null=True, blank=True, help_text="The version before the first source change that nobody has reviewed."
    )
    raw = models.BinaryField(editable=False)  # last: SQLite reads through a long column to reach those behind it

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.root}: {self.path}"

    @property
    def told_path(self) -> str:
        return path_of_file(self.path)

    @property
    def written(self) -> ExportedFile | None:
        """What the desk has written to the file since others did, if anything."""
        return getattr(self, "exported", None)


FILE_COLUMNS = tuple(field.name for field in _File._meta.fields)


class Source(_File):
    """An article's current source file. `raw` is what others last wrote and an import read; what the desk has written
    since is its `ExportedFile`."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="source")
    path_key = models.CharField(max_length=64, editable=False)
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="sources", db_index=False)

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

    @property
    def is_without_file(self) -> bool:
        """Whether the file did not exist when last checked: it is missing, or an export still has to write it."""
        return self.missing_at is not None or (self.written is not None and self.written.is_awaited)

    @property
    def file_digest(self) -> str:
        """See `file_digest`."""
        written = self.written
        return file_digest(self.digest, written.seen_digest, written.pending_digest) if written else self.digest

    @property
    def known_digests(self) -> frozenset[str]:
        """Digests of all bytes that do not count as a change."""
        written = self.written
        if written is None:
            return frozenset({self.digest})
        return frozenset({written.seen_digest or self.digest, written.pending_digest} - {""})


class ExportedFile(models.Model):
    """What the desk wrote to a source's file; a file with these bytes does not count as changed. Once others have
    written, the record moves to the `earlier` source, until the run that read their version is undone.

    A write is recorded before the file is touched, and *pending* until it is found there. `seen` is the last one found,
    or empty.
    """

    source = models.OneToOneField(Source, models.CASCADE, null=True, related_name="exported")
    earlier = models.OneToOneField("EarlierSource", models.CASCADE, null=True, related_name="exported")
    seen_digest = models.CharField(max_length=64, blank=True)
    pending_digest = models.CharField(max_length=64, blank=True)
    is_awaited = models.BooleanField(default=False, help_text="There is no file, and the next export writes one.")
    seen_raw = models.BinaryField(default=b"", editable=False)  # last, as in Source
    pending_raw = models.BinaryField(default=b"", editable=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(source__isnull=False, earlier__isnull=True) | Q(source__isnull=True, earlier__isnull=False),
                name="exported_file_of_one_source",
            )
        ]

    def __str__(self) -> str:
        return f"what was written to {self.source or self.earlier}"


WRITTEN_BYTES = ("exported__seen_raw", "exported__pending_raw")
"""The long columns of a source's `exported`, to defer."""


class UndoneFile(models.Model):
    """A file as an undone run had read it: imports skip these bytes until they change."""

    root = models.CharField(max_length=100)
    path_key = models.CharField(max_length=64, editable=False)
    digest = models.CharField(max_length=64)
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="undone_files", db_index=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["path_key", "digest"], name="undone_file_once")]
        indexes = [models.Index(fields=["root", "digest"], name="undone_file_of_root")]

    def __str__(self) -> str:
        return f"file of the undone run {self.run_id}"


class EarlierSource(_File):
    """A source's state before a run changed it; undoing the run restores it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="earlier_sources", db_index=False)
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="+", db_index=False)
    replaced_in = models.ForeignKey(ImportRun, models.PROTECT, related_name="replaced_sources", db_index=False)
    version_after = models.PositiveIntegerField(help_text="The article's version when that run was done with it.")

    class Meta:
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["article", "replaced_in"], name="earlier_source_once_per_run")]
        indexes = [models.Index(fields=["replaced_in"], name="earlier_source_of_run")]
