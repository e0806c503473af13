"""Undoes an import run: removes what it created, and restores what it changed, unless changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import CharField, F, Min, QuerySet, Value
from django.db.models.functions import Cast, Concat

from articles.changes import door, refusals
from articles.changes.actors import Actor
from articles.history import change_sets
from articles.importing.lock import tree_lock
from articles.importing.lookup import changed_by_persons
from articles.importing.moved_files import path_beside
from articles.models import (
    Article,
    ChangeSet,
    Conflict,
    EarlierSource,
    ExportedFile,
    ImportRun,
    Revision,
    Source,
    UndoneFile,
)
from articles.models.importing import Outcome
from articles.models.source import FILE_COLUMNS, WRITTEN_BYTES, path_key
from articles.sql.many_rows import Among

ARTICLES_AT_ONCE = 100
TOUCHED = "it has changed since"
_MADE_SOMETHING = (Outcome.CREATED, Outcome.UPDATED, Outcome.CONFLICTED)
_OF_PERSONS = (Conflict.Outcome.KEPT, Conflict.Outcome.TAKEN, Conflict.Outcome.EDITED)


@dataclass
class RunUndo:
    """The results for a run's articles. `change_set` is None if there was nothing to undo."""

    run: ImportRun
    change_set: ChangeSet | None = None
    removed_count: int = 0
    returned_count: int = 0
    kept: list[tuple[Article, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        kept = [{"article": article.pk, "title": article.title, "reason": why} for article, why in self.kept]
        counts = {"removed": self.removed_count, "returned": self.returned_count, "kept": len(kept)}
        return {"run": self.run.pk, "counts": counts, "kept": kept}


def undo_run(run: ImportRun, *, actor: Actor, reason: str = "", on_wait: Callable[[], None] = lambda: None) -> RunUndo:
    """Works in batches, each all or nothing; after an undo was killed, the next one does the rest.

    Articles that an editor or a later run has changed since are kept and listed. Imports skip the run's files until
    they change, or `--again` is given. Names of categories, topics and providers stay."""
    undo = _Undo(run, actor, reason)
    with tree_lock(run.root, on_wait=on_wait):
        told = run.outcomes.filter(outcome__in=_MADE_SOMETHING, article__isnull=False)
        pks = list(told.values_list("article", flat=True))
        for start in range(0, len(pks), ARTICLES_AT_ONCE):
            undo.remove_created(pks[start : start + ARTICLES_AT_ONCE])
        pks += undo.find_paths(set(pks))
        for start in range(0, len(pks), ARTICLES_AT_ONCE):
            undo.return_changed(pks[start : start + ARTICLES_AT_ONCE])
        undo.return_waiting()
    undo.report.kept += change_sets.purged_of(run.change_set)
    return undo.closed()


def is_left_to_undo(run: ImportRun) -> bool:
    """Whether an undo of the run has left articles that it created or changed."""
    if EarlierSource.objects.filter(replaced_in=run).exists():
        return True
    return bool(run.created_count) and run.change_set.revisions.filter(number=1).exists()


def what_returns(undoing: ChangeSet) -> str:
    """What undoing this set restores and what it does not, if it undid an import; "" for any other set.

    Files and removed articles cannot be restored; only importing again brings them back.
    """
    run = ImportRun.objects.filter(change_set=undoing.undoes_id).first() if undoing.undoes_id else None
    if run is None:
        return ""
    return (
        f"This undid {run}. Undoing it restores the values of articles that haven't changed since, without their "
        f"files; articles that were removed do not return. To bring everything back, import again: {run.command}"
    )


class _Undo:
    """An undo in progress: created articles first, because they may occupy the paths of files to restore."""

    def __init__(self, run: ImportRun, actor: Actor, reason: str) -> None:
        self.report = RunUndo(run)
        self._actor = actor
        self._made = run.change_set
        self._waiting: dict[int, str] = {}
        self._barred: set[int] = set()
        self._set = change_sets.open_change_set(ChangeSet.Kind.UNDO, actor=actor, reason=reason, undoes=run.change_set)

    @transaction.atomic
    def remove_created(self, pks: Sequence[int]) -> None:
        creations = Revision.objects.filter(article__in=pks, change_set=self._made, number=1)
        articles = _articles(set(creations.values_list("article_id", flat=True)))
        theirs = changed_by_persons(articles).values_list("article_id", flat=True)
        touched = self._decided(articles) | set(theirs)
        untouched = [article for article in articles if article.pk not in touched and self._is_last_run(article)]
        sources = {article.pk: article.source for article in untouched}
        self.report.kept += [(article, TOUCHED) for article in articles if article not in untouched]
        for article, refusal in zip(untouched, door.withdraw_many(untouched, actor=self._actor), strict=True):
            if refusal:
                self.report.kept.append((article, str(refusal)))
                del sources[article.pk]
            else:
                self.report.removed_count += 1
        self._silence(sources.values())

    def find_paths(self, told: set[int]) -> list[int]:
        """Finds the files that cannot return. Returns the further articles whose path another article's file took."""
        self._barred = _barred(self.report.run, lambda some: self._touched(_with_sources(some), self._earlier(some)))
        rows = EarlierSource.objects.filter(replaced_in=self.report.run).order_by("article")
        return [pk for pk in rows.values_list("article", flat=True) if pk not in told]

    @transaction.atomic
    def return_changed(self, pks: Sequence[int]) -> None:
        earlier = self._earlier(pks)
        articles = _articles(earlier)
        touched = self._touched(articles, earlier) | self._barred
        untouched = [article for article in articles if article.pk not in touched]
        self.report.kept += [(article, TOUCHED) for article in articles if article.pk in touched]
        versions = {article.pk: article.version for article in untouched} | self._versions_found(untouched)
        returned = self._change_back(untouched)
        news = [article for article in returned if _has_read_news(article.source, earlier[article.pk])]
        self._silence(article.source for article in news)
        _return_writes([earlier[article.pk] for article in news])
        _return_sources([earlier[article.pk] for article in returned])
        _note_versions(returned, versions)
        self._return_conflicts([article.pk for article in returned])
        self.report.returned_count += len(returned) + self._forget_adopted(set(pks) - set(earlier))

    def return_waiting(self) -> None:
        """Retries articles whose former address was freed by articles restored after them."""
        count = -1
        while self._waiting and count != self.report.returned_count:
            count = self.report.returned_count
            pks, self._waiting = list(self._waiting), {}
            for start in range(0, len(pks), ARTICLES_AT_ONCE):
                self.return_changed(pks[start : start + ARTICLES_AT_ONCE])
        with transaction.atomic():
            self.report.kept += [(article, self._waiting[article.pk]) for article in _articles(self._waiting)]

    def _forget_adopted(self, pks: set[int]) -> int:
        """Removes the sources that the run gave to articles written on the desk."""
        created = Revision.objects.filter(article__in=pks, change_set=self._made, number=1).values("article")
        adopted = Source.objects.filter(article__in=pks, run=self.report.run).exclude(article__in=created)
        self._silence(adopted.defer("raw"))
        return adopted.delete()[1].get(Source._meta.label, 0)

    def _silence(self, sources: Iterable[Source]) -> None:
        """Marks what the run had read from these files, so that imports skip it until it changes."""
        rows = [
            UndoneFile(root=source.root, path_key=source.path_key, digest=source.digest, run=self.report.run)
            for source in sources
        ]
        UndoneFile.objects.bulk_create(rows, ignore_conflicts=True)

    def closed(self) -> RunUndo:
        if self.report.removed_count or self.report.returned_count:
            self.report.change_set = self._set
        else:
            self._set.delete()
        return self.report

    def _earlier(self, pks: Iterable[int]) -> dict[int, EarlierSource]:
        rows = EarlierSource.objects.filter(replaced_in=self.report.run, article__in=pks)
        return {row.article_id: row for row in rows.select_related("exported").defer(*WRITTEN_BYTES)}

    def _touched(self, articles: Iterable[Article], earlier: Mapping[int, EarlierSource]) -> set[int]:
        """Articles that have changed since the run."""
        candidates = list(articles)
        others = {a.pk for a in candidates if a.version != earlier[a.pk].version_after or not self._is_last_run(a)}
        return others | self._decided(candidates)

    def _is_last_run(self, article: Article) -> bool:
        """Whether the article's source is still the run's."""
        source = getattr(article, "source", None)
        return source is not None and source.run_id == self.report.run.pk

    def _decided(self, articles: Iterable[Article]) -> set[int]:
        """Articles for which a person decided a conflict with this run's file, possibly without another change."""
        rows = Conflict.objects.filter(article__in=list(articles), opened_in=self._made, outcome__in=_OF_PERSONS)
        return set(rows.values_list("article_id", flat=True))

    def _change_back(self, articles: Sequence[Article]) -> list[Article]:
        steps = change_sets.steps_of(self._made, articles)
        results = change_sets.change_back(articles, steps, actor=self._actor, undoing=self._set)
        for article in articles:
            made = results[article.pk]
            if isinstance(made, refusals.AddressTaken):
                self._waiting[article.pk] = str(made)
            elif isinstance(made, refusals.Refused):
                self.report.kept.append((article, str(made)))
        return [article for article in articles if not isinstance(results[article.pk], refusals.Refused)]

    def _versions_found(self, articles: Sequence[Article]) -> dict[int, int]:
        """Versions before the run, by article, for articles that it changed."""
        made = Revision.objects.filter(article__in=articles, change_set=self._made).order_by()
        return {pk: first - 1 for pk, first in made.values_list("article_id").annotate(Min("number"))}

    def _return_conflicts(self, pks: Sequence[int]) -> None:
        """Closes the conflicts that the run opened, and reopens those that it closed."""
        rows = Conflict.objects.filter(article__in=pks)
        undone = {"outcome": Conflict.Outcome.UNDONE, "closed_in": self._set, "closed_at": self._set.created_at}
        rows.filter(opened_in=self._made, closed_at=None).update(**undone)
        rows.filter(closed_in=self._made).update(outcome="", closed_in=None, closed_at=None)


def _articles(pks: Iterable[int]) -> list[Article]:
    return list(_with_sources(pks).select_for_update(of=("self",)))


def _with_sources(pks: Iterable[int]) -> QuerySet[Article]:
    return Article.objects.for_change(pks).select_related("source").defer("source__raw")


def _has_read_news(source: Source, earlier: EarlierSource) -> bool:
    """Whether the run read bytes that others wrote, possibly the last import's over the desk's own."""
    return source.digest != earlier.digest or earlier.written is not None


def _return_writes(rows: Sequence[EarlierSource]) -> None:
    """Restores the record of what the desk had written. What it wrote after the run may be in the file or may have been
    reset: it is pending. A file that the run found is no longer awaited."""
    sources = Source.objects.filter(article__in=[row.article_id for row in rows]).select_related("exported")
    by_article = {source.article_id: source for source in sources.defer("raw")}
    for row in rows:
        source = by_article[row.article_id]
        written, later = row.written, source.written
        if later:
            pending = (later.pending_digest or later.seen_digest), (later.pending_raw or later.seen_raw)
            later.delete()
            written = written or ExportedFile()
            written.pending_digest, written.pending_raw = pending
        if written:
            written.source, written.earlier = source, None
            written.is_awaited = written.is_awaited and source.path != row.path
            written.save()


def _return_sources(rows: Sequence[EarlierSource]) -> None:
    """In two steps, because sources that swapped paths would collide. A source that occupies another's path and returns
    later is parked beside it. The current missing mark of a path that stays is kept, as it is newer."""
    earlier = {row.article_id: row for row in rows}
    sources = Source.objects.filter(article__in=earlier)
    sources.update(path_key=Concat(Value("returning "), Cast("pk", CharField())))
    in_the_way = Source.objects.filter(path_key__in=[path_key(row.root, row.path) for row in rows])
    for source in in_the_way.defer("raw"):
        source.path = path_beside(source, source.path, lambda path: False)
        source.path_key = path_key(source.root, source.path)
        source.save(update_fields=["path", "path_key"])
    touched = list(sources.defer("raw"))
    for source in touched:
        row = earlier[source.article_id]
        if source.path == row.path:
            row.missing_at, row.is_loss_reviewed = source.missing_at, source.is_loss_reviewed
        for name in FILE_COLUMNS:
            setattr(source, name, getattr(row, name))
        source.path_key, source.run_id = path_key(row.root, row.path), row.run_id
    Source.objects.bulk_update(touched, [*FILE_COLUMNS, "path_key", "run"])
    EarlierSource.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _note_versions(articles: Sequence[Article], by_article: dict[int, int]) -> None:
    """The run before can be undone as well: its articles are again as it left them, unless somebody changed them
    between the two."""
    versions = dict(Article.objects.filter(pk__in=[article.pk for article in articles]).values_list("pk", "version"))
    rows = EarlierSource.objects.filter(article__in=versions, replaced_in=F("article__source__run")).defer("raw")
    untouched = [row for row in rows if row.version_after == by_article[row.article_id]]
    for row in untouched:
        row.version_after = versions[row.article_id]
    EarlierSource.objects.bulk_update(untouched, ["version_after"])


PATHS_AT_ONCE = 500
_Key = TypeVar("_Key", int, str)


def _barred(run: ImportRun, touched: Callable[[Sequence[int]], set[int]]) -> set[int]:
    """Articles whose former path another article's file occupies and keeps: a file that the run did not move, that is
    `touched`, or that cannot return itself. Files that swapped paths can all return.

    Only the files that the run moved are kept in memory.
    """
    wanted = _earlier_paths(run)
    holders = dict(_holders(wanted.values()))
    wanting = {holders[key]: article for article, key in wanted.items() if key in holders}
    staying = [holder for holder in wanting if holder not in wanted]
    staying += [article for some in _slices(wanted) for article in touched(some)]
    barred_pks: set[int] = set()
    while staying:
        article = wanting.get(staying.pop())
        if article is not None and article not in barred_pks:
            barred_pks.add(article)
            staying.append(article)
    return barred_pks


def _earlier_paths(run: ImportRun) -> dict[int, str]:
    """The key of each file's path before the run moved it, by article."""
    rows = EarlierSource.objects.filter(replaced_in=run).exclude(path=F("article__source__path"))
    return {article: path_key(root, path) for article, root, path in rows.values_list("article", "root", "path")}


def _holders(keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    for some in _slices(keys):
        yield from Source.objects.filter(Among("path_key", some)).values_list("path_key", "article")


def _slices(values: Iterable[_Key]) -> Iterator[list[_Key]]:
    """Of PATHS_AT_ONCE."""
    keys = list(values)
    return (keys[start : start + PATHS_AT_ONCE] for start in range(0, len(keys), PATHS_AT_ONCE))
