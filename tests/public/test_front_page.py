"""`/`: what is listed, in which order, by which pages and filters."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import filters
from articles.models import Article, Category, Provider, Topic
from articles.public.paging import PAGE_SIZE
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db

_TITLE_LINK = re.compile(r'<h2 class="card-title" dir="auto"><a href="/a/(\d+)-')


def make_visible(**fields):
    return make_article(published=True, **({"published_at": NOW - timedelta(hours=1)} | fields))


def listed(response) -> list[int]:
    assert response.status_code == 200
    return [int(pk) for pk in _TITLE_LINK.findall(response.text)]


def link(response, rel: str) -> str:
    """The address of the link to the newer (prev) or older (next) page; "" without one."""
    match = re.search(rf'rel="{rel}" href="([^"]+)"', response.text)
    return match[1].replace("&amp;", "&") if match else ""


def test_visible_articles_stand_latest_live_first(client):
    early, late, middle = (make_visible(live_from=NOW - timedelta(hours=hours)) for hours in (9, 1, 5))
    assert listed(client.get("/")) == [late.pk, middle.pk, early.pk]


def test_an_empty_front_page_says_so(client):
    response = client.get("/")
    assert listed(response) == []
    assert "Check back soon" in response.text


def walk(client, address: str, rel: str) -> list[list[int]]:
    pages = []
    while address:
        response = client.get(address)
        pages.append(listed(response))
        address = link(response, rel)
        assert len(pages) < 20
    return pages


@pytest.mark.parametrize("spread", [timedelta(minutes=7), timedelta(0)], ids=["own moments", "one moment"])
def test_paging_both_ways_shows_each_article_once(client, spread):
    articles = [make_visible(live_from=NOW - timedelta(days=1) - spread * n) for n in range(100)]
    expected = [a.pk for a in sorted(articles, key=lambda a: (a.live_from, a.pk), reverse=True)]

    older = walk(client, "/", "next")
    assert [pk for page in older for pk in page] == expected
    full, rest = divmod(100, PAGE_SIZE)
    assert [len(page) for page in older] == [PAGE_SIZE] * full + [rest]

    address = "/"
    while following := link(client.get(address), "next"):
        address = following
    newer = walk(client, address, "prev")
    assert newer == older[::-1]


def test_a_new_article_moves_none_from_the_page_behind(client):
    for n in range(30):
        make_visible(live_from=NOW - timedelta(days=1, minutes=n))
    second = link(client.get("/"), "next")
    before = listed(client.get(second))
    make_visible(live_from=NOW - timedelta(minutes=1))
    assert listed(client.get(second)) == before


def test_links_between_pages_keep_the_filters(client):
    for n in range(30):
        make_visible(category="News", live_from=NOW - timedelta(days=1, minutes=n))
    address = link(client.get("/?category=news&unknown=1"), "next")
    assert address.startswith("/?category=news&after=2026")
    assert "unknown" not in address
    assert len(listed(client.get(address))) == 30 - PAGE_SIZE


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=climate", ["ice", "sea"]),
        ("topic=storms", ["sea"]),
        ("provider=the-tide", ["sea"]),
        ("type=video", ["ice"]),
        ("since=2026-10-20", ["sea"]),
        ("until=2026-10-10", ["ice"]),
        ("since=2026-10-10&until=2026-10-10", ["ice"]),
        ("q=glacier", ["ice"]),
        ("q=RISES", ["sea"]),
        ("category=climate&type=video", ["ice"]),
        ("category=climate&type=podcast", []),
        ("category=&q=&type=", ["ice", "sea", "town"]),
        ("published=0&secured=A&ordering=-heat", ["ice", "sea", "town"]),
    ],
)
def test_filters_choose(client, query, expected):
    october = NOW.replace(month=10, hour=23, minute=59)
    made = {
        "ice": make_visible(
            title="Melting",
            excerpt="A glacier goes.",
            category="Climate",
            type="video",
            published_at=october.replace(day=10),
        ),
        "sea": make_visible(
            title="The sea rises",
            category="Climate",
            topics=["Storms", "Coast"],
            provider={"name": "The Tide", "domain": "tide.example"},
            published_at=october.replace(day=25),
        ),
        "town": make_visible(title="A town", category="News", published_at=october.replace(day=15)),
    }
    chosen = set(listed(client.get(f"/?{query}")))
    assert {name for name, article in made.items() if article.pk in chosen} == set(expected)


@pytest.mark.parametrize("most_sorted", [0, 5_000], ids=["looked at in order", "sorted"])
def test_a_topic_is_found_either_way_round(client, monkeypatch, most_sorted):
    """One way for common topics, one for rare ones."""
    monkeypatch.setattr(filters, "MOST_SORTED", most_sorted)
    both = make_visible(topics=["AI", "ai"], live_from=NOW - timedelta(hours=3))
    Topic.objects.filter(name="ai").update(shown_as=Topic.objects.get(name="AI"))
    other = make_visible(topics=["ai"], live_from=NOW - timedelta(hours=2))
    make_visible(topics=["Coast"])
    make_article(topics=["AI"])
    assert listed(client.get("/?topic=ai")) == [other.pk, both.pk]
    assert listed(client.get("/?topic=none")) == []


@pytest.mark.sqlite
def test_a_topic_is_common_where_a_page_of_it_is_soon_found(client):
    """Sorting all of its articles costs more then."""
    for _ in range(30):
        make_visible(topics=["AI"])
    rare = make_visible(topics=["Coast"])
    assert "EXISTS" in listing_sql(client, "/?topic=ai")
    assert "EXISTS" not in listing_sql(client, "/?topic=coast")
    assert listed(client.get("/?topic=coast")) == [rare.pk]


def listing_sql(client, address: str) -> str:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return next(query["sql"] for query in queries if "live_from" in query["sql"].split("FROM")[0])


def test_the_form_keeps_what_was_asked(client):
    make_visible(category="News", topics=["AI"], provider={"name": "The Tide", "domain": ""})
    html = client.get("/?q=story&category=news&topic=ai&provider=the-tide&since=2026-10-01").text
    assert 'name="q" id="id_q" value="story"' in html
    assert '<option value="news" selected>News</option>' in html
    assert '<input type="hidden" name="topic" value="ai">' in html
    assert '<input type="hidden" name="provider" value="the-tide">' in html
    assert 'value="2026-10-01"' in html


def test_each_filter_that_is_on_can_be_removed(client):
    make_visible(category="News", topics=["AI"])
    html = client.get("/?category=news&topic=ai").text
    assert '<a class="chip" href="/?topic=ai">' in html
    assert '<a class="chip" href="/?category=news">' in html
    assert "Topic: <bdi>AI</bdi>" in html


def test_a_term_shown_as_another_is_met_as_that_one(client):
    for name in ("ai", "A.I."):
        make_visible(category=name, topics=[name], provider={"name": name, "domain": f"{name.lower()}.example"})
    for model in (Category, Topic, Provider):
        target = model.objects.get(name="A.I.")
        model.objects.filter(pk=target.pk).update(label="Artificial intelligence", slug="target")
        model.objects.filter(name="ai").update(shown_as=target)
    html = client.get("/").text
    assert 'href="/?category=ai"' not in html
    assert 'href="/?provider=ai"' not in html
    assert html.count('<option value="target">Artificial intelligence</option>') == 1
    assert html.count('<a href="/?provider=target"><bdi>Artificial intelligence</bdi></a>') == 2
    for name in ("category", "topic", "provider"):
        response = client.get(f"/?{name}=target")
        assert len(listed(response)) == 2
        assert f"{name.title()}: <bdi>Artificial intelligence</bdi>" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "category=news",
        "topic=ai",
        "provider=the-ledger",
        "type=article&q=story",
        "category=news&topic=ai&provider=the-ledger&type=article&since=2020-01-01&until=2027-01-01&q=story"
        "&after=20270101T000000.000000Z-1",
    ],
)
def test_ten_articles_cost_as_many_queries_as_one(client, query):
    counts = []
    for n in (1, 9):
        for _ in range(n):
            make_visible(category="News", topics=["AI", f"topic {n}"], live_from=NOW - timedelta(hours=2))
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(client.get(f"/?{query}"))) == Article.objects.count()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "until=2026-13-45",
        "since=%00",
        "q=%00",
        "category=%00",
        "q=" + "x" * 201,
        "after=1",
        "after=%00",
        "before=20260230T000000.000000Z-1",
        "after=20260101T000000.000000Z-99999999999999999999",
        "after=20260101T000000.000000Z-9223372036854775808",
        "after=00000101T000000.000000Z-1",
        "after=٢٠٢٦٠١٠١T000000.000000Z-1",
        "after=" + "9" * 5000,
        "after=20260101T000000.000000Z-1&before=20260101T000000.000000Z-1",
    ],
)
def test_what_cannot_be_read_is_400_and_keeps_the_form(client, query):
    response = client.get(f"/?{query}")
    assert response.status_code == 400
    assert 'id="id_q"' in response.text
    assert "We couldn't read that address" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=" + "9" * 5000,
        "page=%00",
        "quality__gte=NaN",
        "after=00010101T000000.000000Z-0",
        "before=99991231T235959.999999Z-9223372036854775807",
        "category=" + "%F0%9F%8E%BB",
        "category=%ff%fe",
        "topic=..%2F..%2Fadmin",
        "type='%20OR%201=1--",
        "q=%25_%5C",
        "q=%F0%9F%8E%BB%20%E2%80%AE",
        "category[]=a&category=b",
    ],
)
def test_nothing_in_an_address_breaks_the_page(client, query):
    make_visible(category="News")
    assert client.get(f"/?{query}").status_code == 200


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Anchorage"])
@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31", "since=9999-12-31", "until=0001-01-01"])
def test_the_ends_of_time_break_no_page(client, zone, query):
    with timezone.override(zone):
        assert client.get(f"/?{query}").status_code in (200, 400)


def test_an_invalid_date_is_kept_where_it_can_be_corrected(client):
    html = client.get("/?since=20.11.2026").text
    assert '<input type="text" name="since" id="id_since" value="20.11.2026"' in html
    assert "Use the format 2026-11-20." in html


@pytest.mark.sqlite
def test_a_deep_page_costs_what_the_first_one_does(client):
    """Else the range in the index begins at the top, and every row above the page is read."""
    first = make_visible()
    columns = {f.attname: getattr(first, f.attname) for f in Article._meta.concrete_fields if not f.primary_key}
    rows = [
        Article(**columns | {"url_key": f"{n:064}", "live_from": NOW - timedelta(minutes=n)}) for n in range(1, 5000)
    ]
    Article.objects.bulk_create(rows)
    deep = (NOW - timedelta(minutes=4900)).strftime("%Y%m%dT%H%M%S.%fZ")
    top = _steps(client, "/")
    assert _steps(client, f"/?after={deep}-1") < 2 * top
    assert _steps(client, f"/?before={deep}-1") < 2 * top


def _steps(client, address: str) -> int:
    """In hundreds."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    client.get(address)
    connection.connection.set_progress_handler(count, 100)
    try:
        assert len(listed(client.get(address))) == PAGE_SIZE
    finally:
        connection.connection.set_progress_handler(None, 0)
    return counted
