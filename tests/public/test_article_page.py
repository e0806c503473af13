"""`/a/<id>-<slug>/`: one article, its topics, its coverage and the ways to the source."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes.actors import OPERATOR
from articles.models import Article, Provider, Topic
from articles.workflow import publishing
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db


def make_visible(**fields):
    return make_article(published=True, **({"published_at": NOW - timedelta(hours=1)} | fields))


def page_of(client, article: Article) -> str:
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return response.text


def test_the_page_shows_what_the_article_holds(client):
    article = make_visible(
        title="The tide & the town",
        category="News",
        type="analysis",
        excerpt="In short.",
        body="It *rose*.",
        topics=["Coast", "AI"],
        provider={"name": "The Ledger", "domain": "ledger.example"},
        original_url="https://ledger.example/original?a=1&b=2",
    )
    html = page_of(client, article)
    assert "<title>The tide &amp; the town · Newsdesk</title>" in html
    assert re.search(r"<h1[^>]*>The tide &amp; the town</h1>", html)
    assert html.count("<h1") == 1
    assert '<p class="standfirst" dir="auto">In short.</p>' in html
    assert "<p>It <em>rose</em>.</p>" in html
    assert '<a href="/?category=news"><bdi>News</bdi></a>' in html
    assert '<a class="kicker-type" href="/?type=analysis"><bdi>analysis</bdi></a>' in html
    assert 'href="/?provider=the-ledger"><bdi>The Ledger</bdi></a>' in html
    assert "<bdi>ledger.example</bdi>" in html
    assert '<time datetime="2026-11-01T11:00:00+00:00">1 November 2026, 11:00 UTC</time>' in html
    assert html.index('href="/?topic=coast"') < html.index('href="/?topic=ai"')
    assert 'href="https://ledger.example/original?a=1&amp;b=2" rel="noopener nofollow external"' in html


def test_search_engines_and_previews_are_told_what_it_is(client):
    article = make_visible(title="Tide", excerpt="It\n rose.")
    html = page_of(client, article)
    address = f"http://testserver{article.get_absolute_url()}"
    for tag in (
        '<meta name="description" content="It rose.">',
        f'<link rel="canonical" href="{address}">',
        '<meta property="og:title" content="Tide">',
        '<meta property="og:description" content="It rose.">',
        '<meta property="og:type" content="article">',
        f'<meta property="og:url" content="{address}">',
    ):
        assert tag in html


def test_the_byline_stands_under_the_title(client):
    html = page_of(client, make_visible(title="Tide", byline="A. Person & B"))
    assert re.search(r'<h1[^>]*>Tide</h1>\s*<p class="author" dir="auto">A. Person &amp; B</p>', html)
    assert 'class="author"' not in page_of(client, make_visible())


def test_without_a_body_the_excerpt_is_the_text(client):
    html = page_of(client, make_visible(excerpt="In short."))
    assert '<p class="body body-excerpt" dir="auto">In short.</p>' in html
    assert "standfirst" not in html


def test_the_way_to_the_source_falls_back_to_the_web_address(client):
    html = page_of(client, make_visible(web_url="https://ledger.example/web"))
    assert 'class="button" href="https://ledger.example/web" rel="noopener nofollow external"' in html


def test_terms_are_met_as_what_they_are_shown_as(client):
    article = make_visible(topics=["ai", "AI"], provider={"name": "NYT", "domain": "old.example"})
    ai = Topic.objects.get(name="AI")
    Topic.objects.filter(name="ai").update(shown_as=ai)
    new = Provider.objects.create(name="The New York Times", domain="nytimes.example", slug="new-york-times")
    Provider.objects.filter(name="NYT").update(shown_as=new)
    html = page_of(client, article)
    assert html.count("<bdi>AI</bdi>") == 1
    assert f'href="/?topic={ai.slug}"' in html
    assert 'href="/?provider=new-york-times"><bdi>The New York Times</bdi>' in html
    assert "old.example" not in html


RELATED = {
    "title": "The same tide",
    "web_url": "https://wire.example/tide",
    "published_at": "2026-10-30T09:15:00Z",
    "provider": {"name": "The Wire", "domain": "wire.example"},
}


def test_coverage_leads_to_the_other_provider(client):
    html = page_of(client, make_visible(related=[RELATED]))
    assert 'href="https://wire.example/tide" rel="noopener nofollow external">The same tide' in html
    assert "<bdi>The Wire</bdi>" in html
    assert "30 October 2026, 09:15" in html
    assert "Read it on Newsdesk" not in html


def test_coverage_we_have_ourselves_can_be_read_here(client):
    ours = make_visible(web_url="http://WIRE.example/tide?utm_source=x")
    html = page_of(client, make_visible(related=[RELATED]))
    assert f'<a href="{ours.get_absolute_url()}">Read it on Newsdesk</a>' in html


def test_coverage_that_we_hide_looks_like_any_other(client):
    article = make_visible(related=[RELATED])
    without = page_of(client, article)
    for fields in (
        {},
        {"published": True, "live_from": NOW + timedelta(hours=1)},
        {"published": True, "live_from": NOW - timedelta(days=2), "live_until": NOW},
    ):
        hidden = make_article(web_url="https://wire.example/tide", **fields)
        assert page_of(client, article) == without
        Article.objects.filter(pk=hidden.pk).update(url_key=f"gone {hidden.pk}")


def test_an_article_does_not_refer_to_itself(client):
    html = page_of(client, make_visible(web_url=RELATED["web_url"], related=[RELATED]))
    assert "Read it on Newsdesk" not in html


def test_one_entry_of_coverage_costs_as_many_queries_as_ten(client):
    counts = []
    for n in (1, 10):
        addresses = [f"https://wire.example/{n}-{k}" for k in range(n)]
        for address in addresses:
            make_visible(web_url=address)
        article = make_visible(
            category="News",
            topics=[f"topic {k}" for k in range(n)],
            related=[
                RELATED | {"web_url": address, "provider": {"name": address, "domain": "wire.example"}}
                for address in addresses
            ],
        )
        with CaptureQueriesContext(connection) as queries:
            assert page_of(client, article).count("Read it on Newsdesk") == n
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


@pytest.mark.parametrize("written", ["{pk}-wrong", "{pk}-", "{pk}", "0{pk}-tide", "{pk}-Tide", "{pk}-%E2%80%AE"])
def test_another_slug_leads_to_the_one_address(client, written):
    article = make_visible(title="Tide")
    response = client.get(f"/a/{written.format(pk=article.pk)}/")
    assert response.status_code == 301
    assert response["Location"] == f"/a/{article.pk}-tide/"


def test_an_address_in_any_script_is_canonical(client):
    article = make_visible(title="港町の活版印刷所")
    assert page_of(client, article)
    response = client.get(f"/a/{article.pk}-x/")
    assert client.get(response["Location"]).status_code == 200


def test_what_is_hidden_is_not_there_under_any_slug(client):
    hidden = make_article(title="Tide")
    missing = client.get("/a/987654-tide/")
    assert missing.status_code == 404
    for written in (f"{hidden.pk}-tide", f"{hidden.pk}-wrong", f"{hidden.pk}"):
        response = client.get(f"/a/{written}/")
        assert (response.status_code, response.content) == (404, missing.content)
        assert response.headers == missing.headers


@pytest.mark.parametrize(
    "written", ["0-x", "9223372036854775808-x", "9" * 19 + "-x", "9" * 5000 + "-x", "-1-x", "1e3-x", "٣-x", "%00-x"]
)
def test_a_number_that_no_article_has_is_404(client, written):
    assert client.get(f"/a/{written}/").status_code == 404


def test_nothing_stale_is_served_after_unpublishing(client):
    article = make_visible(title="Tide")
    path = article.get_absolute_url()
    first = client.get(path)
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    publishing.unpublish(article, actor=OPERATOR)
    headers = {"if-none-match": first["ETag"], "if-modified-since": "Sun, 01 Nov 2026 12:00:00 GMT"}
    assert client.get(path, headers=headers).status_code == 404
    assert client.get(path, headers={"if-none-match": "*"}).status_code == 404


def test_nothing_stale_is_served_after_a_change(client):
    article = make_visible(title="Tide", excerpt="Old")
    first = client.get(article.get_absolute_url())
    Article.objects.filter(pk=article.pk).update(excerpt="New")
    response = client.get(article.get_absolute_url(), headers={"if-none-match": first["ETag"]})
    assert response.status_code == 200
    assert "New" in response.text


def test_the_end_of_its_time_takes_it_away_at_once(client, frozen_time):
    article = make_visible(live_until=NOW + timedelta(minutes=1))
    path = article.get_absolute_url()
    assert client.get(path).status_code == 200
    frozen_time.shift(timedelta(minutes=1))
    assert client.get(path).status_code == 404
    assert path not in client.get("/").text


def test_no_picture_of_another_server_is_on_the_page(client):
    article = make_visible(
        body="![a](https://tracker.example/1.gif) <img src=https://tracker.example/2.gif>",
        images=[{"url": "https://img.example/3.jpg"}],
        related=[RELATED | {"images": [{"url": "https://img.example/4.jpg"}]}],
    )
    html = page_of(client, article) + client.get("/").text
    assert "<img" not in html
    assert "img.example" not in html
