"""What is measured of a merge: every file has one field changed, and of every article an editor changed another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db.models import Model

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.changes.door import Change
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, EarlierSource, ImportOutcome, ImportRun, Revision
from articles.models.history import Origin
from articles.models.importing import Outcome
from benchmarks.database import RawSQL, Row, empty, make_ready
from benchmarks.imports import FILES_REPEATED, import_tree
from benchmarks.measure import Measurement, best_time, counted_queries, peak_mb

_AT_ONCE = 200


def edit_all(folder: Path, count: int) -> None:
    """A stage: the tree in an empty database, and every title edited."""
    make_ready()
    import_tree(folder, Outcome.CREATED, count)
    for page in _pages():
        states = article_state.read_states(page)
        changes = [Change(_edited(states[article.pk]), article, article.version) for article in page]
        door.change_many(changes, actor=OPERATOR, origin=Origin.FORM)


def merge(folder: Path, count: int) -> Measurement:
    """A stage: the files, changed meanwhile, into what `edit_all` left; leaves the database empty."""
    with counted_queries() as queries:
        timing = best_time(lambda: import_tree(folder, Outcome.UPDATED, count), times=1)
    peak = peak_mb()
    sql_ms = _raw_writes(min(count, FILES_REPEATED))
    empty()
    return Measurement("merged", timing.each(count), queries.count, sql_ms, peak)


def _pages() -> Iterator[list[Article]]:
    last = 0
    rows = Article.objects.select_related("category", "provider").order_by("pk")
    while page := list(rows.filter(pk__gt=last)[:_AT_ONCE]):
        last = page[-1].pk
        yield page


def _edited(state: ArticleState) -> ArticleState:
    title = f"{state.content.title}, edited"
    return ArticleState(state.content.model_copy(update={"title": title}), state.desk)


def _raw_writes(count: int) -> float:
    """Of hand-written SQL that writes again what the run wrote: new rows, and the columns of articles and sources."""
    raw = RawSQL()
    inserts = [_taken_out(raw, model, key, count) for model, key in _written_by(ImportRun.objects.latest("pk"))]
    articles = raw.all("SELECT excerpt, version, updated_at, id FROM articles_article ORDER BY id LIMIT %s", [count])
    sources = raw.all("SELECT digest, raw, article_id FROM articles_source ORDER BY article_id LIMIT %s", [count])

    def write() -> None:
        for start in range(0, count, _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            raw.run("BEGIN")
            raw.many(
                "UPDATE articles_article SET excerpt = %s, version = %s, updated_at = %s WHERE id = %s", articles[some]
            )
            raw.many("UPDATE articles_source SET digest = %s, raw = %s WHERE article_id = %s", sources[some])
            for table, columns, rows in inserts:
                raw.insert(table, columns, rows[some])
            raw.run("COMMIT")

    timing = best_time(write, times=1)
    raw.close()
    return timing.each(count).cpu


def _written_by(run: ImportRun) -> list[tuple[type[Model], tuple[str, int]]]:
    return [
        (EarlierSource, ("replaced_in_id", run.pk)),
        (Revision, ("change_set_id", run.change_set_id)),
        (ImportOutcome, ("run_id", run.pk)),
    ]


def _taken_out(raw: RawSQL, model: type[Model], key: tuple[str, int], count: int) -> tuple[str, str, list[Row]]:
    """The first `count` rows, which are to be written again; all of them are deleted."""
    column, value = key
    table = model._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    rows = raw.all(f"SELECT {columns} FROM {table} WHERE {column} = %s ORDER BY id LIMIT %s", [value, count])
    raw.all(f"DELETE FROM {table} WHERE {column} = %s RETURNING id", [value])
    return table, columns, rows
