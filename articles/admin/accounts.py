"""Who works here: for superusers."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from articles.models import User


@admin.register(User)
class NewsdeskUserAdmin(UserAdmin):
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("At the desk", {"fields": ("time_zone", "language")}))
