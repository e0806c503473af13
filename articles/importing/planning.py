"""Decides what becomes of each file of a batch. Reads the database, writes nothing; dry runs end here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db.models import QuerySet

from articles import content
from articles.actors import Actor
from articles.content import ArticleState
from articles.importing.arrival import first_state, next_state, would_unpublish
from articles.importing.failures import log_failure
from articles.importing.reading import Reading, read_all
from articles.importing.receipt import FileReport
from articles.importing.walk import is_there, printable
from articles.models import Article, Revision, Source
from articles.models.history import Origin
from articles.models.importing import Outcome
from articles.models.source import path_key
from articles.revisions import Change, NotAllowed, may_change
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import Problem, error, notice, warning
from articles.seedfile.schema import ArticleContent, seed_key


@dataclass
class Arrival:
    """A file's bytes, and what reading them gave: a document or, if they are no seed, its problems."""

    path: str
    raw: bytes
    digest: str
    document: reader.SeedDocument | None = None
    problems: tuple[Problem, ...] = ()

    def parse(self) -> None:
        """Once; what has been read stays read."""
        if not self.document and not self.problems:
            self.take(read_all([self.raw])[0])

    def take(self, reading: Reading) -> None:
        """What reading the file gave."""
        if isinstance(reading, reader.SeedDocument):
            self.document, self.problems = reading, reading.problems
        elif isinstance(reading, Exception):
            log_failure(self.path, reading)
            self.problems = (error("could not be read; the log says why"),)
        else:
            self.problems = reading


@dataclass
class Step:
    """What is to be done for one file: a change for the door, a source to make or to move on, and the report."""

    arrival: Arrival
    report: FileReport
    change: Change | None = None
    source: Source | None = None
    takes_source: bool = False


@dataclass
class _Known:
    """What the database says about the articles that a batch touches."""

    owners: dict[str, Article] = field(default_factory=dict)
    articles: dict[int, Article] = field(default_factory=dict)
    states: dict[int, ArticleState] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)


class Planner:
    """Knows the run's root and folders and, in a dry run, what the run would have taken by now."""

    def __init__(self, root: str, folders: Sequence[Path], *, actor: Actor, is_dry_run: bool) -> None:
        self.root = root
        self.folders = folders
        self.actor = actor
        self.is_dry_run = is_dry_run
        self._claimed: dict[str, str] = {}
        self._adopted: set[str] = set()

    def recognise(self, entries: Sequence[Arrival | FileReport]) -> list[Arrival | FileReport]:
        """The entries, with the report in place of each file that is unchanged: that costs a digest, and no second
        look under the lock."""
        known = self._digests([entry for entry in entries if isinstance(entry, Arrival)])
        found: list[Arrival | FileReport] = []
        for entry in entries:
            if isinstance(entry, Arrival):
                digest, article = known.get(entry.path, ("", 0))
                if digest == entry.digest:
                    found.append(FileReport(entry.path, Outcome.UNCHANGED, article))
                    continue
            found.append(entry)
        return found

    def plan(self, arrivals: Sequence[Arrival]) -> list[Step]:
        """One step per file, in order."""
        sources = self._sources(arrivals)
        claimed = self._claimed if self.is_dry_run else {}
        news = [arrival for arrival in arrivals if not _is_current(arrival, sources.get(arrival.path))]
        for arrival in news:
            arrival.parse()
        known = _known([a.document.content for a in news if a.document], sources.values())
        return [self._step(arrival, sources.get(arrival.path), known, claimed) for arrival in arrivals]

    def is_gone(self, path: str) -> bool:
        """Whether a source's file is nowhere, not even, in a dry run, where the run would have found it again."""
        return path not in self._adopted and not self.is_on_disk(path)

    def is_on_disk(self, path: str) -> bool:
        return any(is_there(os.path.join(folder, path)) for folder in self.folders)

    def _digests(self, arrivals: Sequence[Arrival]) -> dict[str, tuple[str, int]]:
        """From path to digest and article, of the sources that this version read."""
        rows = self._sources_of(arrivals).filter(reader_version=reader.VERSION)
        return {path: (digest, article) for path, digest, article in rows.values_list("path", "digest", "article")}

    def _sources(self, arrivals: Sequence[Arrival]) -> dict[str, Source]:
        return {source.path: source for source in self._sources_of(arrivals).defer("raw")}

    def _sources_of(self, arrivals: Sequence[Arrival]) -> QuerySet[Source]:
        return Source.objects.filter(path_key__in=[path_key(self.root, arrival.path) for arrival in arrivals])

    def _step(self, arrival: Arrival, source: Source | None, known: _Known, claimed: dict[str, str]) -> Step:
        if source is not None and _is_current(arrival, source):
            return Step(arrival, FileReport(arrival.path, Outcome.UNCHANGED, source.article_id), source=source)
        if arrival.document is None:
            return _refuse(arrival, *arrival.problems)
        key = url_key(arrival.document.content.web_url)
        if key in claimed:
            return _refuse(arrival, _duplicate_of(claimed[key]))
        owner = known.owners.get(key)
        step = self._arrived(arrival, owner, known) if source is None else _changed(arrival, source, owner, known)
        step = self._allowed(step, known)
        if step.takes_source:
            claimed[key] = arrival.path
            if self.is_dry_run and step.source:
                self._adopted.add(step.source.path)
        return step

    def _allowed(self, step: Step, known: _Known) -> Step:
        """What leaves the article alone never meets the door, and still asks for the right to change the article."""
        if step.source is None or step.change or not step.takes_source:
            return step
        article = known.articles[step.source.article_id]
        return step if may_change(self.actor, article) else refused(step, str(NotAllowed(self.actor, "change_article")))

    def _arrived(self, arrival: Arrival, owner: Article | None, known: _Known) -> Step:
        """A path that no source has: a new article, a second file for an old one, or a file that was moved."""
        if owner is None:
            return _create(arrival)
        source = getattr(owner, "source", None)
        if source is None:
            return _conflict(arrival, owner.pk, f"article {owner.pk} has this address and was written here; it stays")
        if source.root != self.root:
            return _refuse(arrival, _duplicate_of(f"{source.root}: {source.path}"))
        if self.is_on_disk(source.path):
            return _refuse(arrival, _duplicate_of(source.path))
        moved = notice(f"moved from {printable(source.path)}")
        if source.digest == arrival.digest:
            return _follow(arrival, source, None, (), moved)
        return _changed(arrival, source, owner, known, moved)


def _is_current(arrival: Arrival, source: Source | None) -> bool:
    return source is not None and source.digest == arrival.digest and source.reader_version == reader.VERSION


def _known(contents: Sequence[ArticleContent], sources: Iterable[Source]) -> _Known:
    """Four queries and those of the states, for any number of files; none when nothing was read."""
    if not contents:
        return _Known()
    keys = [url_key(found.web_url) for found in contents]
    rows = Article.objects.select_related("source", "category", "provider").defer("source__raw")
    owners = {article.url_key: article for article in rows.filter(url_key__in=keys)}
    articles = {article.pk: article for article in owners.values()}
    lacking = [source.article_id for source in sources if source.article_id not in articles]
    articles |= {article.pk: article for article in rows.filter(pk__in=lacking)} if lacking else {}
    if not articles:
        return _Known()
    touched = Revision.objects.filter(article__in=articles).exclude(origin=Origin.IMPORT)
    states = content.read_states(list(articles.values()))
    return _Known(owners, articles, states, set(touched.values_list("article_id", flat=True)))


def _create(arrival: Arrival) -> Step:
    document = _document(arrival)
    change = Change(first_state(document.content), source_digest=arrival.digest)
    report = FileReport(arrival.path, Outcome.CREATED, problems=arrival.problems)
    return Step(arrival, report, change, takes_source=True)


def _changed(arrival: Arrival, source: Source, owner: Article | None, known: _Known, *also: Problem) -> Step:
    """A file whose bytes are new for an article that exists."""
    found = _document(arrival).content
    if owner is not None and owner.pk != source.article_id:
        return _refuse(arrival, error(f"webUrl is the address of article {owner.pk}; one article has one address"))
    article = known.articles[source.article_id]
    current = known.states[article.pk]
    if article.pk in known.touched and source.digest == arrival.digest:
        return Step(arrival, FileReport(arrival.path, Outcome.UNCHANGED, article.pk), source=source)
    if article.pk in known.touched:
        return _conflict(arrival, article.pk, "was changed here; file and article wait for an editor", *also)
    if would_unpublish(found, current):
        return _conflict(arrival, article.pk, "would unpublish the article; that waits for an editor", *also)
    state = next_state(found, current)
    changed = content.differing_fields(current, state)
    change = Change(state, article, article.version, arrival.digest) if changed else None
    return _follow(arrival, source, change, tuple(_key(name) for name in changed), *also)


def _follow(arrival: Arrival, source: Source, change: Change | None, changes: tuple[str, ...], *also: Problem) -> Step:
    report = FileReport(arrival.path, Outcome.UPDATED, source.article_id, changes, (*also, *arrival.problems))
    return Step(arrival, report, change, source, takes_source=True)


def _conflict(arrival: Arrival, article: int, message: str, *also: Problem) -> Step:
    problems = (warning(message), *also, *arrival.problems)
    return Step(arrival, FileReport(arrival.path, Outcome.CONFLICTED, article, problems=problems))


def _refuse(arrival: Arrival, *problems: Problem) -> Step:
    return Step(arrival, FileReport(arrival.path, Outcome.REJECTED, problems=problems))


def refused(step: Step, message: str) -> Step:
    """The same step as one that the door did not let through."""
    report = replace(step.report, outcome=Outcome.REJECTED, article=None, changes=(), problems=(error(message),))
    return replace(step, report=report, change=None, takes_source=False)


def _duplicate_of(path: str) -> Problem:
    return error(f"duplicate of {printable(path)}: it has the same webUrl", key="webUrl")


def _document(arrival: Arrival) -> reader.SeedDocument:
    if arrival.document is None:
        raise ValueError(f"{arrival.path} was not read")
    return arrival.document


def _key(name: str) -> str:
    return name if name in content.DESK_FIELDS else seed_key(name)
