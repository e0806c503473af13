"""Publishing benchmark: change set, fifty articles and revisions, compared with raw SQL for the same rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.db import transaction

from articles.history import change_sets
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.workflow.deciding import decide
from benchmarks.environment import Row, connect, insert
from benchmarks.measure import Measurement, measured

_COUNT = 50
_TIMES = 5
_REASON = "benchmark"
_CHANGED = ("published", "live_from", "live_until", "version", "updated_at")


def publish() -> list[Measurement]:
    """A stage: publishes undecided articles as a signed-in editor; restores the rows afterwards."""
    editor = User.objects.create(username="benchmark-editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editor"))
    before = list(Article.objects.undecided().order_by("pk")[:_COUNT])
    pks = [article.pk for article in before]

    def put_back() -> None:
        _put_back(before)

    published = measured("publish 50 with revisions", lambda: _publish(editor.pk, pks), times=_TIMES, prepare=put_back)
    measurements = [published, _raw_sql(pks, before)]
    put_back()
    editor.delete()
    return measurements


def _publish(editor: int, pks: Sequence[int]) -> None:
    """A new instance each time, because permissions are loaded once per request."""
    actor = User.objects.get(pk=editor)
    with transaction.atomic():
        opened = change_sets.open_change_set("publish", actor=actor, reason=_REASON)
        articles = list(Article.objects.filter(pk__in=pks).select_related("category", "provider"))
        made = decide("publish", articles, actor=actor, reason=_REASON, origin=Origin.ACTION, change_set=opened)
    if [type(revision) for revision in made] != [Revision] * _COUNT:
        raise RuntimeError(f"{_COUNT} articles were to be published: {made}")


def _put_back(before: Sequence[Article]) -> None:
    """Bypasses the door: these are benchmark rows."""
    opened = ChangeSet.objects.filter(reason=_REASON)
    Revision.objects.filter(change_set__in=opened).delete()
    opened.delete()
    Article.objects.bulk_update(before, _CHANGED)


def _raw_sql(pks: Sequence[int], before: Sequence[Article]) -> Measurement:
    """Repeats the writes of the publication, in one transaction."""
    raw = connect()
    places = ", ".join("?" * len(pks))
    articles = raw.execute(
        f"SELECT {', '.join(_CHANGED)}, id FROM articles_article WHERE id IN ({places})", pks
    ).fetchall()
    opened = ChangeSet.objects.get(reason=_REASON).pk
    inserts = [_rows_of(raw, ChangeSet, "id", opened), _rows_of(raw, Revision, "change_set_id", opened)]

    def write() -> None:
        raw.execute("BEGIN IMMEDIATE")
        for table, columns, rows in inserts:
            insert(raw, table, columns, rows)
        assigned = ", ".join(f"{column} = ?" for column in _CHANGED)
        raw.executemany(f"UPDATE articles_article SET {assigned} WHERE id = ?", articles)
        raw.execute("COMMIT")

    timing = measured("raw SQL for the same rows", write, times=_TIMES, prepare=lambda: _put_back(before))
    raw.close()
    return timing


def _rows_of(
    raw: sqlite3.Connection, model: type[ChangeSet | Revision], column: str, value: int
) -> tuple[str, str, list[Row]]:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    table = model._meta.db_table
    return table, columns, raw.execute(f"SELECT {columns} FROM {table} WHERE {column} = ?", [value]).fetchall()
