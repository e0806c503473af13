from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from articles.models import Article
from articles.querysets import Standing
from tests.factories import NOW, make_article

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MOMENTS = [NOW - timedelta(days=1), NOW - SECOND, NOW, NOW + SECOND, NOW + timedelta(days=1)]


def articles_in_every_state() -> None:
    for live_from, live_until in product(MOMENTS, [None, *MOMENTS]):
        if live_until is None or live_until > live_from:
            make_article(published=True, live_from=live_from, live_until=live_until)
            make_article(published=False, live_from=live_from, live_until=live_until)
    make_article(published=False)


def test_the_visible_queryset_and_is_visible_agree_in_every_state():
    articles_in_every_state()
    for moment in MOMENTS:
        listed = set(Article.objects.visible(at=moment).values_list("pk", flat=True))
        assert listed == {a.pk for a in Article.objects.all() if a.is_visible(at=moment)}
        assert 0 < len(listed) < Article.objects.count()


def test_every_article_has_exactly_one_standing_and_its_queryset_agrees():
    articles_in_every_state()
    for moment in MOMENTS:
        pks = [pk for s in Standing for pk in Article.objects.standing(s, at=moment).values_list("pk", flat=True)]
        assert sorted(pks) == sorted(Article.objects.values_list("pk", flat=True))
        for standing in Standing:
            listed = Article.objects.standing(standing, at=moment)
            assert {a.standing(at=moment) for a in listed} <= {standing}


def test_live_from_is_inclusive_and_live_until_exclusive():
    article = make_article(published=True, live_from=NOW, live_until=NOW + SECOND)
    assert not article.is_visible(at=NOW - SECOND)
    assert article.is_visible(at=NOW)
    assert not article.is_visible(at=NOW + SECOND)


def test_undecided_are_those_not_published():
    waiting, done = make_article(), make_article(published=True)
    assert list(Article.objects.undecided()) == [waiting]
    assert list(Article.objects.published()) == [done]


@pytest.mark.parametrize("text", ["élysée", "ÉLYSÉE", "Élysée palace", "PALACE", "100%"])
def test_words_are_found_in_any_case_and_taken_literally(text):
    wanted = make_article(title="At the Élysée", excerpt="A palace, 100% open")
    make_article(title="Elsewhere", excerpt="1000 doors")
    assert list(Article.objects.matching(text)) == [wanted]


def test_lists_take_the_same_queries_for_one_row_and_for_ten(django_assert_num_queries):
    for _ in range(10):
        make_article(category="news", published=True)
    for most in (1, 10):
        with django_assert_num_queries(1):
            rows = list(Article.objects.visible(at=NOW).for_listing().latest_live_first()[:most])
            assert [row.category.shown + row.provider.shown for row in rows]
