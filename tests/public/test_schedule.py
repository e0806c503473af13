"""A scheduled article appears and goes at its very moment, on every surface and with no job running."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from tests.admin.browserless import open_form, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

TITLE = "The tide turns"
OTHER = "https://wire.example/tide"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
NIGHTS = {
    # zone: live from and live until as an editor there types them, and the moments that these are
    "UTC": ("2026-11-26T09:00:00", "2026-11-26T09:00:01", "2026-11-26T09:00:00", "2026-11-26T09:00:01"),
    "Europe/Berlin": ("2026-03-29T01:59:59", "2026-03-29T03:00:00", "2026-03-29T00:59:59", "2026-03-29T01:00:00"),
    "Europe/Vienna": (
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
        "2026-10-25T00:30:00",
        "2026-10-25T01:30:00",
    ),
    "America/New_York": (
        "2026-11-01T01:59:59-04:00",
        "2026-11-01T01:00:00-05:00",
        "2026-11-01T05:59:59",
        "2026-11-01T06:00:00",
    ),
    "America/Chicago": ("2026-03-08T01:30:00", "2026-03-08T03:30:00", "2026-03-08T07:30:00", "2026-03-08T08:30:00"),
    "Australia/Lord_Howe": (
        "2026-04-05T01:45:00+11:00",
        "2026-04-05T01:45:00+10:30",
        "2026-04-04T14:45:00",
        "2026-04-04T15:15:00",
    ),
    "Pacific/Apia": ("2026-11-26T00:00:00", "2026-11-27T00:00:00", "2026-11-25T11:00:00", "2026-11-26T11:00:00"),
}


@pytest.fixture(autouse=True)
def frozen_time():
    """From a month before the first of the nights."""
    with time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def scheduled(client):
    """`scheduled(zone)`: an article that an editor in that zone published ahead on the form, and the editor."""

    def published(zone):
        begins, ends, *moments = NIGHTS[zone]
        article = make_article(
            title=TITLE, category="Sea", topics=["Harbour"], type="gallery", web_url=OTHER, provider={"name": "Wire"}
        )
        editor = Client()
        editor.force_login(make_user("Editor", time_zone=zone))
        address = f"/admin/articles/article/{article.pk}/change/"
        form = open_form(editor, address)
        for name, value in {"live_from": begins, "live_until": ends}.items():
            form[name] = value
        assert "Published “" in text_of(form.send(editor, address, "_publish", follow=True))
        article.refresh_from_db()
        assert [article.live_from, article.live_until] == [datetime.fromisoformat(m + "+00:00") for m in moments]
        return article, editor

    return published


def seen_on(client, article, witness):
    """The surfaces that show the article, and how often categories and types offer what it alone bears."""
    front = client.get("/").text
    lists = ("/?category=sea", "/?topic=harbour", "/?provider=wire", "/?type=gallery", "/?q=tide")
    pages = [f'href="{article.get_absolute_url()}"' in client.get(address).text for address in lists]
    page = client.get(article.get_absolute_url()).status_code == 200
    coverage = article.get_absolute_url() in client.get(witness.get_absolute_url()).text
    return {TITLE in front, "?category=sea" in front, "gallery</option>" in front, page, coverage, *pages}


def counted(editor, state):
    """How many articles the desk's list counts in that state."""
    words = text_of(editor.get(f"/admin/articles/article/?state={state}&q=tide"))
    return TITLE in words, "1 article" in words


def desk_says(editor):
    return {state: counted(editor, state) for state in ("live", "scheduled", "ended")}


def only(state):
    return {name: (name == state, name == state) for name in ("live", "scheduled", "ended")}


@pytest.mark.parametrize("zone", NIGHTS)
def test_it_appears_and_goes_at_its_very_moment_everywhere(client, scheduled, frozen_time, zone):
    witness = make_article(published=True, related=[{"title": "Elsewhere", "webUrl": OTHER}], published_at=LONG_AGO)
    article, editor = scheduled(zone)
    for moment, is_seen, state in (
        (article.live_from - SECOND, False, "scheduled"),
        (article.live_from - TICK, False, "scheduled"),
        (article.live_from, True, "live"),
        (article.live_until - TICK, True, "live"),
        (article.live_until, False, "ended"),
        (article.live_until + SECOND, False, "ended"),
    ):
        frozen_time.move_to(moment, tick=False)
        assert seen_on(client, article, witness) == {is_seen}, moment
        editor.force_login(editor_of(article))
        assert desk_says(editor) == only(state), moment


def editor_of(article):
    """Signed in again: a session lasts 12 hours."""
    return article.revisions.order_by("-number").first().actor


@pytest.mark.parametrize("edge", ["live_from", "live_until"])
def test_no_copy_of_a_page_outlives_the_moment(client, scheduled, frozen_time, edge):
    """A cache or browser that asks with what it has gets the new page, never 304; and it has to ask each time."""
    article, _ = scheduled("Europe/Berlin")
    moment = getattr(article, edge)
    frozen_time.move_to(moment - TICK, tick=False)
    for address in ("/", "/?category=sea", "/?q=tide", article.get_absolute_url()):
        before = client.get(address)
        assert_asked_each_time(before)
        conditions = {
            "If-None-Match": before.headers.get("ETag", '"none"'),
            "If-Modified-Since": "Sun, 01 Jan 2090 00:00:00 GMT",
        }
        frozen_time.move_to(moment, tick=False)
        after = client.get(address, headers=conditions)
        assert after.status_code in (200, 404)
        assert (TITLE in after.text) == (edge == "live_from")
        assert_asked_each_time(after)
        frozen_time.move_to(moment - TICK, tick=False)
        assert client.get(address, headers=conditions).status_code in (304, 404)


def assert_asked_each_time(response):
    assert "no-cache" in response.headers.get("Cache-Control", ""), response.status_code
    assert not {"Last-Modified", "Expires", "Age"} & set(response.headers)


def test_a_proxy_may_not_keep_that_there_is_no_page(client):
    for address in ("/a/1-tide/", "/a/1/"):
        response = client.get(address)
        assert response.status_code == 404
        assert_asked_each_time(response)
