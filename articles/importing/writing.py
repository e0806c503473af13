"""Writes planned steps: through the door, then the sources and the run's rows. Called in a transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from articles.changes import door, refusals
from articles.changes.actors import Actor
from articles.content import revision_values
from articles.content.taxonomy import Taxonomy
from articles.importing.receipt import FileReport
from articles.importing.steps import OvertakenError, Step, refused
from articles.models import (
    Article,
    Conflict,
    EarlierSource,
    ExportedFile,
    ImportOutcome,
    ImportRun,
    Revision,
    Source,
)
from articles.models.history import Origin
from articles.models.importing import Outcome
from articles.models.source import FILE_COLUMNS, path_key
from articles.seedfile import reader
from articles.seedfile.merging.merge import FieldConflict
from articles.sql.many_rows import insert_rows, insert_values, update_rows


def examine(steps: Sequence[Step], *, actor: Actor) -> list[Step]:
    """The steps as `write` would process them: those that the door refuses are rejected. Writes nothing.

    The plan knows which addresses are free: earlier steps, not in the database yet, free some.
    """
    changing = [step for step in steps if step.change]
    wanted = [step.change for step in changing if step.change]
    results = door.foresee_many(wanted, actor=actor, origin=Origin.IMPORT)
    refusals = {id(step): result for step, result in zip(changing, results, strict=True) if _stands(result)}
    return [refused(step, str(refusals[id(step)])) if id(step) in refusals else step for step in steps]


def write(steps: Sequence[Step], *, run: ImportRun, actor: Actor, taxonomy: Taxonomy) -> list[FileReport]:
    """Changes articles and sources. Returns the reports, with the keys of new articles.

    Raises OvertakenError if other writers have invalidated a step since it was planned.
    """
    _hold_contested(steps)
    changing = [step for step in steps if step.change]
    results = door.change_many(
        [step.change for step in changing if step.change],
        actor=actor,
        origin=Origin.IMPORT,
        change_set=run.change_set,
        taxonomy=taxonomy,
    )
    if any(isinstance(result, refusals.Stale | refusals.AddressTaken) for result in results):
        raise OvertakenError
    made = {id(step): result for step, result in zip(changing, results, strict=True)}
    done = [_after(step, made.get(id(step))) for step in steps]
    now = timezone.now()
    _write_sources(done, run, now)
    _note_writes(done, run)
    _write_conflicts([step for step in done if step.conflicts or step.agreed], run, now)
    return [step.report for step in done]


def record(run: ImportRun, reports: Sequence[FileReport]) -> None:
    """Adds the reports to the run's rows: one per file that is not unchanged, and the counts."""
    rows = [_outcome_row(run, report) for report in reports if report.outcome is not Outcome.UNCHANGED]
    insert_values(ImportOutcome, rows)
    count_outcomes(run, Counter(report.outcome for report in reports))


def count_outcomes(run: ImportRun, counts: Mapping[Outcome, int]) -> None:
    if counts:
        added = {f"{outcome}_count": F(f"{outcome}_count") + count for outcome, count in counts.items()}
        ImportRun.objects.filter(pk=run.pk).update(**added)


def _hold_contested(steps: Sequence[Step]) -> None:
    """Checks versions for steps that only open or close conflicts, which never reach the door. Locks the rows that the
    door will lock, in its order. Raises OvertakenError."""
    seen = {_article_of(step): step.version for step in steps if step.conflicts or step.agreed}
    if not seen:
        return
    changing = {step.change.article.pk for step in steps if step.change and step.change.article}
    rows = Article.objects.filter(pk__in={*seen, *changing}).order_by("pk").select_for_update(of=("self",))
    versions = dict(rows.values_list("pk", "version"))
    if any(versions.get(pk) != version for pk, version in seen.items()):
        raise OvertakenError


def _stands(result: object) -> bool:
    return isinstance(result, refusals.Refused) and not isinstance(result, refusals.AddressTaken)


def _after(step: Step, result: Revision | refusals.Refused | None) -> Step:
    if isinstance(result, refusals.Refused):
        return refused(step, str(result))
    if isinstance(result, Revision):
        return replace(step, report=replace(step.report, article=result.article_id))
    return step


def _write_sources(steps: Sequence[Step], run: ImportRun, now: datetime) -> None:
    new = [_source(step, run, now) for step in steps if step.takes_source and step.source is None]
    moving = [step for step in steps if step.takes_source and step.source]
    displaced = [step.displaced for step in steps if step.displaced]
    if moving or displaced:
        _keep_earlier(steps, run)
        _put_beside(displaced, run)
        for names, keeps_bytes in ((_MOVING, False), (_FOLLOWING, True)):
            some = [step for step in moving if step.keeps_bytes is keeps_bytes]
            update_rows([_moved_on(step, step.source, run, now) for step in some if step.source], names)
    insert_values(Source, new)


_MOVING = [*FILE_COLUMNS, "path_key", "run"]
_BYTES = ("digest", "raw")
_FOLLOWING = [name for name in _MOVING if name not in _BYTES]


def _note_writes(steps: Sequence[Step], run: ImportRun) -> None:
    """Confirms the desk's writes that were found. If others have written since, the record moves to the earlier source.
    A file that is back is neither missing nor awaited."""
    echoes = [step.echo.pk for step in steps if step.echo]
    if echoes:
        arrived = {"seen_digest": F("pending_digest"), "seen_raw": F("pending_raw")}
        ExportedFile.objects.filter(pk__in=echoes).update(**arrived, pending_digest="", pending_raw=b"")
    news = [step for step in steps if step.takes_source and not step.keeps_bytes]
    over = {step.source.article_id: step.source.written for step in news if step.source and step.source.written}
    earlier = EarlierSource.objects.filter(replaced_in=run, article__in=over) if over else EarlierSource.objects.none()
    for article, pk in earlier.values_list("article", "pk"):
        over[article].source, over[article].earlier_id = None, pk
    update_rows(list(over.values()), ("source", "earlier"))
    there = [step.source for step in steps if step.source and step.report.outcome is not Outcome.REJECTED]
    back = [source.pk for source in there if source.is_without_file]
    if back:
        Source.objects.filter(pk__in=back).update(missing_at=None, is_loss_reviewed=False)
        ExportedFile.objects.filter(source__in=back).update(is_awaited=False)


def _keep_earlier(steps: Sequence[Step], run: ImportRun) -> None:
    """Saves each source's current state, so that the run can be undone; only its first state per run."""
    moving = [
        step.source.article_id
        for step in steps
        if step.takes_source and step.source and step.report.outcome is not Outcome.UNCHANGED
    ]
    moving += [step.displaced[0].article_id for step in steps if step.displaced]
    earlier = EarlierSource.objects.filter(replaced_in=run, article__in=moving)
    kept = set(earlier.values_list("article_id", flat=True))
    if kept:
        version = Article.objects.filter(pk=OuterRef("article")).values("version")
        earlier.update(version_after=Subquery(version))
    sources = Source.objects.filter(article__in=set(moving) - kept).select_related("article")
    rows = [
        EarlierSource(
            **{name: getattr(source, name) for name in FILE_COLUMNS},
            article_id=source.article_id,
            run_id=source.run_id,
            replaced_in=run,
            version_after=source.article.version,
        )
        for source in sources.only("article__version", "run", *FILE_COLUMNS)
    ]
    insert_rows(rows)


def _put_beside(displaced: Sequence[tuple[Source, str]], run: ImportRun) -> None:
    """Before the files that took their paths are written. A source whose file comes later in the batch moves then."""
    for source, path in displaced:
        source.path, source.path_key, source.run_id = path, path_key(source.root, path), run.pk
    update_rows([source for source, _ in displaced], ("path", "path_key", "run"))


def _write_conflicts(steps: Sequence[Step], run: ImportRun, now: datetime) -> None:
    """Closes conflicts that are over or replaced, and opens new ones."""
    if not steps:
        return
    agreed = {(step.report.article, name) for step in steps for name in step.agreed}
    replaced = {(step.report.article, conflict.field) for step in steps for conflict in step.conflicts}
    still_open = Conflict.objects.filter(closed_at=None, article__in={step.report.article for step in steps})
    rows = [(pk, (article, name)) for pk, article, name in still_open.values_list("pk", "article", "field")]
    for outcome, which in ((Conflict.Outcome.AGREED, agreed), (Conflict.Outcome.REPLACED, replaced)):
        over = [pk for pk, place in rows if place in which]
        Conflict.objects.filter(pk__in=over, closed_at=None).update(
            outcome=outcome, closed_in=run.change_set, closed_at=now
        )
    insert_rows([_conflict(step, conflict, run, now) for step in steps for conflict in step.conflicts])


def _conflict(step: Step, conflict: FieldConflict, run: ImportRun, now: datetime) -> Conflict:
    sides = (conflict.base, conflict.incoming, conflict.current)
    base, incoming, current = (
        json.dumps(revision_values.dump_value(conflict.field, side), ensure_ascii=False) for side in sides
    )
    return Conflict(
        article_id=_article_of(step),
        field=conflict.field,
        base=base,
        incoming=incoming,
        current=current,
        opened_in=run.change_set,
        opened_at=now,
    )


def _source(step: Step, run: ImportRun, now: datetime) -> dict[str, Any]:
    return {"article_id": _article_of(step), "unreviewed_from": None, **_file(step, run, now)}


def _article_of(step: Step) -> int:
    if step.report.article is None:
        raise ValueError(f"{step.arrival.path} made no article")
    return step.report.article


def _moved_on(step: Step, source: Source, run: ImportRun, now: datetime) -> Source:
    for name, value in _file(step, run, now).items():
        if not (step.keeps_bytes and name in _BYTES):
            setattr(source, name, value)
    if source.unreviewed_from is None and _changes_what_readers_may_see(step):
        source.unreviewed_from = step.change.expected_version if step.change else None
    return source


def _file(step: Step, run: ImportRun, now: datetime) -> dict[str, Any]:
    arrival = step.arrival
    return {
        "root": run.root,
        "path": arrival.path,
        "path_key": path_key(run.root, arrival.path),
        "digest": arrival.digest,
        "raw": arrival.raw,
        "reader_version": reader.VERSION,
        "run_id": run.pk,
        "imported_at": now,
        "missing_at": None,
        "is_loss_reviewed": False,
    }


def _changes_what_readers_may_see(step: Step) -> bool:
    """Only changes to a published article need a review; a `secured` is never visible."""
    article = step.change.article if step.change else None
    return article is not None and article.published and set(step.report.changes) != {"secured"}


def _outcome_row(run: ImportRun, report: FileReport) -> dict[str, Any]:
    problems = json.dumps([p.as_json() for p in report.problems], ensure_ascii=False) if report.problems else ""
    return {
        "run_id": run.pk,
        "path": report.path,
        "outcome": report.outcome,
        "article_id": report.article,
        "changes": "\n".join(report.changes),
        "problems": problems,
    }
