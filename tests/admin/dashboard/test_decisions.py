"""Decisions of today by hour, against the average of the last four weeks, on the first page of the admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.admin.dashboard import decisions
from articles.changes.actors import OPERATOR
from articles.history import change_sets
from articles.models import ChangeSet
from articles.workflow.verbs import VERBS
from tests.admin.browserless import tags_of, text_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def frozen_time():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def decided(actor, before=timedelta(), *, kind="publish", count=1):
    sets = [change_sets.open_change_set(kind, actor=actor) for _ in range(count)]
    ChangeSet.objects.filter(pk__in=[one.pk for one in sets]).update(created_at=NOW - before)


def by_hour(hours, name):
    return {hour.hour: getattr(hour, name) for hour in hours if getattr(hour, name)}


def test_decisions_of_today_are_counted_by_hour(editor, chief):
    decided(editor, 3 * HOUR, count=2)
    decided(chief, 3 * HOUR)
    decided(editor, timedelta(minutes=30), kind="set_aside")
    decided(editor, timedelta(minutes=31), kind="hold")
    decided(editor, kind="unpublish")
    today = decisions.of_today()
    assert by_hour(today.hours, "today") == {9: 3, 11: 1, 12: 2}
    assert (today.today, today.days, today.usual_by_now) == (6, 0, 0)


def test_only_decisions_by_people_count(editor):
    for kind in ("import", "edit", "undo", "restore", "conflict", "look", "schedule", "add_topics", "command"):
        decided(editor, kind=kind)
    decided(OPERATOR)
    assert decisions.of_today().today == 0
    assert set(decisions.VERBS_COUNTED) <= VERBS.keys()


def test_the_average_is_of_the_same_hours_of_the_four_weeks_before_today(editor):
    decided(editor, 29 * DAY, count=50)
    decided(editor, 28 * DAY, count=14)
    decided(editor, DAY + 3 * HOUR, count=28)
    decided(editor, DAY, count=14)
    decided(editor)
    today = decisions.of_today()
    assert by_hour(today.hours, "usual") == {9: 1.0, 12: 1.0}
    assert (today.days, today.today) == (28, 1)
    assert today.usual_by_now == round(1 + 0.5)


def test_a_younger_desk_has_the_average_of_its_days(editor):
    decided(editor, 2 * DAY, count=3)
    today = decisions.of_today()
    assert (today.days, by_hour(today.hours, "usual")) == (2, {12: 1.5})


def test_only_the_newest_change_sets_are_read(editor, monkeypatch):
    monkeypatch.setattr(decisions, "MOST_READ", 3)
    decided(editor, count=5)
    assert decisions.of_today().today == 3


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", {0: 1, 12: 1}), ("Asia/Kathmandu", {5: 1, 18: 1}), ("America/St_Johns", {8: 1})],
)
def test_hours_and_days_are_those_of_the_editors_clock(editor, zone, expected):
    decided(editor, timedelta(hours=12, minutes=25))  # 00:05 UTC, 05:50 in Kathmandu
    decided(editor, timedelta(minutes=10))  # 12:20 UTC, 18:05 in Kathmandu
    with timezone.override(zone):
        assert by_hour(decisions.of_today().hours, "today") == expected


def test_both_passes_of_a_doubled_hour_are_one(editor, frozen_time):
    frozen_time.move_to(datetime(2026, 10, 25, 12, 30, tzinfo=UTC))
    shift = NOW - datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    decided(editor, shift)
    decided(editor, shift - HOUR)
    with timezone.override("Europe/Berlin"):
        assert by_hour(decisions.of_today().hours, "today") == {2: 2}


def test_the_chart_has_its_figures_in_a_table_behind_it(editor, signed_in):
    decided(editor, DAY, count=8)
    decided(editor, count=4)
    page = signed_in(editor).get("/admin/")
    words = text_of(page)
    assert "4 decisions so far; on average 4 by this time" in words
    assert "average of the last 1 day highest bar: 8 an hour" in words
    assert "12:00 4 8.0" in words
    assert "11:00 0 0.0" in words
    assert "13:00 – 0.0" in words
    bars = [attributes for tag, attributes in tags_of(page) if tag == "rect" and attributes["height"] != "0"]
    assert [(bar["class"], bar["x"], bar["y"], bar["height"]) for bar in bars] == [
        ("bar-usual", "120", "0", "100"),
        ("bar-today", "120", "50", "50"),
    ]
    assert not [attributes for _, attributes in tags_of(page) if "style" in attributes]


def test_the_figures_name_nobody_and_are_for_those_who_may_see_articles(signed_in):
    decided(make_user("Editor", username="hedwig"))
    words = text_of(signed_in(make_user("Contributor")).get("/admin/"))
    assert "1 decision so far" in words
    assert "hedwig" not in words
    assert "Decided today" not in text_of(signed_in(make_user()).get("/admin/"))


def test_a_desk_without_decisions_says_so(editor, signed_in):
    page = signed_in(editor).get("/admin/")
    assert "No decisions today or in the last four weeks." in text_of(page)
    assert "<rect" not in page.text
