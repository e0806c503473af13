"""The date and time field: local time in the current time zone, or with an explicit offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles import timezones
from articles.seedfile import limits

_LOCAL = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)?", re.ASCII)
_WHOLE_MINUTE = re.compile(r"([^:]*:\d\d(:00)?)?", re.ASCII)


class MomentInput(forms.DateTimeInput):
    """A browser's date and time picker; a text box if the picker cannot show the value, or if the typed value was
    refused and may need an offset. Shows seconds only if the value has some."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__({"class": "moment"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if not _LOCAL.fullmatch(value or "") or "aria-invalid" in context["widget"]["attrs"]:
            context["widget"]["type"] = "text"
        context["widget"]["attrs"]["step"] = "60" if _WHOLE_MINUTE.fullmatch(value or "") else "1"
        return context


class Moment(forms.DateTimeField):
    """A time to the second. A value with an offset ("2026-10-25T02:30:00+01:00") is that moment; any other is local
    time in the current zone, refused if it does not exist or occurs twice there."""

    widget = MomentInput

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment = super().to_python(value)
        except ValidationError as problem:
            moment = (problem.params or {}).get("datetime")
            if not isinstance(moment, datetime):
                raise
        first, last = limits.YEARS
        if moment is not None and not first <= moment.year <= last:
            raise ValidationError(f"The year must be from {first} to {last}.")
        if moment is not None and timezone.is_naive(moment):
            moment = _the_one(moment)
        return moment and moment.astimezone(UTC)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares the displayed values, which have no fractions of a second."""
        if self.disabled:
            return False
        try:
            typed = self.to_python(data)
        except ValidationError:
            return True
        if typed is None or initial is None:
            return typed is not initial
        return bool(typed.replace(microsecond=0) != initial.replace(microsecond=0))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezones.shown(value, timezone.get_current_timezone())
        return value


def _the_one(local: datetime) -> datetime:
    try:
        return timezones.moment_at(local, timezone.get_current_timezone())
    except timezones.NotOnce as problem:
        raise ValidationError(str(problem)) from problem
