"""The ModelAdmin of articles: list, actions, form, history."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from articles.admin.article_form import origins, presence, previews, seed_download, views, visible_changes
from articles.admin.article_history import compare, history
from articles.admin.article_list import actions, columns
from articles.admin.article_list.change_list import ArticleChangeList
from articles.admin.bulk_actions import labels, start
from articles.admin.dashboard import source_changes
from articles.admin.requests.addresses import is_key, require_POST, require_safe
from articles.admin.requests.offered_lists import CappedPaginator
from articles.admin.requests.options import filter_options
from articles.models import Article, Cause
from articles.timezones import read_in_the_zone_shown


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
        undo = self.admin_site.admin_view(require_POST(actions.undo))
        view = self.admin_site.admin_view
        heard = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("undo/<int:pk>/", undo, name="articles_article_undo"),
            path("<int:pk>/compare/", view(require_safe(self.compare_view)), name="articles_article_compare"),
            path("<int:pk>/restore/", view(require_POST(self.restore_view)), name="articles_article_restore"),
            path("upstream/", view(require_safe(self.upstream_view)), name="articles_article_upstream"),
            path("<int:pk>/upstream/", view(require_POST(self.decide_view)), name="articles_article_upstream_decide"),
            path("<int:pk>/from-file/", view(require_POST(self.from_file_view)), name="articles_article_from_file"),
            path("<int:pk>/presence/", view(heard(self.presence_view)), name="articles_article_presence"),
            path("<int:pk>/changes/", view(require_POST(self.changes_view)), name="articles_article_changes"),
            path("add/preview/", view(require_POST(self.preview_new_view)), name="articles_article_preview_new"),
            path("<int:pk>/preview/", view(heard(self.preview_view)), name="articles_article_preview"),
            path("<path:object_id>/seed/", view(require_safe(self.seed_view)), name="articles_article_seed"),
            *super().get_urls(),
        ]

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> Any:
        return actions.actions_for(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ArticleChangeList]:
        return ArticleChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if start.is_over_all(request) and self.has_change_permission(request):
            return start.begin(request, self.get_changelist_instance(request).get_queryset(request))
        offered = {
            "options": filter_options(),
            "causes": Cause.choices,
            "bulk_verbs": labels.verbs_for(request.user),
            "title": "Articles",
        }
        return super().changelist_view(request, offered | (extra_context or {}))

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        read_in_the_zone_shown(request)
        return views.add(self, request)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        read_in_the_zone_shown(request)
        return views.change(self, request, _key(object_id))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return history.show(self, request, _key(object_id))

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return compare.show(self, request, pk)

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return compare.restore(self, request, pk)

    def upstream_view(self, request: HttpRequest) -> HttpResponse:
        return source_changes.show(self, request)

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return source_changes.decide(self, request, pk)

    def from_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return origins.return_to_file(self, request, pk)

    def presence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return presence.heartbeat(self, request, pk)

    def seed_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return seed_download.download(self, request, _key(object_id))

    def changes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        read_in_the_zone_shown(request)
        return visible_changes.show(self, request, pk)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        read_in_the_zone_shown(request)
        return previews.show(self, request, pk)

    def preview_new_view(self, request: HttpRequest) -> HttpResponse:
        read_in_the_zone_shown(request)
        return previews.show_new(self, request)

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


def _key(object_id: str) -> int:
    if not is_key(object_id):
        raise Http404("There is no such article.")
    return int(object_id)
