"""Security headers on the one answer that goes out without them, HEAD, and the methods that the admin knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware


class HeadersOnEveryAnswer(SecurityMiddleware):
    """Stands outside of Django's own SecurityMiddleware, whose redirect to https asks for the host: where that is
    forged, it raises, and the 400 would lack the headers (CASES A19, R04). Adds headers and does nothing else."""

    def process_request(self, request: HttpRequest) -> None:
        return None


class BodilessHead:
    """The answer to HEAD has the headers of the page, its length included, and no body (RFC 9110, 9.3.2). Django leaves
    that to the server, and gunicorn warns of each. Stands outside of all that answers."""

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
    """Any method but GET, HEAD and POST is answered 405 by every page of the admin, with those that it takes (RFC 9110,
    15.5.6), before anybody looks for a token: it reaches no view."""

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
"""Of pages that are Django's own and take fewer, by their names."""
