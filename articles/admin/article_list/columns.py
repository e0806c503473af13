"""The columns of the article list. No function here runs a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin import labels
from articles.admin.labels import label_of, standing_badge
from articles.models import Article
from articles.readiness import findings

_NOT_COMPUTED = -1


@admin.display(description="Title")
def headline(article: Article) -> SafeString:
    title = format_html('<bdi class="headline">{}</bdi>', article.title)
    marks = labels.marks(article)
    contested = ", ".join(map(label_of, findings.contested_fields(article) or ()))
    mark = format_html(' <span class="mark">conflict: {}</span>', contested) if contested else SafeString("")
    is_rejected = bool(getattr(article, "rejection", 0))
    rejected = SafeString(' <span class="mark">source file rejected</span>') if is_rejected else SafeString("")
    return format_html("{}{}{}{}", title, mark, rejected, marks)


@admin.display(description="Provider")
def provider(article: Article) -> SafeString:
    return _short(article.provider.name)


@admin.display(description="Category")
def category(article: Article) -> SafeString:
    return _short(article.category.name if article.category else "")


@admin.display(description="Type")
def kind(article: Article) -> SafeString:
    return _short(article.type)


@admin.display(description="Quality")
def quality(article: Article) -> str:
    return str(article.quality)


@admin.display(description="Heat")
def heat(article: Article) -> SafeString:
    if article.heat == _NOT_COMPUTED:
        return SafeString('<span aria-hidden="true">–</span><span class="visually-hidden">not computed</span>')
    return format_html("{}", article.heat)


@admin.display(description="Status")
def standing(article: Article) -> SafeString:
    """The status and, if readers don't see the article, a preview link."""
    return format_html(
        '{} <a class="read" href="{}" data-pane="{}">Read</a>'
        ' <a class="preview" href="{}" target="_blank" rel="noopener" title="In a new tab: V">Preview</a>',
        standing_badge(article),
        getattr(article, "reading_address", ""),
        reverse("admin:articles_article_read", args=[article.pk]),
        reverse("admin:articles_article_preview", args=[article.pk]),
    )


@admin.display(description="Ready", empty_value="")
def ready(article: Article) -> SafeString:
    """Readiness; empty for published articles."""
    article_findings = getattr(article, "findings", None)
    return SafeString("") if article_findings is None or article.published else labels.sign(article_findings)


@admin.display(description="Date")
def date(article: Article) -> SafeString:
    return labels.time_cell(article.published_at, is_age=True)


SHOWN: tuple[Callable[[Any], str], ...] = (headline, provider, category, kind, quality, heat, ready, standing, date)


def _short(text: str) -> SafeString:
    """Truncated, with the full text as a tooltip."""
    return format_html('<bdi title="{}">{}</bdi>', text, text) if text else SafeString("")
