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
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
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
    newer = Article.objects.filter(pk__gt=Blank("pk", BigIntegerField())).values_list("pk")
    compiled = Compiled(lambda: newer, within="SELECT COUNT(*) FROM ({query}) AS newer")
    assert compiled.rows(pk=articles[1].pk) == [(2,)]


def test_a_value_is_never_part_of_the_statement():
    make_article(title="Quiet")
    named = Article.objects.filter(title=Blank("title", Article._meta.get_field("title"))).values_list("title")
    compiled = Compiled(lambda: named)
    assert compiled.rows(title="Quiet' OR '1'='1") == []
    assert compiled.rows(title="Quiet") == [("Quiet",)]
