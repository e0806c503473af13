"""The box for a moment: date and time as clocks in the current time zone show them, doubled and skipped ones too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import timezones
from articles.seedfile import limits

_WHICH = "-pass"
_FIRST, _SECOND = "1", "2"


class Typed(str):
    """What was typed, and which pass of a doubled hour was chosen beside it: "1", "2", or "" where nothing was."""

    chosen: str

    @classmethod
    def of(cls, text: str, chosen: str) -> Self:
        typed = cls(text)
        typed.chosen = chosen if chosen in (_FIRST, _SECOND) else ""
        return typed


class MomentInput(forms.DateTimeInput):
    """A browser's own box for date and time. Beside a time that the clocks show twice stands a choice of which."""

    def __init__(self) -> None:
        super().__init__({"type": "datetime-local", "step": "1", "class": "moment"}, format="%Y-%m-%dT%H:%M:%S")

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed | None:
        text = data.get(name)
        return None if text is None else Typed.of(str(text), str(data.get(name + _WHICH, "")))

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        local, chosen = _read(value)
        box = super().render(name, value if local is None else local, attrs, renderer)
        doubled = _passes(local) if local else []
        return format_html("{}{}", box, _choice(name, doubled, chosen, attrs or {})) if len(doubled) > 1 else box


class Moment(forms.DateTimeField):
    """A moment to the second. What names an offset of its own ("2026-10-25T02:30:00+01:00") is that moment; all else
    is what clocks in the current time zone show. A time that they skip is refused with the two nearest ones; of a time
    that they show twice, the first pass is meant unless the second is chosen."""

    widget = MomentInput

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment = super().to_python(value)
        except ValidationError as problem:
            local = (problem.params or {}).get("datetime")
            if not isinstance(local, datetime):
                raise
            moment = _meant(local, getattr(value, "chosen", ""))
        first, last = limits.YEARS
        if moment is not None and not first <= moment.year <= last:
            raise ValidationError(f"The year must be from {first} to {last}.")
        return moment and moment.astimezone(UTC)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """By what the box shows, which tells no fractions of a second, and a pass only where one is said."""
        try:
            typed = None if self.disabled else self.to_python(data)
        except ValidationError:
            return True
        if self.disabled or typed is None or initial is None:
            return not self.disabled and typed is not initial
        if getattr(data, "chosen", "") or _has_offset(data):
            return bool(typed.replace(microsecond=0) != initial.replace(microsecond=0))
        return bool(self.prepare_value(typed) != self.prepare_value(initial))

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value.replace(microsecond=0) if isinstance(value, datetime) else value)


def _meant(local: datetime, chosen: str) -> datetime:
    """Raises ValidationError where the clocks never show it."""
    passes = _passes(local)
    if not passes:
        raise ValidationError(_skipped(local))
    return passes[-1] if chosen == _SECOND else passes[0]


def _has_offset(data: Any) -> bool:
    moment = parse_datetime(str(data).strip())
    return moment is not None and timezone.is_aware(moment)


def _read(value: Any) -> tuple[datetime | None, str]:
    """What a box shows of a moment or of what was typed, and the pass; no time where nothing can be read."""
    if isinstance(value, str):
        return _read_text(value)
    if not isinstance(value, datetime):
        return None, ""
    local = value if timezone.is_naive(value) else timezone.make_naive(value)
    return local.replace(fold=0), (_FIRST, _SECOND)[local.fold]


def _read_text(text: str) -> tuple[datetime | None, str]:
    try:
        return _read(forms.DateTimeField().to_python(text))
    except OverflowError:
        return None, ""
    except ValidationError as problem:
        local = (problem.params or {}).get("datetime")
        return (local, getattr(text, "chosen", "")) if isinstance(local, datetime) else (None, "")


def _passes(local: datetime) -> list[datetime]:
    """None at all where the calendar ends."""
    try:
        return timezones.passes(local, timezone.get_current_timezone())
    except OverflowError:
        return []


def _skipped(local: datetime) -> str:
    try:
        before, after = timezones.around_gap(local, timezone.get_current_timezone())
    except OverflowError:
        return f"The year must be from {limits.YEARS[0]} to {limits.YEARS[1]}."
    zone = timezone.get_current_timezone_name()
    return (
        f"Clocks in {zone} never show {_said(local)}: they go from {_said(before)} straight to {_said(after)}. "
        "Choose one of these two."
    )


def _said(local: datetime) -> str:
    return local.strftime("%-d %B %Y, %H:%M:%S")


def _choice(name: str, doubled: list[datetime], chosen: str, attrs: dict[str, Any]) -> SafeString:
    names = {_FIRST: "the first", _SECOND: "the second"}
    options = [(key, f"{names[key]}, {_with_offset(moment)}") for key, moment in zip(names, doubled, strict=True)]
    own = {"id": f"{attrs.get('id', f'id_{name}')}{_WHICH}", "disabled": attrs.get("disabled", False)}
    select = forms.Select(choices=options).render(name + _WHICH, chosen or _FIRST, own)
    words = '<label class="pass"><span>Clocks in {} show this time twice. Meant is</span> {}</label>'
    return format_html(words, timezone.get_current_timezone_name(), select)


def _with_offset(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%H:%M %Z}, UTC{local.replace(microsecond=0).isoformat()[19:]}"
