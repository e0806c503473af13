"""What the first page of the admin counts of the decisions that wait."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.templatetags import desk
from tests.admin.browserless import tags_of, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


def test_the_first_page_counts_what_waits_what_is_held_and_what_came_back(editor, signed_in):
    for fields in ({}, {"hold": "wait"}, {"set_aside_before": "poor"}, {"set_aside_before": "legal"}):
        make_article(**fields)
    make_article(set_aside="poor", set_aside_before="poor")
    make_article(published=True)
    response = signed_in(editor).get("/admin/")
    words = text_of(response)
    assert "Undecided 3 to decide" in words
    assert "On hold 1 on hold" in words
    assert "Changed since dismissed 2 back in the queue" in words
    links = [attributes.get("href") for tag, attributes in tags_of(response) if tag == "a"]
    assert {"/admin/articles/article/?state=held", "/admin/articles/article/?came_back=yes"} <= set(links)


def test_an_empty_desk_says_so(editor, signed_in):
    words = text_of(signed_in(editor).get("/admin/"))
    assert "All caught up" in words
    assert "Nothing on hold" in words
    assert "Came back" not in words


def test_nobody_counts_further_than_anybody_reads(editor, signed_in, monkeypatch):
    monkeypatch.setattr(desk, "MOST_COUNTED", 2)
    for _ in range(4):
        make_article()
    assert "More than 2 to decide" in text_of(signed_in(editor).get("/admin/"))


def test_who_may_not_see_articles_is_told_no_counts(signed_in):
    make_article(hold="wait")
    assert "On hold" not in text_of(signed_in(make_user()).get("/admin/"))


def test_the_counts_take_queries_that_do_not_grow(editor, signed_in):
    client, counts = signed_in(editor), []
    for size in (1, 9):
        for _ in range(size):
            make_article(hold="wait", set_aside_before="poor")
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
