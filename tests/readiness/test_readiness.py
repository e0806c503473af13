from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import readiness
from articles.changes.actors import OPERATOR
from articles.changes.refusals import NotReady
from articles.content import article_state
from articles.models import Article, Conflict
from articles.readiness import checks, findings
from articles.readiness.findings import Finding, warning
from articles.workflow import publishing
from tests.contesting import contested_publication
from tests.factories import make_article

pytestmark = pytest.mark.django_db

READY = {"category": "news", "quality": 80, "images": [{"url": "https://img.example/1.jpg"}]}


@warning("swearing")
def swearing(subjects, at):
    for subject in subjects:
        if "damn" in subject.title:
            yield subject, "swears", "write politely"


def found_in(article: Article) -> list[Finding]:
    row = Article.objects.select_related("category", "provider").get(pk=article.pk)
    return findings.findings([row], at=timezone.now()).get(article.pk, [])


def names_of(article: Article) -> list[str]:
    return [finding.name for finding in found_in(article)]


def test_a_complete_article_is_ready():
    assert names_of(make_article(**READY)) == []


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"category": ""}, ["no_category"]),
        ({"images": []}, ["no_picture"]),
        ({"quality": 29}, ["low_quality"]),
        ({"quality": 30}, []),
        ({"published_at": timezone.now() + timedelta(days=900)}, ["dated_in_the_future"]),
        ({"hold": "why"}, ["on_hold"]),
        ({"title": "\u200b\u2060"}, ["no_title"]),
        ({"category": "", "hold": "why"}, ["on_hold", "no_category"]),
    ],
)
def test_each_check_names_what_it_found(fields, names):
    assert names_of(make_article(**READY | fields)) == names


def test_an_address_put_in_by_sql_that_nobody_can_follow_blocks():
    article = make_article(**READY)
    Article.objects.filter(pk=article.pk).update(web_url="https://")
    assert names_of(article) == ["bad_address"]
    with pytest.raises(NotReady):
        publishing.publish(Article.objects.select_related("category", "provider").get(), actor=OPERATOR)


def test_an_open_conflict_on_published_blocks_until_it_is_decided(tmp_path, editor):
    article = contested_publication(tmp_path, here=False)
    assert "conflict_on_published" in names_of(article)
    with pytest.raises(NotReady, match="decide the conflict"):
        publishing.publish(Article.objects.select_related("category", "provider").get(pk=article.pk), actor=editor)
    assert Conflict.objects.get().is_open


def test_an_address_that_readers_find_in_coverage_is_told_with_the_way_there():
    seen = make_article(
        published=True, title="Cover", related=[{"title": "T", "web_url": "https://wire.example/1?utm_source=x"}]
    )
    make_article(related=[{"title": "T", "web_url": "https://wire.example/2"}])
    article = make_article(**READY, web_url="http://wire.example/1")
    [finding] = found_in(article)
    assert (finding.name, finding.is_blocker) == ("covered_elsewhere", False)
    assert "“Cover”" in finding.message
    assert finding.address == f"/admin/articles/article/{seen.pk}/change/"
    assert names_of(make_article(**READY, web_url="https://wire.example/2")) == []


def test_the_title_of_an_article_that_readers_see_is_told():
    make_article(title="Twice")
    assert names_of(make_article(**READY, title="Twice")) == []
    seen = make_article(title="Twice", published=True)
    [finding] = found_in(make_article(**READY, title="Twice"))
    assert (finding.name, finding.address) == ("same_title", f"/admin/articles/article/{seen.pk}/change/")
    assert names_of(seen) == ["no_category", "no_picture", "low_quality"]


def test_warnings_refuse_nothing(editor):
    article = make_article(quality=1)
    publishing.publish(article, actor=editor)
    assert article.published


def test_a_project_adds_and_silences_checks(settings):
    settings.READINESS_CHECKS = [*settings.READINESS_CHECKS, "tests.readiness.test_readiness.swearing"]
    settings.READINESS_SILENCED = ["no_picture", "low_quality"]
    article = make_article(title="damn")
    assert found_in(article) == [
        Finding("no_category", "no category", "choose one", False),
        Finding("swearing", "swears", "write politely", False),
    ]


@pytest.mark.parametrize("path", ["tests.nothing.at_all", "tests.readiness.test_readiness.names_of"])
def test_what_is_no_check_is_refused_with_its_name(settings, path):
    settings.READINESS_CHECKS = [path]
    with pytest.raises(ImproperlyConfigured, match=path):
        found_in(make_article())


def test_queries_do_not_grow_with_the_articles():
    def queries(count):
        for _ in range(count):
            make_article(related=[{"title": "T", "web_url": "https://wire.example/1"}], hold="x", title="Same")
        articles = list(Article.objects.select_related("category"))
        with CaptureQueriesContext(connection) as captured:
            findings.findings(articles, at=timezone.now())
        return len(captured)

    assert queries(1) == queries(10) == 4


def test_a_typed_state_is_examined_as_it_would_be():
    article = make_article(**READY)
    state = article_state.read_state(article)
    typed = article_state.ArticleState(state.content.model_copy(update={"category": ""}), state.desk)
    subject = findings.subject_of_state(article.pk, typed)
    by_subject = findings.examine([subject], at=timezone.now())
    assert [finding.name for finding in by_subject[subject]] == ["no_category"]


@pytest.mark.sqlite
def test_what_covers_an_article_is_found_by_its_address_and_not_among_all_that_is_live():
    article = make_article()
    with CaptureQueriesContext(connection) as queries:
        findings.findings([article], at=timezone.now())
    asked = next(query["sql"] for query in queries if "articles_relatedarticle" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        plan = [row[3] for row in cursor.fetchall()]
    assert plan[0].startswith("SEARCH articles_relatedarticle USING INDEX articles_relatedarticle_url_key")


def test_our_checks_answer_to_their_former_names_as_well(settings):
    settings.READINESS_CHECKS = ["articles.checks.no_title", "articles.readiness.checks.no_picture"]
    assert findings.active_checks() == [checks.no_title, checks.no_picture]
    assert (readiness.warning, readiness.blocker) == (findings.warning, findings.blocker)
