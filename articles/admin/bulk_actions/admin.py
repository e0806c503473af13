"""A bulk action's page: its progress, and the buttons on it."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from articles.admin.bulk_actions import labels
from articles.admin.bulk_actions.labels import address_of
from articles.admin.requests.addresses import PageAddress, read, require_POST, require_safe
from articles.admin.requests.posted import actor_of
from articles.bulk_actions import chunks
from articles.bulk_actions.choosing import arguments_of
from articles.history.summaries import is_left_to_undo, summary_of, undone_word
from articles.models import BulkAction, BulkEntry, User
from articles.workflow.verbs import VERBS, check_right

REFUSALS_PER_PAGE = 100


@admin.register(BulkAction)
class BulkActionAdmin(admin.ModelAdmin):
    """Nothing but these pages: seen and continued by whoever has the verb's right."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        posted = {"chunk": self.chunk_view, "stop": self.stop_view}
        return [
            path("<int:pk>/", view(require_safe(self.show_view)), name="articles_bulkaction_show"),
            *(
                path(f"<int:pk>/{name}/", view(require_POST(answer)), name=f"articles_bulkaction_{name}")
                for name, answer in posted.items()
            ),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not listed in the header; reached from the article list."""
        return False

    def show_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        bulk, _ = _seen(request, pk)
        refused = bulk.entries.filter(outcome=BulkEntry.Outcome.REFUSED).order_by("position")
        made = summary_of(bulk.change_set_id) if bulk.change_set_id else None
        page = Paginator(refused, REFUSALS_PER_PAGE).get_page(read(request, PageAddress)["p"])
        context = {
            **self.admin_site.each_context(request),
            "opts": BulkAction._meta,
            "title": labels.heading_of(bulk),
            "bulk": bulk,
            "undone": undone_word(made) if made else "",
            "may_undo": made is not None and not bulk.is_running and is_left_to_undo(made),
            "query": bulk.query,
            "sentence": labels.progress_sentence(bulk),
            "told": labels.argument_lines(arguments_of(bulk) if bulk.verb in VERBS else None),
            "taken_back": labels.taken_back(bulk),
            "page": page,
            "refused": labels.named(page.object_list),
        }
        return TemplateResponse(request, "admin/articles/bulkaction/progress.html", context)

    def chunk_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        bulk, actor = _seen(request, pk)
        bulk = chunks.do_chunk(bulk.pk, actor=actor)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(labels.progress(bulk))
        return HttpResponseRedirect(address_of(bulk))

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        bulk, actor = _seen(request, pk)
        chunks.stop(bulk.pk, actor=actor)
        return HttpResponseRedirect(address_of(bulk))


def _seen(request: HttpRequest, pk: int) -> tuple[BulkAction, User]:
    """The action, if the user may see it. Raises PermissionDenied."""
    actor = actor_of(request)
    if not actor.has_perm("articles.change_article"):
        raise PermissionDenied
    bulk: BulkAction = get_object_or_404(BulkAction.objects.select_related("change_set"), pk=pk)
    check_right(bulk.verb, actor)
    return bulk, actor
