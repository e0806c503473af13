"""What is measured of imports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from articles.changes.actors import OPERATOR
from articles.importing.runner import Import
from articles.importing.walk import Found, read_file, walk
from articles.models import Article, Source
from articles.models.importing import Outcome
from articles.models.source import path_key
from articles.seedfile import reader
from benchmarks.database import RawSQL, Row, emptied_models, empty, in_one_transaction, make_ready
from benchmarks.measure import Measurement, QueryCounter, best_time, counted_queries, peak_mb
from benchmarks.saves import save_all

ROOT = "seeds"
FILES_REPEATED = 20_000
"""Up to so many, the first import is measured twice, and beside it raw SQL for all of its rows."""
_FILES_IN_A_TRANSACTION = 200
_FILES_IN_A_LOOK = 1_000


class Unexpected(Exception):
    """An import did something else than was to be measured."""


def imports(folder: Path, count: int) -> list[Measurement]:
    """A stage: the tree into an empty database, and the same files again."""
    make_ready()
    return [_first(folder, count, times=2 if count <= FILES_REPEATED else 1), _again(folder, count, times=3)]


def many(folder: Path, count: int) -> list[Measurement]:
    """A stage: the same once each, as it is the memory that counts; leaves the database empty."""
    make_ready()
    measured = [_first(folder, count, times=1), _again(folder, count, times=1)]
    empty()
    return measured


def comparisons(folder: Path, count: int, sample: int) -> tuple[float, list[Measurement]]:
    """A stage: raw SQL's CPU milliseconds a file for the rows that `imports` left; then the first `sample` files,
    saved object by object, and merely read."""
    sql_ms = _raw_writes(min(count, FILES_REPEATED))
    files = list(islice((entry for entry in walk(folder) if isinstance(entry, Found)), sample))
    measured = [_saves(folder, [entry.path for entry in files]), _reading([read_file(entry) for entry in files])]
    empty()
    return sql_ms, measured


def _first(folder: Path, count: int, *, times: int) -> Measurement:
    with counted_queries() as queries:
        timing = best_time(lambda: import_tree(folder, Outcome.CREATED, count), times=times, prepare=_emptying(queries))
    return Measurement("first import", timing.each(count), queries.count, peak_mb=peak_mb())


def _again(folder: Path, count: int, *, times: int) -> Measurement:
    with counted_queries() as queries:
        timing = best_time(lambda: import_tree(folder, Outcome.UNCHANGED, count), times=times, prepare=queries.reset)
    return Measurement("unchanged files", timing.each(count), queries.count, _looks_ms(count), peak_mb())


def _raw_writes(count: int) -> float:
    raw = RawSQL()
    tables = _rows_of_import(raw, count)
    timing = best_time(lambda: _write(raw, tables, count), times=2, prepare=empty)
    raw.close()
    return timing.each(count).cpu


def _saves(folder: Path, paths: Sequence[str]) -> Measurement:
    with counted_queries() as queries:
        timing = best_time(lambda: save_all(folder, paths), times=2, prepare=_emptying(queries))
    return Measurement("per-file ORM saves", timing.each(len(paths)), queries.count)


def _reading(raws: Sequence[bytes]) -> Measurement:
    timing = best_time(lambda: [reader.read(raw) for raw in raws], times=3)
    return Measurement("reader.read alone", timing.each(len(raws)))


def _emptying(queries: QueryCounter) -> Callable[[], None]:
    def prepare() -> None:
        empty()
        queries.reset()

    return prepare


def import_tree(folder: Path, outcome: Outcome, count: int) -> None:
    receipt = Import([folder], root=ROOT, actor=OPERATOR).execute()
    receipt.close()
    if receipt.counts[outcome] != count:
        raise Unexpected(f"{count} files were to be {outcome}, and {dict(receipt.counts)} were")


def _looks_ms(count: int) -> float:
    """Of hand-written SQL that fetches the digests of the same files, a thousand at a time."""
    keys = [path_key(ROOT, path) for path in Source.objects.values_list("path", flat=True)]
    raw = RawSQL()

    def look() -> None:
        for start in range(0, len(keys), _FILES_IN_A_LOOK):
            some = keys[start : start + _FILES_IN_A_LOOK]
            places = ", ".join(["%s"] * len(some))
            raw.all(f"SELECT path, digest, article_id FROM articles_source WHERE path_key IN ({places})", some)

    timing = best_time(look, times=3)
    raw.close()
    return timing.each(count).cpu


def _rows_of_import(raw: RawSQL, files: int) -> dict[tuple[str, str], list[Row]]:
    """By table and its columns: every row that belongs to the first `files` articles, and all of small tables."""
    last = raw.all("SELECT id FROM articles_article ORDER BY id LIMIT 1 OFFSET %s", [files - 1])[0][0]
    tables = {}
    for model in emptied_models():
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        limit = _articles_up_to(model)
        sql = f"SELECT {columns} FROM {model._meta.db_table} {limit} ORDER BY id"
        tables[model._meta.db_table, columns] = raw.all(sql, [last] if limit else [])
    return tables


def _articles_up_to(model: type) -> str:
    if model is Article:
        return "WHERE id <= %s"
    names = {field.column for field in model._meta.concrete_fields}  # type: ignore[attr-defined]
    return "WHERE article_id <= %s" if "article_id" in names else ""


def _write(raw: RawSQL, tables: dict[tuple[str, str], list[Row]], files: int) -> None:
    small = {table for table, rows in tables.items() if len(rows) < files}
    in_one_transaction(raw, ((*table, tables[table]) for table in small))
    parts = -(-files // _FILES_IN_A_TRANSACTION)
    for part in range(parts):
        in_one_transaction(
            raw,
            ((*table, _slice(rows, part, parts)) for table, rows in tables.items() if table not in small),
        )


def _slice(rows: list[Row], part: int, parts: int) -> list[Row]:
    """Rounded up, so that no row of an article comes before the article's own."""
    return rows[-(-len(rows) * part // parts) : -(-len(rows) * (part + 1) // parts)]
