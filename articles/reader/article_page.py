"""One article as readers see it, with its topics and its coverage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import Truncator

from articles.models import Article, ArticleTopic, RelatedArticle, Topic
from articles.reader.cards import Card, card_of

DESCRIPTION_LENGTH = 200


@dataclass(frozen=True)
class Coverage:
    """The same story at another provider; `ours` when readers see an article of ours with that address."""

    entry: RelatedArticle
    ours: Article | None


@dataclass(frozen=True)
class ArticlePage:
    card: Card
    topics: list[Topic]
    coverage: list[Coverage]

    @property
    def description(self) -> str:
        """For search engines and previews: one paragraph of plain text."""
        article = self.card.article
        text = " ".join(article.excerpt.split()) or f"{article.title} ({self.card.provider.shown})"
        return Truncator(text).chars(DESCRIPTION_LENGTH)

    @property
    def original_address(self) -> str:
        return self.card.article.original_url or self.card.article.web_url


def find_article(pk: int, *, at: datetime) -> Article | None:
    """The article if readers see it at that moment, else none, whether it exists or not."""
    related = ("category__shown_as", "provider__shown_as")
    return Article.objects.visible(at=at).filter(pk=pk).select_related(*related).first()


def read_article_page(article: Article, *, at: datetime) -> ArticlePage:
    return ArticlePage(card_of(article), _topics(article), _coverage(article, at))


def _topics(article: Article) -> list[Topic]:
    """As readers meet them: two that are shown as the same one are one."""
    rows = ArticleTopic.objects.filter(article=article).select_related("topic__shown_as").order_by("position")
    return list({row.topic.target.pk: row.topic.target for row in rows}.values())


def _coverage(article: Article, at: datetime) -> list[Coverage]:
    entries = list(article.related.select_related("provider__shown_as").order_by("position"))
    keys = {entry.url_key for entry in entries} - {article.url_key}
    ours = {a.url_key: a for a in Article.objects.visible(at=at).filter(url_key__in=keys).only("slug", "url_key")}
    return [Coverage(entry, ours.get(entry.url_key)) for entry in entries]
