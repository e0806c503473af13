"""Many keys in one parameter: the rows that `__in` finds."""

from __future__ import annotations

import pytest
from django.db.models import Count

from articles.models import Article
from articles.sql.many_rows import Among
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("values", [[], ["One"], ["Two", "One", "Two"], ['"', "'", "%s", "é", "One"], ["one", "Thr_e"]])
def test_it_finds_what_in_finds(values):
    for title in ("One", "Two", "Three", "é", '"', "'", "%s"):
        make_article(title=title)
    titles = Article.objects.filter(Among("title", values)).values_list("title", flat=True)
    assert set(titles) == set(Article.objects.filter(title__in=values).values_list("title", flat=True))


def test_it_joins_other_conditions_and_reaches_other_tables():
    make_article(title="One", provider={"name": "A"})
    make_article(title="Two", provider={"name": "B"})
    rows = Article.objects.filter(Among("provider__name", ["A", "B"]), title="Two").exclude(Among("title", ["One"]))
    assert [article.title for article in rows] == ["Two"]
    assert Article.objects.aggregate(n=Count("pk", filter=Among("title", ["One"])))["n"] == 1


def test_thousands_of_values_are_one_parameter():
    make_article(title="4999")
    assert Article.objects.filter(Among("title", map(str, range(5_000)))).count() == 1
