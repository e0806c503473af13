"""The errors of a posted form, field by field, for listing on a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet


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
