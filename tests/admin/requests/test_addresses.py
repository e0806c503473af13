"""An address asks of a page of the admin what the page offers, and nothing else: 400 in words, on both databases.

CASES A06, A08, E06, P01, P02, P04. The lists are those of the site's registry, so that a new one is tried as well; what
each offers is read from its own links and forms.
"""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from articles.admin.requests.offered_lists import OfferedAdmin
from articles.models import Article, Category, Conflict, Provider, Topic, User
from tests.admin.browserless import text_of
from tests.admin.every_address import filled, routes
from tests.factories import PASSWORD, make_article, make_articles, make_user

pytestmark = pytest.mark.django_db
WITHOUT_LIST = {"articles.bulkaction"}
MODELS = {model._meta.label_lower: model for model in admin.site._registry}

HOSTILE_PAGES = ("0", "-1", "abc", "1e3", "1%00", "9" * 5000, "1&p=2", "٣")
HOSTILE_ORDERS = ("99", "abc", "1..2", "--1", "1.1", "%00", "9" * 5000)
REFUSED = (
    *(f"p={page}" for page in HOSTILE_PAGES),
    *(f"o={order}" for order in HOSTILE_ORDERS),
    *("q=%00", "q=a%00b", "q=" + "x" * 201, "q=a&q=b"),
    *("all=1", "all=%00", "e=1", "_popup=1", "_popup=", "_to_field=id", "_to_field=secured", "_facets=x", "bogus=1"),
    *("bogus", "=", "=1", "%00=1", "%F0%9F=1", "x" * 600 + "=1", "a=" + "x" * 600, "_changelist_filters=q%3Dx"),
    *("password__startswith=md5", "password__regex=^m", "groups__permissions__name__startswith=C", "pk=1", "pk__in=1"),
    *("groups__id__exact=abc", "is_staff__exact=abc", "is_staff__exact=", "date_joined__year=99999999999"),
    *("article__title__startswith=T", "secured_payloads__text__startswith=A", "started_at__year=99999999999"),
    *("name__regex=(", "name__regex=^(a%2B)%2B$", "name=%00", "kind=%00", "who=%00", "field=%00", "provider=%00"),
)
HOSTILE_VALUES = (
    "\0",
    "x" * 501,
    "a " * 99 + '"',
    "9" * 400,
    "-99999999999999999999",
    "0001-01-01 00:00:00+14:00",
    "9999-12-31 23:59:59-12:00",
)


class _Links(HTMLParser):
    """Addresses that a click or a form of the page leads to, by GET."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.boxes = set()
        self._is_get = False

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "a" and attributes.get("href") and attributes.get("target") != "_blank":
            self.found.append(attributes["href"])
        if tag == "form":
            self._is_get = (attributes.get("method") or "get").lower() == "get"
        if tag in ("input", "select") and self._is_get and attributes.get("name"):
            self.boxes.add(attributes["name"])

    def handle_endtag(self, tag):
        self._is_get = self._is_get and tag != "form"


def links_of(page):
    reader = _Links()
    reader.feed(page.content.decode())
    return reader


def queries_of(page, address):
    """Of the links that lead to the same page."""
    split = [urlsplit(link) for link in links_of(page).found]
    return {
        address_parts.query for address_parts in split if address_parts.path in ("", address) and address_parts.query
    }


def list_of(label):
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def registered_lists():
    """Every model of the registry that has a list."""
    for label in MODELS:
        try:
            list_of(label)
        except NoReverseMatch:
            continue
        yield label


@pytest.fixture
def chief_of_all(signed_in):
    return signed_in(make_user(is_superuser=True))


@pytest.fixture
def many(objects):
    """So many rows that the lists have several pages, filters, orders and searches."""
    articles = make_articles(60, category="News", topics=["Sea"])
    run, sides = objects["importrun"].change_set, {"base": '"a"', "incoming": '"b"', "current": '"c"'}
    for article in articles[:12]:
        Conflict.objects.create(article=article, field="title", opened_in=run, opened_at=run.created_at, **sides)
    for model in (Category, Topic):
        model.objects.bulk_create([model(name=f"Name {n}", slug=f"name-{n}") for n in range(60)])
    Provider.objects.bulk_create([Provider(name=f"P {n}", domain="p.example", slug=f"p-{n}") for n in range(60)])
    User.objects.bulk_create([User(username=f"user{n}", is_staff=n % 2 == 0) for n in range(120)])
    User.objects.get(username="user0").groups.set([Group.objects.first()])
    return objects


def is_left_out(answer, label):
    """The list of articles leads to itself without what it does not know."""
    return label == "articles.article" and answer.status_code == 302 and answer["Location"].startswith("?")


def test_every_list_of_the_registry_is_tried_here():
    assert set(MODELS) - set(registered_lists()) == WITHOUT_LIST
    assert all(isinstance(model_admin, OfferedAdmin) for model_admin in admin.site._registry.values())


@pytest.mark.parametrize("label", sorted(set(MODELS) - WITHOUT_LIST))
def test_a_list_answers_to_no_lookup_on_any_column_and_to_nothing_broken(objects, chief_of_all, label):
    make_article(title="Canary", secured="A-token")
    columns = [field.name for field in MODELS[label]._meta.get_fields()]
    lookups = ("regex=(", "regex=^(a%2B)%2B$", "iregex=(", "year=99999999999", "startswith=C", "in=1,2", "exact=%00")
    asked = [f"{name}__{lookups[n % len(lookups)]}" for n, name in enumerate(columns)]
    for query in (*REFUSED, *asked):
        page = chief_of_all.get(f"{list_of(label)}?{query}")
        assert page.status_code == 400 or is_left_out(page, label), query
        assert "Canary" not in page.text


@pytest.mark.parametrize("label", sorted(set(MODELS) - WITHOUT_LIST))
def test_whatever_a_list_offers_takes_any_value_without_an_error(objects, chief_of_all, label):
    address = list_of(label)
    page = chief_of_all.get(address)
    queries = queries_of(page, address)
    offered = links_of(page).boxes | {name for query in queries for name, _ in parse_qsl(query, True)}
    assert offered
    for name in offered:
        for value in HOSTILE_VALUES:
            answer = chief_of_all.get(f"{address}?{urlencode({name: value})}")
            assert answer.status_code in (200, 400) or is_left_out(answer, label), (name, value)
        for query in (f"{name}=%00", f"{name}={'x' * 501}", f"{name}=1&{name}=1"):
            answer = chief_of_all.get(f"{address}?{query}")
            assert answer.status_code == 400 or is_left_out(answer, label), query


@pytest.mark.parametrize("label", sorted(set(MODELS) - WITHOUT_LIST))
def test_a_list_answers_to_all_that_its_own_pages_link_to(many, chief_of_all, label):
    """Filters, orders and pages, one after another on top of what is chosen; and rows as a filtered list has them."""
    address = list_of(label)
    first = chief_of_all.get(address)
    linked = sorted(queries_of(first, address))
    assert linked
    for query in linked:
        page = chief_of_all.get(f"{address}?{query}")
        assert page.status_code == 200, query
    for further in sorted(queries_of(page, address) - set(linked))[::3]:
        assert chief_of_all.get(f"{address}?{further}").status_code == 200, further
    page = chief_of_all.get(f"{address}?{linked[0]}")
    for link in [link for link in links_of(page).found if "_changelist_filters" in link][:1]:
        row = chief_of_all.get(link)
        assert row.status_code == 200, link
        for other in {other for other in links_of(row).found if "_changelist_filters" in other}:
            assert chief_of_all.get(urljoin(link, other)).status_code == 200, other
    empty = dict.fromkeys(links_of(first).boxes, "")
    assert chief_of_all.get(f"{address}?{urlencode(empty)}").status_code == 200


def test_who_is_refused_is_told_why_and_has_a_way_back(editor, signed_in):
    for address, query, told in (
        (f"/admin/articles/article/{make_article().pk}/compare/", "from=x", "“from=x” is not a revision."),
        ("/admin/articles/topic/", "name__regex=(", "“name__regex=(” is not a filter."),
        ("/admin/articles/topic/", "p=abc", "“p=abc” is not a page."),
        ("/admin/articles/topic/", "o=99", "“o=99” is not a sort order."),
        ("/admin/articles/topic/", "q=%00", "“q=\ufffd” is not a search."),
        ("/admin/articles/topic/", "p=1&p=2", "“p” appears 2 times."),
        ("/admin/articles/conflict/", "field=<b>", "“field=<b>” is not a filter."),
        ("/admin/articles/changeset/", "kind=" + "x" * 400, "“kind=" + "x" * 75 + "…” is not a filter."),
    ):
        page = signed_in(editor).get(f"{address}?{query}")
        assert page.status_code == 400
        assert f"We couldn't read that address: {told}" in text_of(page)
        assert address in links_of(page).found
        assert "/admin/" in links_of(page).found
        assert 'id="user-tools"' in page.text


def test_strangers_are_asked_to_sign_in_whatever_they_ask(client, objects):
    for query in ("name__regex=(", "p=abc", "q=%00"):
        page = client.get(f"/admin/articles/topic/?{query}")
        assert page.status_code == 302
        assert "/admin/login/" in page["Location"]


def test_a_filter_by_date_stays_within_the_calendar(objects, chief_of_all):
    for value in ("99999999999", "0001-01-01+00:00:00%2B14:00", "2026-02-31", "soon", "%00", ""):
        assert chief_of_all.get(f"/admin/articles/importrun/?started_at__gte={value}").status_code in (200, 400)
    for query in ("year=99999999999", "year=9999", "year=0", "year=-1", "year=abc", "year=2026&attempt_time__month=13"):
        page = chief_of_all.get(f"/admin/axes/accesslog/?attempt_time__{query}")
        assert page.status_code == 400, query
    this_year = f"attempt_time__year={timezone.now().year}"
    assert chief_of_all.get(f"/admin/axes/accesslog/?{this_year}").status_code == 200


@pytest.mark.parametrize("page", ["99", "999999999"])
def test_a_page_behind_the_last_is_the_last(many, chief_of_all, page):
    for label in ("articles.topic", "articles.user", "articles.changeset", "articles.article"):
        change_list = chief_of_all.get(f"{list_of(label)}?p={page}").context["cl"]
        assert change_list.page_num == change_list.paginator.num_pages


@pytest.mark.parametrize(
    "query",
    ["p=abc&from=x&after=x&page=-1&term=x", "_to_field=secured&_popup=1", "a=%00"],
)
def test_no_page_of_the_admin_breaks_by_its_address(objects, chief_of_all, query):
    for route in routes().values():
        address = f"{filled(route, objects)}?{query}"
        if "/logout/" not in address:
            assert chief_of_all.get(address).status_code < 500, address
            assert chief_of_all.post(address).status_code < 500, address


@pytest.mark.parametrize("query", ["next=%00", "next=%00&next=1", "next=" + "x" * 9000, "next=//evil.example", "q=%00"])
def test_signing_in_does_not_break_by_its_address(editor, client, query):
    assert client.get(f"/admin/login/?{query}").status_code == 200
    page = client.post(f"/admin/login/?{query}", {"username": editor.username, "password": PASSWORD})
    assert page.status_code == 302
    assert "evil" not in page.get("Location", "")


@pytest.mark.parametrize("key", ["%00", "9" * 30, "-1", "abc", "_3A"])
def test_no_page_of_the_admin_breaks_by_its_key(objects, chief_of_all, key):
    for route in routes().values():
        if "<path:object_id>" in route or "<id>" in route:
            address = "/admin/" + re.sub("<path:object_id>|<id>", key, route)
            assert chief_of_all.get(address).status_code < 500, address
            assert chief_of_all.get(f"{address}?_to_field=id").status_code < 500, address


@pytest.mark.parametrize(
    "query",
    [
        "term=%00",
        "term=" + "x" * 201,
        "page=-1",
        "page=abc",
        "page=0",
        "app_label=articles",
        "bogus=1",
        "term=a&term=b",
    ],
)
def test_a_lookup_takes_what_its_boxes_send(editor, signed_in, query):
    asked = {"app_label": "articles", "model_name": "topic", "field_name": "shown_as"}
    address = "/admin/autocomplete/?" + urlencode(asked)
    client = signed_in(editor)
    assert client.get(f"{address}&term=&page=1").status_code == 200
    assert client.get(f"{address}&term=a%25_").status_code == 200
    assert client.get(f"{address}&{query}").status_code == 400


def test_pages_of_one_row_take_what_they_offer(editor, signed_in):
    article = make_article()
    client = signed_in(editor)
    kept = "_changelist_filters=" + quote("state=all&q=ü")
    for page in ("change", "history"):
        assert client.get(f"/admin/articles/article/{article.pk}/{page}/?{kept}").status_code == 200
    for page, query in (("history", "bogus=1"), ("history", "p=abc"), ("compare", "from=x"), ("compare", "bogus=1")):
        assert client.get(f"/admin/articles/article/{article.pk}/{page}/?{query}").status_code == 400
    assert client.get("/admin/articles/article/upstream/?p=abc").status_code == 400
    assert Article.objects.count() == 1


def test_a_form_of_djangos_takes_what_its_boxes_and_lists_send(objects, chief_of_all):
    for row in ("topic", "user"):
        address = f"/admin/articles/{row}/{objects[row].pk}/change/"
        for query in ("_popup=1&_to_field=id", "_changelist_filters=q%3Da"):
            assert chief_of_all.get(f"{address}?{query}").status_code == 200, query
        for query in ("_popup=2", "_to_field=slug", "_to_field=password", "_changelist_filters=%00", "username=x"):
            assert chief_of_all.get(f"{address}?{query}").status_code == 400, query
    assert chief_of_all.get("/admin/articles/user/add/?username=x").status_code == 400
