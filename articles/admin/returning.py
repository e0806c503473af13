"""Where a decision leads back to: the page it was made on."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, otherwise: str = "admin:articles_article_changelist") -> str:
    """The posted `next`, if it is a page of the admin."""
    address = request.POST.get("next", "")
    return address if is_of_admin(address) else reverse(otherwise)


def is_of_admin(address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/admin/")
