"""What is measured of exports: the check that writes nothing, and the files themselves."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from articles.exporting import ExportOutcome, seed_files
from articles.models import Article, ArticleImage, ArticleTopic, RelatedArticle, SecuredPayload, Source
from articles.sources.written import write_copy
from benchmarks.database import RawSQL
from benchmarks.imports import Unexpected
from benchmarks.measure import Measurement, best_time, counted_queries, peak_mb

_ARTICLES_IN_A_LOOK = 200
_PARTS = (ArticleTopic, ArticleImage, RelatedArticle, SecuredPayload, Source)


def exports(folder: Path, count: int) -> list[Measurement]:
    """A stage: what `imports` left, checked and then written below `folder`."""
    folder.mkdir()
    sql_ms = _looks_ms(count)
    return [_measured("check", None, count, sql_ms), _measured("export", folder, count, sql_ms)]


def _measured(name: str, folder: Path | None, count: int, sql_ms: float) -> Measurement:
    with counted_queries() as queries:
        timing = best_time(lambda: _export(folder, count), times=1)
    return Measurement(name, timing.each(count), queries.count, sql_ms, peak_mb())


def _export(folder: Path | None, count: int) -> None:
    articles = Article.objects.all()
    files = seed_files(articles) if folder is None else write_copy(folder, articles)
    identical = sum(made.outcome is ExportOutcome.IDENTICAL for made in files)
    if identical != count:
        raise Unexpected(f"{count} files were to come out as they came in, and {identical} did")


def _looks_ms(count: int) -> float:
    """Of hand-written SQL that fetches the same rows, by two hundred articles."""
    raw = RawSQL()
    keys = iter(Article.objects.order_by("pk").values_list("pk", flat=True).iterator())

    def look() -> None:
        while some := list(islice(keys, _ARTICLES_IN_A_LOOK)):
            places = ", ".join(["%s"] * len(some))
            raw.all(f"SELECT * FROM articles_article WHERE id IN ({places})", some)
            for model in _PARTS:
                raw.all(f"SELECT * FROM {model._meta.db_table} WHERE article_id IN ({places})", some)

    timing = best_time(look, times=1)
    raw.close()
    return timing.each(count).cpu
