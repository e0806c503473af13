"""The admin site: Django's own, under our name."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.urls import URLPattern, URLResolver


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
