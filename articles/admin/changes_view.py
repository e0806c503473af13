"""Beside the Save bar of a published article: what readers will see change, before it happens. Writes nothing."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from articles.admin.article_form.typed_form import article_of_form, typed_over
from articles.admin.article_form.typed_state import ArticleEditor
from articles.admin.article_form.visible_changes import (
    ReadersChanges,
    State,
    changes_for_readers,
    not_valid_yet,
    unpublishing,
)
from articles.changes import door
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article
from articles.workflow import publishing


def show(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The panel alone, for what was typed so far, which need not be valid."""
    article = article_of_form(pk)
    if not door.may_change(request.user, article):
        raise PermissionDenied
    state = article_state.read_state(article)
    typed = typed_over(admin, request, article, state)
    typed.editor.is_valid()
    context = {"article": article, "is_open": False} | _panel(article, state, typed.editor, typed.version)
    return render(request, "admin/articles/article/changes.html", context)


def panel_of_form(article: Article | None, state: ArticleState | None, editor: ArticleEditor) -> dict[str, Any]:
    """The context of the panel on the form's own page; of nothing where readers are promised nothing."""
    if article is None or state is None or not article.published:
        return {}
    version = int(editor.form["version"].value())
    return {"is_open": editor.form.is_bound} | _panel(article, state, editor, version)


def _panel(article: Article, state: ArticleState, editor: ArticleEditor, version: int) -> dict[str, Any]:
    now = timezone.now()
    return {
        "changes": _changes(article, state, editor),
        "unpublishing": unpublishing(article, at=now),
        "is_stale": version < article.version,
    }


def _changes(article: Article, state: ArticleState, editor: ArticleEditor) -> ReadersChanges:
    """Of what was typed, against what it was typed over; of a form that was filled in for them, against the article."""
    now = timezone.now()
    if not article.published:
        return ReadersChanges(State.SAME, publishing.standing_sentence(article, at=now))
    if editor.has_errors:
        return not_valid_yet(editor.problems)
    before, typed = (editor.shown, editor.state) if editor.form.is_bound else (state, editor.shown)
    return changes_for_readers(before or state, typed or state, article, at=now)
