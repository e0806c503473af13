"""Moments on the article form: in the editor's zone, where clocks skip or repeat an hour, and never moved unasked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from articles.models import Article
from tests.admin.browserless import form_of, open_form, tags_of, text_of
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SKIPPED = [
    ("Europe/Berlin", "2026-03-29T02:30", "02:30", "01:59 or 03:00"),
    ("America/New_York", "2026-03-08T02:00", "02:00", "01:59 or 03:00"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "02:15", "01:59 or 02:30"),
    ("America/Sao_Paulo", "2018-11-04T00:30", "00:30", "2018-11-03T23:59 or 01:00"),
    ("Pacific/Apia", "2011-12-30T12:00", "12:00", "2011-12-29T23:59 or 2011-12-31T00:00"),
]
DOUBLED = [
    ("Europe/Berlin", "2026-10-25T02:30", ("+02:00", "2026-10-25T00:30:00"), ("+01:00", "2026-10-25T01:30:00")),
    ("America/New_York", "2026-11-01T01:30", ("-04:00", "2026-11-01T05:30:00"), ("-05:00", "2026-11-01T06:30:00")),
    ("Australia/Lord_Howe", "2026-04-05T01:45", ("+11:00", "2026-04-04T14:45:00"), ("+10:30", "2026-04-04T15:15:00")),
    ("America/Sao_Paulo", "2018-02-17T23:30", ("-02:00", "2018-02-18T01:30:00"), ("-03:00", "2018-02-18T02:30:00")),
]


@pytest.fixture(autouse=True)
def frozen_time():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def address_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row_of(article):
    return Article.objects.get(pk=article.pk)


@pytest.fixture
def desk(signed_in):
    """`desk("Europe/Berlin")`: a client of an editor whose zone that is."""
    return lambda zone: signed_in(make_user("Editor", time_zone=zone))


def save(client, article, button="_save", **typed):
    form = open_form(client, address_of(article))
    for name, value in typed.items():
        form.forge(name.replace("__", "-"), value)
    return form.send(client, address_of(article), button)


def type_of(page, box):
    return next(attributes["type"] for _, attributes in tags_of(page) if attributes.get("name") == box)


@pytest.mark.parametrize(("zone", "typed", "clock", "sides"), SKIPPED)
@pytest.mark.parametrize("box", ["live_from", "published_at"])
def test_what_clocks_skip_is_refused_with_the_two_nearest_moments(desk, zone, typed, clock, sides, box):
    article = make_article()
    response = save(desk(zone), article, **{box: typed})
    assert response.status_code == 200
    assert f"{clock} doesn't exist that day (clocks go forward). Use {sides}." in text_of(response)
    assert form_of(response, "article_form")[box] == typed
    assert row_of(article).version == 1


@pytest.mark.parametrize(("zone", "typed", "first", "second"), DOUBLED)
def test_a_doubled_time_is_refused_and_taken_with_either_offset(desk, zone, typed, first, second):
    client, article = desk(zone), make_article()
    refused = save(client, article, live_from=typed)
    both = " or ".join(typed + offset for offset, _ in (first, second))
    assert f"This time occurs twice: {both}. Type the one you mean with its offset." in text_of(refused)
    assert row_of(article).version == 1
    form = form_of(refused, "article_form")
    assert (form["live_from"], type_of(refused, "live_from")) == (typed, "text")
    for version, (offset, means) in enumerate((first, second), start=2):
        form["live_from"] = typed + offset
        assert form.send(client, address_of(article), "_save").status_code == 302
        assert (row_of(article).live_from, row_of(article).version) == (utc(means), version)
        page = client.get(address_of(article))
        form = form_of(page, "article_form")
        assert (form["live_from"], type_of(page, "live_from")) == (f"{typed}:00{offset}", "text")
        form.send(client, address_of(article), "_save")
        assert row_of(article).version == version, "saved unchanged"


def test_the_offset_stands_only_in_a_doubled_time_and_in_what_was_typed(desk):
    client, article = desk("Europe/Berlin"), make_article(live_from=utc("2026-10-25T03:00:00"))
    page = client.get(address_of(article))
    assert form_of(page, "article_form")["live_from"] == "2026-10-25T04:00:00"
    assert {type_of(page, box) for box in ("live_from", "live_until", "published_at")} == {"datetime-local"}
    refused = save(client, article, title="", live_from="2026-10-25T05:00-02:00")
    form = form_of(refused, "article_form")
    assert (form["live_from"], type_of(refused, "live_from")) == ("2026-10-25T05:00-02:00", "text")
    form["title"] = "Back again"
    form.send(client, address_of(article), "_save")
    assert row_of(article).live_from == utc("2026-10-25T07:00:00")
    assert open_form(client, address_of(article))["live_from"] == "2026-10-25T08:00:00"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25T01:30:00"),
        (" 2026-10-24 22:00 ", "2026-10-24T20:00:00"),
        ("2026-10-24T22:00:07", "2026-10-24T20:00:07"),
        ("24/10/2026 22:00", "2026-10-24T20:00:00"),
        ("2026-10-24", "2026-10-23T22:00:00"),
    ],
)
def test_pasted_forms_of_a_moment_are_read(desk, typed, expected):
    article = make_article()
    assert save(desk("Europe/Berlin"), article, live_from=typed).status_code == 302
    assert row_of(article).live_from == utc(expected)


def test_an_offset_moves_a_moment_between_the_passes(desk):
    article = make_article(live_from=utc("2026-10-25T00:30:00"))
    save(desk("Europe/Berlin"), article, live_from="2026-10-25T02:30:00+01:00")
    assert row_of(article).live_from == utc("2026-10-25T01:30:00")


@pytest.mark.parametrize(
    "typed", ["soon", "2026-13-01T00:00", "2026-02-30T09:00", "9999-12-31T23:59:59-05:00", "25:00"]
)
def test_what_is_no_moment_is_refused_beside_its_box(desk, typed):
    article = make_article()
    response = save(desk("Europe/Berlin"), article, live_from=typed)
    assert response.status_code == 200
    assert "live_from" in response.context["editor"].form.errors
    assert row_of(article).version == 1


@pytest.mark.parametrize(("zone", "typed", "first", "second"), DOUBLED)
def test_an_untouched_form_moves_no_moment(desk, zone, typed, first, second):
    client, last = desk(zone), utc(second[1])
    for moment in (utc(first[1]), last, last + timedelta(microseconds=999_999)):
        entry = {"title": "Elsewhere", "webUrl": "https://other.example/1", "publishedDateTime": moment.isoformat()}
        until = moment + timedelta(days=3650, microseconds=1)
        article = make_article(published_at=moment, live_from=moment, live_until=until, related=[entry])
        assert save(client, article).status_code == 302
        save(client, article, title="Another title")
        row = row_of(article)
        assert (row.published_at, row.live_from, row.live_until, row.version) == (moment, moment, until, 2)
        assert row.related.get().published_at == moment


def test_a_form_that_was_opened_in_another_zone_is_read_in_that_one(signed_in):
    """The user chooses another zone in a second window while the form is open."""
    editor = make_user("Editor", time_zone="Europe/Berlin")
    client = signed_in(editor)
    article = make_article(live_from=utc("2026-04-01T07:00:00"))
    untouched, edited = (open_form(client, address_of(article)) for _ in range(2))
    type(editor).objects.update(time_zone="Asia/Kathmandu")
    assert untouched.send(client, address_of(article), "_save").status_code == 302
    assert row_of(article).version == 1
    edited.forge("title", "")
    edited["live_from"] = "2026-04-01T10:00"
    refused = edited.send(client, address_of(article), "_save")
    assert "Times on this form: Europe/Berlin" in text_of(refused)
    again = form_of(refused, "article_form")
    again.forge("title", "Named again")
    again.send(client, address_of(article), "_save")
    assert row_of(article).live_from == utc("2026-04-01T08:00:00")
    assert "Times on this form: Asia/Kathmandu" in text_of(client.get(address_of(article)))


@pytest.mark.parametrize("forged", ["", "Nowhere/Land", "../../etc/passwd", "Europe", "x" * 5_000, "\x00"])
def test_a_forged_zone_is_ignored(desk, forged):
    article = make_article()
    assert save(desk("Europe/Berlin"), article, zone=forged, live_from="2026-04-01T09:00").status_code == 302
    assert row_of(article).live_from == utc("2026-04-01T07:00:00")


def test_a_coverage_entry_has_the_same_box(desk):
    entry = {"title": "Elsewhere", "webUrl": "https://other.example/1"}
    article = make_article(related=[entry])
    response = save(desk("Europe/Berlin"), article, related__0__published_at="2026-03-29T02:30")
    assert "02:30 doesn't exist that day" in text_of(response)
    save(desk("Europe/Berlin"), article, related__0__published_at="2025-10-26T02:30+01:00")
    form = open_form(desk("Europe/Berlin"), address_of(article))
    assert form["related-0-published_at"] == "2025-10-26T02:30:00+01:00"


def test_a_contributor_sees_the_schedule_and_its_offset_and_changes_nothing(contributor, signed_in):
    contributor.time_zone = "Europe/Berlin"
    contributor.save()
    article = make_article(live_from=utc("2026-10-25T01:30:00"))
    client = signed_in(contributor)
    page = client.get(address_of(article))
    shown = {attributes.get("name"): attributes for _, attributes in tags_of(page)}
    for name in ("live_from", "live_until"):
        assert "disabled" in shown[name]
    assert shown["live_from"]["value"] == "2026-10-25T02:30:00+01:00"
    form = form_of(page, "article_form")
    form.forge("live_from", "2026-10-25T02:30:00+02:00")
    assert form.send(client, address_of(article), "_save").status_code == 302
    assert row_of(article).version == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"live_until": "2026-03-01T11:59"}, "That time has passed; choose a later one, or empty the box."),
        ({"live_until": "2026-03-01T12:00"}, "That time has passed"),
        (
            {"live_from": "2026-03-05T09:00", "live_until": "2026-03-04T09:00"},
            "“Live until” must be after “Live from”.",
        ),
    ],
)
def test_an_end_that_readers_could_not_meet_is_refused(desk, typed, words):
    article = make_article()
    response = save(desk(""), article, **typed)
    assert response.status_code == 200
    assert words in text_of(response)
    assert row_of(article).version == 1


def test_an_end_that_has_passed_meanwhile_does_not_hinder_another_edit(desk):
    article = make_article(published=True, live_from=NOW - timedelta(2), live_until=NOW - timedelta(1))
    assert save(desk(""), article, title="Another title").status_code == 302
    assert "unpublish it" in text_of(save(desk(""), article, live_until="2026-02-28T18:00"))


@pytest.mark.parametrize(
    ("typed", "button", "sentence"),
    [
        (
            {"live_from": "2026-03-05T09:00", "live_until": "2026-03-06T18:30:15"},
            "_save",
            "Not published. Once published, it is live from 5 March 2026, 09:00 CET, until 6 March 2026, 18:30:15 CET.",
        ),
        ({"live_until": "2026-03-06T18:00"}, "_save", "it is live at once, until 6 March 2026, 18:00 CET."),
        (
            {"live_from": "2026-10-25T02:30+02:00"},
            "_publish",
            "Saved: live from. Goes live 25 October 2026, 02:30 CEST.",
        ),
        (
            {"live_until": "2026-03-06T18:00"},
            "_publish",
            "It is live until 6 March 2026, 18:00 CET.",
        ),
    ],
)
def test_the_page_says_in_the_editors_zone_what_readers_will_see(desk, typed, button, sentence):
    client, article = desk("Europe/Berlin"), make_article()
    response = save(client, article, button, **typed)
    assert response.status_code == 302
    assert sentence.replace("Saved: live from. ", "") in text_of(client.get(response["Location"]))


def test_a_box_shows_seconds_only_if_its_time_has_some(editor, signed_in):
    whole = make_article(published_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC))
    odd = make_article(published_at=datetime(2026, 11, 1, 9, 0, 7, tzinfo=UTC))
    for article, step in ((whole, "60"), (odd, "1")):
        page = signed_in(editor).get(f"/admin/articles/article/{article.pk}/change/")
        boxes = {attributes.get("name"): attributes for tag, attributes in tags_of(page) if tag == "input"}
        assert (boxes["published_at"]["step"], boxes["live_from"]["step"]) == (step, "60")
