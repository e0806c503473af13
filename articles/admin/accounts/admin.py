"""Accounts, managed by Chiefs within the roles, and by superusers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from articles.accounts import roles
from articles.admin.accounts import own_settings
from articles.admin.accounts.forms import AccountForm, RoleForm
from articles.admin.accounts.password_links import PasswordLinkAdmin
from articles.models import User
from articles.moments import in_short

_PERSON = (None, {"fields": ("username", "first_name", "last_name", "email")})
_OF_SUPERUSERS = (
    ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    ("Dates", {"fields": ("last_login", "date_joined")}),
    ("Desk", {"fields": ("time_zone", "language")}),
)


class RoleFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = "role"


@admin.register(User)
class NewsdeskUserAdmin(PasswordLinkAdmin):
    add_form_template = None
    list_display = ("username", "name", "role", "is_active", "signed_in")
    list_filter = ("is_active", ("groups", RoleFilter))
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(own_settings.show))
        return [path("settings/", own, name="articles_user_settings"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = super().get_queryset(request).prefetch_related("groups")
        return rows if _is_superuser(request) else rows.filter(pk__in=roles.without_other_permissions())

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any) -> Any:
        form = AccountForm if obj and not _gives_role(request, obj) else RoleForm
        return super(UserAdmin, self).get_form(request, obj, change, **{"form": form} | options)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return [_PERSON, ("Access", {"fields": ("role",)})]
        if _is_superuser(request):
            return [_PERSON, *_OF_SUPERUSERS]
        if _gives_role(request, obj):
            return [_PERSON, ("Access", {"fields": ("role", "is_active")})]
        return [_PERSON, ("Access", {"fields": ("role",), "description": "Another Chief changes your role."})]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.readonly_fields if obj is None or _gives_role(request, obj) else (*self.readonly_fields, "role")

    @admin.display(ordering="last_name", empty_value="–")
    def name(self, account: User) -> str:
        return account.get_full_name()

    @admin.display
    def role(self, account: User) -> str:
        return "Superuser" if account.is_superuser else ", ".join(group.name for group in account.groups.all()) or "–"

    @admin.display(description="Last sign-in", ordering="last_login", empty_value="–")
    def signed_in(self, account: User) -> str:
        return in_short(account.last_login)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        if "role" in form.changed_data:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "role" in form.changed_data:
            roles.set_role(form.instance, form.cleaned_data["role"])


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _gives_role(request: HttpRequest, account: User) -> bool:
    return not _is_superuser(request) and account != request.user
