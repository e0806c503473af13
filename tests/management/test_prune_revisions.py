"""`manage.py prune_revisions`: says first what it will do, asks, and does no more."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from articles.changes.actors import OPERATOR
from articles.changes.door import Change, change_many
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState
from articles.history import folding
from articles.models import Article, Revision
from articles.models.history import Origin
from tests.database_dump import changed_tables, every_row
from tests.factories import NOW
from tests.history.test_folding import past, titled
from tests.importing.import_running import database_url, finished, halted, start

pytestmark = pytest.mark.django_db
on_a_real_database = pytest.mark.django_db(transaction=True, serialized_rollback=True)
OLD = ("--older-than", "30")


@pytest.fixture
def answers(monkeypatch):
    """What is typed at the question."""

    def typed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", StringIO(text))

    return typed


def prune(*words, status=0):
    out, errors, ended = StringIO(), StringIO(), 0
    try:
        call_command("prune_revisions", *words, stdout=out, stderr=errors)
    except SystemExit as end:
        ended = end.code
    assert ended == status
    return out.getvalue() + errors.getvalue()


def test_yes_folds_and_says_so(answers):
    answers("yes\n")
    made = titled("1", "2", "3")
    words = prune(*OLD)
    assert words.startswith("2 revisions of 1 article made before ")
    assert "Type yes" in words
    assert words.endswith("2 revisions of 1 article folded away.\n")
    assert made.numbers == [1, 4, 5]


@pytest.mark.parametrize("answer", ["", "no\n", "y\n", "\n"])
def test_anything_else_writes_nothing_and_ends_one(answers, answer):
    answers(answer)
    titled("1", "2", "3")
    before = every_row()
    assert "Nothing was folded." in prune(*OLD, status=1)
    assert changed_tables(before) == set()


def test_dry_run_says_the_same_asks_nothing_and_writes_nothing():
    titled("1", "2", "3")
    before = every_row()
    words = prune(*OLD, "--dry-run")
    assert words.startswith("2 revisions of 1 article made before ")
    assert "Type yes" not in words
    assert changed_tables(before) == set()
    assert prune(*OLD, "--no-input").startswith(words)


def test_no_input_does_not_ask_and_a_second_time_finds_nothing():
    titled("1", "2", "3")
    assert "Type yes" not in prune(*OLD, "--no-input")
    before = every_row()
    assert prune(*OLD).startswith("0 revisions of 0 articles")
    assert changed_tables(before) == set()


def test_articles_themselves_are_left_alone():
    made = titled("1", "2", "3")
    before = (Article.objects.values().get(), article_state.read_state(made.now()))
    prune(*OLD, "--no-input")
    assert (Article.objects.values().get(), article_state.read_state(made.now())) == before


@pytest.mark.parametrize("days", ["0", "-3", "36501", "99999999999"])
def test_days_that_cannot_be_used_end_with_two(days):
    with pytest.raises(CommandError, match="give whole days from 1 to 36500") as ended:
        prune("--older-than", days)
    assert ended.value.returncode == 2


@pytest.mark.slow
@on_a_real_database
@pytest.mark.parametrize("words", [("--older-than", "x"), ()])
def test_options_that_cannot_be_used_end_with_two_and_without_a_traceback(words):
    done = finished(start("prune_revisions", *words, url=database_url()))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@on_a_real_database
def test_nobody_there_to_answer_is_no():
    titled("1", "2", "3")
    done = finished(start("prune_revisions", *OLD, url=database_url()))
    assert (done.returncode, done.stderr) == (1, "Nothing was folded.\n")
    assert Revision.objects.count() == 5


@pytest.mark.slow
@on_a_real_database
@pytest.mark.parametrize(("sign", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_stopped_half_way_it_leaves_a_true_history_and_the_next_run_completes(sign, status):
    pasts = _many_pasts()
    begun = Revision.objects.count()
    process = halted(
        "prune_revisions", *OLD, "--no-input", place="articles.history.folding:_replace", call=3, url=database_url()
    )
    os.killpg(process.pid, sign)
    done = finished(process)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert 3 * len(pasts) < Revision.objects.count() < begun
    _assert_true(pasts[::20])
    prune(*OLD, "--no-input")
    assert Revision.objects.count() == 3 * len(pasts)
    _assert_true(pasts[::20])


def _many_pasts():
    """Enough for several transactions of folding."""
    with transaction.atomic():
        pasts = [past(title="0") for _ in range(3 * folding.ARTICLES_AT_ONCE + 5)]
        for number in range(6):
            with time_machine.travel(NOW - timedelta(days=100 if number < 5 else 1), tick=False):
                for made in pasts:
                    title = {"title": f"Title {number}"}
                    made.states.append(
                        ArticleState(made.states[-1].content.model_copy(update=title), made.states[-1].desk)
                    )
                changes = [Change(made.states[-1], made.article, number + 1) for made in pasts]
                change_many(changes, actor=OPERATOR, origin=Origin.FORM)
    return pasts


def _assert_true(pasts):
    for made in pasts:
        present = article_state.read_state(made.now())
        for number in made.numbers:
            assert revision_values.state_before(made.article, present, number) == made.states[number - 1]


def test_a_database_without_the_tables_is_one_sentence(monkeypatch):
    def broken(**_kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM articles_nothing")

    monkeypatch.setattr("articles.history.folding.foldable", broken)
    with pytest.raises(CommandError, match=r"run manage\.py migrate") as ended, transaction.atomic():
        prune(*OLD)
    assert ended.value.returncode == 2
