"""The ModelAdmin of articles: list, actions, form, history."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from articles.admin.article_form import origins, presence, previews, views, visible_changes
from articles.admin.article_history import history
from articles.admin.article_list import actions, columns, confirmation, reading
from articles.admin.article_list.change_list import ArticleChangeList
from articles.admin.bulk_actions import labels
from articles.admin.dashboard import source_changes
from articles.admin.requests.addresses import Unreadable, View, is_key, key_of, require_POST, require_safe
from articles.admin.requests.offered_lists import CappedPaginator
from articles.admin.requests.options import filter_options
from articles.models import Article, Cause

_heard = require_http_methods(["GET", "HEAD", "POST"])
_VIEWS: tuple[tuple[str, str, Any, View], ...] = (
    ("undo/<int:pk>/", "undo", require_POST, actions.undo),
    ("<int:pk>/compare/", "compare", require_safe, history.compare),
    ("<int:pk>/restore/", "restore", require_POST, history.restore),
    ("<int:pk>/read/", "read", require_safe, reading.show),
    ("upstream/", "upstream", require_safe, source_changes.show),
    ("<int:pk>/upstream/", "upstream_decide", require_POST, source_changes.decide),
    ("<int:pk>/from-file/", "from_file", require_POST, origins.return_to_file),
    ("<int:pk>/presence/", "presence", _heard, presence.heartbeat),
    ("<int:pk>/changes/", "changes", require_POST, visible_changes.show),
    ("add/preview/", "preview_new", require_POST, previews.show_new),
    ("<int:pk>/preview/", "preview", _heard, previews.show),
)
"""Beside Django's own: address, name, methods, and the view, which gets the admin class first."""


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    """Only declares and delegates. Nothing here writes to an article."""

    list_display = columns.SHOWN
    list_display_links = (columns.headline,)
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    show_full_result_count = False
    paginator = CappedPaginator
    change_list_template = "admin/articles/article/list.html"
    view_on_site = False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(way, view(methods(partial(answer, self))), name=f"articles_article_{name}")
            for way, name, methods, answer in _VIEWS
        ]
        seed = path("<path:object_id>/seed/", view(require_safe(self.seed_view)), name="articles_article_seed")
        return [*own, seed, *super().get_urls()]

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> Any:
        return actions.actions_for(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ArticleChangeList]:
        return ArticleChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if confirmation.is_over_many(request) and self.has_change_permission(request):
            matching = partial(self.get_changelist_instance(request).get_queryset, request)
            return confirmation.answer(self, request, matching)
        offered = {
            "options": filter_options(),
            "causes": Cause.choices,
            "bulk_verbs": labels.verbs_for(request.user),
            "title": "Articles",
        }
        try:
            return super().changelist_view(request, offered | (extra_context or {}))
        except Unreadable as problem:
            if request.method == "POST" or not problem.name:
                raise
            messages.warning(request, f"{problem}; it was left out.")
            rest = request.GET.copy()
            del rest[problem.name]
            return HttpResponseRedirect(f"?{rest.urlencode()}")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return views.add(self, request)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return views.change(self, request, key_of(object_id, "article"))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return history.show(self, request, key_of(object_id, "article"))

    def seed_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return previews.download_seed(self, request, key_of(object_id, "article"))

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Articles are not deleted in the admin."""
        return False

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Refuses a malformed selection."""
        if not all(map(is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise BadRequest("the selection is not valid; reload the list")
        answer: HttpResponse | None = super().response_action(request, *args, **kwargs)
        return answer

    @admin.display(description="")
    def action_checkbox(self, obj: Article) -> SafeString:
        """The checkbox and the version that the list shows, so that an action on a stale list can be refused."""
        version = format_html('<input type="hidden" name="version-{}" value="{}">', obj.pk, obj.version)
        return format_html('<label class="pick">{}</label>{}', super().action_checkbox(obj), version)
