"""How failed sign-ins are counted (CASES A17)."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.http import HttpRequest


def username_of(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name under which a failure counts: changing its case must not open a fresh set of tries."""
    found = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    return unicodedata.normalize("NFKC", str(found)).casefold()[:255]
