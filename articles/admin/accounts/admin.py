"""Accounts, managed by Chiefs within the roles, and by superusers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from articles.accounts import roles
from articles.admin.accounts import own_settings
from articles.admin.accounts.forms import AccountForm, RoleForm
from articles.admin.accounts.password_links import ends_at, new_link
from articles.admin.requests.addresses import key_of, require_POST
from articles.models import User
from articles.moments import in_short

_PERSON = (None, {"fields": ("username", "first_name", "last_name", "email")})
_ALL_PERMISSIONS = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")


class RoleFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = "role"


@admin.register(User)
class NewsdeskUserAdmin(UserAdmin):
    add_form_template = None
    list_display = ("username", "name", "role", "is_active", "signed_in")
    list_filter = ("is_active", ("groups", RoleFilter))
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")

    def get_urls(self) -> list[URLPattern]:
        """Without Django's page by which one person sets another's password."""
        own = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(own_settings.show))
        link = self.admin_site.admin_view(require_POST(self.password_link))
        return [
            path("settings/", own, name="articles_user_settings"),
            path("<path:object_id>/link/", link, name="articles_user_link"),
            *(url for url in super().get_urls() if url.name != "auth_user_password_change"),
        ]

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
            permissions = ("Permissions", {"fields": _ALL_PERMISSIONS})
            return [
                _PERSON,
                permissions,
                ("Dates", {"fields": self.readonly_fields}),
                ("Desk", {"fields": ("time_zone", "language")}),
            ]
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

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> Any:
        account = context["original"]
        context |= {
            "show_save_and_add_another": False,
            "show_save_and_continue": account is not None,
            "can_have_link": account is not None and _can_have_link(request, account),
        }
        return super().render_change_form(request, context, *args, **options)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._link_page(request, obj, "Account created")

    def password_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account = self.get_object(request, str(key_of(object_id, "account")))
        if not self.has_change_permission(request) or account is None or not _can_have_link(request, account):
            raise PermissionDenied
        self.log_change(request, account, "New password link.")
        return self._link_page(request, account, "New password link")

    def _link_page(self, request: HttpRequest, account: User, title: str) -> HttpResponse:
        """Rendered at once: the link is in no message, session or address of ours."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "account": account,
            "link": new_link(request, account),
            "ends_at": ends_at(),
        }
        return TemplateResponse(request, "admin/articles/user/link.html", context)


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _gives_role(request: HttpRequest, account: User) -> bool:
    return not _is_superuser(request) and account != request.user


def _can_have_link(request: HttpRequest, account: User) -> bool:
    """Everybody changes their own password; a disabled account is enabled first."""
    return account.is_active and account != request.user
