"""A form's field as pages show it, without a template: a form of sixty rendered one for each."""

from __future__ import annotations

from functools import lru_cache

from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

_LABELLED = """<div class="box box-{}{}{}">
  <label for="{}">{}{}</label>
  """
_NEEDED = format_html('<span class="needed" title="{}" aria-hidden="true">*</span>', "required")


def box(field: BoundField, size: str = "", origin: SafeString | None = None) -> SafeString:
    """Label, where the value comes from, control, errors and help. `size` is a class of the style sheet."""
    errors, is_needed = field.errors, field.field.required
    labelled = _labelled(field.name, bool(errors), size, field.id_for_label, field.label, is_needed)
    help_text = _help(field.auto_id, field.help_text) if field.help_text else None
    parts = [part for part in (labelled, origin, field, errors, help_text) if part]
    return format_html("{}" * len(parts) + "\n</div>\n", *parts)


@lru_cache(2_000)
def _labelled(name: str, is_wrong: bool, size: str, of: str, label: str, is_needed: bool) -> SafeString:
    wrong = " wrong" if is_wrong else ""
    return format_html(_LABELLED, name, wrong, size and f" {size}", of, label, _NEEDED if is_needed else "")


@lru_cache(2_000)
def _help(of: str, text: str) -> SafeString:
    return format_html('<p class="help" id="{}_helptext">{}</p>', of, text)
