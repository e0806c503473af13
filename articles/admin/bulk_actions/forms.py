"""The boxes of the verbs that need to be told something. They give arguments; `bulk.verbs` says whether they fit."""

from __future__ import annotations

from typing import Any

from django import forms

from articles.admin.requests.moment_fields import Moment
from articles.models import BulkAction, Cause
from articles.models.article import NOTE_LENGTH
from articles.seedfile import limits

Verb = BulkAction.Verb
_LINE = forms.TextInput({"dir": "auto"})


class CategoryForm(forms.Form):
    category = forms.CharField(
        required=False,
        max_length=limits.CATEGORY,
        widget=forms.TextInput({"list": "categories", "dir": "auto"}),
        help_text="Spelt exactly as it is to be. Empty: none.",
    )

    def given(self) -> dict[str, Any]:
        return {"category": self.cleaned_data["category"]}


class TopicsForm(forms.Form):
    topics = forms.CharField(
        widget=forms.Textarea({"rows": 4, "dir": "auto"}), help_text="One a line, spelt exactly.", max_length=20_000
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any], **options: Any) -> None:
        shown = {"topics": "\n".join(initial.get("topics", ()))}
        super().__init__(data, initial=shown, **options)

    def given(self) -> dict[str, Any]:
        lines = (line.strip() for line in self.cleaned_data["topics"].splitlines())
        return {"topics": [line for line in lines if line]}


class ScheduleForm(forms.Form):
    """An empty box leaves the articles' own moments; a tick takes them away."""

    live_from = Moment(required=False, help_text="When readers first see them, once published. Empty: left as it is.")
    live_until = Moment(required=False, help_text="When readers stop seeing them. Empty: left as it is.")
    without_live_from = forms.BooleanField(label="No “live from”: when they are published", required=False)
    without_live_until = forms.BooleanField(label="No “live until”: they stay", required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any], **options: Any) -> None:
        taken = {f"without_{name}": name in initial and initial[name] is None for name in self.NAMES}
        moments = {name: forms.DateTimeField().to_python(initial.get(name)) for name in self.NAMES}
        super().__init__(data, initial=moments | taken, **options)

    NAMES = ("live_from", "live_until")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name in self.NAMES:
            if typed.get(name) and typed.get(f"without_{name}"):
                self.add_error(name, "Choose a moment, or tick the box below: not both.")
        return typed

    def given(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {name: typed[name] for name in self.NAMES if typed[name] or typed[f"without_{name}"]}


class AsideForm(forms.Form):
    cause = forms.ChoiceField(choices=Cause.choices, initial=Cause.OTHER)
    note = forms.CharField(
        required=False, max_length=NOTE_LENGTH, widget=_LINE, help_text="What colleagues should know."
    )

    def given(self) -> dict[str, Any]:
        return {"cause": self.cleaned_data["cause"], "note": self.cleaned_data["note"]}


class HoldForm(forms.Form):
    why = forms.CharField(
        max_length=NOTE_LENGTH, widget=_LINE, help_text="Shown until somebody who may publish lifts it."
    )

    def given(self) -> dict[str, Any]:
        return {"why": self.cleaned_data["why"]}


FORMS: dict[str, type[Any]] = {
    Verb.SET_ASIDE: AsideForm,
    Verb.HOLD: HoldForm,
    Verb.CATEGORY: CategoryForm,
    Verb.ADD_TOPICS: TopicsForm,
    Verb.REMOVE_TOPICS: TopicsForm,
    Verb.SCHEDULE: ScheduleForm,
}
