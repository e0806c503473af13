"""The list of articles in the admin: opens on what waits, filters by the shared FilterSet, and takes nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.admin.article_list.change_list import ORDERS
from articles.admin.requests import offered_lists
from articles.models import Article, Topic
from tests.admin.browserless import forms_of, tags_of, text_of
from tests.factories import NOW, make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def shown(client, query=""):
    """The keys of the listed articles, in order."""
    response = client.get(LIST + query)
    assert response.status_code == 200, query
    return [
        int(attributes["value"]) for _, attributes in tags_of(response) if attributes.get("name") == "_selected_action"
    ]


def test_the_list_opens_on_what_is_undecided_newest_first(editor, signed_in):
    old = make_article(published_at=NOW - timedelta(days=2))
    new = make_article(published_at=NOW)
    twin = make_article(published_at=NOW)
    make_article(published=True)
    client = signed_in(editor)
    assert shown(client) == [twin.pk, new.pk, old.pk]
    assert "3 articles to decide" in text_of(client.get(LIST))


def test_the_states_tell_the_flag_from_what_readers_see(editor, signed_in):
    with time_machine.travel(NOW, tick=False):
        day = timedelta(days=1)
        hidden = make_article(published_at=NOW - 4 * day)
        live = make_article(published=True, published_at=NOW - 3 * day)
        ended = make_article(published=True, published_at=NOW - 2 * day, live_until=NOW)
        later = make_article(published=True, published_at=NOW - day, live_from=NOW + day)
        client = signed_in(editor)
        listed = {
            state: shown(client, f"?state={state}")
            for state in ("undecided", "published", "live", "scheduled", "ended", "all")
        }
        assert listed == {
            "undecided": [hidden.pk],
            "published": [later.pk, ended.pk, live.pk],
            "live": [live.pk],
            "scheduled": [later.pk],
            "ended": [ended.pk],
            "all": [later.pk, ended.pk, live.pk, hidden.pk],
        }
        words = text_of(client.get(LIST + "?state=all"))
    assert "live from 2 Nov 2026, 12:00" in words
    assert "expired 1 Nov 2026, 12:00" in words


FOUND = {
    "category": "ports",
    "type": "video",
    "quality": 80,
    "heat": 500,
    "published_at": datetime(2026, 10, 10, 12, tzinfo=UTC),
    "provider": {"name": "The Harbour", "domain": "h.example"},
    "topics": ["Ferries"],
    "title": "Night boats",
    "excerpt": "Ünder way",
}


@pytest.mark.parametrize(
    "query",
    [
        "?q=night",
        "?q=BOATS+ünder",
        "?category=ports",
        "?provider=The+Harbour",
        "?provider=the-harbour",
        "?topic=ferries",
        "?topic=Ferries",
        "?type=video",
        "?since=2026-10-10&until=2026-10-10",
        "?quality_min=80",
        "?heat_min=500",
        "?q=night&category=ports&type=video&quality_min=1&state=all",
    ],
)
def test_each_filter_finds_its_own_and_nothing_else(editor, signed_in, query):
    wanted = make_article(**FOUND)
    make_article(title="Another", published_at=NOW)
    assert shown(signed_in(editor), query) == [wanted.pk]


@pytest.mark.parametrize(
    "query", ["?q=nothing", "?category=nowhere", "?topic=none", "?quality_min=100", "?since=2027-01-01"]
)
def test_a_filter_that_fits_nothing_shows_an_empty_list(editor, signed_in, query):
    make_article(**FOUND)
    client = signed_in(editor)
    assert shown(client, query) == []
    assert "Night boats" not in text_of(client.get(LIST + query))


def test_dates_are_those_of_the_zone_of_the_editor(signed_in):
    article = make_article(published_at=datetime(2026, 10, 10, 23, 30, tzinfo=UTC))
    berlin = make_user("Editor", time_zone="Europe/Berlin")
    assert shown(signed_in(berlin), "?since=2026-10-11") == [article.pk]
    assert shown(signed_in(make_user("Editor")), "?since=2026-10-11") == []


@pytest.mark.parametrize("time_zone", ["", "America/New_York", "Asia/Kathmandu"])
def test_the_first_and_last_days_of_the_calendar_are_answered(signed_in, time_zone):
    article = make_article()
    client = signed_in(make_user("Editor", time_zone=time_zone))
    assert shown(client, "?since=0001-01-01&until=9999-12-31") == [article.pk]


REFUSED = [
    "?e=1",
    "?o=1",
    "?o=-3.2",
    "?all=",
    "?_to_field=secured",
    "?_to_field=id",
    "?_popup=1",
    "?_changelist_filters=x",
    "?secured__regex=^A",
    "?secured_payloads__text__startswith=A",
    "?topics__name__startswith=A",
    "?title__startswith=A",
    "?id__in=1,2",
    "?pk=1",
    "?published=1",
    "?published__exact=0",
    "?source__raw__contains=x",
    "?state=hidden-things",
    *[f"?p={page}" for page in ("0", "-1", "abc", "1e3", "%00", "9" * 5000)],
    "?quality_min=abc",
    "?quality_min=101",
    "?quality_min=NaN",
    "?quality_min=1e9999999",
    "?heat_min=2147483648",
    "?since=31-02-2026",
    "?until=yesterday",
    "?q=%00",
    "?category=%00",
    "?q=" + "x" * 201,
]


def test_what_the_filters_do_not_know_is_refused_or_left_out_and_tells_nothing(editor, signed_in):
    make_article(title="Canary", secured="A-token")
    client = signed_in(editor)
    for query in REFUSED:
        response = client.get(LIST + query)
        assert response.status_code in (302, 400), query
        assert b"Canary" not in response.content
        assert b"A-token" not in response.content


def test_a_page_that_emptied_meanwhile_shows_the_last(editor, signed_in, monkeypatch):
    monkeypatch.setattr("articles.admin.article_list.admin.ArticleAdmin.list_per_page", 2)
    articles = [make_article(published_at=NOW + timedelta(hours=n)).pk for n in range(5)]
    client = signed_in(editor)
    assert shown(client, "?p=99999999") == articles[:1]
    assert shown(client, "?p=") == articles[:2:-1]


def test_pages_follow_each_other_without_gap_or_repeat(editor, signed_in, monkeypatch):
    monkeypatch.setattr("articles.admin.article_list.admin.ArticleAdmin.list_per_page", 2)
    articles = [make_article().pk for _ in range(5)]
    client = signed_in(editor)
    assert [pk for page in (1, 2, 3) for pk in shown(client, f"?p={page}")] == articles[::-1]


def test_the_list_takes_as_many_queries_for_ten_rows_as_for_one_and_at_most_ten(editor, signed_in):
    client = signed_in(editor)
    make_article(published=True, title="Same", related=[{"title": "t", "webUrl": "https://news.example/covered"}])
    make_article(category="a", topics=["x"], related=[{"title": "t", "webUrl": "https://o.example/"}])
    client.get(LIST)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
        for n in range(9):
            make_article(title="Same", category=f"c{n}", topics=[f"x{n}"], provider={"name": f"P{n}"}, type=f"t{n}")
            make_article(hold="wait", set_aside_before="poor", images=[{"url": "https://img.example/1.jpg"}])
    assert counts[0] == counts[1] <= 10


def test_the_list_never_reads_the_long_columns(editor, signed_in):
    make_article(body="b" * 100)
    client = signed_in(editor)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    lists = [q["sql"] for q in queries if 'FROM "articles_article"' in q["sql"] and "ORDER BY" in q["sql"]]
    assert lists
    assert not [sql for sql in lists if '"articles_article"."body"' in sql]


def test_beyond_the_cap_the_list_says_so_and_neither_counts_nor_leafs_further(editor, signed_in, monkeypatch):
    monkeypatch.setattr(offered_lists, "MOST_COUNTED", 3)
    monkeypatch.setattr("articles.admin.article_list.admin.ArticleAdmin.list_per_page", 2)
    articles = [make_article().pk for _ in range(7)]
    client = signed_in(editor)
    assert "More than 3;" in text_of(client.get(LIST))
    assert shown(client, "?p=9") == [articles[-3], articles[-4]]


def test_a_category_shown_as_another_is_found_under_it(editor, signed_in):
    article = make_article(topics=["ai"])
    make_article(topics=["AI"])
    Topic.objects.filter(name="ai").update(shown_as=Topic.objects.get(name="AI"))
    client = signed_in(editor)
    assert article.pk in shown(client, "?topic=AI")
    assert len(shown(client, "?topic=AI")) == 2


def test_the_tabs_keep_the_other_filters_and_stay_within_the_query(editor, signed_in):
    client = signed_in(editor)
    response = client.get(LIST, {"q": '"><b>&state=all', "category": "a&b=c"})
    links = [
        attributes["href"]
        for tag, attributes in tags_of(response)
        if tag == "a" and attributes.get("href", "").startswith("?")
    ]
    tabs = [link for link in links if "state=published" in link]
    assert tabs
    assert all("q=%22%3E%3Cb%3E%26state%3Dall" in link and "category=a%26b%3Dc" in link for link in tabs)
    assert client.get(LIST + tabs[0]).status_code == 200


def offered(client, query=""):
    """The decisions that the bar offers, in order, apart from what stands under More."""
    tags = tags_of(client.get(LIST + query))
    values = [a["value"] for tag, a in tags if tag == "button" and a.get("name") == "action"]
    return [value for value in values if value not in ("", "more")]


def test_each_tab_offers_the_decisions_that_make_sense_there_to_those_who_may_make_them(signed_in):
    make_article()
    make_article(hold="wait")
    make_article(set_aside="poor")
    make_article(published=True)
    contributor, editor = signed_in(make_user("Contributor")), signed_in(make_user("Editor"))
    assert offered(contributor) == ["set_aside", "hold"]
    assert offered(editor) == ["set_aside", "hold", "publish"]
    assert offered(contributor, "?state=held") == ["set_aside"]
    assert offered(editor, "?state=held") == ["set_aside", "lift_hold"]
    assert offered(contributor, "?state=set-aside") == ["set_aside", "bring_back"]
    assert offered(editor, "?state=set-aside") == ["set_aside", "bring_back", "publish"]
    assert offered(contributor, "?state=live") == []
    assert offered(editor, "?state=live") == ["unpublish"]
    everything = ["set_aside", "bring_back", "hold", "lift_hold", "unpublish", "publish"]
    assert offered(editor, "?state=all") == everything


def test_who_may_only_look_is_offered_no_action(signed_in):
    make_article()
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    response = signed_in(user).get(LIST)
    assert response.status_code == 200
    assert not [form for form in forms_of(response) if "action" in form.buttons]


def test_the_tabs_stand_in_the_order_of_an_articles_life(editor, signed_in):
    tags = tags_of(signed_in(editor).get(LIST))
    tabs = [a["href"].split("state=")[1] for tag, a in tags if tag == "a" and a.get("href", "").startswith("?state=")]
    assert tabs == ["undecided", "held", "set-aside", "published", "live", "scheduled", "ending", "ended", "all"]


def test_what_is_set_aside_is_a_tab_away_and_found_by_its_cause(editor, signed_in):
    poor = make_article(set_aside="poor", set_aside_note="three lines", published_at=NOW)
    double = make_article(set_aside="duplicate", published_at=NOW - timedelta(days=1))
    waiting = make_article()
    client = signed_in(editor)
    assert shown(client) == [waiting.pk]
    assert shown(client, "?state=set-aside") == [poor.pk, double.pk]
    assert shown(client, "?state=set-aside&cause=duplicate") == [double.pk]
    assert client.get(LIST + "?cause=nonsense")["Location"] == "?"
    assert "low quality three lines" in text_of(client.get(LIST + "?state=set-aside"))


def test_what_is_held_says_why_and_waits_in_its_own_tab(editor, signed_in):
    held = make_article(hold="legal is reading it")
    client = signed_in(editor)
    assert (shown(client), shown(client, "?state=held")) == ([], [held.pk])
    assert "on hold legal is reading it" in text_of(client.get(f"{LIST}?state=held"))


def test_the_undecided_can_be_put_in_six_orders(editor, signed_in):
    day = timedelta(days=1)
    first = make_article(heat=5, quality=30, published_at=NOW - day)
    second = make_article(heat=-1, quality=90, published_at=NOW - 3 * day)
    third = make_article(heat=70, quality=10, published_at=NOW - 2 * day)
    client = signed_in(editor)
    by_name = {"a": first.pk, "b": second.pk, "c": third.pk}
    for order, expected in (
        ("", "acb"),
        ("newest", "acb"),
        ("oldest", "bca"),
        ("hottest", "cab"),
        ("best", "bac"),
        ("latest", "cba"),
        ("waiting", "abc"),
    ):
        page = client.get(f"{LIST}?order={order}")
        assert [one.pk for one in page.context["cl"].result_list] == [by_name[name] for name in expected], order
        assert "3 articles to decide" in text_of(page)


@pytest.mark.parametrize("order", [*ORDERS])
def test_each_order_of_the_undecided_has_its_index(order):
    """Whatever the statistics say: nothing is sorted to find a page."""
    rows = ORDERS[order][1](Article.objects.undecided()).only("title")[:50]
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_sort = off")  # which an empty table has it prefer
    plan = rows.explain()
    assert "article_undecided" in plan
    assert "TEMP B-TREE" not in plan.upper()
    assert "Sort" not in plan


@pytest.mark.parametrize("asked", ["color=red", "order=hottest&state=live", "order=bogus", "p=x"])
def test_a_parameter_that_is_not_known_is_named_and_left_out(editor, signed_in, asked):
    name, value = asked.partition("&")[0].split("=")
    client = signed_in(editor)
    answer = client.get(f"{LIST}?{asked}&category=news")
    assert answer.status_code == 302
    assert name not in answer["Location"]
    assert "category=news" in answer["Location"]
    assert f"“{name}={value}” is not a" in text_of(client.get(f"{LIST}{answer['Location']}"))
    assert client.post(f"{LIST}?{asked}", {"action": "more", "verb": "publish", "scope": "all"}).status_code == 400


def test_what_came_back_says_so_and_can_be_looked_for(editor, signed_in):
    back = make_article(set_aside_before="off_topic")
    make_article()
    make_article(set_aside="poor", set_aside_before="poor")
    client = signed_in(editor)
    assert shown(client, "?came_back=yes") == [back.pk]
    assert "back: was dismissed as off topic; the source has changed" in text_of(client.get(LIST))


def test_each_row_says_what_stands_against_publishing_it_with_the_remedy(editor, signed_in):
    make_article(title="Taken", published=True)
    make_article(title="Taken", category="news", hold="wait", quality=90)
    make_article(title="Ready", category="news", quality=90, images=[{"url": "https://img.example/1.jpg"}])
    words = text_of(signed_in(editor).get(f"{LIST}?state=all"))
    assert "1 blocker 2 warnings" in words
    assert "Blocker on hold: wait ask someone who may publish to lift it" in words
    assert "Warning no picture add one" in words
    assert "Warning another live article has this title compare the two" in words
    assert " ready " in words


def test_nothing_is_said_of_the_readiness_of_what_is_published(editor, signed_in):
    make_article(published=True)
    words = text_of(signed_in(editor).get(LIST + "?state=live"))
    assert "warning" not in words.lower()


def test_what_a_person_wrote_is_text_in_the_marks_of_a_row(editor, signed_in):
    make_article(hold="<script>__x(1)</script>", title="<img src=x>")
    page = signed_in(editor).get(f"{LIST}?state=held")
    assert b"<script>__x" not in page.content
    assert "on hold: <script>__x(1)</script>" in text_of(page)


def test_reading_the_list_writes_nothing(editor, signed_in):
    article = make_article()
    row = Article.objects.values().get(pk=article.pk)
    signed_in(editor).get(LIST)
    assert Article.objects.values().get(pk=article.pk) == row
