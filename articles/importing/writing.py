"""Carries out what was planned: through the door, then the sources and the run's own rows. Called in a transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from articles import content, revisions
from articles.actors import Actor
from articles.importing.failures import OvertakenError
from articles.importing.planning import Step, refused
from articles.importing.receipt import FileReport
from articles.models import ImportOutcome, ImportRun, Revision, Source
from articles.models.history import Origin
from articles.models.importing import Outcome
from articles.models.source import path_key
from articles.seedfile import reader
from articles.taxonomy import Taxonomy


def examine(steps: Sequence[Step], *, actor: Actor) -> list[Step]:
    """The steps as `write` would leave them: those that the door refuses are rejected. Writes nothing."""
    changing = [step for step in steps if step.change]
    results = revisions.examine_many([step.change for step in changing if step.change], actor=actor)
    refusals = {id(step): result for step, result in zip(changing, results, strict=True) if result}
    return [refused(step, str(refusals[id(step)])) if id(step) in refusals else step for step in steps]


def write(steps: Sequence[Step], *, run: ImportRun, actor: Actor, taxonomy: Taxonomy) -> list[FileReport]:
    """Changes articles and sources. Returns the reports, with the keys of new articles.

    Raises OvertakenError when a step no longer fits what other writers made of the database since it was planned.
    """
    changing = [step for step in steps if step.change]
    results = revisions.change_many(
        [step.change for step in changing if step.change],
        actor=actor,
        origin=Origin.IMPORT,
        change_set=run.change_set,
        taxonomy=taxonomy,
    )
    if any(isinstance(result, revisions.Stale | revisions.AddressTaken) for result in results):
        raise OvertakenError
    made = {id(step): result for step, result in zip(changing, results, strict=True)}
    done = [_after(step, made.get(id(step))) for step in steps]
    _write_sources(done, run, timezone.now())
    return [step.report for step in done]


def record(run: ImportRun, reports: Sequence[FileReport]) -> None:
    """Adds the reports to the run's rows: one for each file that was not unchanged, and the counts."""
    rows = [_outcome_row(run, report) for report in reports if report.outcome is not Outcome.UNCHANGED]
    content.insert_rows(rows)
    counts = Counter(f"{report.outcome}_count" for report in reports)
    if counts:
        ImportRun.objects.filter(pk=run.pk).update(**{name: F(name) + count for name, count in counts.items()})


def _after(step: Step, result: Revision | revisions.Refused | None) -> Step:
    if isinstance(result, revisions.Refused):
        return refused(step, str(result))
    if isinstance(result, Revision):
        return replace(step, report=replace(step.report, article=result.article_id))
    return step


def _write_sources(steps: Sequence[Step], run: ImportRun, now: datetime) -> None:
    new = [_source(step, run, now) for step in steps if step.takes_source and step.source is None]
    moved = [_moved_on(step, step.source, run, now) for step in steps if step.takes_source and step.source]
    content.insert_rows(new)
    if moved:
        columns = ["root", "path", "path_key", "digest", "raw", "reader_version", "run", "imported_at", "missing_at"]
        Source.objects.bulk_update(moved, columns)


def _source(step: Step, run: ImportRun, now: datetime) -> Source:
    if step.report.article is None:
        raise ValueError(f"{step.arrival.path} made no article")
    return _moved_on(step, Source(article_id=step.report.article), run, now)


def _moved_on(step: Step, source: Source, run: ImportRun, now: datetime) -> Source:
    arrival = step.arrival
    source.root, source.path = run.root, arrival.path
    source.path_key = path_key(run.root, arrival.path)
    source.digest, source.raw, source.reader_version = arrival.digest, arrival.raw, reader.VERSION
    source.run, source.imported_at, source.missing_at = run, now, None
    return source


def _outcome_row(run: ImportRun, report: FileReport) -> ImportOutcome:
    problems = json.dumps([p.as_json() for p in report.problems], ensure_ascii=False) if report.problems else ""
    return ImportOutcome(
        run=run,
        path=report.path,
        outcome=report.outcome,
        article_id=report.article,
        changes="\n".join(report.changes),
        problems=problems,
    )
