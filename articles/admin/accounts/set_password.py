"""The page of a one-time link, on which its owner sets the password. Apart from the links' making, because the admin
site imports it, and Django's UserAdmin asks for that site."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse
from django.urls import reverse_lazy


class LinkTokens(PasswordResetTokenGenerator):
    """A link ends when its password is set, after PASSWORD_RESET_TIMEOUT, and while the account is disabled; a Chief's
    is worth nothing once the account is a superuser's."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{user.is_superuser}"


tokens = LinkTokens()


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
