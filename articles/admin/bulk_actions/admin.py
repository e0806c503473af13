"""The pages of a bulk action: confirmation and progress, with their buttons."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import capfirst
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from articles.admin.bulk_actions import labels
from articles.admin.bulk_actions.start import address_of
from articles.admin.labels import label_of
from articles.admin.requests.addresses import PageAddress, read, require_POST, require_safe
from articles.admin.requests.options import category_options
from articles.admin.requests.posted import actor_of, typed_words
from articles.admin.requests.verb_forms import boxes_of
from articles.bulk_actions import choosing, chunks
from articles.bulk_actions.forecast import forecast
from articles.models import BulkAction, BulkEntry, User
from articles.workflow.verbs import VERBS, BadArguments, CategoryChoice, check_right

REFUSALS_PER_PAGE = 100


@admin.register(BulkAction)
class BulkActionAdmin(admin.ModelAdmin):
    """Has only these pages. Anyone with the verb's permission may see and resume an action; its author confirms it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        posted = {
            "tell": self.tell_view,
            "confirm": self.confirm_view,
            "chunk": self.chunk_view,
            "stop": self.stop_view,
        }
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
        bulk, actor = _seen(request, pk)
        return self._progress(request, bulk) if bulk.confirmed_at else self._confirmation(request, bulk, actor)

    def tell_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves the verb's arguments; the page then previews the result."""
        bulk, actor = _seen(request, pk)
        form = _form(bulk, request.POST)
        if form is None or bulk.confirmed_at:
            return HttpResponseRedirect(address_of(bulk))
        if form.is_valid() and _is_told(bulk, form):
            return HttpResponseRedirect(address_of(bulk))
        return self._confirmation(request, bulk, actor, form=form)

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Processes the first chunk; the page's script or button continues."""
        bulk, actor = _seen(request, pk)
        typed, reason = request.POST.get("typed", "").strip(), typed_words(request)
        seen = request.POST.get("arguments", "")
        try:
            chunks.confirm(bulk.pk, actor=actor, arguments=seen, typed=typed, reason=reason)
        except chunks.NotConfirmed as problem:
            return self._confirmation(request, bulk, actor, problem=str(problem), reason=reason)
        chunks.do_chunk(bulk.pk, actor=actor)
        return HttpResponseRedirect(f"{address_of(bulk)}#run")

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

    def _confirmation(
        self, request: HttpRequest, bulk: BulkAction, actor: User, form: Any = None, **more: Any
    ) -> HttpResponse:
        context = {
            "form": form or _form(bulk),
            "told": labels.argument_lines(bulk),
            "unknown_names": labels.unknown_names(bulk),
            "forecast": forecast(bulk, actor=actor) if bulk.arguments else None,
            "sample": labels.sample(bulk),
            "has_to_be_typed": bulk.count > chunks.TYPED_ABOVE,
            "categories": category_options() if VERBS[bulk.verb].arguments is CategoryChoice else [],
            "reason": bulk.reason,
            **more,
        }
        return self._bulk_page(request, bulk, "confirmation", context)

    def _progress(self, request: HttpRequest, bulk: BulkAction) -> HttpResponse:
        refused = bulk.entries.filter(outcome=BulkEntry.Outcome.REFUSED).order_by("position")
        page = Paginator(refused, REFUSALS_PER_PAGE).get_page(read(request, PageAddress)["p"])
        context = {
            "sentence": labels.progress_sentence(bulk),
            "told": labels.argument_lines(bulk),
            "taken_back": labels.taken_back(bulk),
            "page": page,
            "refused": labels.named(page.object_list),
        }
        return self._bulk_page(request, bulk, "progress", context)

    def _bulk_page(self, request: HttpRequest, bulk: BulkAction, name: str, context: dict[str, Any]) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": BulkAction._meta,
            "title": labels.title_of(bulk),
            "bulk": bulk,
            "done_word": labels.done_word(bulk),
        }
        return TemplateResponse(request, f"admin/articles/bulkaction/{name}.html", shared | context)


def _seen(request: HttpRequest, pk: int) -> tuple[BulkAction, User]:
    """The action, if the user may see it. Raises PermissionDenied."""
    actor = actor_of(request)
    if not actor.has_perm("articles.change_article"):
        raise PermissionDenied
    bulk: BulkAction = get_object_or_404(BulkAction.objects.select_related("change_set"), pk=pk)
    check_right(bulk.verb, actor)
    if bulk.confirmed_at is None and bulk.actor_id != actor.pk:
        raise PermissionDenied
    return bulk, actor


def _form(bulk: BulkAction, posted: Any = None) -> Any:
    """The verb's form; None for a verb without arguments."""
    if bulk.verb not in VERBS:
        return None
    return boxes_of(VERBS[bulk.verb], posted, initial=bulk.given if bulk.arguments else {})


def _is_told(bulk: BulkAction, form: Any) -> bool:
    """Attaches the verb's own errors to the form's fields."""
    try:
        choosing.give_arguments(bulk, form.given())
    except BadArguments as failure:
        for name, problem in failure.problems.items():
            form.add_error(name if name in form.fields else None, capfirst(f"{label_of(name)} {problem}"))
        return False
    return True
