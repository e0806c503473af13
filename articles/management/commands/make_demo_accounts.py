"""`manage.py make_demo_accounts`: one account per role, for a demo on one's own machine."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from articles.models import User
from articles.staff import ROLES

ACCOUNTS = {role.lower(): role for role in ROLES}


class Command(BaseCommand):
    help = "Makes the demo's accounts, with DEMO_PASSWORD as their password. Refuses outside a demo."

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD", "")
        if not settings.DEMO or not password:
            raise CommandError("accounts with a known password are for the demo alone: set DEMO and DEMO_PASSWORD")
        for name, role in ACCOUNTS.items():
            user, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
            if is_new or not user.check_password(password):
                user.set_password(password)
                user.save(update_fields=["password"])
            user.groups.add(Group.objects.get(name=role))
            self.stdout.write(f"{name} {role}")
