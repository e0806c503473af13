"""The queue of open conflicts, by article, newest conflict first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from articles.admin.conflicts import decisions
from articles.admin.conflicts.rows import by_article
from articles.admin.labels import label_of
from articles.admin.requests.addresses import PageAddress, read, require_POST, require_safe, way_back
from articles.admin.requests.offered_lists import CappedPaginator, ReadOnlyAdmin
from articles.admin.requests.options import provider_options
from articles.admin.requests.posted import allowed
from articles.filters import shown_under
from articles.models import Article, Conflict, Provider, User
from articles.seedfile.schema import FIELDS
from articles.sources import conflicts

ARTICLES_PER_PAGE = 10
_FIELDS = [name for name in FIELDS if name != "secured"]


class QueueAddress(PageAddress):
    field = forms.ChoiceField(choices=[(name, name) for name in _FIELDS], required=False)
    provider = forms.CharField(max_length=100, required=False)
    q = forms.CharField(max_length=200, required=False)


@admin.register(Conflict)
class ConflictAdmin(ReadOnlyAdmin):
    """One page and its buttons. Viewing has its own permission; the door checks who may decide."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(require_safe(self.changelist_view)), name="articles_conflict_changelist"),
            path("decide/", view(require_POST(self.decide_view)), name="articles_conflict_decide"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return self._queue_page(request, allowed(self, request))

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        decisions.decide(request, allowed(self, request))
        return HttpResponseRedirect(way_back(request, "admin:articles_conflict_changelist"))

    def has_view_permission(self, request: HttpRequest, obj: Conflict | None = None) -> bool:
        """Its page contains article texts."""
        return request.user.has_perms(["articles.view_conflict", "articles.view_article"])

    def _queue_page(self, request: HttpRequest, actor: User) -> HttpResponse:
        asked = read(request, QueueAddress)
        number = asked.pop("p")
        rows = _filtered(asked)
        newest = rows.order_by().values("article").annotate(newest=Max("pk")).order_by("-newest")
        page = CappedPaginator(newest, ARTICLES_PER_PAGE).get_page(number)
        order = [row["article"] for row in page]
        shown = sorted(rows.filter(article__in=order), key=lambda conflict: order.index(conflict.article_id))
        context = {
            **self.admin_site.each_context(request),
            "opts": Conflict._meta,
            "title": "Conflicts",
            "page": page,
            "contested": by_article(shown, actor),
            "asked": asked,
            "is_filtered": any(asked.values()),
            "query": urlencode({name: value for name, value in asked.items() if value}),
            "fields": [(name, label_of(name)) for name in _FIELDS],
            "providers": provider_options(),
        }
        return TemplateResponse(request, "admin/articles/conflict/queue.html", context)


def _filtered(asked: dict[str, str]) -> QuerySet[Conflict]:
    rows = conflicts.open_conflicts()
    if asked["field"]:
        rows = rows.filter(field=asked["field"])
    if asked["provider"]:
        rows = rows.filter(article__provider__in=shown_under(Provider, asked["provider"]))
    if asked["q"]:
        rows = rows.filter(article__in=Article.objects.matching(asked["q"]))
    return rows
