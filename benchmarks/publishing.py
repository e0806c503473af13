"""What is measured of publishing a chunk: the change set, the articles and their revisions, beside raw SQL for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.db import transaction

from articles.history import change_sets
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.workflow.deciding import decide
from benchmarks.database import RawSQL, is_sqlite
from benchmarks.measure import Measurement, best_time, counted_queries, peak_mb

CHUNKS = (5, 50)
TIMES = 5
_EDITOR = "benchmark-editor"
_REASON = "benchmark"


def publish() -> list[Measurement]:
    """A stage: chunks of undecided articles, as a signed-in editor publishes them; leaves the rows as they were."""
    editor, _ = User.objects.get_or_create(username=_EDITOR, defaults={"is_staff": True})
    editor.groups.add(Group.objects.get(name="Editor"))
    measured = [_measured(editor, count) for count in CHUNKS]
    editor.delete()
    return measured


def name_of(count: int) -> str:
    return f"publish {count} with revisions"


def _measured(editor: User, count: int) -> Measurement:
    pks = list(Article.objects.undecided().order_by("pk").values_list("pk", flat=True)[:count])
    if len(pks) < count:
        return Measurement(name_of(count), left_out=f"only {len(pks)} articles wait to be published")
    before = list(Article.objects.filter(pk__in=pks))
    timing = best_time(lambda: _publish(editor, pks), times=TIMES, prepare=lambda: _put_back(before))
    _put_back(before)
    with counted_queries() as queries:
        _publish(editor, pks)
    sql_ms = _raw_ms(pks, before)
    _put_back(before)
    return Measurement(name_of(count), timing, queries.count, sql_ms, peak_mb())


def _publish(editor: User, pks: Sequence[int]) -> None:
    """Anew each time: what a user may do is asked once for each request."""
    actor = User.objects.get(pk=editor.pk)
    with transaction.atomic():
        opened = change_sets.open_change_set("publish", actor=actor, reason=_REASON)
        articles = list(Article.objects.filter(pk__in=pks).select_related("category", "provider"))
        made = decide("publish", articles, actor=actor, reason=_REASON, origin=Origin.ACTION, change_set=opened)
    if not all(isinstance(revision, Revision) for revision in made):
        raise RuntimeError(f"not all was published: {made}")


def _put_back(before: Sequence[Article]) -> None:
    """Past the door: a benchmark's rows are nobody's."""
    opened = ChangeSet.objects.filter(reason=_REASON)
    Revision.objects.filter(change_set__in=opened).delete()
    opened.delete()
    Article.objects.bulk_update(before, ["published", "live_from", "live_until", "version", "updated_at"])


def _raw_ms(pks: Sequence[int], before: Sequence[Article]) -> float:
    """Of hand-written SQL that writes again what was just published, in one transaction."""
    raw = RawSQL()
    places = ", ".join(["%s"] * len(pks))
    columns = "published, live_from, live_until, version, updated_at"
    articles = raw.all(f"SELECT {columns}, id FROM articles_article WHERE id IN ({places})", pks)  # nosec B608
    opened = ChangeSet.objects.get(reason=_REASON)
    inserts = [_rows_of(raw, model, "id" if model is ChangeSet else "change_set_id", opened.pk) for model in _WRITTEN]

    def write() -> None:
        raw.run("BEGIN IMMEDIATE" if is_sqlite() else "BEGIN")
        for table, names, rows in inserts:
            raw.insert(table, names, rows)
        raw.many(
            "UPDATE articles_article SET published = %s, live_from = %s, live_until = %s, version = %s, "
            "updated_at = %s WHERE id = %s",
            articles,
        )
        raw.run("COMMIT")

    timing = best_time(write, times=TIMES, prepare=lambda: _put_back(before))
    raw.close()
    return timing.cpu


_WRITTEN = (ChangeSet, Revision)


def _rows_of(raw: RawSQL, model: type[ChangeSet | Revision], column: str, value: int) -> tuple[str, str, list[object]]:
    names = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    table = model._meta.db_table
    rows = raw.all(f"SELECT {names} FROM {table} WHERE {column} = %s", [value])  # nosec B608: names only
    return table, names, list(rows)
