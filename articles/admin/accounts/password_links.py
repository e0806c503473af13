"""Making one-time links by which people set their password, to be handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from articles.admin.accounts.set_password import tokens
from articles.admin.requests.addresses import key_of, require_POST
from articles.models import User


class PasswordLinkAdmin(UserAdmin):
    """Links in place of Django's page on which one person sets another's password. Each is rendered in the answer to
    its POST, so it is in no message, session or address of ours."""

    def get_urls(self) -> list[URLPattern]:
        link = self.admin_site.admin_view(require_POST(self.password_link))
        rest = (url for url in super().get_urls() if url.name != "auth_user_password_change")
        return [path("<path:object_id>/link/", link, name="articles_user_link"), *rest]

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._link_page(request, obj, "Account created")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> Any:
        account = context["original"]
        context |= {
            "show_save_and_add_another": False,
            "show_save_and_continue": account is not None,
            "can_have_link": self._can_have_link(request, account),
        }
        return super().render_change_form(request, context, *args, **options)

    @transaction.atomic
    def password_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account = self.get_object(request, str(key_of(object_id, "account")))
        if account is None or not self._can_have_link(request, account):
            raise PermissionDenied
        self.log_change(request, account, "New password link.")
        return self._link_page(request, account, "New password link")

    def _can_have_link(self, request: HttpRequest, account: User | None) -> bool:
        """Everybody changes their own password; a disabled account is enabled first."""
        is_others = account is not None and account.is_active and account != request.user
        return is_others and self.has_change_permission(request, account)

    def _link_page(self, request: HttpRequest, account: User, title: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "account": account,
            "link": _new_link(request, account),
            "ends_at": timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        }
        return TemplateResponse(request, "admin/articles/user/link.html", context)


def _new_link(request: HttpRequest, user: User) -> str:
    """Ends the account's password, its sessions and earlier links."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return request.build_absolute_uri(reverse("admin:password_link", args=[key, tokens.make_token(user)]))
