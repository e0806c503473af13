"""Readers' pages: the list, the article, what crawlers ask for; to GET and HEAD alone, and made for every request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.encoding import iri_to_uri
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from articles.public.article_page import ArticlePage, read_article_page
from articles.public.listing import read_listing
from articles.public.terms import category_choices, including, type_choices, with_term

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


@public_page
def article_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    categories = category_choices(at=now)
    listing = read_listing(request.GET, at=now, categories=categories)
    offered = {
        "category": including(categories, listing.asked.filters.get("category", "")),
        "type": including(type_choices(at=now), listing.asked.filters.get("type", "")),
    }
    context = {"listing": listing, "categories": categories, "offered": offered}
    return _html("public/list.html", context | addressed(listing.path), status=listing.status)


@public_page
def article_page(request: HttpRequest, pk: str, slug: str | None = None) -> HttpResponse:
    now = timezone.now()
    page = read_article_page(int(pk), at=now)
    if page is None:
        raise Http404
    if request.path_info != page.card.address:
        return HttpResponsePermanentRedirect(page.card.address)
    return _html("public/article.html", article_context(page, at=now))


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /admin/\n", content_type="text/plain; charset=utf-8")


def _html(template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Renders a page without request or user in its context: the same for everybody."""
    return HttpResponse(render_to_string(template, context), status=status)


def article_context(page: ArticlePage, *, at: datetime) -> dict[str, Any]:
    """Also offers the page's own category, even if it has no other article."""
    categories = with_term(category_choices(at=at), page.card.category)
    return {"page": page, "categories": categories} | addressed(page.card.address)


def addressed(path: str) -> dict[str, Any]:
    return {"canonical": settings.SITE_URL + iri_to_uri(path)}
