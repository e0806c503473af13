"""What a browser does with the forms of a page, without a browser: reads their fields, and sends them back as typed.

Values are sanitised by their box as HTML says (a number box drops what is no number, an address box its outer blanks),
what is disabled or in a `<template>` stays out, an unticked box is not sent, and line ends leave as CRLF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import chain
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.forms.boundfield import BoundField
from django.forms.widgets import Widget
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.test import Client
from django.utils import timezone

_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_MOMENT = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?\Z")
_DATE = re.compile(r"\d{4,}-\d\d-\d\d\Z")
URLENCODED = "application/x-www-form-urlencoded"


@dataclass
class Form:
    id: str
    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    boxes: set[str] = field(default_factory=set)
    """The names of all that can be typed into or ticked."""

    def __getitem__(self, name: str) -> str:
        return self.values[name][0]

    def __setitem__(self, name: str, value: object) -> None:
        """Types into a box that is there, or ticks it with True and unticks it with False."""
        assert name in self.boxes, f"there is no box {name} among {sorted(self.boxes)}"
        if isinstance(value, bool):
            self.values[name] = ["on"] if value else []
        else:
            self.values[name] = [str(value)]

    def forge(self, name: str, *values: object) -> None:
        """Sends what no browser would."""
        self.values[name] = [str(value) for value in values]

    def add_part(self, prefix: str, **typed: object) -> int:
        """As the script of the form page does it: one more row at the end. Returns its place among the rows."""
        place = int(self[f"{prefix}-TOTAL_FORMS"])
        self.forge(f"{prefix}-TOTAL_FORMS", place + 1)
        for name, value in typed.items():
            self.forge(f"{prefix}-{place}-{name}", value)
        return place

    def data(self, button: str = "") -> list[tuple[str, str]]:
        """What is sent when `button` ("_save", "action=publish") is pressed."""
        name, _, value = button.partition("=")
        pressed = [(name, value or self.buttons.get(name, "1"))] if name else []
        pairs = [(name, value) for name, values in self.values.items() for value in values] + pressed
        return [(name, re.sub("\r\n|\r|\n", "\r\n", value)) for name, value in pairs]

    def send(self, client: Client, address: str, button: str = "", **options: Any) -> HttpResponse:
        """Answers of the form's own `action` come from there, else from `address`."""
        return client.post(self.action or address, urlencode(self.data(button)), content_type=URLENCODED, **options)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._current: Form | None = None
        self._templates = 0
        self._textarea: tuple[Form | None, dict[str, str], list[str]] | None = None
        self._select: tuple[Form | None, dict[str, str], list[tuple[str, bool]]] | None = None
        self._option: tuple[str | None, bool, list[str]] | None = None
        self._fieldsets: list[bool] = []
        self._waiting: list[tuple[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._templates += 1
        if self._templates:
            return
        if tag == "form":
            self._current = Form(
                attributes.get("id", ""), attributes.get("action", ""), attributes.get("method", "get").lower()
            )
            self.forms.append(self._current)
        elif tag == "fieldset":
            self._fieldsets.append("disabled" in attributes)
        elif tag in ("input", "button"):
            self._owned(attributes, lambda form: _input(form, tag, attributes))
        elif tag == "textarea":
            self._textarea = (self._current, attributes, [])
        elif tag == "select":
            self._select = (self._current, attributes, [])
        elif tag == "option" and self._select:
            self._end_option()
            self._option = (attributes.get("value"), "selected" in attributes, [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        if self._templates:
            return
        if tag == "form":
            self._current = None
        elif tag == "fieldset" and self._fieldsets:
            self._fieldsets.pop()
        elif tag == "textarea" and self._textarea:
            _, attributes, chunks = self._textarea
            self._textarea = None
            text = re.sub("\r\n|\r", "\n", "".join(chunks))
            self._owned(attributes, lambda form: _put(form, attributes, text.removeprefix("\n")))
        elif tag == "option":
            self._end_option()
        elif tag == "select" and self._select:
            self._end_option()
            _, attributes, options = self._select
            self._select = None
            chosen = next((value for value, selected in options if selected), options[0][0] if options else None)
            if chosen is not None:
                self._owned(attributes, lambda form: _put(form, attributes, chosen))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._textarea[2].append(data)
        elif self._option:
            self._option[2].append(data)

    def close(self) -> None:
        super().close()
        by_id = {form.id: form for form in self.forms}
        for owner, put in self._waiting:
            if owner in by_id:
                put(by_id[owner])

    def _owned(self, attributes: dict[str, str], put: Any) -> None:
        if "disabled" in attributes or any(self._fieldsets):
            return
        if "form" in attributes:
            self._waiting.append((attributes["form"], put))
        elif self._current is not None:
            put(self._current)

    def _end_option(self) -> None:
        if self._option and self._select:
            value, selected, chunks = self._option
            self._select[2].append((" ".join("".join(chunks).split()) if value is None else value, selected))
        self._option = None


def forms_of(response: HttpResponse) -> list[Form]:
    return forms_in(response.content.decode())


def forms_in(html: str) -> list[Form]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms


def form_of(response: HttpResponse, form_id: str) -> Form:
    return next(form for form in forms_of(response) if form.id == form_id)


def read_form(client: Client, address: str, form_id: str = "article_form") -> Form:
    """As the page shows it, with its buttons."""
    response = client.get(address)
    assert response.status_code == 200
    return form_of(response, form_id)


def unrendered() -> Any:
    """A context in which views do all but render their pages: for tests of what is answered with, not of how."""
    return patch.object(SimpleTemplateResponse, "rendered_content", "")


def open_form(client: Client, address: str) -> Form:
    """The article form as its page would show it, from the boxes' initial values: rendering hundreds of templates to
    read them again takes most of the time. What stands beside the boxes (buttons, causes, reasons): `read_form`."""
    opened: list[Form] = []

    def fill_instead_of_rendering(response: TemplateResponse) -> str:
        opened.append(_filled(response))
        return ""

    with patch.object(SimpleTemplateResponse, "rendered_content", property(fill_instead_of_rendering)):
        assert client.get(address).status_code == 200
    return opened[0]


def _filled(response: TemplateResponse) -> Form:
    """Called where the page would be rendered: in its user's time zone."""
    editor, user = response.context_data["editor"], response._request.user
    form = Form("article_form", "", "post")
    form.values |= {"typist": [str(user.pk)], "zone": [timezone.get_current_timezone_name()]}
    rows = [part for rows in (editor.images, editor.related) for part in (rows.management_form, *rows)]
    for box in chain(editor.form, *rows):
        if box.name not in ("MIN_NUM_FORMS", "MAX_NUM_FORMS") and (
            box.name != "reason" or response.context_data["may_change"]
        ):
            _fill(form, box)
    return form


def _fill(form: Form, box: BoundField) -> None:
    """As a browser reads it. A box that draws itself is drawn."""
    if box.field.disabled:
        return
    if type(box.field.widget).render is not Widget.render:
        drawn = forms_in(f"<form>{box}</form>")[0]
        form.values |= drawn.values
        form.boxes |= drawn.boxes
        return
    context = box.field.widget.get_context(box.html_name, box.value(), {})["widget"]
    value = "" if context["value"] is None else str(context["value"])
    if context.get("type") == "checkbox":
        form.boxes.add(box.html_name)
        form.values[box.html_name] = ["on"] if context["attrs"].get("checked") else []
    else:
        attributes = {name: str(value) for name, value in context["attrs"].items()} | {"name": box.html_name}
        sanitised = _sanitised(context["type"], value) if "type" in context else re.sub("\r\n|\r", "\n", value)
        _put(form, attributes, sanitised, can_type=not box.is_hidden)


def text_of(response: HttpResponse) -> str:
    """What a person reads on the page: no tags, no scripts, blanks as one."""
    reader = _Text()
    reader.feed(response.content.decode())
    reader.close()
    return " ".join("".join(reader.chunks).split())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.chunks: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._silent += tag in ("script", "style", "template")
        if tag in ("p", "li", "td", "th", "div", "br", "dd", "dt", "h1", "h2", "h3", "option", "button", "tr"):
            self.chunks.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "template")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.chunks.append(data)


def tags_of(response: HttpResponse) -> list[tuple[str, dict[str, str]]]:
    """Every element of the page with its attributes, as a parser sees them."""
    reader = _Tags()
    reader.feed(response.content.decode())
    reader.close()
    return reader.tags


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def _input(form: Form, tag: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("type", "submit" if tag == "button" else "text").lower()
    name = attributes.get("name", "")
    if not name or kind in ("button", "reset", "image", "file"):
        return
    if kind == "submit":
        form.buttons[name] = attributes.get("value", "")
    elif kind in ("checkbox", "radio"):
        form.boxes.add(name)
        ticked = [attributes.get("value", "on")] if "checked" in attributes else []
        form.values[name] = form.values.get(name, []) + ticked
    else:
        _put(form, attributes, _sanitised(kind, attributes.get("value", "")), can_type=kind != "hidden")


def _put(form: Form, attributes: dict[str, str], value: str, *, can_type: bool = True) -> None:
    name = attributes.get("name", "")
    if not name:
        return
    form.values.setdefault(name, []).append(value)
    if can_type and "readonly" not in attributes:
        form.boxes.add(name)


def _sanitised(kind: str, value: str) -> str:
    if kind == "hidden":
        return value
    value = value.replace("\r", "").replace("\n", "")
    pattern = {"number": _NUMBER, "datetime-local": _MOMENT, "date": _DATE}.get(kind)
    if pattern:
        return value if pattern.match(value) else ""
    return value.strip(" \t\f") if kind in ("url", "email") else value
