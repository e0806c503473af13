"""Serves readers' pages: GET and HEAD only, never from a cache without revalidation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

View = Callable[..., HttpResponseBase]


def public_page(view: Callable[..., HttpResponse]) -> View:
    """GET and HEAD only, checked before CSRF: any other method is answered 405.

    The page is rendered for every request and the ETag computed from its bytes, so a 304 is always correct. 404s must
    not be cached either: that would hide an article after its live_from."""

    @wraps(view)
    def revalidated(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as missing:
            response = page_not_found(request, missing)
        patch_cache_control(response, no_cache=True)
        if response.status_code != 200:
            return response
        set_response_etag(response)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return csrf_exempt(require_safe(revalidated))
