"""Readers' pages: the list, the article, and robots.txt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from articles.public.article_page import ArticlePage, read_article_page
from articles.public.listing import read_listing
from articles.public.serving import public_page
from articles.public.terms import category_choices, including, type_choices, with_term


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
