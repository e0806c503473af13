"""Renders form widgets without templates: a form with eighty fields would render two hundred."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_FOLDER = "django/forms/widgets/"
_INPUTS = {f"{_FOLDER}{name}.html" for name in ("text", "number", "url", "hidden", "checkbox", "datetime", "input")}


class PlainRenderer(DjangoTemplates):
    """Renders inputs, text areas and plain lists of choices as Django's own templates do, and the others by those."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget", {})
        if template_name in _INPUTS:
            own, more = _attributes({"type": widget["type"], "name": widget["name"]}), _attributes(widget["attrs"])
            value = "" if widget["value"] is None else format_html(' value="{}"', str(widget["value"]))
            return format_html("<input{}{}{}>", own, value, more)
        if template_name == f"{_FOLDER}textarea.html":
            attributes = _attributes({"name": widget["name"]} | widget["attrs"])
            return format_html("<textarea{}>\n{}</textarea>", attributes, widget["value"] or "")
        if template_name == f"{_FOLDER}select.html" and not any(name for name, _, _ in widget["optgroups"]):
            return _select(widget)
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    options = (option for _, group, _ in widget["optgroups"] for option in group)
    rows = ((str(option["value"]), _attributes(option["attrs"]), option["label"]) for option in options)
    lines = format_html_join("", '\n  <option value="{}"{}>{}</option>\n', rows)
    return format_html("<select{}>{}\n</select>", _attributes({"name": widget["name"]} | widget["attrs"]), lines)


def _attributes(attributes: Mapping[str, Any]) -> SafeString:
    """False omits an attribute, True gives it no value."""
    return _written(
        tuple((name, value if isinstance(value, bool) else str(value)) for name, value in attributes.items())
    )


@lru_cache(2_000)
def _written(attributes: tuple[tuple[str, str | bool], ...]) -> SafeString:
    """Kept: a box has the same on every page, and to escape them took half of its time."""
    pairs = ((name, value) for name, value in attributes if value is not False)
    parts = (
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value) for name, value in pairs
    )
    return format_html_join("", "{}", ((part,) for part in parts))
