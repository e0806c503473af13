"""Shows and reads times in the user's time zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_NO_PLACE = frozenset({"Factory", "localtime"})


class UserTimeZoneMiddleware:
    """Activates the signed-in user's time zone for the request; the site's for readers and users without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_admin = request.path_info.startswith("/admin/")
        with timezone.override(_zone(getattr(request.user, "time_zone", "")) if is_admin else None):
            return self.get_response(request)


def read_in_the_zone_shown(request: HttpRequest) -> None:
    """For the rest of the request, uses the zone named by the form ("zone"), even if the user has chosen another since
    it was opened."""
    zone = _zone(request.POST.get("zone", ""))
    if zone is not None:
        timezone.activate(zone)


@cache
def known_zones() -> frozenset[str]:
    """All zone names, including old ones. Cached, because the lookup takes 30 ms."""
    return frozenset(zoneinfo.available_timezones()) - _NO_PLACE


@cache
def offered_zones() -> tuple[str, ...]:
    """One name per place, and UTC."""
    places = (name for name in known_zones() if name.split("/")[0] in _AREAS)
    return ("UTC", *sorted(places))


def zone_called(text: str) -> str | None:
    """The zone for a name in any case, with spaces allowed, or for a city that only one zone has."""
    wanted = text.strip().replace(" ", "_").casefold()
    whole = [name for name in known_zones() if name.casefold() == wanted]
    cities = [name for name in offered_zones() if name.casefold().rpartition("/")[2] == wanted]
    zones = whole or cities
    return zones[0] if len(zones) == 1 else None


def _zone(name: str) -> tzinfo | None:
    """None for an empty name, and for one that this machine does not know."""
    return zoneinfo.ZoneInfo(name) if name and name in known_zones() else None


_SECOND = timedelta(seconds=1)


class NotOnce(Exception):
    """A local time does not exist or occurs twice; the message names the two alternatives."""


def moment_at(local: datetime, zone: tzinfo) -> datetime:
    """The moment of a local time. Raises NotOnce, and OverflowError as `passes` does."""
    moments = passes(local, zone)
    if not moments:
        before, after = around_gap(local, zone)
        sides = f"{_beside(before.replace(second=0), local)} or {_beside(after, local)}"
        raise NotOnce(f"{_written(local)[11:]} doesn't exist that day (clocks go forward). Use {sides}.")
    if len(moments) > 1:
        both = " or ".join(_written(moment.astimezone(zone)) for moment in moments)
        raise NotOnce(f"This time occurs twice: {both}. Type the one you mean with its offset.")
    return moments[0]


def shown(moment: datetime, zone: tzinfo) -> str:
    """To the second, as `moment_at` reads it; with its offset if the local time occurs twice."""
    local = moment.astimezone(zone)
    wall = _wall_clock(moment, zone).replace(microsecond=0)
    return (wall if len(passes(wall, zone)) == 1 else local).isoformat(timespec="seconds")


def passes(local: datetime, zone: tzinfo) -> list[datetime]:
    """The moments of a local time, earliest first: one, two if it occurs twice, none if it does not exist. In UTC,
    because Python treats an ambiguous time as unequal to the same moment in any other zone (PEP 495). Raises
    OverflowError at the ends of the calendar."""
    readings = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(moment for moment in readings if _wall_clock(moment, zone) == local)


def around_gap(local: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """For a skipped `local`: the local times one second before the gap and right after it."""
    whole = local.replace(microsecond=0, tzinfo=zone)
    early, late = (whole.replace(fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = _offset(early, zone)
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        early, late = (middle, late) if _offset(middle, zone) == offset else (early, middle)
    return _wall_clock(late - _SECOND, zone), _wall_clock(late, zone)


def _written(local: datetime) -> str:
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def _beside(side: datetime, local: datetime) -> str:
    """Without the date if it is the same."""
    text = _written(side)
    return text[11:] if side.date() == local.date() else text


def _wall_clock(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
