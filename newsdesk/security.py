"""Django's security middleware, for the one answer that it gives without its own headers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.middleware.security import SecurityMiddleware
from django.views.defaults import bad_request


class HeadersOnEveryAnswer(SecurityMiddleware):
    """The redirect to https asks for the host, and a forged one raises there, outside of every middleware: the 400 would
    go out without a security header (CASES A19 and R04)."""

    def process_request(self, request: HttpRequest) -> Any:
        try:
            return super().process_request(request)
        except DisallowedHost as problem:
            return bad_request(request, problem)
