"""Security headers on every response, HEAD without a body, and the admin's allowed methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware


class HeadersOnEveryAnswer(SecurityMiddleware):
    """Outside Django's SecurityMiddleware, which raises for a forged host when redirecting to https; that 400 would
    lack the headers (CASES A19, R04). Only adds headers."""

    def process_request(self, request: HttpRequest) -> None:
        return None


class BodilessHead:
    """Strips the body from HEAD responses but keeps all headers, including the length (RFC 9110, 9.3.2). Django leaves
    that to the server, and gunicorn logs a warning for each. The outermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = []
            elif isinstance(response, HttpResponse):
                response.content = b""
        return response


class KnownMethods:
    """Admin pages answer any method but GET, HEAD and POST with 405 and their allowed methods (RFC 9110, 15.5.6),
    before the CSRF check and without reaching a view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: object, kwargs: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.app_name != "admin" or request.method in _KNOWN:
            return None
        return HttpResponseNotAllowed(getattr(view, "http_methods", _OF_DJANGO.get(match.url_name or "", _KNOWN)))


_KNOWN = ("GET", "HEAD", "POST")
_SAFE = ("GET", "HEAD")
_OF_DJANGO = {"logout": ("POST",), "autocomplete": _SAFE, "jsi18n": _SAFE, "password_change_done": _SAFE}
"""Django's own pages that allow fewer methods, by URL name."""
