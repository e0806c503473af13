"""For each field of the form: where its value comes from, and reverting it to the source."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from articles.admin.labels import label_of
from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import actor_of, own_work, say_once
from articles.changes import refusals
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, ChangeSet, Revision, User
from articles.models.history import Origin
from articles.sources import provenance


@dataclass(frozen=True)
class ShownOrigin:
    field: str
    revision: Revision | None
    is_returnable: bool

    @property
    def label(self) -> str:
        return label_of(self.field)

    @property
    def words(self) -> str:
        """ "source, import 42", or who and when (time only if today). If an import left a value that differs from its
        file, it was merged."""
        if self.revision is None:
            return "unknown"
        run = getattr(self.revision.change_set, "import_run", None)
        if self.revision.origin == Origin.IMPORT:
            merged = ", merged with ours" if self.is_returnable else ""
            return f"source, import {run.pk}{merged}" if run else f"source{merged}"
        at, now = timezone.localtime(self.revision.created_at), timezone.localtime()
        moment = at.strftime("%H:%M" if at.date() == now.date() else "%-d %b %Y, %H:%M")
        undone = "undo by " if self.revision.origin == Origin.UNDO else ""
        return f"{undone}{self.revision.actor_name}, {moment}"


def shown_origins(article: Article, state: ArticleState) -> dict[str, ShownOrigin]:
    """By form field name. The schedule has no source."""
    origins, returnable = provenance.origins(article), provenance.returnable_fields(article, state)
    desk = [name for name in article_state.DESK_FIELDS if name in origins and origins[name].origin != Origin.IMPORT]
    names = (*provenance.RETURNABLE, "published", *desk)
    shown = {name: ShownOrigin(name, origins.get(name), name in returnable) for name in names}
    return shown | {"provider_name": shown["provider"]}


def return_to_file(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects to the form; a refusal is shown there as a message, above the current article."""
    article: Article = get_object_or_404(Article.objects.select_related("category", "provider", "source"), pk=pk)
    actor = actor_of(request)
    if not admin.has_change_permission(request, article):
        raise PermissionDenied
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
    own = own_work({article.pk: version}, actor=actor, kind=ChangeSet.Kind.RESTORE).get(article.pk)
    made = own.revisions.filter(article=article).first() if own else None
    return made if made and list(made.values) == [name] else None


def _say_returned(request: HttpRequest, name: str, made: Revision | None) -> None:
    if made is None:
        messages.info(request, f"No change: {label_of(name)} is already the source's.")
    else:
        say_once(request, f"Reverted to source: {label_of(name)}.", made.change_set_id)
