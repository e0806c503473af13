"""Names of categories, topics and providers as files spell them, and the slugs they get (X11)."""

from __future__ import annotations

from hashlib import sha256

import pytest

from articles.content.taxonomy import Taxonomy, plain_slug
from articles.models import Category, Provider, Topic
from tests.factories import make_content

pytestmark = pytest.mark.django_db


def learn(*names):
    taxonomy = Taxonomy()
    taxonomy.learn([make_content(topics=[name]) for name in names])
    return taxonomy


def slugs():
    return dict(Topic.objects.values_list("name", "slug"))


SLUGS = [
    ("Meta AI", "meta-ai"),
    ("../../admin", "admin"),
    ("%2e%2e", "2e2e"),
    ("AI/ML", "aiml"),
    ("北京", "北京"),
    ("كرة القدم", "كرة-القدم"),
    ("Ünïcode", "ünïcode"),
    ("<script>alert(1)</script>", "scriptalert1script"),
    ("x" * 200, "x" * 70),
]


@pytest.mark.parametrize(("name", "slug"), SLUGS)
def test_slug_is_the_letters_and_digits_of_the_name(name, slug):
    learn(name)
    assert slugs()[name] == slug


@pytest.mark.parametrize("name", ["?", "#", "😀", "!!!", "...", "/", "\u202e", "‎"])
def test_name_without_letters_gets_a_slug_all_the_same(name):
    learn(name, name * 2)
    first, second = slugs().values()
    assert first != second
    assert first.isalnum()
    assert second.isalnum()


def test_names_that_differ_in_case_or_form_alone_are_two_with_two_slugs():
    names = ["AI", "ai", "Ai", "Ａi", "A I", "a-i", "A.I"]
    taxonomy = learn(*names)
    assert set(taxonomy.topics) == set(names) == set(Topic.objects.values_list("name", flat=True))
    assert len(set(slugs().values())) == len(names)
    again = learn(*names)
    assert again.topics == taxonomy.topics


def test_names_whose_slugs_meet_in_later_runs_keep_the_slugs_they_had():
    learn("New")
    learn("new", "NEW")
    assert slugs()["New"] == "new"
    before = slugs()
    learn("NEW", "New", "new", "neW")
    assert {name: slugs()[name] for name in before} == before


def test_long_names_that_begin_alike_get_slugs_of_their_own():
    names = ["x" * 199 + ending for ending in "abc"]
    learn(*names)
    assert len(set(slugs().values())) == 3
    assert all(len(slug) <= 80 for slug in slugs().values())


def test_name_made_up_to_take_anothers_slug_does_not_keep_it_out():
    digest = sha256(b"new").hexdigest()[:10]
    learn(f"new-{digest}", "New")
    learn("new")
    assert len(set(slugs().values())) == 3


def test_provider_is_its_name_and_domain_together():
    contents = [
        make_content(provider={"name": "The Ledger", "domain": domain}) for domain in ("a.example", "b.example", "")
    ]
    taxonomy = Taxonomy()
    taxonomy.learn(contents)
    taxonomy.learn(contents)
    assert sorted(Provider.objects.values_list("name", "domain")) == sorted(taxonomy.providers)
    assert len(set(Provider.objects.values_list("slug", flat=True))) == 3


def test_names_of_the_coverages_providers_are_learnt_as_well():
    entry = {"title": "x", "web_url": "https://a.example/", "provider": {"name": "The Herald"}}
    taxonomy = Taxonomy()
    taxonomy.learn([make_content(related=[entry, {"title": "y", "web_url": "https://b.example/"}])])
    assert set(taxonomy.providers) == {("The Ledger", "ledger.example"), ("The Herald", "")}


def test_content_without_category_has_none():
    taxonomy = Taxonomy()
    taxonomy.learn([make_content()])
    assert taxonomy.category("") is None
    assert not Category.objects.exists()


def test_number_of_queries_does_not_grow_with_the_names(django_assert_num_queries):
    with django_assert_num_queries(4 + 4):
        learn("A")
    with django_assert_num_queries(4 + 1):
        learn(*(f"Topic {number}" for number in range(50)))


def test_known_names_cost_no_query(django_assert_num_queries):
    taxonomy = learn("A")
    with django_assert_num_queries(0):
        taxonomy.learn([make_content(topics=["A"])])


def test_plain_slug_of_a_ligature_stays_within_the_column():
    assert len(plain_slug("\ufdfa" * 200)) <= 70
