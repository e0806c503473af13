"""Articles written to files: into the folder of their root, from which they are imported again, or as copies elsewhere.

What is written into a root's folder is recorded beside the source before the file is touched, so that an import knows
its own echo. Nothing is written over bytes that nobody knows, and no file that somebody deleted comes back.
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
    """Those whose file belongs to the root, and those that were written here and have none yet."""
    return articles.filter(Q(source__root=root) | Q(source=None))


def write_root(folder: Path, root: str, articles: ArticleQuerySet[Article]) -> Iterator[SeedFile]:
    """Brings the root's files in `folder` up to date. One that others wrote since it was last imported is KEPT, one
    that somebody deleted is MISSING; an article written here gets a file of its own, and with it a source.

    `articles` are some of the root's, as `of_root` says. Killed at any moment, no file is half-written and none is
    taken for news. The caller holds the root's lock.
    Raises OSError from a disk that takes no file.
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
    """Writes the articles into a folder that is no root's: recorded nowhere, and only over bytes of their own sources.

    Raises OSError from a disk that takes no file.
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
    """Over the file of a source."""
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
    """Whether a file is to be written where there is none: of a new source, or of one whose file an editor wants back.
    The undo of that wish takes back that anybody looked at the loss."""
    is_settled = source.missing_at is None or source.is_loss_reviewed
    return source.written is not None and source.written.is_awaited and is_settled


def _may_be_overwritten(source: Source, there: str | None) -> bool:
    """What is no news, and what an undone run had read there."""
    undone = UndoneFile.objects.filter(path_key=source.path_key, digest=there or "")
    return there in source.known_digests or undone.exists()


def _record(source: Source, raw: bytes, digest: str, there: str | None) -> None:
    """Before the file is touched. A write that pended until now and stands in the file has arrived."""
    written = source.written or ExportedFile(source=source)
    if written.pending_digest and written.pending_digest == there:
        written.seen_digest, written.seen_raw = there, written.pending_raw
    written.pending_digest, written.pending_raw = digest, raw
    written.save()
    source.exported = written


def _settle(source: Source) -> None:
    """The file is there: it is awaited no more, and missing no more."""
    written = source.written
    if written is None or not written.is_awaited:
        return
    with transaction.atomic():
        written.is_awaited = False
        written.save(update_fields=["is_awaited"])
        Source.objects.filter(pk=source.pk).update(missing_at=None, is_loss_reviewed=False)


def _write_new(folder: Path, root: str, made: SeedFile, raw: bytes) -> SeedFile:
    """An article written here: to a name that is free on the disk and in the root."""
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
    """Whether nothing stands there, or just these bytes."""
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
    """Raises IntegrityError where the path or the article has one."""
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
