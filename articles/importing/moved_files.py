"""Sources whose file is gone and whose article's webUrl was edited, so that a moved file cannot be matched by URL."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.db.models import Q, QuerySet

from articles.importing.lookup import Known, address_in, changed_by_persons
from articles.importing.steps import Step
from articles.importing.walk import Found, Unreadable, read_file, walk
from articles.models import Article, Source
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import SeedError
from articles.sql.many_rows import in_key_order

SOURCES_AT_ONCE = 1_000


def find_strays(root: str, is_on_disk: Callable[[str], bool]) -> dict[str, int]:
    """Source keys by a former `url_key` of their file. Checks each source of the root on disk; a run does this only
    when a new path turns up."""
    strays: dict[str, int] = {}
    sources = Source.objects.filter(root=root).values_list("pk", "path", "article")
    for page in in_key_order(sources, SOURCES_AT_ONCE):
        lost = [article for _, path, article in page if not is_on_disk(path)]
        if lost:
            strays |= by_address_in_file(lost)
    return strays


def by_address_in_file(articles: Collection[int]) -> dict[str, int]:
    """Sources by each former `url_key` of their file (last import or last write), for articles whose address was
    changed on the desk, or may have been by undoing an import."""
    readdressed = changed_by_persons(articles).changing("web_url").values("article")
    by_key: dict[str, int] = {}
    rows = Source.objects.filter(Q(article__in=readdressed) | Q(article__in=articles, exported__isnull=False))
    for pk, *raws in rows.values_list("pk", "raw", "exported__seen_raw", "exported__pending_raw"):
        by_key |= {key: pk for raw in raws if raw and (key := address_in(bytes(raw)))}
    return by_key


def has_new_address(sources: QuerySet[Source], keys: Mapping[str, str]) -> bool:
    """Whether one of the files has a different address than last time; `keys` are the addresses by path."""
    if not keys:
        return False
    rows = sources.values_list("path", "article__url_key")
    changed = [path for path, key in rows if keys[path] != key]
    raws = sources.filter(path__in=changed[:SOURCES_AT_ONCE]).values_list("path", "raw") if changed else ()
    return any(address_in(bytes(raw)) not in ("", keys[path]) for path, raw in raws)


_LONGEST_NAME = 255


def path_beside(source: Source, path: str, is_on_disk: Callable[[str], bool]) -> str:
    """`b.md` becomes `b.article-7.md`, which does not exist: the source of article 7 is missing there until its file
    turns up."""
    taken = PurePosixPath(path)
    mark = f".article-{source.article_id}{taken.suffix}"
    stem = taken.stem
    while len(f"{stem}{mark}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    beside = str(taken.with_name(f"{stem}{mark}"))
    return path_beside(source, beside, is_on_disk) if is_on_disk(beside) else beside


_ADDRESS = re.compile(rb"""^webUrl:[ \t]+(["']?)(https?://[^\s"'\\]+)\1[ \t\r]*$""", re.MULTILINE)
_CLOSING = re.compile(rb"[\r\n]---[ \t]*[\r\n]")


class Addresses:
    """Uses eight bytes per file."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._marks = array("Q", sorted(_mark(key) for folder in folders for key in _keys_below(folder)))

    def __contains__(self, key: str) -> bool:
        place = bisect_left(self._marks, _mark(key))
        return place < len(self._marks) and self._marks[place] == _mark(key)


def _keys_below(folder: Path) -> Iterator[str]:
    for entry in walk(folder):
        if isinstance(entry, Found):
            with suppress(Unreadable):
                yield from _key_in(read_file(entry))


def _key_in(raw: bytes) -> Iterator[str]:
    """Finds most addresses without parsing the file."""
    closing = _CLOSING.search(raw)
    address = _ADDRESS.search(raw, 0, closing.start() if closing else len(raw))
    with suppress(ValueError, SeedError):
        yield url_key(address[2].decode() if address else reader.read(raw).content.web_url)


def _mark(key: str) -> int:
    """The first sixteen of a key's 64 hexadecimal digits."""
    return int(key[:16], 16)


@dataclass
class Claims:
    """`taken`: the path of the file that took an address. `places`: the current path of each source, existing or
    missing."""

    taken: dict[str, str] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    places: dict[int, str] = field(default_factory=dict)

    def owner(self, key: str, known: Known) -> Article | None:
        """The article with the address, in the database or by the plan so far."""
        return None if key in self.given_up else known.owners.get(key)

    def place(self, source: Source) -> str:
        return self.places.get(source.pk, source.path)

    def note(self, step: Step, known: Known, key: str) -> None:
        """Records what the step does with its file's address, and with its article's former one."""
        if not step.takes_source:
            return
        path = step.arrival.path
        if step.displaced:
            source, place = step.displaced
            self.places[source.pk] = place
        if step.source is None:
            self.taken[key] = path
            return
        before, after = known.articles[step.source.article_id].url_key, address_after(step, known)
        self.taken[after] = path
        if after != before:
            self.given_up.add(before)
        if self.place(step.source) != path:
            self.places[step.source.pk] = path


def address_after(step: Step, known: Known) -> str:
    """The address key of the step's article after the step."""
    if step.change:
        return url_key(step.change.state.content.web_url)
    article = step.report.article
    return known.articles[article].url_key if article is not None else ""
