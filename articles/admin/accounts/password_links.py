"""One-time links by which people set their password, made by a Chief and handed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import site
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from articles.models import User


class LinkTokens(PasswordResetTokenGenerator):
    """A link ends when its password is set, after PASSWORD_RESET_TIMEOUT, and while the account is disabled; a Chief's
    is worth nothing once the account is a superuser's."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{user.is_superuser}"


tokens = LinkTokens()


def new_link(request: HttpRequest, user: User) -> str:
    """Ends the account's password, its sessions and earlier links."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return request.build_absolute_uri(reverse("admin:password_link", args=[key, tokens.make_token(user)]))


def ends_at() -> datetime:
    """When a link made now ends."""
    return timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class SetPassword(PasswordResetConfirmView):
    template_name = "admin/set_password.html"
    success_url = reverse_lazy("admin:login")
    token_generator = tokens

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = "Choose your password" if self.validlink else "This link has ended"
        return site.each_context(self.request) | super().get_context_data(**context) | {"title": title}

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, "Password saved. You can sign in with it now.")
        return answer
