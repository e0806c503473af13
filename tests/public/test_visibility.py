"""Readers see what is visible and nothing else, on every surface. Canary: a hidden article with a token everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from articles.models import Article, ArticleTopic, Category, Provider, RelatedArticle, SecuredPayload, Topic
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db

TOKEN = "zq7canary"
HOUR = timedelta(hours=1)
HIDDEN = {
    "hidden": {"published": False},
    "scheduled": {"published": True, "live_from": NOW + HOUR},
    "ended": {"published": True, "live_from": NOW - 2 * HOUR, "live_until": NOW},
}
SURFACES = [
    "/",
    "/?category=news",
    "/?topic=ai",
    "/?provider=the-ledger",
    "/?type=article",
    "/?since=2000-01-01",
    "/?until=2100-01-01",
    "/?q=story",
    "/?category=nothing",
    "/?since=x",
    "/?after=x",
    "/?after=20270101T000000.000000Z-1",
    "/?before=20000101T000000.000000Z-1",
    "/?published=0&state=all&secured=A",
    "/a/{seen}/",
    "/a/{hidden}-x/",
    "/a/987654-x/",
    "/robots.txt",
    "/healthz",
    "/readyz",
    "/nothing/",
]


def make_canary(**fields) -> Article:
    """With the token in every field that holds text."""
    return make_article(
        category=f"{TOKEN} category",
        title=f"{TOKEN} story",
        excerpt=f"{TOKEN} excerpt",
        body=f"{TOKEN} body",
        type=f"{TOKEN} type",
        web_url=f"https://wire.example/shared?{TOKEN}",
        original_url=f"https://{TOKEN}.example/original",
        provider={"name": f"{TOKEN} provider", "domain": f"{TOKEN}.example"},
        topics=[f"{TOKEN} topic", "AI"],
        images=[{"url": f"https://{TOKEN}.example/picture.jpg"}],
        related=[{"title": f"{TOKEN} related", "web_url": f"https://{TOKEN}.example/related"}],
        secured=f"{TOKEN} secured",
        published_at=NOW - HOUR,
        **fields,
    )


@pytest.fixture
def seen():
    return make_article(
        published=True,
        published_at=NOW - HOUR,
        category="News",
        topics=["AI"],
        related=[{"title": "Elsewhere", "web_url": "https://wire.example/shared"}],
    )


def forget(article: Article) -> None:
    for part in (ArticleTopic, RelatedArticle, SecuredPayload):
        part.objects.filter(article=article).delete()
    article.images.all().delete()
    article.revisions.all().delete()
    Article.objects.filter(pk=article.pk).delete()
    for term in (Category, Topic, Provider):
        term.objects.filter(name__startswith=TOKEN).delete()


@pytest.mark.parametrize("standing", HIDDEN)
def test_every_surface_is_as_if_the_hidden_article_did_not_exist(client, seen, standing):
    canary = make_canary(**HIDDEN[standing])
    assert canary.is_visible(at=NOW) is False
    addresses = [s.format(seen=f"{seen.pk}-{seen.slug}", hidden=canary.pk) for s in SURFACES]
    answers = [client.get(address) for address in addresses]
    forget(canary)
    for address, answer in zip(addresses, answers, strict=True):
        without = client.get(address)
        assert TOKEN not in answer.text + str(answer.headers), address
        assert (answer.status_code, answer.content) == (without.status_code, without.content), address
        assert answer.headers == without.headers, address


@pytest.mark.parametrize("standing", HIDDEN)
@pytest.mark.parametrize("name", ["category", "topic", "provider", "type", "q"])
def test_a_filter_by_what_only_a_hidden_article_bears_answers_as_by_what_does_not_exist(client, seen, standing, name):
    make_canary(**HIDDEN[standing])
    known = f"{TOKEN}-{name}" if name not in ("type", "q") else f"{TOKEN} {name}".removesuffix(" q")
    unknown = known.replace(TOKEN, "zq7nobody")
    answers = [client.get("/", {name: value}) for value in (known, unknown)]
    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].text.replace(TOKEN, "zq7nobody") == answers[1].text


def test_the_canary_would_be_noticed(client, seen):
    """Else the tests above would pass for any token."""
    canary = make_canary(published=True)
    front, page = client.get("/").text, client.get(canary.get_absolute_url()).text
    for word in ("category", "story", "excerpt", "type", "provider"):
        assert f"{TOKEN} {word}" in front
    for word in ("body", "topic", "related"):
        assert f"{TOKEN} {word}" in page
    assert f"{TOKEN} secured" not in front + page


def test_a_scheduled_article_appears_at_its_moment(client, frozen_time):
    canary = make_canary(**HIDDEN["scheduled"])
    frozen_time.shift(HOUR)
    assert TOKEN in client.get("/").text
    assert client.get(canary.get_absolute_url()).status_code == 200
