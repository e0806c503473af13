"""Who works here: for superusers, and for each member of staff his own settings."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from articles.admin.accounts import own_settings
from articles.models import User


@admin.register(User)
class NewsdeskUserAdmin(UserAdmin):
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("At the desk", {"fields": ("time_zone", "language")}))

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(own_settings.show))
        return [path("settings/", own, name="articles_user_settings"), *super().get_urls()]
