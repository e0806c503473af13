"""Starts a bulk action from the article list: for the selected articles, or for all that match the filters."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.admin.requests.addresses import is_key
from articles.admin.requests.posted import actor_of, typed_words
from articles.bulk_actions import choosing
from articles.models import Article, BulkAction
from articles.workflow.verbs import VERBS


def more(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse:
    return begin(request, queryset)


def is_over_all(request: HttpRequest) -> bool:
    """Whether the action applies to everything that matches the filters."""
    asked = request.POST
    across = asked.get("select_across") == "1" or (asked.get("action") == "more" and asked.get("scope") == "all")
    return request.method == "POST" and across and (asked.get("action") == "more" or asked.get("action") in VERBS)


def begin(request: HttpRequest, matching: Any) -> HttpResponse:
    """Stores the selection and redirects to its confirmation. Raises NotAllowed."""
    actor = actor_of(request)
    verb, chosen = _verb(request), matching if is_over_all(request) else _ticked(request)
    choose: Any = choosing.prepare if is_over_all(request) else choosing.prepare_chosen
    reason, query = typed_words(request), request.GET.urlencode()
    try:
        bulk = choose(chosen, verb, actor=actor, reason=reason, query=query)
    except (choosing.NothingChosen, choosing.TooMany) as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(request.get_full_path())
    return HttpResponseRedirect(address_of(bulk))


def address_of(bulk: BulkAction) -> str:
    return reverse("admin:articles_bulkaction_show", args=[bulk.pk])


def _verb(request: HttpRequest) -> str:
    action = request.POST.get("action", "")
    verb = action if action in VERBS else request.POST.get("verb", "")
    if verb not in VERBS:
        raise BadRequest("the form is incomplete; reload the list")
    return verb


def _ticked(request: HttpRequest) -> dict[int, int]:
    """Versions by key, as the list showed them; the current one if it sent none."""
    keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
    shown = {key: request.POST.get(f"version-{key}", "") for key in keys}
    if not all(map(is_key, keys)) or not all(is_key(version) for version in shown.values() if version):
        raise BadRequest("the selection is not valid; reload the list")
    present = dict(Article.objects.filter(pk__in=keys).values_list("pk", "version"))
    return {int(key): int(version or present.get(int(key), 0)) for key, version in shown.items()}
