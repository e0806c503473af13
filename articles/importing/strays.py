"""Sources whose file has vanished and whose article got another address here: no address leads a moved file to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.db.models import QuerySet

from articles.importing.known import changed_by_persons
from articles.models import Source
from articles.seedfile import reader
from articles.seedfile.addresses import url_key
from articles.seedfile.problems import SeedError

SOURCES_AT_ONCE = 1_000
_SETS_ADDRESS = '"web_url": ['
"""As `Revision.changes` holds it; within a value its quotation marks would be escaped."""


def find_strays(root: str, is_on_disk: Callable[[str], bool]) -> dict[str, int]:
    """By the `url_key` that the file had, the source's primary key. One look at the disk for each source of the root,
    which a run takes only when a new path turns up."""
    found: dict[str, int] = {}
    last = 0
    sources = Source.objects.filter(root=root).order_by("pk").values_list("pk", "path", "article")
    while page := list(sources.filter(pk__gt=last)[:SOURCES_AT_ONCE]):
        last = page[-1][0]
        lost = [article for _, path, article in page if not is_on_disk(path)]
        if lost:
            found |= by_address_in_file(lost)
    return found


def by_address_in_file(articles: Iterable[int]) -> dict[str, int]:
    """By the `url_key` that the file had, the sources of those articles whose address somebody changed here."""
    readdressed = changed_by_persons(articles).filter(changes__contains=_SETS_ADDRESS).values("article")
    found: dict[str, int] = {}
    for pk, raw in Source.objects.filter(article__in=readdressed).values_list("pk", "raw"):
        if key := _address_in(bytes(raw)):
            found[key] = pk
    return found


def has_new_address(sources: QuerySet[Source], keys: Mapping[str, str]) -> bool:
    """Whether one of the files has another address than the last time; `keys` has theirs by path."""
    if not keys:
        return False
    rows = sources.values_list("path", "article__url_key")
    changed = [path for path, key in rows if keys[path] != key]
    raws = sources.filter(path__in=changed[:SOURCES_AT_ONCE]).values_list("path", "raw") if changed else ()
    return any(_address_in(bytes(raw)) not in ("", keys[path]) for path, raw in raws)


def _address_in(raw: bytes) -> str:
    """Its key; "" of what is no seed any more."""
    try:
        return url_key(reader.read(raw).content.web_url)
    except SeedError:
        return ""
