"""What the templates of readers' pages are given, whoever asks for a page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.encoding import iri_to_uri

from articles.public.article_page import ArticlePage
from articles.public.choices import category_choices, with_term


def article_context(page: ArticlePage, *, at: datetime) -> dict[str, Any]:
    """The page's own category is offered too, though nothing else stands in it."""
    categories = with_term(category_choices(at=at), page.card.category)
    return {"page": page, "categories": categories} | addressed(page.card.address)


def addressed(path: str) -> dict[str, Any]:
    return {"canonical": settings.SITE_URL + iri_to_uri(path)}
