"""Sources whose file has vanished and whose article got another address here: no address leads a moved file to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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
            found |= _by_address_in_file(lost)
    return found


def _by_address_in_file(articles: Iterable[int]) -> dict[str, int]:
    readdressed = changed_by_persons(articles).filter(changes__contains=_SETS_ADDRESS).values("article")
    found: dict[str, int] = {}
    for pk, raw in Source.objects.filter(article__in=readdressed).values_list("pk", "raw"):
        try:
            found[url_key(reader.read(bytes(raw)).content.web_url)] = pk
        except SeedError:  # by the rules of its day it was a seed
            continue
    return found
