"""Set aside, bring back, hold and lift for what was ticked in the list. The box for a reason holds the note, or why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from articles.admin.article_list.decisions import Decision, decide
from articles.admin.requests.reasons import typed_words
from articles.content.article_state import ArticleState
from articles.models import Article, Cause, ChangeSet
from articles.workflow import setting_aside
from articles.workflow.setting_aside import Results

NO_CAUSE = "Nothing was set aside: choose a cause beside the button."
NO_REASON = "Nothing was put on hold: write the reason into the box beside the button."


@admin.action(permissions=["change"], description="Set aside")
def set_aside(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    if request.POST.get("cause") not in Cause.values:
        messages.error(request, NO_CAUSE)
        return
    cause, note = Cause(request.POST["cause"]), typed_words(request)

    def door(articles: list[Article], **words: Any) -> Results:
        return setting_aside.set_aside_many(articles, cause=cause, note=note, **words)

    def wanted(state: ArticleState) -> ArticleState:
        return setting_aside.set_aside_state(state, cause, note)

    decide(request, Decision(ChangeSet.Kind.SET_ASIDE, door, f"Set aside {{}} as {cause.label}", wanted))


@admin.action(permissions=["change"], description="Bring back")
def bring_back(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    door, wanted = setting_aside.bring_back_many, setting_aside.brought_back_state
    decide(request, Decision(ChangeSet.Kind.BRING_BACK, door, "Brought back {}", wanted))


@admin.action(permissions=["change"], description="Hold")
def hold(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    why = typed_words(request)
    if not why:
        messages.error(request, NO_REASON)
        return

    def door(articles: list[Article], **words: Any) -> Results:
        return setting_aside.hold_many(articles, why=why, **words)

    def wanted(state: ArticleState) -> ArticleState:
        return setting_aside.held_state(state, why)

    decide(request, Decision(ChangeSet.Kind.HOLD, door, "On hold: {}", wanted))


@admin.action(permissions=["publish"], description="Lift hold")
def lift_hold(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> None:
    def wanted(state: ArticleState) -> ArticleState:
        return setting_aside.held_state(state, "")

    decide(request, Decision(ChangeSet.Kind.LIFT_HOLD, setting_aside.lift_hold_many, "Hold lifted: {}", wanted))
