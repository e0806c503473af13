"""Formats moments for pages, messages and command output, in the current time zone."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

_DAY, _SHORT_DAY = "%-d %B %Y", "%-d %b %Y"


def day(moment: datetime) -> str:
    """ "28 November 2026"."""
    return timezone.localtime(moment).strftime(_DAY)


def in_full(moment: datetime | None, *, with_seconds: bool = False, of_day: str = _DAY) -> str:
    """ "28 November 2026, 09:00 UTC"; to the minute, where the moment is a whole one. "" for none.

    The zone's abbreviation tells the passes of a doubled hour apart, which Django's own `date:"T"` leaves out there.
    """
    local = timezone.localtime(moment) if moment else None
    if local is None:
        return ""
    return local.strftime(f"{of_day}, %H:%M:%S %Z" if with_seconds or local.second else f"{of_day}, %H:%M %Z")


def soon(moment: datetime) -> str:
    """ "Sat 28 Nov, 09:00 UTC": of one in the next days."""
    return in_full(moment, of_day="%a %-d %b")


def in_short(moment: datetime | None) -> str:
    """ "28 Nov 2026, 09:00"; "" for none."""
    return timezone.localtime(moment).strftime(f"{_SHORT_DAY}, %H:%M") if moment else ""


def age(moment: datetime) -> str:
    """ "just now", "12 min ago", "5 h ago", "3 d ago" in the last week, else "28 Nov" or "28 Nov 2025"."""
    local, now = timezone.localtime(moment), timezone.localtime()
    minutes = int((now - local).total_seconds() // 60)
    if minutes == 0:
        return "just now"
    for unit, size, most in (("min", 1, 60), ("h", 60, 24 * 60), ("d", 24 * 60, 7 * 24 * 60)):
        if 0 <= minutes < most:
            return f"{minutes // size} {unit} ago"
    return local.strftime("%-d %b" if local.year == now.year else _SHORT_DAY)


def when(moment: datetime) -> str:
    """ "at 09:00" of today, else "on 28 Nov 2026, 09:00"."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localtime().date()
    return f"at {local:%H:%M}" if is_today else f"on {in_short(moment)}"
