"""The yardstick: a typical importer with one transaction per file and a `save` per object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from articles.content.article_state import secured_digest
from articles.content.rendering import render_body
from articles.content.taxonomy import plain_slug
from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    Category,
    ChangeSet,
    ImportOutcome,
    ImportRun,
    Provider,
    RelatedArticle,
    Revision,
    SecuredPayload,
    Source,
    Topic,
)
from articles.models.source import path_key
from articles.seedfile import reader, schema
from articles.seedfile.addresses import url_key


def save_all(folder: Path, paths: Sequence[str]) -> None:
    """Leaves the same rows as an import of these new files."""
    now = timezone.now()
    change_set = ChangeSet.objects.create(kind="import", actor_name="operator", created_at=now)
    run = ImportRun.objects.create(change_set=change_set, root="seeds", paths=str(folder), started_at=now)
    for path in paths:
        document = reader.read(raw := (folder / path).read_bytes())
        with transaction.atomic():
            if not Source.objects.filter(path_key=path_key("seeds", path)).exists():
                article = _save_article(document.content, now)
                _save_parts(article, document.content, now)
                _save_record(article, run, path, raw, document.digest, now)


def _save_article(content: schema.ArticleContent, now: datetime) -> Article:
    category, _ = Category.objects.get_or_create(name=content.category, defaults={"slug": plain_slug(content.category)})
    return Article.objects.create(
        slug=plain_slug(content.title),
        category=category,
        title=content.title,
        excerpt=content.excerpt,
        byline=content.byline,
        body=content.body,
        body_html=render_body(content.body),
        published_at=content.published_at,
        original_url=content.original_url,
        web_url=content.web_url,
        url_key=url_key(content.web_url),
        type=content.type,
        quality=content.quality,
        heat=content.heat,
        published=content.published,
        live_from=content.published_at if content.published else None,
        provider=_provider(content.provider),
        extra=content.extra,
        provider_extra=content.provider.extra,
        created_at=now,
        updated_at=now,
    )


def _save_parts(article: Article, content: schema.ArticleContent, now: datetime) -> None:
    for position, name in enumerate(content.topics):
        topic, _ = Topic.objects.get_or_create(name=name, defaults={"slug": plain_slug(name)})
        ArticleTopic.objects.create(article=article, topic=topic, position=position)
    for position, image in enumerate(content.images):
        values = image.model_dump(include={"url", "width", "height", "is_cached", "alt", "caption", "credit"})
        ArticleImage.objects.create(article=article, position=position, **values)
    for position, entry in enumerate(content.related):
        _save_related(article, position, entry)
    digest = secured_digest(content.secured)
    SecuredPayload.objects.create(article=article, text=content.secured, digest=digest, created_at=now)


def _save_related(article: Article, position: int, entry: schema.Related) -> None:
    RelatedArticle.objects.create(
        article=article,
        position=position,
        title=entry.title,
        excerpt=entry.excerpt,
        published_at=entry.published_at,
        web_url=entry.web_url,
        url_key=url_key(entry.web_url),
        type=entry.type,
        provider=_provider(entry.provider) if entry.provider else None,
        quality=entry.quality,
        images=schema.dump_field("images", entry.images),
    )


def _save_record(article: Article, run: ImportRun, path: str, raw: bytes, digest: str, now: datetime) -> None:
    Source.objects.create(
        article=article,
        root="seeds",
        path=path,
        path_key=path_key("seeds", path),
        digest=digest,
        raw=raw,
        reader_version=reader.VERSION,
        run=run,
        imported_at=now,
    )
    Revision.objects.create(
        article=article,
        number=1,
        actor_name="operator",
        origin="import",
        change_set=run.change_set,
        source_digest=digest,
        created_at=now,
    )
    ImportOutcome.objects.create(run=run, path=path, outcome="created", article=article)


def _provider(incoming: schema.Provider) -> Provider:
    provider, _ = Provider.objects.get_or_create(
        name=incoming.name, domain=incoming.domain, defaults={"slug": plain_slug(incoming.name)}
    )
    return provider
