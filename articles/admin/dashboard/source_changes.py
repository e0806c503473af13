"""The “Source changes” page and its buttons."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from articles.admin.article_form.decisions import decide_row
from articles.admin.labels import label_of
from articles.admin.requests.addresses import PageAddress, is_key, read, way_back
from articles.admin.requests.offered_lists import CappedPaginator
from articles.admin.requests.posted import allowed, own_revision, say_once
from articles.changes import refusals
from articles.diffs.fields import Difference, difference
from articles.models import Article, ChangeSet, User
from articles.models.history import Origin
from articles.sources import upstream_changes
from articles.sources.upstream_changes import Seen, Upstream
from articles.workflow.verbs import VERBS

ARTICLES_PER_PAGE = 10


@dataclass(frozen=True)
class ShownUpstream:
    upstream: Upstream
    may_decide: bool

    @property
    def differences(self) -> list[Difference]:
        return [difference(name, before, self.upstream.now[name]) for name, before in self.upstream.before.items()]

    @property
    def kept_labels(self) -> list[str]:
        """Labels of the fields that people have edited since, which restoring leaves alone."""
        return [label_of(name) for name in self.upstream.before if name in self.upstream.own]


def show(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    actor = allowed(admin, request)
    rows = upstream_changes.changed_upstream(at=timezone.now()).select_related("category", "provider", "source")
    paginator = CappedPaginator(rows.defer("source__raw"), ARTICLES_PER_PAGE)
    page = paginator.get_page(read(request, PageAddress)["p"])
    context = {
        **admin.admin_site.each_context(request),
        "opts": Article._meta,
        "title": "Source changes",
        "page": page,
        "shown": [
            ShownUpstream(one, upstream_changes.refusal(actor, one.article) is None)
            for one in upstream_changes.look_at(list(page))
        ],
    }
    return TemplateResponse(request, "admin/articles/article/upstream.html", context)


def decide(admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects to the page. A stale choice changes nothing and says so, except Unpublish, which always works."""
    article: Article = get_object_or_404(Article.objects.select_related("category", "provider", "source"), pk=pk)
    actor = allowed(admin, request, article, to="change")
    seen, choice = _seen(request), request.POST.get("choice", "")
    if choice not in ("accept", "write-again", "put-back", "unpublish"):
        raise BadRequest("the form is incomplete; reload the page")
    try:
        _decide(request, actor, article, seen, choice)
    except refusals.NotAllowed as refusal:
        raise PermissionDenied from refusal
    except refusals.Refused as refusal:
        messages.warning(request, f"“{article.title}” not changed: {refusal}.")
    return HttpResponseRedirect(way_back(request, "admin:articles_article_upstream"))


def _decide(request: HttpRequest, actor: User, article: Article, seen: Seen, choice: str) -> None:
    if choice == "unpublish":
        decide_row(request, VERBS["unpublish"], article, origin=Origin.ACTION)
        return
    if choice == "accept":
        closed = upstream_changes.accept(article, seen, actor=actor)
        done = "Kept" if seen.is_lost and seen.since is None else "Marked as reviewed:"
        say_once(request, f"{done} “{article.title}”.", closed.pk if closed else None)
        return
    if choice == "write-again":
        opened = upstream_changes.write_again(article, seen, actor=actor)
        sentence = f"The next export recreates the file of “{article.title}”."
        say_once(request, sentence, opened.pk if opened else None)
        return
    try:
        made = upstream_changes.put_back(article, seen, actor=actor)
    except refusals.Stale:
        made = own_revision(article, seen.version, actor=actor, kind=ChangeSet.Kind.RESTORE)
        if made is None:
            raise
    if made is None:
        messages.info(request, f"Nothing to change: “{article.title}”.")
    else:
        names = ", ".join(map(label_of, made.values))
        say_once(request, f"Restored our {names} of “{article.title}”.", made.change_set_id)


def _seen(request: HttpRequest) -> Seen:
    version, since, conflict = (request.POST.get(name, "") for name in ("version", "since", "conflict"))
    if not is_key(version) or any(text and not is_key(text) for text in (since, conflict)):
        raise BadRequest("the form has no version; reload the page")
    is_lost = request.POST.get("lost") == "1"
    return Seen(int(version), int(since) if since else None, is_lost, int(conflict) if conflict else None)
