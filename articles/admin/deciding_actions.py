"""Set aside, bring back, hold and lift for what was ticked in the list. The box for a reason holds the note, or why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from articles import deciding
from articles.admin.actions import apply
from articles.admin.typed_words import typed_words
from articles.deciding import Results
from articles.models import Article, Cause, ChangeSet

NO_CAUSE = "Nothing was set aside: choose a cause beside the button."
NO_REASON = "Nothing was put on hold: write the reason into the box beside the button."


@admin.action(permissions=["change"], description="Set aside")
def set_aside(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    if request.POST.get("cause") not in Cause.values:
        messages.error(request, NO_CAUSE)
        return
    cause = Cause(request.POST["cause"])

    def door(articles: list[Article], *, reason: str, **words: Any) -> Results:
        return deciding.set_aside_many(articles, cause=cause, note=reason, **words)

    apply(request, door, ChangeSet.Kind.SET_ASIDE, f"Set aside {{}} as {cause.label}")


@admin.action(permissions=["change"], description="Bring back")
def bring_back(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    apply(request, deciding.bring_back_many, ChangeSet.Kind.BRING_BACK, "Brought back {}")


@admin.action(permissions=["change"], description="Hold")
def hold(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    if not typed_words(request):
        messages.error(request, NO_REASON)
        return

    def door(articles: list[Article], *, reason: str, **words: Any) -> Results:
        return deciding.hold_many(articles, why=reason, **words)

    apply(request, door, ChangeSet.Kind.HOLD, "Put {} on hold")


@admin.action(permissions=["publish"], description="Lift hold")
def lift_hold(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    apply(request, deciding.lift_hold_many, ChangeSet.Kind.LIFT_HOLD, "Lifted the hold of {}")
