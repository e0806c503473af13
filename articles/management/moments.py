"""Times typed on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.utils import timezone

from articles.importing.walk import printable
from articles.management.terminal import unusable
from articles.seedfile import limits
from articles.timezones import NotOnce, moment_at

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?\Z", re.ASCII)


def moment(option: str, text: str | None) -> datetime | None:
    """ISO 8601 with an offset, or in the site's time zone. None if the option is missing.

    Without an offset, a time that does not exist or occurs twice in the site's zone is refused.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text) if _MOMENT.match(text) else None
    except ValueError:
        read = None
    if read is None:
        raise unusable(f"{option} {printable(text)} is not a time; write 2026-12-01T09:00 or 2026-12-01T09:00+01:00")
    first, last = limits.YEARS
    if not first < read.year < last:
        raise unusable(f"{option} {printable(text)} is not between the years {first} and {last}")
    return read.astimezone(UTC) if read.tzinfo else _at_the_site(option, text, read)


def _at_the_site(option: str, text: str, local: datetime) -> datetime:
    zone = timezone.get_default_timezone()
    try:
        return moment_at(local, zone)
    except NotOnce as problem:
        raise unusable(f"{option} {text} in {zone}: {problem}") from problem
