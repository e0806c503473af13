"""The admin site: Django's own, under our name."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from articles import carrying


class NewsdeskAdminSite(AdminSite):
    site_title = "Newsdesk"
    site_header = "Newsdesk"
    index_title = "Desk"
    enable_nav_sidebar = False
    """The header names every place; lists get the whole width."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without `r/`, which would tell the address of a hidden article to staff who may not see it."""
        urls: list[Any] = super().get_urls()
        return [url for url in urls if getattr(url, "name", None) != "view_on_site"]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """What a stranger typed or decided, whose session may have ended meanwhile, is not lost in the redirect to the
        sign-in."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if carrying.is_carried(request) and not self.has_permission(request):
                return carrying.sign_in(self, request)
            answer: HttpResponse = guarded(request, *args, **kwargs)
            return answer

        return kept

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer: HttpResponse = super().login(request, carrying.still_carried(request) | (extra_context or {}))
        return carrying.carry_on(self, request, answer)
