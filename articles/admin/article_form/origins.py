"""For each field of the form: where its value comes from, and reverting it to the source."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.labels import label_of
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import allowed, own_revision, say_once
from articles.changes import refusals
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.moments import when
from articles.sources import provenance

_LINE = '<p class="origin"><bdi>{}</bdi>{}</p>'
_REVERT = (
    ' <button type="submit" form="from-file" name="field" value="{}">Revert to source'
    '<span class="visually-hidden">: {}</span></button>'
)


def shown_origins(
    article: Article, state: ArticleState, revisions: Iterable[Revision], *, may_change: bool
) -> dict[str, SafeString]:
    """By the name of the form's box, for all that has one. No file says when readers see an article."""
    origins, returnable = provenance.origins(revisions), provenance.returnable_fields(article, state)
    desk = [name for name in article_state.DESK_FIELDS if name in origins and origins[name].origin != Origin.IMPORT]
    shown = {}
    for name in (*provenance.RETURNABLE, "published", *desk):
        is_returnable = name in returnable
        button = format_html(_REVERT, name, label_of(name)) if is_returnable and may_change else ""
        shown[name] = format_html(_LINE, _words(origins.get(name), is_returnable=is_returnable), button)
    return shown | {"provider_name": shown["provider"]}


def _words(revision: Revision | None, *, is_returnable: bool) -> str:
    """ "source, import 42", or who and when; today the time alone. An import that left a field otherwise than in its
    file merged it."""
    if revision is None:
        return "unknown"
    run = getattr(revision.change_set, "import_run", None)
    if revision.origin == Origin.IMPORT:
        merged = ", merged with ours" if is_returnable else ""
        return f"source, import {run.pk}{merged}" if run else f"source{merged}"
    moment = when(revision.created_at).partition(" ")[2]
    undone = "undo by " if revision.origin == Origin.UNDO else ""
    return f"{undone}{revision.actor_name}, {moment}"


def return_to_file(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects to the form; a refusal is shown there as a message, above the current article."""
    article: Article = get_object_or_404(Article.objects.select_related("category", "provider", "source"), pk=pk)
    actor = allowed(admin, request, article, to="change")
    name, version = request.POST.get("field", ""), request.POST.get("version", "")
    if name not in provenance.RETURNABLE or not is_key(version):
        raise BadRequest("the form is incomplete; reload the page")
    try:
        made = provenance.return_to_file(article, name, actor=actor, expected_version=int(version))
    except refusals.NotAllowed as refusal:
        raise PermissionDenied from refusal
    except refusals.Refused as refusal:
        if own := _returned_before(article, name, actor, int(version)):
            _say_returned(request, name, own)
        else:
            messages.warning(request, f"Not changed: {refusal}.")
    else:
        _say_returned(request, name, made)
    return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))


def _returned_before(article: Article, name: str, actor: User, version: int) -> Revision | None:
    """Whether a first press of the same button did it already."""
    made = own_revision(article, version, actor=actor, kind=ChangeSet.Kind.RESTORE)
    return made if made and list(made.values) == [name] else None


def _say_returned(request: HttpRequest, name: str, made: Revision | None) -> None:
    if made is None:
        messages.info(request, f"No change: {label_of(name)} is already the source's.")
    else:
        say_once(request, f"Reverted to source: {label_of(name)}.", made.change_set_id)
