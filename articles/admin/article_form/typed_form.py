"""A posted article form: its article, the version it shows, and what was typed over that version."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import cast

from django.contrib.admin import ModelAdmin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import BigIntegerField
from django.forms.formsets import TOTAL_FORM_COUNT, ManagementForm
from django.http import Http404, HttpRequest
from pydantic import ValidationError

from articles.admin.article_form.forms import MOST_ROWS, ArticleForm, ImageForm, PartForm, RelatedForm
from articles.admin.article_form.typed_state import ArticleEditor
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import actor_of, allowed
from articles.changes.actors import may_change, may_publish
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState
from articles.importing.receipt import with_rejection
from articles.models import Article, User
from articles.sql.compiled import Blank, Compiled

ROWS: dict[str, type[PartForm]] = {"images": ImageForm, "related": RelatedForm}
"""The form's lists, by the prefix of their fields."""


class LostVersion(BadRequest):
    """The history can no longer reconstruct the version that the form showed."""


def typed_over(admin: ModelAdmin, request: HttpRequest, article: Article, state: ArticleState) -> ArticleEditor:
    """What was typed, over the version that it was typed over. `state` is the article's present one.

    Raises BadRequest for a version that never existed, LostVersion for one that cannot be reconstructed, and
    PermissionDenied if the form was read-only; a stale form keeps text that was typed while editing was allowed.
    """
    actor = allowed(admin, request, article, to="change")
    version = _version(request, article)
    is_current = version == article.version
    if is_current and not may_change(actor, article):
        raise PermissionDenied
    earlier = _earlier(article, state)
    editor = ArticleEditor(earlier(version), version=version, data=request.POST, earlier=earlier)
    lock(editor, actor, article if is_current else None)
    return editor


def typed_since(admin: ModelAdmin, request: HttpRequest, article: Article, state: ArticleState) -> ArticleEditor:
    """As `typed_over`, but over the current article if it has only been published or unpublished since."""
    typed = typed_over(admin, request, article, state)
    shown = typed.shown
    if shown is None or set(article_state.differing_fields(shown, state)) - {"published"}:
        return typed
    data = request.POST.copy()
    data["version"] = str(article.version)
    editor = ArticleEditor(state, version=article.version, data=data, earlier=_earlier(article, state))
    lock(editor, actor_of(request), article)
    return editor


def typed_anew(admin: ModelAdmin, request: HttpRequest) -> ArticleEditor:
    """The form of a new article, empty before anything was posted. Raises PermissionDenied, and BadRequest for the form
    of an existing article."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    is_posted = request.method == "POST"
    if is_posted and request.POST.get("version") != "0":
        raise BadRequest("the form is not for a new article; reload the page")
    editor = ArticleEditor(None, version=0, data=request.POST if is_posted else None)
    lock(editor, actor_of(request), None)
    return editor


def lock(editor: ArticleEditor, actor: User, article: Article | None) -> None:
    """Locks the fields that the door would not let this user change."""
    if article is not None and not may_change(actor, article):
        editor.lock_all()
        for name in ("version", "reason"):
            editor.form.fields[name].disabled = False
    elif not may_publish(actor):
        editor.lock(ArticleForm.SCHEDULE)


def article_of_form(pk: int) -> Article:
    found = _ARTICLES.instances(pk=pk) if is_key(str(pk)) else []
    if not found:
        raise Http404("There is no such article.")
    return cast("Article", found[0])


_ARTICLES = Compiled(
    lambda: with_rejection(
        Article.objects.select_related("category", "provider", "source").filter(pk=Blank("pk", BigIntegerField()))
    )
)


def typed_rows(request: HttpRequest, prefix: str) -> list[int]:
    """The numbers of the rows that are not empty."""
    boxes = "|".join(name for name in ROWS[prefix].base_fields if name != "place")
    matches = map(re.compile(rf"{prefix}-([0-9]{{1,9}})-(?:{boxes})").fullmatch, request.POST)
    return sorted({int(box[1]) for box in matches if box and request.POST[box[0]].strip()})


def check_rows(request: HttpRequest) -> None:
    """Raises BadRequest if the form's row counts are wrong: Django would drop the extra rows and their text."""
    for prefix in ROWS:
        counted = ManagementForm(request.POST, prefix=prefix)
        total = int(counted.cleaned_data[TOTAL_FORM_COUNT] or 0) if counted.is_valid() else -1
        if not max(typed_rows(request, prefix), default=-1) < total <= MOST_ROWS:
            raise BadRequest("the form is incomplete; reload the page")


def _version(request: HttpRequest, article: Article) -> int:
    version = request.POST.get("version", "")
    if not (version.isdecimal() and len(version) < 10 and 1 <= int(version) <= article.version):
        raise BadRequest("the form has no version; reload the page")
    return int(version)


def _earlier(article: Article, state: ArticleState) -> Callable[[int], ArticleState | None]:
    """The article at each version, read once; None for a version that never existed."""

    @cache
    def at(version: int) -> ArticleState | None:
        if not 1 <= version <= article.version:
            return None
        try:
            return revision_values.state_before(article, state, version)
        except (LookupError, ValidationError) as problem:
            raise LostVersion(version) from problem

    return at
