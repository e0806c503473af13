"""Queries that are compiled once and run with other values."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BigIntegerField
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from articles.querysets import AT
from articles.sql.compiled import Blank, Compiled
from articles.sql.many_rows import Among, Many
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
KEY = Blank("pk", BigIntegerField())
VISIBLE = Article.objects.visible(at=AT).values_list("title", "live_from").order_by("pk")


def test_each_run_has_its_own_values():
    make_article(title="Early", published=True, live_from=NOW - HOUR, live_until=NOW)
    make_article(title="Late", published=True, live_from=NOW + HOUR)
    make_article(title="Hidden")
    compiled = Compiled(lambda: VISIBLE)
    assert compiled.rows(at=NOW - 2 * HOUR) == []
    assert compiled.rows(at=NOW - HOUR) == [("Early", NOW - HOUR)]
    assert compiled.rows(at=NOW) == []
    assert compiled.rows(at=NOW + HOUR) == [("Late", NOW + HOUR)]


def test_rows_are_those_of_the_query_set_itself():
    for number in range(3):
        make_article(published=True, live_from=NOW - number * HOUR)
    compiled = Compiled(lambda: VISIBLE)
    for moment in (NOW - 3 * HOUR, NOW - HOUR, NOW):
        expected = Article.objects.visible(at=moment).values_list("title", "live_from").order_by("pk")
        assert compiled.rows(at=moment) == list(expected)


def test_instances_are_those_of_the_query_set_with_what_it_selects_beside_them():
    articles = [make_article(title=f"Story {n}", provider={"name": f"Provider {n}"}) for n in range(3)]
    newer = Article.objects.filter(pk__gte=KEY).select_related("provider", "category").order_by("pk")[:2]
    compiled = Compiled(lambda: newer)
    for first in (0, 1, 2):
        with CaptureQueriesContext(connection) as queries:
            found = compiled.instances(pk=articles[first].pk)
            assert [(one.pk, one.title) for one in found] == [(one.pk, one.title) for one in articles[first:][:2]]
            assert [(one.provider.name, one.category) for one in found] == [
                (f"Provider {n}", None) for n in range(3)[first:][:2]
            ]
        assert len(queries) == 1
    assert compiled.instances(pk=articles[-1].pk + 1) == []
    found[0].title = "Newer"
    found[0].save()
    assert compiled.instances(pk=found[0].pk)[0].title == "Newer"


def test_several_values_fill_one_blank():
    first, _, third = (make_article(title=title) for title in ("One", "Two", "Three"))
    by_title = Compiled(lambda: Article.objects.filter(Among("title", Many("titles"))).order_by("pk").values_list("pk"))
    by_key = Compiled(lambda: Article.objects.filter(Among("pk", Many("pks"))).order_by("pk").values_list("title"))
    assert by_title.rows(titles={"Three", "One", '"'}) == [(first.pk,), (third.pk,)]
    assert by_key.rows(pks=[third.pk, first.pk, 2**40]) == [("One",), ("Three",)]
    assert by_key.rows(pks=[]) == []


def test_it_is_built_once():
    built = []
    compiled = Compiled(lambda: built.append(1) or VISIBLE)
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            compiled.rows(at=NOW)
        assert len(queries) == 1
    assert built == [1]


def test_sql_around_it_has_its_rows():
    articles = [make_article() for _ in range(4)]
    newer = Article.objects.filter(pk__gt=KEY).values_list("pk")
    compiled = Compiled(lambda: newer, within="SELECT COUNT(*) FROM ({query}) AS newer")
    assert compiled.rows(pk=articles[1].pk) == [(2,)]


def test_a_value_is_never_part_of_the_statement():
    make_article(title="Quiet")
    named = Article.objects.filter(title=Blank("title", Article._meta.get_field("title"))).values_list("title")
    compiled = Compiled(lambda: named)
    assert compiled.rows(title="Quiet' OR '1'='1") == []
    assert compiled.rows(title="Quiet") == [("Quiet",)]
