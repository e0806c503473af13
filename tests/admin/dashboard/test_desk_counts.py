"""What the first page of the admin counts of the work that waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.admin.dashboard import waiting
from articles.changes.actors import OPERATOR
from articles.history import change_sets
from articles.models import Article, ChangeSet, ImportRun
from tests.admin.browserless import tags_of, text_of
from tests.contesting import changed_upstream, contested
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
QUERIES = 17
"""At most, for a Chief, with something of everything; two more where more is scheduled than the page shows."""


def make_run(root, *, rejected=0, is_finished=True):
    change_set = change_sets.open_change_set(ChangeSet.Kind.IMPORT, actor=OPERATOR)
    finished_at = NOW if is_finished else None
    return ImportRun.objects.create(
        change_set=change_set, root=root, started_at=NOW, finished_at=finished_at, rejected_count=rejected
    )


def receipt_of(run):
    return f"/admin/articles/importrun/{run.pk}/change/?outcome=rejected"


def links_on(page):
    return [attributes.get("href") for tag, attributes in tags_of(page) if tag == "a"]


def test_the_first_page_counts_what_waits_what_is_held_and_what_came_back(editor, signed_in):
    for fields in ({}, {"hold": "wait"}, {"set_aside_before": "poor"}, {"set_aside_before": "legal"}):
        make_article(**fields)
    make_article(set_aside="poor", set_aside_before="poor")
    make_article(published=True)
    response = signed_in(editor).get("/admin/")
    words = text_of(response)
    assert "3 to decide" in words
    assert "2 changed since dismissed" in words
    assert "1 on hold" in words
    assert {"/admin/articles/article/?state=held", "/admin/articles/article/?came_back=yes"} <= set(links_on(response))


def test_it_says_when_the_one_that_waits_longest_arrived(editor, signed_in):
    first, _, published = make_article(), make_article(), make_article(published=True)
    with time_machine.travel(NOW, tick=False):
        Article.objects.filter(pk=first.pk).update(created_at=NOW - timedelta(days=3))
        Article.objects.filter(pk=published.pk).update(created_at=NOW - timedelta(days=9))
        assert "2 to decide oldest arrived 3 d ago" in text_of(signed_in(editor).get("/admin/"))


def test_an_empty_desk_says_so(editor, signed_in):
    words = text_of(signed_in(editor).get("/admin/"))
    assert "0 to decide all caught up" in words
    assert "0 conflicts 0 source changes 0 rejected files 0 on hold" in words
    assert "changed since dismissed" not in words


def test_conflicts_and_source_changes_are_counted(editor, signed_in, tmp_path):
    contested(tmp_path)
    changed_upstream(tmp_path, "b")
    words = text_of(signed_in(editor).get("/admin/"))
    assert "2 conflicts 1 source change " in words


def test_nobody_counts_further_than_anybody_reads(editor, signed_in, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_COUNTED", 2)
    for _ in range(4):
        make_article()
    assert "2+ to decide" in text_of(signed_in(editor).get("/admin/"))


def test_who_may_not_see_articles_is_told_no_counts(signed_in):
    make_article(hold="wait")
    make_run("wire", rejected=1)
    words = text_of(signed_in(make_user()).get("/admin/"))
    assert "on hold" not in words
    assert "rejected" not in words


# Rejected files.


def test_rejected_files_are_those_of_the_latest_finished_import_of_each_root():
    make_run("wire", rejected=7)
    wire, agency = make_run("wire", rejected=2), make_run("agency", rejected=3)
    make_run("wire", rejected=90, is_finished=False)
    make_run("mended", rejected=4)
    make_run("mended")
    rejected = waiting.rejected_files()
    assert (rejected.count, rejected.runs, rejected.more_roots) == ("5", [agency, wire], 0)


def test_the_count_of_one_root_leads_to_the_rejected_files_of_its_receipt(signed_in):
    run = make_run("wire", rejected=1)
    page = signed_in(make_user("Chief")).get("/admin/")
    assert f"1 rejected file import {run.pk} of wire" in text_of(page)
    assert receipt_of(run) in links_on(page)


def test_the_counts_of_several_roots_lead_to_the_receipt_of_each(signed_in):
    runs = [make_run(f"root{n}", rejected=10 - n) for n in range(waiting.MOST_ROOTS + 2)]
    make_run("mended")
    page = signed_in(make_user("Chief")).get("/admin/")
    assert "45 rejected files 10 of root0, 9 of root1, 8 of root2, 7 of root3, 2 more roots" in text_of(page)
    assert [receipt_of(run) in links_on(page) for run in runs] == [True] * waiting.MOST_ROOTS + [False] * 2
    assert "/admin/articles/importrun/?with=rejected" in links_on(page)


@pytest.mark.parametrize("roots", [["wire"], ["wire", "agency"]])
def test_who_may_not_see_import_runs_sees_the_count_alone(editor, signed_in, roots):
    for root in roots:
        make_run(root, rejected=3)
    page = signed_in(editor).get("/admin/")
    assert f"{3 * len(roots)} rejected files" in text_of(page)
    assert "wire" not in text_of(page)
    assert not [link for link in links_on(page) if "importrun" in link]


def test_imports_of_long_ago_are_not_looked_through(monkeypatch):
    monkeypatch.setattr(waiting, "MOST_COUNTED", 2)
    make_run("gone", rejected=9)
    make_run("wire", rejected=1)
    make_run("wire")
    assert waiting.rejected_files().count == "0"


# Queries.


def test_the_page_takes_few_queries_that_do_not_grow(signed_in, tmp_path):
    chief = make_user("Chief")
    contested(tmp_path)
    changed_upstream(tmp_path, "b")
    client, counts = signed_in(chief), []
    for size in (1, 9):
        for n in range(size):
            make_article(hold="wait", set_aside_before="poor")
            make_article(set_aside_before="poor")
            make_run(f"root{n}", rejected=1)
            change_sets.open_change_set("publish", actor=chief)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= QUERIES
