"""Writes articles to files: into the folder of their root, from which they are imported again, or as copies elsewhere.

A write into a root's folder is recorded before the file is touched, so that imports recognise it. Unknown bytes are
never overwritten, and deleted files are not recreated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from articles.exporting import ExportOutcome, SeedFile, seed_files
from articles.models import Article, ExportedFile, Source, UndoneFile
from articles.models.source import path_key
from articles.querysets import ArticleQuerySet
from articles.seedfile import reader
from articles.sources.folder import Changed, Unwritable, digest_in, put, sweep

NAMES_TRIED = 100
NOT_KNOWN = "has changed since the last import"
DELETED = "was deleted; see “Source changes” in the admin"


def of_root(articles: ArticleQuerySet[Article], root: str) -> ArticleQuerySet[Article]:
    """Articles whose file belongs to the root, and those written on the desk that have no file yet."""
    return articles.filter(Q(source__root=root) | Q(source=None))


def write_root(folder: Path, root: str, articles: ArticleQuerySet[Article]) -> Iterator[SeedFile]:
    """Updates the root's files in `folder`. A file changed since its last import is KEPT, a deleted one is MISSING; an
    article written on the desk gets a file and a source.

    `articles` are some of `of_root`'s. If it is killed, no file is half-written and none counts as changed. The caller
    holds the root's lock. Raises OSError from the disk.
    """
    sweep(folder)
    undone = set(UndoneFile.objects.filter(root=root).values_list("path_key", flat=True))
    for made in seed_files(articles):
        if made.raw is None:
            yield made
        elif made.source is None:
            yield _write_new(folder, root, made, made.raw)
        else:
            written = _write_known(folder, made, made.source, made.raw)
            if written.raw is not None and made.source.path_key in undone:
                UndoneFile.objects.filter(path_key=made.source.path_key).delete()
            yield written


def write_copy(folder: Path, articles: ArticleQuerySet[Article]) -> Iterator[SeedFile]:
    """Writes copies of the articles into a folder that belongs to no root: unrecorded, and only over their own sources'
    bytes.

    Raises OSError from the disk.
    """
    for made in seed_files(articles):
        yield made if made.raw is None else _copy(folder, made, made.raw)


def _copy(folder: Path, made: SeedFile, raw: bytes) -> SeedFile:
    try:
        there = digest_in(folder, made.path)
        if there == reader.digest_of(raw):
            return made
        if there is not None and (made.source is None or there not in made.source.known_digests):
            return _kept(made)
        put(folder, made.path, raw, over=there)
    except Changed:
        return _kept(made)
    except Unwritable as problem:
        return _failed(made, str(problem))
    return made


def _write_known(folder: Path, made: SeedFile, source: Source, raw: bytes) -> SeedFile:
    """Updates a source's file."""
    try:
        there = digest_in(folder, made.path)
        if there is None and not _is_awaited(source):
            Source.objects.filter(pk=source.pk, missing_at=None).update(missing_at=timezone.now())
            return replace(made, outcome=ExportOutcome.MISSING, raw=None, message=DELETED)
        digest = reader.digest_of(raw)
        if there not in (None, digest) and not _may_be_overwritten(source, there):
            return _kept(made)
        if there != digest or there not in source.known_digests:
            _record(source, raw, digest, there)
        if there != digest:
            put(folder, made.path, raw, over=there)
    except Changed:
        return _kept(made)
    except Unwritable as problem:
        return _failed(made, str(problem))
    _settle(source)
    return made


def _is_awaited(source: Source) -> bool:
    """Whether a missing file should be created: for a new source, or if an editor asked to recreate it. Undoing that
    request also clears the review mark."""
    is_settled = source.missing_at is None or source.is_loss_reviewed
    return source.written is not None and source.written.is_awaited and is_settled


def _may_be_overwritten(source: Source, there: str | None) -> bool:
    """Known bytes, and bytes that an undone run had read there."""
    undone = UndoneFile.objects.filter(path_key=source.path_key, digest=there or "")
    return there in source.known_digests or undone.exists()


def _record(source: Source, raw: bytes, digest: str, there: str | None) -> None:
    """Records a write before the file is touched. A pending write found in the file has arrived."""
    written = source.written or ExportedFile(source=source)
    if written.pending_digest and written.pending_digest == there:
        written.seen_digest, written.seen_raw = there, written.pending_raw
    written.pending_digest, written.pending_raw = digest, raw
    written.save()
    source.exported = written


def _settle(source: Source) -> None:
    """The file exists: neither awaited nor missing any more."""
    written = source.written
    if written is None or not written.is_awaited:
        return
    with transaction.atomic():
        written.is_awaited = False
        written.save(update_fields=["is_awaited"])
        Source.objects.filter(pk=source.pk).update(missing_at=None, is_loss_reviewed=False)


def _write_new(folder: Path, root: str, made: SeedFile, raw: bytes) -> SeedFile:
    """Writes an article from the desk under a name that is free on disk and in the root."""
    for path in _names(made):
        if Source.objects.filter(path_key=path_key(root, path)).exists() or not _is_free(folder, path, raw):
            continue
        try:
            source = _new_source(root, path, made.article, raw)
        except IntegrityError:
            return _failed(made, "was changed while it was written; export again")
        written = _write_known(folder, replace(made, path=path, source=source), source, raw)
        if written.raw is not None:
            return written
        source.delete()
        if written.outcome is ExportOutcome.FAILED:
            return written
    return _failed(made, "has no free file name; remove some of the files there")


def _is_free(folder: Path, path: str, raw: bytes) -> bool:
    """Whether there is no file, or one with just these bytes."""
    try:
        return digest_in(folder, path) in (None, reader.digest_of(raw))
    except Unwritable:
        return False


def _names(made: SeedFile) -> Iterator[str]:
    """`2026-11-01-story.md`, then with the article's id, then with a number as well."""
    path = PurePosixPath(made.path)
    yield made.path
    marked = path if path.stem.endswith(f"-{made.article}") else path.with_stem(f"{path.stem}-{made.article}")
    yield str(marked)
    for number in range(2, NAMES_TRIED):
        yield str(marked.with_stem(f"{marked.stem}-{number}"))


@transaction.atomic
def _new_source(root: str, path: str, article: int, raw: bytes) -> Source:
    """Raises IntegrityError if the path or the article already has a source."""
    digest = reader.digest_of(raw)
    source = Source.objects.create(
        article_id=article,
        root=root,
        path=path,
        path_key=path_key(root, path),
        digest=digest,
        raw=raw,
        reader_version=reader.VERSION,
        imported_at=timezone.now(),
    )
    ExportedFile.objects.create(source=source, is_awaited=True)
    return source


def _kept(made: SeedFile) -> SeedFile:
    return replace(made, outcome=ExportOutcome.KEPT, raw=None, message=NOT_KNOWN)


def _failed(made: SeedFile, message: str) -> SeedFile:
    return replace(made, outcome=ExportOutcome.FAILED, raw=None, message=message)
