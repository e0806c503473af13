"""What an article was at a revision, and bringing it back through the door."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.changes import door, refusals
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import restoring
from articles.models import Article, SecuredPayload
from articles.models.history import Origin
from articles.workflow import publishing
from tests.factories import NOW, make_article
from tests.sampling import examples
from tests.seedfile.content_strategies import bases, contents

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def state_of(article):
    return article_state.read_state(Article.objects.get(pk=article.pk))


def edit(article, *, desk=None, **values):
    article.refresh_from_db()
    state = article_state.read_state(article)
    wanted = ArticleState(state.content.model_copy(update=values), desk or state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def restore(article, number, *fields, actor=OPERATOR):
    article.refresh_from_db()
    return restoring.restore(
        article, number, fields=fields or None, actor=actor, expected_version=article.version, reason="as it was"
    )


class TestAnyStateComesBack(TestCase):
    @examples(8)
    @given(bases, st.lists(contents, min_size=1, max_size=4), st.data())
    def test_every_revision_comes_back_as_it_was(self, began, edits, data):
        state = ArticleState(began.model_copy(update={"published": False}))
        article = door.create(state, actor=OPERATOR, origin=Origin.FORM)
        states = [state_of(article)]
        for edited in edits:
            values = {name: getattr(edited, name) for name in type(edited).model_fields}
            edit(article, **values | {"published": False})
            states.append(state_of(article))
            states = states[: Article.objects.get(pk=article.pk).version]
        number = data.draw(st.integers(1, len(states)))
        restore(article, number)
        assert state_of(article) == states[number - 1]


def test_values_then_are_those_that_differ_between_two_revisions():
    article = make_article(title="one", quality=1)
    edit(article, title="two", quality=2)
    edit(article, title="three")
    edit(article, quality=1)
    assert restoring.values_then(article, 1, 4) == ({"title": "one"}, {"title": "three"})
    assert restoring.values_then(article, 2, 3) == ({"title": "two"}, {"title": "three"})
    assert restoring.values_then(article, 4, 1) == ({"title": "three"}, {"title": "one"})
    assert restoring.values_then(article, 4, 4) == ({}, {})


def test_a_restore_is_a_revision_of_its_own():
    article = make_article(title="one")
    edit(article, title="two")
    made = restore(article, 1)
    assert (made.number, made.origin, made.reason) == (3, Origin.RESTORE, "as it was")
    assert made.values == {"title": ["two", "one"]}


def test_one_field_is_restored_and_the_others_stay():
    article = make_article(title="one", quality=1)
    edit(article, title="two", quality=2)
    restore(article, 1, "title")
    restored = state_of(article).content
    assert (restored.title, restored.quality) == ("one", 2)


def test_restoring_what_is_there_already_writes_nothing():
    article = make_article(title="one")
    edit(article, quality=2)
    assert restore(article, 1, "title") is None
    assert article.revisions.count() == 2


def test_a_stale_restore_is_refused():
    article = make_article(title="one")
    edit(article, title="two")
    stale = Article.objects.get(pk=article.pk)
    edit(article, title="three")
    with pytest.raises(refusals.Stale):
        restoring.restore(stale, 1, actor=OPERATOR, expected_version=2)
    with pytest.raises(refusals.Stale):
        restoring.restore(Article.objects.get(pk=article.pk), 1, actor=OPERATOR, expected_version=2)
    assert state_of(article).content.title == "three"


def test_restoring_to_a_published_state_needs_the_right_to_publish(contributor, editor):
    article = make_article(title="one")
    publishing.publish(article, actor=editor)
    publishing.unpublish(article, actor=editor)
    with pytest.raises(refusals.NotAllowed):
        restore(article, 2, actor=contributor)
    assert not state_of(article).content.published
    restore(article, 2, actor=editor)
    assert state_of(article).content.published


def test_all_of_a_published_state_comes_back_with_its_moment():
    article = make_article()
    with time_machine.travel(NOW, tick=False):
        publishing.publish(article, actor=OPERATOR)
    then = state_of(article)
    publishing.unpublish(article, actor=OPERATOR)
    edit(article, title="other")
    restore(article, 2)
    assert state_of(article) == then
    assert then.desk.live_from == NOW


def test_the_flag_alone_is_restored_as_a_publication_of_today():
    article = make_article(title="one")
    with time_machine.travel(NOW, tick=False):
        publishing.publish(article, actor=OPERATOR, at=NOW)
    publishing.unpublish(article, actor=OPERATOR)
    edit(article, title="two")
    today = NOW + timedelta(days=9)
    with time_machine.travel(today, tick=False):
        restore(article, 2, "published")
    restored = state_of(article)
    assert (restored.content.published, restored.desk.live_from) == (True, today)
    assert restored.content.title == "two"


@pytest.mark.parametrize(
    ("then", "now", "field"),
    [
        (article_state.DeskState(None, None), article_state.DeskState(NOW, None), "live_from"),
        (
            article_state.DeskState(NOW, NOW + timedelta(days=1)),
            article_state.DeskState(NOW + timedelta(days=2), None),
            "live_until",
        ),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_in_words(then, now, field):
    article = make_article()
    edit(article, desk=then, quality=1)
    number = Article.objects.get(pk=article.pk).version
    edit(article, desk=now, published=True)
    version = Article.objects.get(pk=article.pk).version
    with pytest.raises(restoring.CannotBeRestored, match="restore"):
        restore(article, number, field)
    assert Article.objects.get(pk=article.pk).version == version


def test_an_earlier_secured_comes_back():
    article = make_article(secured="first")
    edit(article, secured="second")
    restore(article, 1, "secured")
    assert state_of(article).content.secured == "first"


def test_a_secured_that_is_no_longer_kept_is_refused_in_words():
    article = make_article(secured="first", title="one")
    edit(article, secured="second", title="two")
    SecuredPayload.objects.filter(text="first").delete()
    with pytest.raises(restoring.CannotBeRestored, match=r"no secured payload .* is kept .* restore the other fields"):
        restore(article, 1)
    restore(article, 1, "title")
    assert state_of(article).content.title == "one"


def test_a_value_that_is_not_valid_any_more_is_refused_in_words():
    article = make_article(quality=1)
    edit(article, quality=2)
    article.revisions.filter(number=2).update(changes=json.dumps({"quality": [400, 2]}))
    with pytest.raises(restoring.CannotBeRestored, match="no longer valid"):
        restore(article, 1)


def test_an_address_that_another_article_took_meanwhile_is_refused():
    article = make_article(web_url="https://news.example/old")
    edit(article, web_url="https://news.example/new")
    make_article(web_url="https://news.example/old")
    with pytest.raises(refusals.AddressTaken):
        restore(article, 1)
