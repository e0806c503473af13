"""Users."""

from __future__ import annotations

import zoneinfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name} is not a time zone; write one like Europe/Berlin.")


class User(AbstractUser):
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text="For example Europe/Berlin. Leave empty for the site's time zone.",
    )
    language = models.CharField(max_length=16, blank=True, help_text="A language tag, for example en-GB.")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
