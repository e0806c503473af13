"""Boxes are rendered as Django's own templates render them."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from newsdesk.widgets import PlainRenderer

ATTRS = {"id": "id_<x>", "class": "a&b", "required": True, "hidden": False, "rows": 4}
WIDGETS = [
    forms.TextInput,
    forms.NumberInput,
    forms.URLInput,
    forms.HiddenInput,
    forms.CheckboxInput,
    forms.DateTimeInput,
    forms.Textarea,
    forms.PasswordInput,
]


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("value", [None, "", "a\n<b>\"'&", 0, 12345, True, "é"])
def test_a_box_is_what_djangos_template_makes_of_it(widget, value):
    own, djangos = (widget(ATTRS).render("name <1>", value, renderer=of()) for of in (PlainRenderer, DjangoTemplates))
    assert own == djangos
    assert type(own) is type(djangos)


@pytest.mark.parametrize("value", [None, "", "b&", 1])
@pytest.mark.parametrize("choices", [[], [("", "—"), ("b&", "<B>"), (1, "One")], [("Group", [(1, "One")]), (2, "Two")]])
def test_a_list_of_choices_is_what_djangos_template_makes_of_it(choices, value):
    widget = forms.Select(ATTRS, choices)
    own, djangos = (widget.render("name <1>", value, renderer=of()) for of in (PlainRenderer, DjangoTemplates))
    assert own == djangos
    assert type(own) is type(djangos)
