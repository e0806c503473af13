"""The fields of the article form. They save nothing: `typed_state` builds a state from them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.forms.formsets import formset_factory

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


class PartForm(forms.Form):
    """A row of a formset. `place` is "VERSION-INDEX" of its entry; empty for a new one."""

    place = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)


class ImageForm(PartForm):
    url = forms.CharField(label="Address", max_length=limits.ADDRESS, widget=forms.URLInput({"class": "vURLField"}))
    width = forms.IntegerField(required=False, min_value=0, max_value=limits.PIXELS[1])
    height = forms.IntegerField(required=False, min_value=0, max_value=limits.PIXELS[1])
    is_cached = forms.BooleanField(label="Cached", required=False)
    alt = Line(label="Alt text", most=limits.ALT, rows=1, required=False)
    caption = Line(most=limits.CAPTION, rows=1, required=False)
    credit = Line(most=limits.CREDIT, rows=1, required=False)


class RelatedForm(PartForm):
    title = Line(most=limits.TITLE, rows=2)
    excerpt = Text(most=limits.EXCERPT, rows=3)
    web_url = forms.CharField(
        label="Web address", max_length=limits.ADDRESS, widget=forms.URLInput({"class": "vURLField"})
    )
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
    web_url = forms.CharField(
        label="Web address", max_length=limits.ADDRESS, widget=forms.URLInput({"class": "vURLField"})
    )
    original_url = forms.CharField(
        label="Original address",
        required=False,
        max_length=limits.ADDRESS,
        widget=forms.URLInput({"class": "vURLField"}),
    )
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
    NOT_CONTENT = ("version", "reason", *SCHEDULE)


MOST_ROWS = 200
_ROWS: Any = {"can_delete": True, "can_order": True, "max_num": 100, "absolute_max": MOST_ROWS}
ImageFormSet = formset_factory(ImageForm, extra=1, **_ROWS)
RelatedFormSet = formset_factory(RelatedForm, extra=0, **_ROWS)
