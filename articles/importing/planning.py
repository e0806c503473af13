"""Plans what to do with each file of a batch. Reads the database and writes nothing; dry runs end here."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet

from articles.changes.actors import Actor, may_change
from articles.changes.door import Change
from articles.changes.refusals import NotAllowed
from articles.importing.lookup import Known, look_up
from articles.importing.merging import first_state, follow, merged, unchanged
from articles.importing.moved_files import Addresses, Claims, address_after, find_strays, has_new_address, path_beside
from articles.importing.readiness_warnings import Shown, with_readiness
from articles.importing.receipt import FileReport
from articles.importing.roots import gives_way
from articles.importing.steps import Arrival, Step, refuse, refused
from articles.importing.walk import Found, Unreadable, is_there, printable, read_file
from articles.models import Article, Source, Tombstone
from articles.models.importing import Outcome
from articles.models.source import WRITTEN_BYTES, file_digest, path_key, path_of_file
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import Problem, SeedError, error, notice, warning
from articles.sql.many_rows import Among


class Planner:
    """Plans for one root and its folders; in a dry run, remembers what the run would have done so far."""

    undone: frozenset[str] = frozenset()
    """Digests of files as undone runs had read them, which are skipped."""

    def __init__(self, root: str, folders: Sequence[Path], *, actor: Actor, is_dry_run: bool) -> None:
        self.root = root
        self.folders = folders
        self.actor = actor
        self.is_dry_run = is_dry_run
        self.undone_count = 0
        self.still_undone: set[str] = set()
        self._claims = Claims()
        self._strays: dict[str, int] | None = None
        self._displaced_strays: dict[str, int] = {}
        self._addresses: Addresses | None = None
        self._knows_files = False
        self._shown = Shown()
        self._seen = _Marks()
        self._expected: dict[str, tuple[int, str, datetime | None]] = {}

    def expect(self, paths: Sequence[str]) -> None:
        """Looks up the next files in the database."""
        rows = self._sources_of(paths).filter(reader_version=reader.VERSION)
        rows_there = rows.values_list(
            "path", "pk", "missing_at", "digest", "exported__seen_digest", "exported__pending_digest"
        )
        self._expected = {
            path: (pk, file_digest(*digests), missing_at) for path, pk, missing_at, *digests in rows_there
        }
        self._knows_files = self._knows_files or bool(self._expected)
        if self._strays is None and len(self._expected) < len(paths):
            self._strays = find_strays(self.root, self.is_on_disk)

    def recognises(self, path: str, digest: str) -> bool:
        """Whether an expected file is unchanged, or as an undone run had read it: costs one digest, and no planning
        under the lock. A file that was missing is planned, which clears its mark."""
        pk, known, missing_at = self._expected.get(path, _UNKNOWN)
        if digest in self.undone:
            self.undone_count += 1
            self.still_undone.add(digest)
        elif known != digest or missing_at is not None:
            return False
        if missing_at is None:
            self._seen.add(pk)
        return True

    def unseen(self, pks: Iterable[int]) -> list[int]:
        """Sources whose files are not already known to be at their path."""
        return [pk for pk in pks if pk not in self._seen]

    def prepare(self, arrivals: Sequence[Arrival]) -> None:
        """Before planning, without a lock: locates the other files if an address is new at its path."""
        if self._addresses is not None or not self._knows_files:
            return
        keys = {arrival.path: url_key(arrival.content.web_url) for arrival in arrivals if arrival.document}
        if has_new_address(self._sources_of(keys), keys):
            self._addresses = Addresses(self.folders)
            self._strays = find_strays(self.root, self.is_on_disk) if self._strays is None else self._strays

    def plan(self, arrivals: Sequence[Arrival]) -> list[Step]:
        """One step per file, in order. A run stops before a file that needs an address which an earlier step frees; the
        rest is planned after these are written."""
        sources = self._sources(arrivals)
        news = [arrival for arrival in arrivals if not _is_current(arrival, sources.get(arrival.path))]
        for arrival in news:
            arrival.parse()
        strays = self._stray_sources(news)
        contents = [arrival.document.content for arrival in news if arrival.document]
        known = look_up(contents, [*sources.values(), *strays.values()])
        claims = self._claims if self.is_dry_run else Claims()
        steps: list[Step] = []
        for arrival in arrivals:
            key = url_key(arrival.document.content.web_url) if arrival.document else ""
            if not self.is_dry_run and key in claims.given_up:
                break
            source = sources.get(arrival.path)
            if source is not None and claims.place(source) != arrival.path:
                source = None
            step = self._step(arrival, source, strays.get(key), known, claims)
            claims.note(step, known, key)
            steps.append(step)
            strays |= self._note_displaced(step, known)
        return with_readiness(steps, self._shown if self.is_dry_run else Shown())

    def is_gone(self, pk: int, path: str) -> bool:
        """Whether a source's file is missing, also, in a dry run, at the path where the run would have found it."""
        return not self.is_on_disk(self._claims.places.get(pk, path))

    def is_on_disk(self, path: str) -> bool:
        return any(is_there(f"{folder}/{path}") for folder in self.folders)

    def _sources(self, arrivals: Sequence[Arrival]) -> dict[str, Source]:
        sources = _without_bytes(self._sources_of([arrival.path for arrival in arrivals]))
        return {source.path: source for source in sources}

    def _sources_of(self, paths: Iterable[str]) -> QuerySet[Source]:
        return Source.objects.filter(Among("path_key", [path_key(self.root, path) for path in paths]))

    def _stray_sources(self, arrivals: Sequence[Arrival]) -> dict[str, Source]:
        """For files at new paths, by the address in the file."""
        strays = (self._strays or {}) | self._displaced_strays
        keys = {url_key(arrival.document.content.web_url) for arrival in arrivals if arrival.document} if strays else ()
        pks = {strays[key]: key for key in keys if key in strays}
        return {pks[source.pk]: source for source in _without_bytes(Source.objects.filter(pk__in=pks))} if pks else {}

    def _note_displaced(self, step: Step, known: Known) -> dict[str, Source]:
        """Lets a later file find a source that lost its path, if the article's address differs from its file's."""
        if step.displaced is None:
            return {}
        source = step.displaced[0]
        keys = known.addresses(source) - {known.articles[source.article_id].url_key}
        self._displaced_strays |= dict.fromkeys(keys, source.pk)
        return dict.fromkeys(keys, source)

    def _step(
        self, arrival: Arrival, source: Source | None, stray: Source | None, known: Known, claims: Claims
    ) -> Step:
        if source is not None and _is_current(arrival, source):
            return Step(arrival, FileReport(arrival.path, Outcome.UNCHANGED, source.article_id), source=source)
        if source is not None and _is_no_news(arrival, source):
            return unchanged(arrival, source)
        if arrival.document is None:
            return refuse(arrival, *arrival.problems)
        key = url_key(arrival.document.content.web_url)
        step = self._judged(arrival, source, stray, known, claims)
        if key in known.purged and key not in claims.taken and address_after(step, known) == key:
            return _purged(arrival, None if step.displaced else source, known.purged[key])
        return self._allowed(step, known)

    def _judged(
        self, arrival: Arrival, source: Source | None, stray: Source | None, known: Known, claims: Claims
    ) -> Step:
        """Plans a seed. An address decides which article a file belongs to, wherever the file is; a path whose file was
        missing is free for another story."""
        key = url_key(arrival.content.web_url)
        if source is not None and source.is_without_file and key not in known.addresses(source):
            step = self._judged(arrival, None, stray, known, claims)
            return self._displacing(step, source) if step.takes_source else step
        if key in claims.taken:
            taker = claims.taken[key]
            return merged(arrival, source, taker, known) if source else refuse(arrival, _duplicate_of(taker))
        owner = claims.owner(key, known)
        theirs: Source | None = getattr(owner, "source", None) if owner else stray
        if theirs is not None and theirs != source and self._has_left(theirs, arrival, known, claims):
            if source is None:
                return self._moved(arrival, theirs, known, claims)
            if url_key(known.base(source).web_url) != key:
                return self._displacing(self._moved(arrival, theirs, known, claims), source)
        if source is None:
            return self._arrived(arrival, owner, known)
        if owner is None and self._is_elsewhere(url_key(known.base(source).web_url), key):
            return self._displacing(_create(arrival), source)
        return merged(arrival, source, self._holder(owner, source), known)

    def _is_elsewhere(self, before: str, now: str) -> bool:
        """Whether another file has this file's former address."""
        return before != now and self._addresses is not None and before in self._addresses

    def _displacing(self, step: Step, source: Source) -> Step:
        """The step for a file at the source's path."""
        return replace(step, displaced=(source, path_beside(source, step.arrival.path, self.is_on_disk)))

    def _has_left(self, source: Source, arrival: Arrival, known: Known, claims: Claims) -> bool:
        """Whether a source of this tree has no file at its path, or a file with another article's address; for a source
        of a single file, whether that file became part of the tree."""
        if source.root != self.root:
            return gives_way(source, (folder.resolve() / arrival.path for folder in self.folders))
        place = claims.place(source)
        if not self.is_on_disk(place):
            return True
        address = self._new_address_at(place, source.known_digests)
        return address not in ("", *known.addresses(source))

    def _new_address_at(self, path: str, known: Container[str]) -> str:
        """The address key of the file that is there now; "" if it is the known file, or not a seed."""
        for folder in self.folders:
            with suppress(Unreadable, SeedError):
                raw = read_file(Found(path, folder))
                return "" if reader.digest_of(raw) in known else url_key(reader.read(raw).content.web_url)
        return ""

    def _holder(self, owner: Article | None, source: Source) -> str:
        """The name in a receipt of another article with the file's address."""
        if owner is None or owner.pk == source.article_id:
            return ""
        return self._named(owner.source) if hasattr(owner, "source") else f"article {owner.pk}"

    def _named(self, source: Source) -> str:
        return source.path if source.root == self.root else f"{source.root}: {source.path}"

    def _allowed(self, step: Step, known: Known) -> Step:
        """A step that doesn't change the article never reaches the door, but still needs the permission to change
        it."""
        if step.report.article is None or step.change or not step.takes_source:
            return step
        article = known.articles[step.report.article]
        return step if may_change(self.actor, article) else refused(step, str(NotAllowed(self.actor, "change_article")))

    def _arrived(self, arrival: Arrival, owner: Article | None, known: Known) -> Step:
        """A path without a source: a new article, or a second file for an existing one."""
        if owner is None:
            return _create(arrival)
        if hasattr(owner, "source"):
            return refuse(arrival, _duplicate_of(self._named(owner.source)))
        is_same = known.states[owner.pk].content == arrival.content
        return _adopted(arrival, owner.pk) if is_same else _written_here(arrival, owner.pk)

    def _moved(self, arrival: Arrival, source: Source, known: Known, claims: Claims) -> Step:
        """A source's file at another path; its article follows."""
        root = "" if source.root == self.root else f"{source.root}: "
        moved = notice(f"moved from {root}{printable(path_of_file(claims.place(source)))}")
        if arrival.digest in source.known_digests:
            return follow(arrival, source, moved)
        return merged(arrival, source, "", known, moved)


_UNKNOWN = (0, "", None)


class _Marks:
    """A set of primary keys, one byte per row of the table."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, pk: int) -> None:
        if pk >= len(self._bytes):
            self._bytes.extend(bytes(pk + 1_000 - len(self._bytes)))
        self._bytes[pk] = 1

    def __contains__(self, pk: int) -> bool:
        return pk < len(self._bytes) and self._bytes[pk] == 1


def _is_current(arrival: Arrival, source: Source | None) -> bool:
    return (
        source is not None
        and (source.path, source.file_digest) == (arrival.path, arrival.digest)
        and source.reader_version == reader.VERSION
    )


def _is_no_news(arrival: Arrival, source: Source) -> bool:
    """Whether the file contains what the desk wrote, or the former bytes while that write is pending."""
    return arrival.digest in source.known_digests and source.reader_version == reader.VERSION


def _without_bytes(sources: QuerySet[Source]) -> QuerySet[Source]:
    return sources.select_related("exported").defer("raw", *WRITTEN_BYTES)


def _create(arrival: Arrival) -> Step:
    change = Change(first_state(arrival.content), source_digest=arrival.digest, body=arrival.body)
    report = FileReport(arrival.path, Outcome.CREATED, problems=arrival.problems)
    return Step(arrival, report, change, takes_source=True)


def _duplicate_of(path: str) -> Problem:
    return error(f"duplicate of {printable(path)}: it has the same webUrl", key="webUrl")


def _purged(arrival: Arrival, source: Source | None, stone: Tombstone) -> Step:
    """A file with a purged article's address restores nothing, and moves no article to that address."""
    problems = (warning(stone.refusal, line=arrival.line_of("webUrl"), key="webUrl"), *arrival.problems)
    article = source.article_id if source else None
    return Step(arrival, FileReport(arrival.path, Outcome.SKIPPED, article, problems=problems))


def _adopted(arrival: Arrival, article: int) -> Step:
    """A file of an article written on the desk, as an export writes it, becomes the article's source."""
    problems = (notice("is now the source of an article written on the desk"), *arrival.problems)
    report = FileReport(arrival.path, Outcome.UPDATED, article, problems=problems)
    return Step(arrival, report, takes_source=True)


def _written_here(arrival: Arrival, article: int) -> Step:
    problem = warning(f"article {article} has this address and was written on the desk; it is kept", key="webUrl")
    problems = (problem, *arrival.problems)
    return Step(arrival, FileReport(arrival.path, Outcome.CONFLICTED, article, problems=problems))
