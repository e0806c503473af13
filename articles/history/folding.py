"""Folds runs of old revisions of an article into one each, without changing any state that remains.

The fold of a run has the number of the last of it, and so leaves the article as that did; it holds what each field was
before the first and after the last. The states between are gone. Nothing here is called but by `prune_revisions`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from articles.content import article_state
from articles.models import Article, ChangeSet, EarlierSource, FoldedStep, Revision, Source
from articles.models.history import Fold, Origin
from articles.sql.many_rows import insert_rows, update_rows

ARTICLES_AT_ONCE = 25
REVISIONS_AT_ONCE = 200
"""Of one transaction: editors' saves wait for it on SQLite."""
_NAMES_SHOWN = 3
_LONGEST_NAME = 150
_LONGEST_REASON = 500
_SETS_PUBLISHED = '"published": ['
_UNPUBLISHES = '"published": [true, false]'
"""As `Revision.changes` holds it; within a value its quotation marks would be escaped."""
_FOLD_COLUMNS = ("actor", "actor_name", "origin", "reason", "change_set", "changes", "folded")


@dataclass
class Pruning:
    """`revision_count` revisions of so many articles: those that go, not those that they are folded into."""

    article_count: int = 0
    revision_count: int = 0


def foldable(*, before: datetime) -> Pruning:
    """What `fold` would do with revisions that were made before that moment; writes nothing."""
    pruning = Pruning()
    for pks in _articles_with_several(before):
        runs = _runs(pks, before)
        pruning.article_count += len({run[0].article_id for run in runs})
        pruning.revision_count += sum(len(run) - 1 for run in runs)
    return pruning


def fold(*, before: datetime) -> Iterator[Pruning]:
    """Folds them in short transactions, each whole or not at all, and yields what it did so far after each.

    Stopped anywhere it leaves a true history, and the next call goes on. Kept as they are: an article's first revision
    and its newest, all of the newest's change set, which may be undone, the last that left it published, the last in
    which a person set `published`, and what took an import back. A version that an editor has yet to look at stays one.
    """
    done = Pruning()
    for pks in _articles_with_several(before):
        touched: set[int] = set()
        while folded := _fold_some(pks, before):
            touched.update(run[0].article_id for run in folded)
            done.revision_count += sum(len(run) - 1 for run in folded)
            yield Pruning(done.article_count + len(touched), done.revision_count)
        done.article_count += len(touched)


def _articles_with_several(before: datetime) -> Iterator[list[int]]:
    """Articles with enough old revisions: one is the first, which stays."""
    rows = Revision.objects.filter(created_at__lt=before, article__version__gt=2).order_by("article_id")
    several = rows.values("article_id").annotate(count=Count("pk")).filter(count__gt=2)
    last = 0
    while pks := list(several.filter(article__gt=last).values_list("article_id", flat=True)[:ARTICLES_AT_ONCE]):
        yield pks
        last = pks[-1]


@transaction.atomic
def _fold_some(pks: Sequence[int], before: datetime) -> list[list[Revision]]:
    """Returns the runs that it folded; at most REVISIONS_AT_ONCE, so that a long run takes several."""
    list(Article.objects.filter(pk__in=pks).select_for_update().order_by("pk").values_list("pk"))
    room, taken = REVISIONS_AT_ONCE, []
    for run in _runs(pks, before):
        if room > 1:
            taken.append(run[:room])
            room -= len(taken[-1])
    taken = [run for run in taken if len(run) > 1]
    if taken:
        _replace(taken)
    return taken


def _runs(pks: Sequence[int], before: datetime) -> list[list[Revision]]:
    """What is to be folded: revisions that follow each other, all of files or all of people."""
    looked_at = _looked_at(pks)
    published = dict(Article.objects.filter(pk__in=pks).values_list("pk", "published"))
    runs = []
    for pk, rows in groupby(_steps(pks), key=lambda row: row.article_id):
        history = list(rows)
        kept = _kept(history, is_published=published[pk])
        run: list[Revision] = []
        for row in history:
            is_foldable = row.created_at < before and row.number not in kept
            goes_on = run and _is_of_file(run[-1]) == _is_of_file(row) and run[-1].number not in looked_at[pk]
            if not (is_foldable and goes_on):
                runs.append(run)
                run = []
            if is_foldable:
                run.append(row)
        runs.append(run)
    return [run for run in runs if len(run) > 1]


def _steps(pks: Sequence[int]) -> QuerySet[Revision]:
    rows = Revision.objects.filter(article__in=pks).order_by("article_id", "number").defer("changes", "reason")
    return rows.annotate(
        sets_published=Q(changes__contains=_SETS_PUBLISHED),
        unpublishes=Q(changes__contains=_UNPUBLISHES),
        undone_kind=F("change_set__undoes__kind"),
    )


def _is_of_file(row: Any) -> bool:
    return bool(row.origin == Origin.IMPORT)


def _kept(history: Sequence[Any], *, is_published: bool) -> set[int]:
    """The numbers that stay what they are, of a whole history in order."""
    newest = history[-1]
    numbers = {history[0].number, newest.number}
    numbers.update(row.number for row in history if row.change_set_id and row.change_set_id == newest.change_set_id)
    numbers.update(row.number for row in history if row.undone_kind == ChangeSet.Kind.IMPORT)
    decisions = [row.number for row in history if row.sets_published and not _is_of_file(row)]
    ends = [n for n, row in enumerate(history) if row.unpublishes]
    last_published = [] if is_published or not ends else [history[ends[-1] - 1].number]
    return numbers.union(decisions[-1:], last_published)


def _looked_at(pks: Sequence[int]) -> dict[int, set[int]]:
    """By article, the versions that "changed upstream" compares with, now or when an import is taken back."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for model in (Source, EarlierSource):
        rows = model._default_manager.filter(article__in=pks, unreviewed_from__isnull=False)
        for pk, number in rows.values_list("article_id", "unreviewed_from"):
            if number:
                numbers[pk].add(number)
    return numbers


def _replace(runs: Sequence[Sequence[Revision]]) -> None:
    place = {row.pk: n for n, run in enumerate(runs) for row in run}
    rows = Revision.objects.filter(pk__in=place).order_by("article_id", "number").iterator(chunk_size=50)
    folds = [_folded(group) for _, group in groupby(rows, key=lambda row: place[row.pk])]
    _note_steps(runs, folds)
    Revision.objects.filter(pk__in=set(place) - {row.pk for row in folds}).delete()
    update_rows(folds, _FOLD_COLUMNS)


def _folded(run: Iterable[Revision]) -> Revision:
    """The last of the run, telling of all of them."""
    befores: dict[str, Any] = {}
    afters: dict[str, Any] = {}
    touched: dict[str, None] = {}
    rows = []
    for row in run:
        for name, (before, after) in row.values.items():
            befores.setdefault(name, before)
            afters[name] = after
        touched |= dict.fromkeys([*afters, *(row.fold.fields if row.fold else [])])
        row.changes = ""  # a run may be long, and its texts as well
        rows.append(row)
    values = {n: [befores[n], afters[n]] for n in article_state.FIELDS if n in afters and befores[n] != afters[n]}
    made = rows[-1]
    made.folded = _summary(rows, [name for name in article_state.FIELDS if name in touched and name not in values])
    made.changes = json.dumps(values, ensure_ascii=False)
    made.actor_name = _names(_who(rows))
    made.reason = "; ".join(dict.fromkeys(row.reason for row in rows if row.reason))[:_LONGEST_REASON]
    made.origin = _only(row.origin for row in rows) or Origin.SEVERAL
    made.actor_id, made.change_set_id = _only(row.actor_id for row in rows), _only(row.change_set_id for row in rows)
    return made


def _summary(rows: Sequence[Revision], came_back: list[str]) -> str:
    first = rows[0]
    since = first.fold.since if first.fold else first.created_at
    told = asdict(Fold(first.first_number, since, _who(rows), came_back)) | {"since": since.isoformat()}
    return json.dumps(told, ensure_ascii=False)


def _who(rows: Iterable[Revision]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in (row.fold.who if row.fold else [row.actor_name])))


def _names(who: Sequence[str]) -> str:
    shown = list(who[:_NAMES_SHOWN])
    more = len(who) - len(shown)
    last = [f"{more} more"] if more else [shown.pop()]
    return " and ".join(filter(None, [", ".join(shown), *last]))[:_LONGEST_NAME]


def _only(values: Iterable[Any]) -> Any:
    """The value that they all have; None if they differ."""
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None


def _note_steps(runs: Sequence[Sequence[Revision]], folds: Sequence[Revision]) -> None:
    """So that Undo and a change set's page can say what became of an article that the set changed."""
    earlier: dict[tuple[int, int], list[FoldedStep]] = defaultdict(list)
    for step in FoldedStep.objects.filter(article__in={made.article_id for made in folds}):
        earlier[step.article_id, step.number].append(step)
    told, noted = [], []
    for run, made in zip(runs, folds, strict=True):
        steps = [step for row in run for step in earlier[row.article_id, row.number]]
        told += [step.pk for step in steps]
        sets = {row.change_set_id for row in run} | {step.change_set_id for step in steps}
        place = {"article_id": made.article_id, "number": made.number}
        noted += [FoldedStep(change_set_id=pk, **place) for pk in sets if pk and pk != made.change_set_id]
    FoldedStep.objects.filter(pk__in=told).delete()
    insert_rows(noted)
