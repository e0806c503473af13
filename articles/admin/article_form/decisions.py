"""What the form's buttons decide beside saving: publish, set aside, hold and their opposites; and what then stands.

Unpublish is another matter: see `takedown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from articles.admin.labels import cause_label, label_of, latest_change
from articles.admin.requests.posted import typed_words
from articles.changes import refusals
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, Cause, ChangeSet, Revision
from articles.readiness import findings
from articles.readiness.findings import Finding
from articles.workflow import publishing, setting_aside

_KINDS = {
    "_publish": ChangeSet.Kind.PUBLISH,
    "_unpublish": ChangeSet.Kind.UNPUBLISH,
    "_set_aside": ChangeSet.Kind.SET_ASIDE,
    "_bring_back": ChangeSet.Kind.BRING_BACK,
    "_hold": ChangeSet.Kind.HOLD,
    "_lift_hold": ChangeSet.Kind.LIFT_HOLD,
}


def pressed(request: HttpRequest) -> str:
    """The button that decides; "" for Save."""
    return next((name for name in _KINDS if name in request.POST), "")


def label_of_button(button: str) -> str:
    return button.strip("_").replace("_", " ").capitalize()


def kind_of(button: str) -> ChangeSet.Kind:
    return _KINDS.get(button, ChangeSet.Kind.EDIT)


def problem_of(request: HttpRequest) -> str:
    """What the decision lacks; "" for nothing."""
    button = pressed(request)
    if button == "_set_aside" and request.POST.get("cause") not in Cause.values:
        return "choose why it is set aside"
    if button == "_hold" and not typed_words(request, "why"):
        return "a hold needs a reason; write it beside the button"
    return ""


def decide(request: HttpRequest, article: Article, words: Any) -> Revision | None:
    """By the button that was pressed. None: nothing was to be decided. Raises what the door refuses."""
    match pressed(request):
        case "_publish":
            return publishing.publish(article, **words)
        case "_set_aside":
            cause, note = Cause(request.POST["cause"]), typed_words(request, "note")
            return _made(setting_aside.set_aside_many([article], cause=cause, note=note, **words))
        case "_bring_back":
            return _made(setting_aside.bring_back_many([article], **words))
        case "_hold":
            return _made(setting_aside.hold_many([article], why=typed_words(request, "why"), **words))
        case "_lift_hold":
            return _made(setting_aside.lift_hold_many([article], **words))
    return None


def wanted(request: HttpRequest, typed: ArticleState, now: ArticleState) -> ArticleState:
    """What `typed` becomes by the pressed button; of a publication, at the moment from which the article is live."""
    match pressed(request):
        case "_publish":
            return publishing.published_state(typed, at=None, now=now.desk.live_from or timezone.now())
        case "_set_aside":
            return setting_aside.set_aside_state(typed, Cause(request.POST["cause"]), typed_words(request, "note"))
        case "_bring_back":
            return setting_aside.brought_back_state(typed)
        case "_hold" | "_lift_hold":
            return setting_aside.held_state(typed, typed_words(request, "why") if "_hold" in request.POST else "")
    return typed


def done_sentence(article: Article, made: Sequence[Revision]) -> str:
    """The decisions first, then what else was changed."""
    changed = {name: pair for revision in made for name, pair in revision.values.items()}
    decisions = _decisions(f"“{article.title}”", changed)
    if decisions:
        changed = {
            name: pair for name, pair in changed.items() if name not in (*article_state.DESK_FIELDS, "published")
        }
    saved = f"Saved: {', '.join(map(label_of, changed))}." if changed else ""
    return " ".join(filter(None, [*decisions, saved]))


def standing_decisions(request: HttpRequest, article: Article | None, state: ArticleState | None) -> dict[str, Any]:
    """For the form's page: what was decided and by whom, and what stands against publishing `state`. Boxes keep what
    was written into them."""
    asked = {name: request.POST.get(name, "") for name in ("cause", "note", "why")}
    return {
        "causes": Cause.choices,
        "asked": asked,
        "findings": _findings(article, state),
        "aside_by": latest_change(article, "set_aside") if article and article.set_aside else None,
        "hold_by": latest_change(article, "hold") if article and article.hold else None,
    }


def _made(results: setting_aside.Results) -> Revision | None:
    if isinstance(results[0], refusals.Refused):
        raise results[0]
    return results[0]


def _decisions(title: str, changed: Mapping[str, Any]) -> list[str]:
    if "published" in changed:
        return [f"Published {title}." if changed["published"][1] else f"Unpublished {title}."]
    decisions = []
    if "set_aside" in changed:
        cause = changed["set_aside"][1]
        decisions.append(f"Set aside {title} as {cause_label(cause)}." if cause else f"Brought back {title}.")
    if "hold" in changed:
        decisions.append(f"On hold: {title}." if changed["hold"][1] else f"Hold lifted: {title}.")
    return decisions


def _findings(article: Article | None, state: ArticleState | None) -> list[Finding]:
    if state is None or (article and article.published):
        return []
    subject = findings.subject_of_state(article.pk if article else None, state)
    return findings.examine([subject], at=timezone.now()).get(subject, [])
