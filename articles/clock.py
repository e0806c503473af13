"""What the clocks of a time zone show: everything once, but for hours that they skip and hours that they show twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def passes(local: datetime, zone: tzinfo) -> list[datetime]:
    """The moments at which the clocks there show `local`, earliest first: one, two of an hour that comes twice, none
    of one that is skipped. In UTC, for Python holds a doubled time unequal to the same moment in any other zone (PEP
    495). Raises OverflowError at the ends of the calendar."""
    readings = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(moment for moment in readings if _shown(moment, zone) == local)


def around_gap(local: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Of a `local` that the clocks skip: what they show a second before they leap, and what right after it."""
    whole = local.replace(microsecond=0, tzinfo=zone)
    early, late = (whole.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = _offset(early, zone)
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        early, late = (middle, late) if _offset(middle, zone) == offset else (early, middle)
    return _shown(late - _SECOND, zone), _shown(late, zone)


def _shown(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
