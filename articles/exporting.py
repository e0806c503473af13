"""Articles as seed files: byte for byte as they came where nobody changed them, patched where somebody did."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from pathlib import Path, PurePosixPath

from django.db.models import Min
from django.db.models.functions import TruncDate

from articles import content
from articles.models import Article, Source
from articles.models.source import path_key
from articles.querysets import ArticleQuerySet
from articles.seedfile import reader, writer
from articles.seedfile.problems import SeedError
from articles.seedfile.schema import ArticleContent

ARTICLES_AT_ONCE = 200
_SLUG_BYTES = 200
"""Of a file's name, which holds a date and perhaps an id besides and may have 255."""
_LEAVES_FOLDER = "has a path that leaves the folder"
_TAKES_NO_FILE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_IN_THE_WAY = {
    errno.ELOOP: "is not written through a link; take the link away",
    errno.ENOTDIR: "is not written: a link or a file stands where a folder has to be; take it away",
    errno.EISDIR: "is not written: a folder has its name; take it away",
}
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class ExportOutcome(StrEnum):
    IDENTICAL = "identical"
    """The bytes that came in."""
    PATCHED = "patched"
    """Those bytes with what was edited here."""
    NEW = "new"
    """Written here; there never was a file."""
    FAILED = "failed"
    """Not written; the message says why."""


@dataclass(frozen=True)
class SeedFile:
    """One article as a file. `raw` is None when it failed."""

    article: int
    path: str
    outcome: ExportOutcome
    raw: bytes | None = None
    message: str = ""


class Unwritable(Exception):
    """A file that could not be put where it belongs; the message says why."""


def seed_files(articles: ArticleQuerySet[Article]) -> Iterator[SeedFile]:
    """Every article as a file that was read back and holds exactly the article's content; those that cannot be written
    so have failed. In the order of the keys, with a flat number of articles in memory."""
    last = 0
    taken: set[int] = set()
    roots = list(Source.objects.order_by().values_list("root", flat=True).distinct())
    rows = articles.select_related("category", "provider").order_by("pk")
    while page := list(rows.filter(pk__gt=last)[:ARTICLES_AT_ONCE]):
        last = page[-1].pk
        contents = _contents(page)
        sources = {source.article_id: source for source in Source.objects.filter(article__in=contents)}
        names = _names_of_new([article for article in page if article.pk not in sources], roots)
        for article in page:
            wanted, source = contents[article.pk], sources.get(article.pk)
            made = _damaged(article, source) if wanted is None else seed_file(article, wanted, source)
            yield _once(replace(made, path=names.get(article.pk, made.path)), taken)


def seed_file(article: Article, wanted: ArticleContent, source: Source | None) -> SeedFile:
    """One article as a file, read back before it is returned."""
    path = source.path if source else _new_name(article)
    try:
        if source and reader.read(bytes(source.raw)).content == wanted:
            return SeedFile(article.pk, path, ExportOutcome.IDENTICAL, bytes(source.raw))
        raw, outcome = _made(wanted, source)
        found = reader.read(raw).content
    except (SeedError, writer.Unpatchable) as problem:
        return SeedFile(article.pk, path, ExportOutcome.FAILED, message=str(problem))
    except (TypeError, ValueError):
        return _damaged(article, source)
    if found != wanted:
        return SeedFile(article.pk, path, ExportOutcome.FAILED, message="does not read back as the article's content")
    return SeedFile(article.pk, path, outcome, raw)


def seed_file_without_secured(article: Article, wanted: ArticleContent, source: Source | None) -> SeedFile:
    """The same for a page, which shows no `secured`: the key is taken out with its lines, the rest is as it was."""
    made = seed_file(article, wanted, source)
    if made.raw is None or not wanted.secured:
        return made
    try:
        raw = writer.patch(made.raw, [writer.Remove(("secured",))])
        found = reader.read(raw).content
    except (SeedError, writer.Unpatchable) as problem:
        return replace(made, outcome=ExportOutcome.FAILED, raw=None, message=str(problem))
    if found != wanted.model_copy(update={"secured": ""}):
        return replace(made, outcome=ExportOutcome.FAILED, raw=None, message="its secured cannot be taken out")
    return replace(made, outcome=ExportOutcome.PATCHED, raw=raw)


def put(folder: Path, made: SeedFile) -> bool:
    """Writes the file below `folder`, whole or not at all. False when it stood there already, byte for byte.

    Never outside the folder and never through a link. Raises Unwritable, and OSError from a disk that takes no file.
    """
    steps = PurePosixPath(made.path)
    if made.raw is None or not _is_below_folder(steps):
        raise Unwritable(_LEAVES_FOLDER)
    try:
        with _open_folder(folder, steps.parts[:-1]) as descriptor:
            return _put_in(descriptor, steps.name, made.raw)
    except OSError as problem:
        if problem.errno in _TAKES_NO_FILE:
            raise OSError(problem.errno, problem.strerror, str(folder)) from None
        raise Unwritable(_IN_THE_WAY.get(problem.errno or 0, f"cannot be written: {problem.strerror}")) from None


def _contents(articles: Sequence[Article]) -> dict[int, ArticleContent | None]:
    """By primary key; None where the rows are damaged, for which the others of a page must not pay."""
    try:
        return {pk: state.content for pk, state in content.read_states(articles).items()}
    except (TypeError, ValueError):
        if len(articles) == 1:
            return {articles[0].pk: None}
    return {pk: found for article in articles for pk, found in _contents([article]).items()}


def _damaged(article: Article, source: Source | None) -> SeedFile:
    path = source.path if source else _new_name(article)
    message = "has damaged rows in the database; bring them back from a backup"
    return SeedFile(article.pk, path, ExportOutcome.FAILED, message=message)


def _made(wanted: ArticleContent, source: Source | None) -> tuple[bytes, ExportOutcome]:
    if source is None:
        return writer.canonical(wanted), ExportOutcome.NEW
    return writer.export(bytes(source.raw), wanted), ExportOutcome.PATCHED


def _new_name(article: Article, mark: str = "") -> str:
    """`<date>-<slug>.md`, the slug no longer than a file's name may be."""
    slug = article.slug.encode()[:_SLUG_BYTES].decode(errors="ignore")
    return f"{article.published_at:%Y-%m-%d}-{slug}{mark}.md"


def _names_of_new(articles: Sequence[Article], roots: Sequence[str]) -> dict[int, str]:
    """By primary key, the same whichever others are exported: of several with one name the first goes without its id,
    and none where a source has that path."""
    if not articles:
        return {}
    sourceless = Article.objects.filter(source=None, slug__in={article.slug for article in articles}).order_by()
    day = TruncDate("published_at", tzinfo=UTC)
    firsts = set(sourceless.values("slug", day=day).annotate(first=Min("pk")).values_list("first", flat=True))
    names = {article.pk: _new_name(article, "" if article.pk in firsts else f"-{article.pk}") for article in articles}
    keys = [path_key(root, name) for root in roots for name in names.values()]
    known = set(Source.objects.filter(path_key__in=keys).values_list("path", flat=True))
    marked = {article.pk: _new_name(article, f"-{article.pk}") for article in articles if names[article.pk] in known}
    return names | marked


def _once(made: SeedFile, taken: set[int]) -> SeedFile:
    """Two roots may hold the same path. No import takes one that leaves its folder, but the row may be damaged."""
    if not _is_below_folder(PurePosixPath(made.path)):
        return replace(made, outcome=ExportOutcome.FAILED, raw=None, message=_LEAVES_FOLDER)
    key = hash(made.path)
    if key not in taken:
        taken.add(key)
        return made
    steps = PurePosixPath(made.path)
    if made.outcome is ExportOutcome.NEW:
        return SeedFile(made.article, str(steps.with_stem(f"{steps.stem}-{made.article}")), made.outcome, made.raw)
    message = "another root's article has this path as well; export one of them by its id into another folder"
    return SeedFile(made.article, made.path, ExportOutcome.FAILED, message=message)


def _is_below_folder(path: PurePosixPath) -> bool:
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in str(path)


@contextmanager
def _open_folder(folder: Path, steps: Sequence[str]) -> Iterator[int]:
    """A descriptor of the folder's sub-folder, made where it is missing; a link on the way is an error."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in steps:
            with suppress(FileExistsError):
                os.mkdir(step, dir_fd=descriptor)
            below = os.open(step, _FOLDER_FLAGS, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def _put_in(descriptor: int, name: str, raw: bytes) -> bool:
    if _holds(descriptor, name, raw):
        return False
    temporary = f".{secrets.token_hex(8)}.newsdesk"
    try:
        _write_beside(descriptor, temporary, raw)
        os.replace(temporary, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
    except BaseException:  # Ctrl-C as well
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=descriptor)
        raise
    os.fsync(descriptor)
    return True


def _write_beside(descriptor: int, temporary: str, raw: bytes) -> None:
    """Where the file system can, the file gets its name when it is whole: killed before, the process leaves nothing."""
    opened, has_name = _opened(descriptor, temporary)
    with closing(os.fdopen(opened, "wb")) as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
        if not has_name:
            os.link(f"/proc/self/fd/{file.fileno()}", temporary, dst_dir_fd=descriptor, follow_symlinks=True)


def _opened(descriptor: int, temporary: str) -> tuple[int, bool]:
    """A new file, and whether it has its name already."""
    flags = os.O_WRONLY | os.O_CLOEXEC
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        with suppress(OSError):  # not every file system has nameless files; what else is wrong shows below
            return os.open(".", flags | os.O_TMPFILE, 0o644, dir_fd=descriptor), False
    return os.open(temporary, flags | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=descriptor), True


def _holds(descriptor: int, name: str, raw: bytes) -> bool:
    """Whether the file is there with these bytes. Raises OSError for a link."""
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=descriptor)
    except FileNotFoundError:
        return False
    with os.fdopen(opened, "rb") as file:
        return file.read(len(raw) + 1) == raw
