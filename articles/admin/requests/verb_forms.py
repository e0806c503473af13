"""Forms for the verbs that take arguments, used by the article form, the list and the bulk pages. The verb validates
the arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from articles.admin.requests.moment_fields import Moment
from articles.models import Cause
from articles.models.article import NOTE_LENGTH
from articles.seedfile import limits
from articles.workflow.verbs import (
    Arguments,
    BadArguments,
    CategoryChoice,
    Dismissal,
    Hold,
    Moments,
    TopicChoice,
    Verb,
)

_LINE = forms.TextInput({"dir": "auto"})


class CategoryForm(forms.Form):
    category = forms.CharField(
        required=False,
        max_length=limits.CATEGORY,
        widget=forms.TextInput({"list": "categories", "dir": "auto"}),
        help_text="Exact spelling. Leave empty to clear.",
    )

    def given(self) -> dict[str, Any]:
        return {"category": self.cleaned_data["category"]}


class TopicsForm(forms.Form):
    topics = forms.CharField(
        widget=forms.Textarea({"rows": 4, "dir": "auto"}), help_text="One per line, exact spelling.", max_length=20_000
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any], **options: Any) -> None:
        shown = {"topics": "\n".join(initial.get("topics", ()))}
        super().__init__(data, initial=shown, **options)

    def given(self) -> dict[str, Any]:
        lines = (line.strip() for line in self.cleaned_data["topics"].splitlines())
        return {"topics": [line for line in lines if line]}


class ScheduleForm(forms.Form):
    """An empty field keeps each article's own time; the checkbox clears it."""

    live_from = Moment(required=False, help_text="Leave empty to keep the current one.")
    live_until = Moment(required=False, help_text="Leave empty to keep the current one.")
    without_live_from = forms.BooleanField(label="Clear “Live from” (live on publishing)", required=False)
    without_live_until = forms.BooleanField(label="Clear “Live until” (no end)", required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any], **options: Any) -> None:
        taken = {f"without_{name}": name in initial and initial[name] is None for name in self.NAMES}
        moments = {name: forms.DateTimeField().to_python(initial.get(name)) for name in self.NAMES}
        super().__init__(data, initial=moments | taken, **options)

    NAMES = ("live_from", "live_until")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name in self.NAMES:
            if typed.get(name) and typed.get(f"without_{name}"):
                self.add_error(name, "Choose a time or select the box below, not both.")
        return typed

    def given(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {name: typed[name] for name in self.NAMES if typed[name] or typed[f"without_{name}"]}


class DismissalForm(forms.Form):
    cause = forms.ChoiceField(
        label="Cause",
        choices=Cause.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a cause."),
    )
    note = forms.CharField(label="Note (optional)", required=False, max_length=NOTE_LENGTH, widget=_LINE)

    def given(self) -> dict[str, Any]:
        return {"cause": self.cleaned_data["cause"], "note": self.cleaned_data["note"]}


class HoldForm(forms.Form):
    why = forms.CharField(
        label="Why is it on hold?",
        max_length=NOTE_LENGTH,
        widget=forms.TextInput({"dir": "auto", "data-needed": ""}),
        error_messages={"required": "A hold needs a reason."},
    )

    def given(self) -> dict[str, Any]:
        return {"why": self.cleaned_data["why"]}


_FORMS: dict[type[Arguments], type[Any]] = {
    Dismissal: DismissalForm,
    Hold: HoldForm,
    CategoryChoice: CategoryForm,
    TopicChoice: TopicsForm,
    Moments: ScheduleForm,
}


@dataclass(frozen=True)
class Button:
    """An offered verb, with its form if it takes arguments."""

    verb: Verb
    boxes: Any

    @property
    def is_asking(self) -> bool:
        return bool(self.boxes)


def buttons_of(verbs: Iterable[Verb], posted: Any = None, auto_id: str = "id_%s") -> list[Button]:
    """For a page with several verbs; their fields keep what was typed."""
    return [
        Button(verb, boxes_of(verb, initial=_typed(verb, posted), prefix=verb.name, auto_id=auto_id)) for verb in verbs
    ]


def boxes_of(
    verb: Verb,
    posted: Any = None,
    *,
    initial: Mapping[str, Any],
    prefix: str | None = None,
    auto_id: str = "id_%s",
) -> Any:
    """None for a verb without arguments. On a page with several verbs, no field is required until its button is
    pressed."""
    form = _FORMS.get(verb.arguments)
    if form is None:
        return None
    boxes = form(posted, initial=dict(initial), prefix=prefix, auto_id=auto_id)
    boxes.use_required_attribute = prefix is None
    return boxes


def given_in(posted: Any, verb: Verb) -> Any:
    """The arguments typed into the verb's form, on a page with several verbs. Raises BadArguments."""
    boxes = boxes_of(verb, posted, initial={}, prefix=verb.name)
    if boxes is None:
        return verb.read_arguments({})
    if not boxes.is_valid():
        raise BadArguments({name: str(errors[0]) for name, errors in boxes.errors.items()})
    return verb.read_arguments(boxes.given())


def _typed(verb: Verb, posted: Any) -> dict[str, Any]:
    names = verb.arguments.model_fields
    typed = {name: posted[f"{verb.name}-{name}"] for name in names if posted and f"{verb.name}-{name}" in posted}
    return {name: text for name, text in typed.items() if text}
