"""Security headers on the one answer that goes out without them."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.security import SecurityMiddleware


class HeadersOnEveryAnswer(SecurityMiddleware):
    """Stands outside of Django's own SecurityMiddleware, whose redirect to https asks for the host: where that is
    forged, it raises, and the 400 would lack the headers (CASES A19, R04). Adds headers and does nothing else."""

    def process_request(self, request: HttpRequest) -> None:
        return None
