"""Exports articles as seed files: byte for byte if unedited, patched if edited."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from pathlib import PurePosixPath

from django.db.models import Min
from django.db.models.functions import TruncDate

from articles.content import article_state
from articles.models import Article, Conflict, Source
from articles.models.source import WRITTEN_BYTES, path_key
from articles.querysets import ArticleQuerySet
from articles.seedfile import reader, writer
from articles.seedfile.problems import SeedError
from articles.seedfile.schema import ArticleContent, settled
from articles.seedfile.unresolved import unresolved_merges
from articles.seedfile.yaml.edits import Remove
from articles.seedfile.yaml.layout import Unpatchable
from articles.sql.many_rows import in_key_order

ARTICLES_AT_ONCE = 200
_SLUG_BYTES = 200
"""Characters of the slug; a file name has 255 at most, with a date and perhaps an id."""
LEAVES_FOLDER = "has a path that leaves the folder"


class ExportOutcome(StrEnum):
    IDENTICAL = "identical"
    """The imported bytes."""
    PATCHED = "patched"
    """The imported bytes with the desk's edits."""
    NEW = "new"
    """Written on the desk; there was no file."""
    FAILED = "failed"
    """Not written; the message says why."""
    KEPT = "kept"
    """Not written: the file has changed since its last import."""
    MISSING = "missing"
    """Not written: somebody deleted the file."""


@dataclass(frozen=True)
class SeedFile:
    """One article as a file. `raw` is None if it failed; `source` is None for an article written on the desk."""

    article: int
    path: str
    outcome: ExportOutcome
    raw: bytes | None = None
    message: str = ""
    source: Source | None = None


def seed_files(articles: ArticleQuerySet[Article]) -> Iterator[SeedFile]:
    """Every article as a file, verified by reading it back; an article that cannot be written like that has failed. In
    key order, with a bounded number of articles in memory.

    A field in open conflict keeps the source's value: an export closes no conflict.
    """
    taken: set[int] = set()
    roots = list(Source.objects.order_by().values_list("root", flat=True).distinct())
    for page in in_key_order(articles.select_related("category", "provider"), ARTICLES_AT_ONCE):
        contents = _contents(page)
        rows_of_files = Source.objects.filter(article__in=contents).select_related("exported").defer(*WRITTEN_BYTES)
        sources = {source.article_id: source for source in rows_of_files}
        contested = _contested(sources)
        names = _names_of_new([article for article in page if article.pk not in sources], roots)
        for article in page:
            wanted, source = contents[article.pk], sources.get(article.pk)
            if wanted is None:
                made = _damaged(article, source)
            else:
                made = seed_file(article, wanted, source, contested.get(article.pk, ()))
            yield _once(replace(made, path=names.get(article.pk, made.path), source=source), taken)


def seed_file(
    article: Article, wanted: ArticleContent, source: Source | None, contested: Collection[str] = ()
) -> SeedFile:
    """One article as a verified file; its `contested` fields have the source's values."""
    path = source.path if source else _new_name(article)
    try:
        if source:
            imported = reader.read(bytes(source.raw)).content
            wanted = settled(wanted.model_copy(update={name: getattr(imported, name) for name in contested}))
            if imported == wanted:
                return SeedFile(article.pk, path, ExportOutcome.IDENTICAL, bytes(source.raw))
        raw, outcome = _made(wanted, source)
        content = reader.read(raw).content
    except (SeedError, Unpatchable) as problem:
        message = _merge_in_body(wanted) or str(problem)
        return SeedFile(article.pk, path, ExportOutcome.FAILED, message=message)
    except (TypeError, ValueError):
        return _damaged(article, source)
    if content != wanted:
        return SeedFile(
            article.pk, path, ExportOutcome.FAILED, message="failed verification: reads back as different content"
        )
    return SeedFile(article.pk, path, outcome, raw)


def seed_file_without_secured(article: Article, wanted: ArticleContent, source: Source | None) -> SeedFile:
    """The same for a download: the lines of `secured` are removed, the rest is unchanged."""
    made = seed_file(article, wanted, source)
    if made.raw is None or not wanted.secured:
        return made
    try:
        raw = writer.patch(made.raw, [Remove(("secured",))])
        content = reader.read(raw).content
    except (SeedError, Unpatchable) as problem:
        return replace(made, outcome=ExportOutcome.FAILED, raw=None, message=str(problem))
    if content != wanted.model_copy(update={"secured": ""}):
        return replace(made, outcome=ExportOutcome.FAILED, raw=None, message="the protected payload cannot be removed")
    return replace(made, outcome=ExportOutcome.PATCHED, raw=raw)


def _contents(articles: Sequence[Article]) -> dict[int, ArticleContent | None]:
    """By primary key; None for damaged rows, which must not affect the others."""
    try:
        return {pk: state.content for pk, state in article_state.read_states(articles).items()}
    except (TypeError, ValueError):
        if len(articles) == 1:
            return {articles[0].pk: None}
    return {pk: content for article in articles for pk, content in _contents([article]).items()}


def _contested(articles: Collection[int]) -> dict[int, list[str]]:
    """Fields in open conflict, by article."""
    fields: dict[int, list[str]] = {}
    rows = Conflict.objects.filter(closed_at=None, article__in=articles).order_by("pk")
    for article, name in rows.values_list("article_id", "field"):
        fields.setdefault(article, []).append(name)
    return fields


def _damaged(article: Article, source: Source | None) -> SeedFile:
    path = source.path if source else _new_name(article)
    message = "has damaged rows in the database; restore them from a backup"
    return SeedFile(article.pk, path, ExportOutcome.FAILED, message=message)


def _made(wanted: ArticleContent, source: Source | None) -> tuple[bytes, ExportOutcome]:
    if source is None:
        return writer.canonical(wanted), ExportOutcome.NEW
    return writer.export(bytes(source.raw), wanted), ExportOutcome.PATCHED


def _merge_in_body(wanted: ArticleContent) -> str:
    """Why a typed body makes a seed unreadable; "" if it does not."""
    lines = [problem.line for problem in unresolved_merges(wanted.body, 0)]
    if not lines:
        return ""
    remedy = "edit it, or put all lines of <<<<<<<, =======, >>>>>>> into one block of fenced code"
    return f"has an unresolved merge in its text, at line {lines[0]}; {remedy}"


def _new_name(article: Article, mark: str = "") -> str:
    """`<date>-<slug>.md`, with the slug shortened to fit a file name."""
    slug = article.slug.encode()[:_SLUG_BYTES].decode(errors="ignore")
    return f"{article.published_at:%Y-%m-%d}-{slug}{mark}.md"


def _names_of_new(articles: Sequence[Article], roots: Sequence[str]) -> dict[int, str]:
    """Names by primary key, independent of what else is exported: of several with the same name, the first has no id,
    unless a source has that path."""
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
    """Two roots may have the same path. No import accepts a path that leaves its folder, but the row may be damaged."""
    if not is_below_folder(PurePosixPath(made.path)):
        return replace(made, outcome=ExportOutcome.FAILED, raw=None, message=LEAVES_FOLDER)
    key = hash(made.path)
    if key not in taken:
        taken.add(key)
        return made
    steps = PurePosixPath(made.path)
    if made.outcome is ExportOutcome.NEW:
        return replace(made, path=str(steps.with_stem(f"{steps.stem}-{made.article}")))
    message = "another root has the same path; export each root to its own folder (--root)"
    return SeedFile(made.article, made.path, ExportOutcome.FAILED, message=message)


def is_below_folder(path: PurePosixPath) -> bool:
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in str(path)
