"""What is left of a purged article, and what is not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.changes.refusals import AddressPurged, NotAllowed, Refused, Stale
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.history import change_sets, purging
from articles.models import (
    Article,
    ArticleImage,
    ChangeSet,
    RelatedArticle,
    Revision,
    SecuredPayload,
    Tombstone,
    User,
)
from articles.models.history import Origin
from articles.models.tombstone import keep_numbers_spent
from articles.workflow import publishing
from tests.database_dump import tables_with
from tests.factories import PASSWORD, make_article, make_state

pytestmark = pytest.mark.django_db


def purge(*articles, actor=OPERATOR, reason="") -> list[Tombstone | Refused]:
    change_set = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=actor, reason=reason)
    return purging.purge_many(articles, actor=actor, change_set=change_set, reason=reason)


def full_article(**fields) -> Article:
    return make_article(
        topics=["A"],
        images=[{"url": "https://a.example/x.jpg"}],
        related=[{"title": "x", "web_url": "https://b.example/x"}],
        **fields,
    )


def test_all_that_belongs_to_it_goes_but_its_revisions():
    article, other = full_article(), full_article()
    publishing.publish(article, actor=OPERATOR)
    purge(article)
    assert list(Article.objects.all()) == [other]
    for model in (ArticleImage, RelatedArticle):
        assert set(model.objects.values_list("article", flat=True)) == {other.pk}
    made = Revision.objects.filter(article=article.pk).order_by("number")
    assert [(r.number, list(r.values)) for r in made] == [(1, []), (2, ["published", "live_from"])]


def test_secured_is_nowhere_any_more():
    article = make_article(secured="S3CRET-TOKEN-1")
    state = article_state.read_state(article)
    newer = ArticleState(state.content.model_copy(update={"secured": "S3CRET-TOKEN-2"}), state.desk)
    door.change(article, newer, actor=OPERATOR, origin=Origin.FORM, expected_version=1)
    assert tables_with("S3CRET-TOKEN") == {"articles_securedpayload"}
    purge(article)
    assert tables_with("S3CRET-TOKEN") == set()
    assert not SecuredPayload.objects.exists()


def test_tombstone_keeps_number_address_title_who_when_and_why(chief):
    article = make_article(title="One")
    root = User.objects.create_superuser("root", password=PASSWORD)
    (stone,) = purge(article, actor=root, reason="legal")
    stone.refresh_from_db()
    assert (stone.article_id, stone.url_key, stone.web_url) == (article.pk, article.url_key, article.web_url)
    assert (stone.title, stone.actor, stone.actor_name, stone.reason) == ("One", root, "root", "legal")
    assert (stone.change_set.kind, stone.forgotten_at) == ("purge", None)
    assert str(stone) == f"purged article {article.pk}"
    assert stone.sentence.endswith(" by root (legal)")


def test_coverage_of_others_that_points_to_it_stays():
    article = make_article()
    other = make_article(related=[{"title": "x", "web_url": article.web_url}])
    purge(article)
    assert RelatedArticle.objects.get(article=other).url_key == article.url_key


def test_no_role_may_purge(chief, editor, contributor):
    article = make_article()
    for actor in (chief, editor, contributor):
        (answer,) = purge(article, actor=actor)
        assert isinstance(answer, NotAllowed)
        assert "has no permission to purge articles" in str(answer)
    assert Article.objects.exists()
    assert not Tombstone.objects.exists()


def test_stale_and_gone_ones_are_refused_and_the_others_purged():
    stale, gone, fine = make_article(), make_article(), make_article()
    publishing.publish(Article.objects.get(pk=stale.pk), actor=OPERATOR)
    Article.objects.filter(pk=gone.pk).delete()
    answers = purge(stale, gone, fine)
    assert [type(answer) for answer in answers] == [Stale, Stale, Tombstone]
    assert list(Article.objects.all()) == [stale]


def test_queries_do_not_grow_with_the_articles():
    def queries_for(count):
        articles = [full_article() for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert len(purge(*articles)) == count
        return len(queries)

    assert queries_for(1) == queries_for(10)


def test_number_never_comes_back():
    make_article()
    last = make_article()
    purge(last)
    assert make_article().pk > last.pk


@pytest.mark.sqlite
@pytest.mark.parametrize("statement", ["UPDATE sqlite_sequence SET seq = 0", "DELETE FROM sqlite_sequence"])
def test_number_never_comes_back_after_a_migration_made_the_table_anew(statement):
    last = make_article()
    purge(last)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} WHERE name = 'articles_article'")
    keep_numbers_spent(sender=Article._meta.app_config, using="default")
    assert make_article().pk == last.pk + 1


def test_nobody_gets_the_address_until_it_is_forgotten(editor):
    article, other = make_article(), make_article()
    address = article.web_url.upper().replace("STORY", "story")
    purge(article, reason="legal")
    with pytest.raises(AddressPurged, match=r"purged on .* by operator \(legal\); manage.py purge_articles --forget"):
        door.create(make_state(web_url=address), actor=editor, origin=Origin.FORM)
    state = article_state.read_state(other)
    moved = ArticleState(state.content.model_copy(update={"web_url": address}), state.desk)
    with pytest.raises(AddressPurged):
        door.change(other, moved, actor=OPERATOR, origin=Origin.FORM, expected_version=1)
    purging.forget(Tombstone.objects.get(), actor=OPERATOR)
    again = door.create(make_state(web_url=address), actor=editor, origin=Origin.FORM)
    assert again.pk not in (article.pk, other.pk)
    assert not isinstance(purge(again)[0], Refused)
    assert Tombstone.objects.filter(url_key=article.url_key).count() == 2


def test_who_may_not_purge_may_not_let_an_address_in_again(chief):
    purge(make_article())
    with pytest.raises(NotAllowed):
        purging.forget(Tombstone.objects.get(), actor=chief)
    assert Tombstone.objects.get().forgotten_at is None
