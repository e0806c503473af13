"""The forms that tests post are those that a browser would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from articles.content import article_state
from tests.admin.browserless import open_form, read_form
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
BESIDE = {"unpublish-reason", "csrfmiddlewaretoken", "set_aside-cause", "set_aside-note", "hold-why"}
"""What the page shows beside the boxes of the form."""

ARTICLES = [
    {},
    {"published": True, "heat": 12, "quality": 37, "live_until": datetime(2099, 10, 25, 0, 30, 5, 7, tzinfo=UTC)},
    {"published_at": datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "body": "\n\nText\n", "topics": ["B", "A"]},
    {
        "title": " A “title” <b>\u202e ",
        "excerpt": "\na\n\nb",
        "category": "News & more",
        "images": [{"url": "https://img.example/1.jpg", "width": 860, "isCached": True}, {"url": "https://i.example/"}],
        "related": [
            {"title": "One", "web_url": "https://wire.example/1", "provider": {"name": "Wire"}, "quality": 7},
            {"title": "Two", "web_url": "https://wire.example/2", "published_at": datetime(2026, 3, 1, tzinfo=UTC)},
        ],
    },
]


@pytest.mark.parametrize("fields", ARTICLES)
@pytest.mark.parametrize("role", ["Contributor", "Chief"])
def test_the_form_that_is_opened_without_its_page_is_the_one_on_the_page(signed_in, fields, role):
    client = signed_in(make_user(role, time_zone="Europe/Berlin"))
    address = f"/admin/articles/article/{make_article(**fields).pk}/change/"
    opened, read = open_form(client, address), read_form(client, address)
    assert opened.values == {name: value for name, value in read.values.items() if name not in BESIDE}
    assert opened.boxes == read.boxes - BESIDE


def test_the_empty_form_is_the_one_on_its_page(signed_in, editor):
    client = signed_in(editor)
    opened, read = open_form(client, ADD), read_form(client, ADD)
    assert opened.values == {name: value for name, value in read.values.items() if name not in BESIDE}
    assert opened.boxes == read.boxes - BESIDE


@pytest.mark.parametrize("fields", ARTICLES)
def test_the_opened_form_sent_as_it_is_changes_nothing(signed_in, editor, fields):
    article = make_article(**fields)
    before = article_state.read_state(article)
    address = f"/admin/articles/article/{article.pk}/change/"
    assert open_form(signed_in(editor), address).send(signed_in(editor), address, "_save").status_code == 302
    article.refresh_from_db()
    assert (article.version, article_state.read_state(article)) == (1, before)
