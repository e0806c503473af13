"""Renders form widgets without templates: a form with eighty fields would render two hundred."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_FOLDER = "django/forms/widgets/"
_INPUTS = {f"{_FOLDER}{name}.html" for name in ("text", "number", "url", "hidden", "checkbox", "input")}


class PlainRenderer(DjangoTemplates):
    """Renders inputs and text areas like Django's templates, and other widgets with them."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget", {})
        if template_name in _INPUTS:
            return _input(widget)
        if template_name == f"{_FOLDER}textarea.html":
            return format_html(
                '<textarea name="{}"{}>\n{}</textarea>', widget["name"], _attributes(widget), widget["value"] or ""
            )
        return super().render(template_name, context, request)


def _input(widget: dict[str, Any]) -> SafeString:
    value = widget["value"]
    shown = "" if value is None else format_html(' value="{}"', str(value))
    tag = '<input type="{}" name="{}"{}{}>'
    return format_html(tag, widget["type"], widget["name"], shown, _attributes(widget))


def _attributes(widget: dict[str, Any]) -> SafeString:
    """False omits an attribute, True gives it no value."""
    pairs = ((name, value) for name, value in widget["attrs"].items() if value is not False)
    parts = (
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value) for name, value in pairs
    )
    return format_html_join("", "{}", ((part,) for part in parts))
