"""Each member of staff's own settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone

from articles.admin.requests.addresses import way_back
from articles.models import User
from articles.timezones import offered_zones, zone_called


class SettingsForm(forms.Form):
    time_zone = forms.CharField(
        required=False,
        max_length=64,
        widget=forms.TextInput({"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_time_zone(self) -> str:
        """The zone's canonical name."""
        text = self.cleaned_data["time_zone"]
        zone = zone_called(text) if text else ""
        if zone is None:
            raise ValidationError(f"“{text}” is not a time zone; choose one such as Europe/Berlin.")
        return zone


def show(request: HttpRequest) -> HttpResponse:
    """The settings form. POST saves for the signed-in user, whatever user the form names."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    form = SettingsForm(request.POST if request.method == "POST" else None, initial={"time_zone": user.time_zone})
    if form.is_bound and form.is_valid():
        return _keep(request, user, form.cleaned_data["time_zone"])
    return TemplateResponse(request, "admin/settings.html", _context(request, form))


def _keep(request: HttpRequest, user: User, name: str) -> HttpResponse:
    user.time_zone = name
    user.save(update_fields=["time_zone"])
    zone = ZoneInfo(name) if name else timezone.get_default_timezone()
    now = timezone.localtime(timezone=zone)
    messages.success(request, f"Saved. Times are now in {name or zone}, where it is {now:%H:%M}.")
    return HttpResponseRedirect(way_back(request, "admin:articles_user_settings"))


def _context(request: HttpRequest, form: SettingsForm) -> dict[str, Any]:
    now = timezone.now()
    return {
        **site.each_context(request),
        "title": "Your settings",
        "form": form,
        "zones": [(name, _clock(name, now)) for name in offered_zones()],
        "site_zone": timezone.get_default_timezone_name(),
        "next": request.POST.get("next", request.GET.get("next", "")),
    }


def _clock(name: str, now: datetime) -> str:
    """The zone's current time, which helps people find their zone."""
    return now.astimezone(ZoneInfo(name)).strftime("%H:%M")
