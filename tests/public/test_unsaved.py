"""The page of a state that need not be saved is the page that readers get once it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, Category, Provider, Topic
from articles.models.history import Origin
from articles.public.article_page import read_article_page
from articles.public.preview import pages_of
from articles.public.views import article_context
from articles.workflow import publishing
from tests.factories import NOW, make_article, make_state
from tests.sampling import examples
from tests.seedfile.content_strategies import odd_contents

pytestmark = pytest.mark.django_db
ENTRY = {"title": "The same tide", "web_url": "https://wire.example/tide", "provider": {"name": "The Wire"}}


def page_before(state, article=None):
    (page,) = pages_of([state], article, at=timezone.now())
    return render_to_string("public/article.html", article_context(page, at=timezone.now()) | {"canonical": ""})


def page_after(article):
    page = read_article_page(article.pk, at=timezone.now())
    return render_to_string("public/article.html", article_context(page, at=timezone.now()) | {"canonical": ""})


def published(state):
    article = door.create(state, actor=OPERATOR, origin=Origin.COMMAND)
    publishing.publish(article, actor=OPERATOR)
    return article


def full_state(**fields):
    entries = [ENTRY, ENTRY | {"web_url": "https://wire.example/2", "provider": None, "published_at": NOW}]
    whole = {
        "title": "The tide & the town",
        "category": "AI/ML",
        "excerpt": "In short.",
        "byline": "A. Person",
        "body": "It *rose*.\n\n<script>x</script>",
        "topics": ["AI/ML", "ai ml", "Coast", "Æther"],
        "provider": {"name": "The Wire", "domain": "wire.example"},
        "related": entries,
    }
    return make_state(**(whole | fields))


def test_names_that_nothing_bears_yet_are_met_as_they_will_be():
    state = full_state()
    before = page_before(state)
    assert not Category.objects.exists()
    assert not Topic.objects.exists()
    assert "<bdi>AI/ML</bdi>" in before
    assert before == page_after(published(state))


def test_slugs_that_are_taken_are_avoided_as_saving_will_avoid_them():
    make_article(category="ai ml", topics=["ai-ml", "COAST"], provider={"name": "the wire", "domain": "old.example"})
    state = full_state()
    before = page_before(state)
    assert before == page_after(published(state))
    assert Topic.objects.get(name="Coast").slug != "coast"


def test_terms_are_met_as_what_they_are_shown_as():
    make_article(category="sci", topics=["ai", "AI"], provider={"name": "NYT", "domain": "old.example"})
    make_article(category="Science", provider={"name": "The New York Times", "domain": "nyt.example"})
    Category.objects.filter(name="sci").update(shown_as=Category.objects.get(name="Science"))
    Category.objects.filter(name="Science").update(label="Science & more")
    Topic.objects.filter(name="ai").update(shown_as=Topic.objects.get(name="AI"))
    paper = Provider.objects.get(name="The New York Times")
    Provider.objects.filter(name="NYT").update(shown_as=paper)
    nyt = {"name": "NYT", "domain": "old.example"}
    state = full_state(category="sci", topics=["ai", "AI"], provider=nyt, related=[ENTRY | {"provider": nyt}])
    before = page_before(state)
    assert "Science &amp; more" in before
    assert before.count("<bdi>AI</bdi>") == 1
    assert "old.example" not in before
    assert before == page_after(published(state))


def test_providers_of_one_name_and_two_domains_are_told_apart():
    make_article(provider={"name": "The Wire", "domain": "one.example"})
    Provider.objects.update(label="The first wire")
    state = full_state(provider={"name": "The Wire", "domain": "two.example"})
    before = page_before(state)
    assert "The first wire" not in before
    assert before == page_after(published(state))


def test_coverage_leads_to_what_readers_see_here_and_never_to_itself():
    other = make_article(web_url="http://WIRE.example/tide?utm_source=x", published=True, published_at=NOW)
    make_article(web_url="https://wire.example/2")
    article = published(full_state(web_url="https://wire.example/own"))
    state = full_state(web_url="https://wire.example/own", related=[ENTRY, ENTRY | {"web_url": article.web_url}])
    before = page_before(state, article)
    assert before.count("Read it on Newsdesk") == 1
    assert other.get_absolute_url() in before


@given(odd_contents)
@examples(12)
def test_any_content_is_shown_as_it_will_be(odd):
    state = ArticleState(odd.model_copy(update={"published": False}))
    with transaction.atomic():
        before = page_before(state)
        assert before == page_after(published(state))
        transaction.set_rollback(True)


def test_a_body_that_was_not_changed_is_shown_as_it_is_stored():
    article = make_article(body="It *rose*.")
    Article.objects.update(body_html="<p>As an earlier version made it.</p>")
    article.refresh_from_db()
    assert "As an earlier version made it." in page_before(article_state.read_state(article), article)


def test_ten_entries_topics_and_states_cost_as_many_queries_as_one():
    counts = []
    for n in (1, 10):
        entries = [
            ENTRY | {"web_url": f"https://w.example/{n}-{k}", "provider": {"name": f"P {n} {k}"}} for k in range(n)
        ]
        states = [full_state(topics=[f"T {n} {k}" for k in range(n)], related=entries) for _ in range(n)]
        with CaptureQueriesContext(connection) as queries:
            pages_of(states, None, at=timezone.now())
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_nothing_is_written():
    with CaptureQueriesContext(connection) as queries:
        page_before(full_state())
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_a_category_that_stands_alone_is_among_the_sections_in_its_place():
    for name in ("Business", "World"):
        make_article(category=name, published=True, published_at=NOW - timedelta(days=1))
    page = page_before(full_state(category="Science"))
    places = [page.index(f"<bdi>{name}</bdi></a></li>") for name in ("Business", "Science", "World")]
    assert places == sorted(places)
