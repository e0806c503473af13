"""Builds an `ArticleState` from a typed form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from operator import itemgetter
from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME, BaseFormSet
from django.utils import timezone
from pydantic import ValidationError

from articles.admin.article_form.forms import MOST_ROWS, ArticleForm, ImageFormSet, RelatedFormSet
from articles.content.article_state import ArticleState, DeskState
from articles.seedfile import reader, schema

_PLACE = re.compile(r"(?P<version>[0-9]{1,9})-(?P<index>[0-9]{1,3})\Z")


class ArticleEditor:
    """The article form with its pictures and coverage, over the state that it shows (None for a new article).

    After `is_valid()`, `state` is the shown state with the typed changes applied. Untouched fields stay exactly as they
    were, including unknown keys and fractions of seconds.

    A row of pictures or coverage refers to its entry by "VERSION-INDEX", so that data without a form field is kept even
    in a stale form, whose rows may come from an earlier version. `earlier` returns the state of a version; `places` are
    the rows' places if they differ from those of `version`.
    """

    def __init__(
        self,
        shown: ArticleState | None,
        *,
        version: int,
        data: Mapping[str, Any] | None = None,
        earlier: Callable[[int], ArticleState | None] = lambda version: None,
        places: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.shown, self.version = shown, version
        self._earlier = earlier
        initial = _initial(shown) if shown else {"quality": 0, "heat": -1, "type": "article"}
        self.form = ArticleForm(data, initial=initial | {"version": version}, prefix=None)
        rows: dict[str, list[dict[str, Any]]] = {}
        for name in _PARTS:
            own = [f"{version}-{index}" for index in range(len(getattr(shown.content, name)) if shown else 0)]
            rows[name] = (
                self._shown_rows(name, (places or {}).get(name, own)) if data is None else self._asked_rows(name, data)
            )
        self.images = ImageFormSet(data, initial=rows["images"], prefix="images")
        self.related = RelatedFormSet(data, initial=rows["related"], prefix="related")
        self.state: ArticleState | None = None

    def is_valid(self) -> bool:
        """Validates form by form, then the whole against the schema; if a field cannot be read, the others one by one,
        so that all problems are reported at once."""
        parts: list[Any] = [self.form, self.images, self.related]
        verdicts = [part.is_valid() for part in parts]
        if not all(verdicts):
            self._look_at_each()
            return False
        try:
            self.state = self._typed_state()
        except ValidationError as failure:
            self._blame_all(failure)
        return not self.has_errors

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors or self._part_errors(self.images) or self._part_errors(self.related))

    @property
    def problems(self) -> list[Problem]:
        return [
            *problems_of_form(self.form),
            *problems_of_rows(self.images, label="Pictures", row_label="Picture", place="pictures"),
            *problems_of_rows(self.related, label="Coverage", row_label="Coverage", place="coverage"),
        ]

    def lock(self, names: Iterable[str]) -> None:
        """Makes these fields read-only; posted values for them are ignored."""
        for name in names:
            self.form.fields[name].disabled = True

    def lock_all(self) -> None:
        self.lock(self.form.fields)
        for formset in (self.images, self.related):
            formset.extra = 0
            for form in formset.forms:
                for field in form.fields.values():
                    field.disabled = True

    @property
    def places(self) -> dict[str, list[str]]:
        """The places of the remaining rows, in the requested order; "" for new ones."""
        formsets = {"images": self.images, "related": self.related}
        return {name: [form.cleaned_data["place"] for form in _kept_forms(formsets[name])] for name in _PARTS}

    def _shown_rows(self, name: str, places: Sequence[str]) -> list[dict[str, Any]]:
        entries = getattr(self.shown.content, name) if self.shown else ()
        return [_PARTS[name](entry) | {"place": place} for entry, place in zip(entries, places, strict=True)]

    def _asked_rows(self, name: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The initial values of each posted row, by its place."""
        places = [str(data.get(f"{name}-{row}-place", "")) for row in range(MOST_ROWS)]
        entries = [self._entry(name, place) for place in places]
        return [_PARTS[name](e) | {"place": p} if e else {} for e, p in zip(entries, places, strict=True)]

    def _entry(self, name: str, place: str) -> Any:
        """The picture or coverage entry at a place, or None."""
        match = _PLACE.match(place)
        state = self._earlier(int(match["version"])) if match else None
        entries = getattr(state.content, name) if state else ()
        return entries[int(match["index"])] if match and int(match["index"]) < len(entries) else None

    def _entries(self, name: str, formset: BaseFormSet[Any], make: Any) -> list[Any]:
        return [make(form, self._entry(name, form.cleaned_data["place"])) for form in _kept_forms(formset)]

    def _look_at_each(self) -> None:
        typed = {
            name: self.form.cleaned_data[name] for name in self.form.changed_data if name in self.form.cleaned_data
        }
        values: dict[str, Any] = {name: value for name, value in typed.items() if name in schema.FIELDS}
        if "topics" in values:
            values["topics"] = _lines(values["topics"])
        for name, rows, make in (("images", self.images, _image), ("related", self.related, _related)):
            if rows.is_valid():
                values[name] = self._entries(name, rows, make)
        for name, value in values.items():
            try:
                schema.load_field(name, _plain(value))
            except ValidationError as failure:
                self._blame_all(failure, name)

    def _typed_state(self) -> ArticleState:
        values = dict(self.shown.content) if self.shown else {}
        typed = self.form.cleaned_data
        changed = set(self.form.changed_data) if self.shown else set(self.form.fields)
        for name in changed & set(schema.FIELDS):
            values[name] = typed[name]
        if "topics" in changed:
            values["topics"] = _lines(typed["topics"])
        if changed & {"provider_name", "provider_domain"}:
            extra = self.shown.content.provider.extra if self.shown else ""
            values["provider"] = {"name": typed["provider_name"], "domain": typed["provider_domain"], "extra": extra}
        values["images"] = self._entries("images", self.images, _image)
        values["related"] = self._entries("related", self.related, _related)
        return ArticleState(schema.ArticleContent.model_validate(_plain(values)), self._desk(changed))

    def _desk(self, changed: set[str]) -> DeskState:
        shown = self.shown.desk if self.shown else DeskState()
        typed = self.form.cleaned_data
        desk = replace(shown, **{name: typed[name] for name in ArticleForm.SCHEDULE if name in changed})
        if desk != shown and desk.live_from and desk.live_until and desk.live_until <= desk.live_from:
            self.form.add_error("live_until", "“Live until” must be after “Live from”.")
        elif "live_until" in changed and desk.live_until and desk.live_until <= timezone.now():
            self.form.add_error("live_until", f"That time has passed; choose a later one, or {self._instead}.")
        if desk.live_from is None and self.shown and self.shown.content.published:
            self.form.add_error("live_from", "A published article needs a “Live from” time.")
        return desk

    @property
    def _instead(self) -> str:
        return "unpublish it" if self.shown and self.shown.content.published else "empty the box"

    def _blame_all(self, failure: ValidationError, *within: str) -> None:
        for details in failure.errors(include_url=False):
            self._blame((*within, *details["loc"]), reader.describe(details))

    def _blame(self, place: tuple[int | str, ...], message: str) -> None:
        """Attaches a schema error to the field it came from."""
        formsets: dict[str, Any] = {"images": self.images, "related": self.related}
        formset = formsets.get(str(place[0]))
        if formset is not None and len(place) > 1 and isinstance(place[1], int):
            _blame_part(_kept_forms(formset)[place[1]], place[2:], message)
            return
        name = "_".join(str(step) for step in place[:2]) if place[0] == "provider" else str(place[0])
        self.form.add_error(name if name in self.form.fields else None, f"{place[-1]} {message}")

    @staticmethod
    def _part_errors(formset: BaseFormSet[Any]) -> bool:
        return any(form.errors for form in formset.forms) or bool(formset.non_form_errors())


def _blame_part(form: forms.Form, place: tuple[int | str, ...], message: str) -> None:
    name = str(place[0]) if place else ""
    name = {"images": "pictures", "provider": f"provider_{place[-1]}" if place else ""}.get(name, name)
    form.add_error(name if name in form.fields else None, message)


def _initial(state: ArticleState) -> dict[str, Any]:
    return {
        **dict(state.content),
        **asdict(state.desk),
        "topics": "\n".join(state.content.topics),
        **_provider_initial(state.content.provider),
    }


def _provider_initial(provider: schema.Provider | None) -> dict[str, str]:
    return {
        "provider_name": provider.name if provider else "",
        "provider_domain": provider.domain if provider else "",
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _related_initial(entry: schema.Related) -> dict[str, Any]:
    pictures = "\n".join(picture_line(image.url, image.width, image.height) for image in entry.images)
    return {**dict(entry), **_provider_initial(entry.provider), "pictures": pictures}


_PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {"images": dict, "related": _related_initial}


def _kept_forms(formset: BaseFormSet[Any]) -> list[Any]:
    """The remaining rows, in the requested order, without blank and deleted ones."""
    kept = [
        form
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get(DELETION_FIELD_NAME) and not _is_blank(form)
    ]
    return sorted(kept, key=_asked_place)


def _asked_place(form: Any) -> float:
    """Rows without an order number go to the end."""
    number = form.cleaned_data.get(ORDERING_FIELD_NAME)
    return math.inf if number is None else number


def _is_blank(form: Any) -> bool:
    return form.empty_permitted and not form.cleaned_data.get("place") and not form.has_changed()


def _image(form: Any, before: schema.Image | None) -> dict[str, Any]:
    typed = {name: value for name, value in form.cleaned_data.items() if name in schema.Image.model_fields}
    return typed | {"extra": before.extra if before else ""}


def _related(form: Any, before: schema.Related | None) -> dict[str, Any]:
    typed = form.cleaned_data
    changed = set(form.changed_data) if before else set(form.fields)
    values = dict(before) if before else {}
    for name in changed & {"title", "excerpt", "web_url", "type", "published_at"}:
        values[name] = typed[name]
    values["quality"] = typed["quality"] or 0
    if changed & {"provider_name", "provider_domain"}:
        extra = before.provider.extra if before and before.provider else ""
        provider = {"name": typed["provider_name"], "domain": typed["provider_domain"], "extra": extra}
        values["provider"] = provider if any(provider.values()) else None
    if "pictures" in changed:
        values["images"] = typed_pictures(typed["pictures"], map(dict, before.images if before else ()))
    return values


def _plain(value: Any) -> Any:
    """Parts as mappings, so that one validation reports all errors."""
    if isinstance(value, schema.Part):
        return {name: _plain(inner) for name, inner in value}
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Problem:
    """`place` is the id of the field or section; "" (and no label) for an error of the whole form."""

    place: str
    label: str
    message: str

    def __str__(self) -> str:
        return f"{self.label}: {self.message}" if self.label else self.message


def problems_of_form(form: forms.Form, *, label: str = "", place: str = "") -> Iterator[Problem]:
    """`label` and `place` are the row's, if the form is a row of a formset."""
    for message in form.non_field_errors():
        yield Problem(place, label, str(message))
    for box in form:
        name = f"{label}, {str(box.label).lower()}" if label else str(box.label)
        for message in box.errors:
            yield Problem(box.id_for_label or place, name, str(message))


def problems_of_rows(rows: BaseFormSet[Any], *, label: str, row_label: str, place: str) -> Iterator[Problem]:
    for message in rows.non_form_errors():
        yield Problem(place, label, str(message))
    for number, form in enumerate(rows.forms, 1):
        yield from problems_of_form(form, label=f"{row_label} {number}", place=place)


Picture = Mapping[str, Any]
_PICTURE_LINE = re.compile(r"(?P<url>\S+)(?:\s+(?P<width>\d{1,7})\s*[x×]\s*(?P<height>\d{1,7}))?\Z")
_SIZE = ("width", "height")


def picture_line(url: str, width: int | None, height: int | None) -> str:
    return url if width is None or height is None else f"{url} {width}x{height}"


def typed_pictures(text: str, known: Iterable[Picture]) -> list[dict[str, Any]]:
    """Parses the non-blank lines. Each keeps the other data of the picture in `known` that it came from: the one with
    the same line, else the next with its address. A size removed from the line is removed from the picture.

    A malformed line is treated as an address, which the schema refuses.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    left = list(known)
    shown_so = [_claimed(left, _line_of, line) for line in lines]
    return [_typed(line, before, left) for line, before in zip(lines, shown_so, strict=True)]


def _claimed(left: list[Picture], said: Callable[[Picture], str], wanted: str) -> Picture | None:
    """Removes and returns the first one that matches."""
    place = next((place for place, picture in enumerate(left) if said(picture) == wanted), None)
    return None if place is None else left.pop(place)


def _line_of(picture: Picture) -> str:
    return picture_line(picture["url"], picture.get("width"), picture.get("height"))


def _typed(line: str, before: Picture | None, left: list[Picture]) -> dict[str, Any]:
    if before is not None:
        return dict(before)
    match = _PICTURE_LINE.match(line)
    url = match["url"] if match else line
    same = _claimed(left, itemgetter("url"), url) or {"url": url}
    if match and match["width"]:
        return {**same, **{name: int(match[name]) for name in _SIZE}}
    is_size_shown = _line_of(same) != url
    return {name: value for name, value in same.items() if not (is_size_shown and name in _SIZE)}
