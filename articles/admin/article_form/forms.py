"""The fields of the article form. They save nothing: `typed_state` builds a state from them."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.requests.moment_fields import Moment
from articles.seedfile import limits


class Line(forms.CharField):
    """One line of text, in a growing text area."""

    def __init__(self, *, most: int, rows: int = 0, **options: Any) -> None:
        if rows:
            options["widget"] = forms.Textarea(
                {"rows": rows, "class": "vLargeTextField", "dir": "auto", "data-line": ""}
            )
        super().__init__(max_length=most, **options)


class Text(forms.CharField):
    """Multi-line text, exactly as typed except for the browser's line endings."""

    def __init__(self, *, most: int, rows: int, **options: Any) -> None:
        widget = forms.Textarea({"rows": rows, "class": "vLargeTextField", "dir": "auto"})
        super().__init__(max_length=most, required=False, strip=False, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


def _address(label: str, *, required: bool = True) -> forms.CharField:
    widget = forms.URLInput({"class": "vURLField"})
    return forms.CharField(label=label, required=required, max_length=limits.ADDRESS, widget=widget)


class PartForm(forms.Form):
    """A row of a formset. `place` is "VERSION-INDEX" of its entry; empty for a new one."""

    place = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)

    template: ClassVar[str]


class ImageForm(PartForm):
    template = "admin/articles/article/image.html"

    url = _address("Address")
    width = forms.IntegerField(required=False, min_value=0, max_value=limits.PIXELS[1])
    height = forms.IntegerField(required=False, min_value=0, max_value=limits.PIXELS[1])
    is_cached = forms.BooleanField(label="Cached", required=False)
    alt = Line(label="Alt text", most=limits.ALT, rows=1, required=False)
    caption = Line(most=limits.CAPTION, rows=1, required=False)
    credit = Line(most=limits.CREDIT, rows=1, required=False)


class RelatedForm(PartForm):
    template = "admin/articles/article/related.html"

    title = Line(most=limits.TITLE, rows=2)
    excerpt = Text(most=limits.EXCERPT, rows=3)
    web_url = _address("Web address")
    provider_name = forms.CharField(
        label="Provider", required=False, max_length=limits.PROVIDER_NAME, widget=forms.TextInput({"dir": "auto"})
    )
    provider_domain = forms.CharField(label="Domain", required=False, max_length=limits.PROVIDER_DOMAIN)
    type = forms.CharField(required=False, max_length=limits.TYPE)
    quality = forms.IntegerField(required=False, min_value=0, max_value=100)
    published_at = Moment(label="Source date", required=False)
    pictures = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 2, "class": "vLargeTextField"}),
        help_text="One per line: the address and, if known, the size, as in https://… 1050x550",
    )


class ArticleForm(forms.Form):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    title = Line(most=limits.TITLE, rows=2)
    excerpt = Text(most=limits.EXCERPT, rows=4)
    byline = Line(most=limits.BYLINE, rows=1, required=False, help_text="Author.")
    body = Text(most=limits.BODY, rows=12, help_text="Markdown.")
    category = forms.CharField(
        required=False, max_length=limits.CATEGORY, widget=forms.TextInput({"list": "categories", "dir": "auto"})
    )
    type = forms.CharField(max_length=limits.TYPE, widget=forms.TextInput({"list": "types"}))
    topics = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 4, "class": "vLargeTextField", "dir": "auto"}),
        help_text="One per line.",
    )
    quality = forms.IntegerField(min_value=0, max_value=100, help_text="0 to 100.")
    heat = forms.IntegerField(min_value=-1, max_value=limits.HEAT[1], help_text="-1 for not computed.")
    provider_name = forms.CharField(
        label="Provider", max_length=limits.PROVIDER_NAME, widget=forms.TextInput({"dir": "auto"})
    )
    provider_domain = forms.CharField(label="Domain", required=False, max_length=limits.PROVIDER_DOMAIN)
    published_at = Moment(label="Source date", help_text="When the provider published it.")
    web_url = _address("Web address")
    original_url = _address("Original address", required=False)
    live_from = Moment(required=False, help_text="Leave empty to go live on publishing.")
    live_until = Moment(required=False, help_text="Leave empty for no end.")
    reason = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput({"placeholder": "optional", "class": "vTextField", "dir": "auto"}),
    )

    FIELDSETS: ClassVar[Any] = (
        ("Story", {"fields": ("title", "excerpt", "byline", "body")}),
        ("Classification", {"fields": (("category", "type"), "topics", ("quality", "heat"))}),
        (
            "Source",
            {"fields": (("provider_name", "provider_domain"), "published_at", "web_url", "original_url")},
        ),
        ("Schedule", {"fields": (("live_from", "live_until"),)}),
    )
    SCHEDULE = ("live_from", "live_until")


class PartFormSet(BaseFormSet):
    """Rows as HTML; one in which nothing was typed is no template's work."""

    def rows(self) -> list[str]:
        return [_row(form) if form.is_bound or form.initial else self._blank_row(form.prefix) for form in self]

    def blank_row(self) -> str:
        """For scripts to number."""
        return self._blank_row(self.add_prefix("__prefix__"))

    def _blank_row(self, prefix: str | None) -> SafeString:
        return format_html(_blank_row_of(type(self)), prefix)


@cache
def _blank_row_of(rows: type[PartFormSet]) -> str:
    """But for its prefix, "{0}", it is the same on every page, and rendered once."""
    return _row(rows(prefix="{0}").empty_form).replace("{0}-__prefix__", "{0}")


def _row(form: PartForm) -> str:
    return render_to_string(form.template, {"form": form})


MOST_ROWS = 200
_ROWS: Any = {
    "formset": PartFormSet,
    "can_delete": True,
    "can_order": True,
    "max_num": 100,
    "absolute_max": MOST_ROWS,
}
ImageFormSet = formset_factory(ImageForm, extra=1, **_ROWS)
RelatedFormSet = formset_factory(RelatedForm, extra=0, **_ROWS)
