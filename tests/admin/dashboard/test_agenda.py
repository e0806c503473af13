"""What goes live and what goes off in the next days, on the first page of the admin and in the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.admin.dashboard import agenda
from articles.models import Article
from tests.admin.browserless import tags_of, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
LIST = "/admin/articles/article/"


@pytest.fixture(autouse=True)
def frozen_time():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def live_later(title, after, **fields):
    return make_article(title=title, published=True, live_from=NOW + after, **fields)


def live_until(title, after, **fields):
    return make_article(title=title, published=True, live_from=NOW - DAY, live_until=NOW + after, **fields)


def titles(upcoming):
    return [article.title for article, _ in upcoming.shown]


def listed(client, query):
    tags = tags_of(client.get(LIST + query))
    return [int(attributes["value"]) for _, attributes in tags if attributes.get("name") == "_selected_action"]


def test_both_sides_hold_seven_days_soonest_first():
    for title, after in {"last": 7 * DAY, "now": 0 * DAY, "first": SECOND, "too late": 7 * DAY + SECOND}.items():
        live_later(title, after)
        live_until(f"{title} ends", after)
    make_article(title="not published", live_from=NOW + HOUR, live_until=NOW + 2 * HOUR)
    live_later("both", HOUR, live_until=NOW + 2 * HOUR)
    assert titles(agenda.goes_live(at=NOW)) == ["first", "both", "last"]
    assert titles(agenda.goes_off(at=NOW)) == ["first ends", "both", "last ends"]
    assert agenda.goes_off(at=NOW).more == agenda.goes_live(at=NOW).more == 0


def test_ten_are_shown_and_the_others_counted_with_a_way_to_the_list(editor, signed_in):
    for number in range(13):
        live_later(f"Later {number:02}", number * HOUR + SECOND)
        live_until(f"Ends {number:02}", number * HOUR + SECOND)
    page = signed_in(editor).get("/admin/")
    words = text_of(page)
    assert "Later 09" in words
    assert "Later 10" not in words
    assert words.count("and 3 more") == 2
    links = [attributes.get("href") for _, attributes in tags_of(page)]
    assert f"{LIST}?state=scheduled" in links
    assert f"{LIST}?state=ending" in links


def test_more_than_anybody_counts_is_told_as_such(monkeypatch):
    monkeypatch.setattr(agenda, "MOST_COUNTED", 15)
    for number in range(17):
        live_later("Later", number * HOUR + SECOND)
    assert agenda.goes_live(at=NOW).more_in_words == "over 5"


def test_day_and_hour_are_those_of_the_editors_clock_through_a_doubled_hour(signed_in):
    live_later("First pass", timedelta(hours=12, minutes=30))
    live_later("Second pass", timedelta(hours=13, minutes=30, seconds=5))
    words = text_of(signed_in(make_user("Editor", time_zone="Europe/Berlin")).get("/admin/"))
    assert "Sun 25 Oct, 02:30 CEST First pass Sun 25 Oct, 02:30:05 CET Second pass" in words
    words = text_of(signed_in(make_user("Editor")).get("/admin/"))
    assert "Sun 25 Oct, 00:30 UTC First pass Sun 25 Oct, 01:30:05 UTC Second pass" in words


def test_titles_are_isolated_and_escaped_and_lead_to_the_form(editor, signed_in):
    article = live_later("<b>القمر</b> & ships", HOUR)
    page = signed_in(editor).get("/admin/").text
    assert f'<a href="{LIST}{article.pk}/change/"><bdi>&lt;b&gt;القمر&lt;/b&gt; &amp; ships</bdi></a>' in page


def test_who_may_not_view_articles_sees_none_of_it(signed_in):
    live_later("Canary", HOUR)
    page = signed_in(make_user()).get("/admin/")
    assert page.status_code == 200
    assert "Canary" not in page.text
    assert "next seven days" not in page.text
    assert "Canary" in signed_in(make_user("Contributor")).get("/admin/").text


def test_with_nothing_planned_it_says_so(editor, signed_in):
    client = signed_in(editor)
    assert "Nothing scheduled." in text_of(client.get("/admin/"))
    live_later("Later", HOUR)
    assert "Nothing scheduled." in text_of(client.get("/admin/"))


def test_it_moves_with_the_clock_and_no_job(editor, signed_in, frozen_time):
    live_later("Tide", HOUR, live_until=NOW + 2 * HOUR)
    client = signed_in(editor)
    assert text_of(client.get("/admin/")).count("Tide") == 2
    frozen_time.shift(HOUR)
    assert text_of(client.get("/admin/")).count("Tide") == 1
    frozen_time.shift(HOUR)
    assert "Tide" not in text_of(client.get("/admin/"))


def test_the_first_page_asks_as_much_for_ten_as_for_one(editor, signed_in):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/admin/").status_code == 200
        return len(captured)

    client = signed_in(editor)
    live_until("One", HOUR)
    live_later("One", HOUR)
    one = queries()
    for number in range(9):
        live_later(f"Later {number}", 2 * HOUR)
        live_until(f"Ends {number}", 2 * HOUR)
    assert queries() == one
    for number in range(9):
        live_later(f"Later {number}", 2 * HOUR)
        live_until(f"Ends {number}", 2 * HOUR)
    assert queries() == one + 2


def test_lists_of_what_is_to_come_are_ordered_by_when_it_comes(editor, signed_in):
    late = live_later("Late", 3 * HOUR, published_at=NOW)
    soon = live_later("Soon", HOUR, published_at=NOW - DAY, live_until=NOW + 5 * DAY)
    ends = live_until("Ends", DAY, published_at=NOW - 9 * DAY)
    ended_now = live_until("Ended now", 0 * DAY, published_at=NOW - 9 * DAY)
    ended = live_until("Ended", -HOUR, published_at=NOW)
    client = signed_in(editor)
    assert listed(client, "?state=scheduled") == [soon.pk, late.pk]
    assert listed(client, "?state=ending") == [ends.pk, soon.pk]
    assert listed(client, "?state=ended") == [ended_now.pk, ended.pk]
    words = text_of(client.get(LIST + "?state=ending"))
    assert "live until 25 Oct 2026, 12:00" in words
    assert "live from 24 Oct 2026, 13:00" in words
    assert "soonest end first" in words


def test_publishing_with_a_later_moment_is_publishing_and_the_list_says_from_when(editor, signed_in):
    article = live_later("Later", HOUR)
    client = signed_in(editor)
    assert listed(client, "?state=published") == [article.pk]
    assert listed(client, "?state=undecided") == listed(client, "?state=live") == []
    assert "live from 24 Oct 2026, 13:00" in text_of(client.get(LIST + "?state=published"))
    article.refresh_from_db()
    assert article.published


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (Article.objects.scheduled(at=NOW).soonest_live_first(), "article_live"),
        (Article.objects.scheduled(at=NOW).filter(live_from__lte=NOW + 7 * DAY).soonest_live_first(), "article_live"),
        (Article.objects.ending(at=NOW).soonest_off_first(), "article_ends"),
        (Article.objects.ending(at=NOW).filter(live_until__lte=NOW + 7 * DAY).soonest_off_first(), "article_ends"),
        (Article.objects.ended(at=NOW).latest_off_first(), "article_ends"),
    ],
)
def test_an_index_gives_each_of_these_in_its_order(rows, index):
    plan = rows.for_listing()[:50].explain()
    assert f"USING INDEX {index} (" in plan
    assert "TEMP B-TREE" not in plan
