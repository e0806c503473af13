"""The forms of an account: with its role for a Chief, with each permission for a superuser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError

from articles.accounts import roles
from articles.accounts.roles import CHIEF, ROLES
from articles.models import User


class AccountForm(UserChangeForm):
    """Never has the password, which only its owner knows."""

    password: Any = None

    class Meta(UserChangeForm.Meta):
        model = User

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "is_active" in self.fields:
            words = "Clear to disable the account: it is signed out at once and can't sign in. Its history stays."
            self.fields["is_active"].help_text = words

    def clean_username(self) -> str:
        """Names that differ only in case would be taken for each other."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another account has that name. Choose a different one.")
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and not self._will_manage(cleaned) and roles.is_last_manager(self.instance):
            raise ValidationError("This is the last active Chief or superuser. Make somebody else Chief first.")
        return cleaned

    def _will_manage(self, cleaned: Mapping[str, Any]) -> bool:
        def will(name: str) -> bool:
            return bool(cleaned.get(name, getattr(self.instance, name)))

        return will("is_active") and will("is_staff") and (will("is_superuser") or self._will_be_chief(cleaned))

    def _will_be_chief(self, cleaned: Mapping[str, Any]) -> bool:
        groups = cleaned.get("groups", self.instance.groups.all())
        return any(group.name == CHIEF for group in groups)


class RoleForm(AccountForm):
    role = forms.ChoiceField(
        label="Role", help_text="Contributors edit, Editors also publish, Chiefs also manage accounts."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        now = roles.role_of(self.instance) if self.instance.pk else ""
        box: Any = self.fields["role"]
        box.choices = [(role, role) for role in ROLES] if now else [("", "Choose"), *((role, role) for role in ROLES)]
        box.required = bool(now) or not self.instance.pk
        self.initial["role"] = now

    def _will_be_chief(self, cleaned: Mapping[str, Any]) -> bool:
        return cleaned.get("role") == CHIEF
