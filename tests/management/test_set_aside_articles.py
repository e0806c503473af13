from __future__ import annotations

import pytest

from articles.changes.actors import OPERATOR
from articles.models import Article, Cause, ChangeSet
from articles.workflow.deciding import decide
from tests.database_dump import changed_tables, every_row
from tests.factories import make_article, make_user
from tests.management.commanding import manage, told

pytestmark = pytest.mark.django_db


def test_they_no_longer_wait_for_an_editor():
    article, other = make_article(), make_article()
    done = told("set_aside_articles", article.pk, "--cause", "duplicate", "--note", "of the one above", "--reason", "r")
    assert (done.status, done.outcomes) == (0, {article.pk: "changed"})
    article.refresh_from_db()
    assert (article.set_aside, article.set_aside_note) == ("duplicate", "of the one above")
    assert list(Article.objects.undecided()) == [other]
    change_set = ChangeSet.objects.get()
    assert (change_set.kind, change_set.reason, done.report["change_set"]) == ("set_aside", "r", change_set.pk)


def test_set_aside_for_the_same_already_is_unchanged():
    article = make_article()
    decide("set_aside", [article], cause=Cause.POOR, note="thin", actor=OPERATOR)
    done = told("set_aside_articles", article.pk, "--cause", "poor")
    assert (done.status, done.outcomes) == (0, {article.pk: "unchanged"})
    assert told("set_aside_articles", article.pk, "--cause", "legal").outcomes == {article.pk: "changed"}


def test_what_is_published_is_refused_by_name():
    shown = make_article(published=True)
    done = told("set_aside_articles", shown.pk, "--cause", "other")
    assert (done.status, done.outcomes) == (1, {shown.pk: "refused"})
    assert done.reasons[shown.pk] == "it is published; unpublish it first"
    assert Article.objects.get().set_aside is None


def test_who_may_not_change_articles_is_refused():
    article, staff = make_article(), make_user()
    done = told("set_aside_articles", article.pk, "--cause", "poor", "--actor", staff.username)
    assert (done.status, done.outcomes) == (1, {article.pk: "refused"})
    assert not ChangeSet.objects.exists()


def test_dry_run_writes_nothing_and_says_the_same(contributor):
    names = [make_article().pk, make_article(published=True).pk, 999999]
    words = [*names, "--cause", "off_topic", "--actor", contributor.username]
    before = every_row()
    dry = told("set_aside_articles", *words, "--dry-run")
    assert changed_tables(before) == set()
    real = told("set_aside_articles", *words)
    assert (dry.status, dry.report["articles"], dry.report["counts"]) == (
        real.status,
        real.report["articles"],
        real.report["counts"],
    )


@pytest.mark.parametrize("words", [[], ["--cause", "boring"], ["--cause", "other", "--note", "x" * 501]])
def test_cause_and_note_have_to_be_usable(words):
    article = make_article()
    assert manage("set_aside_articles", article.pk, *words).status != 0
    assert Article.objects.get().set_aside is None


def test_the_list_is_emptied_by_filter():
    poor, good = make_article(quality=5), make_article(quality=70)
    assert told("set_aside_articles", "--filter", f"q={poor.title}", "--cause", "poor").outcomes == {poor.pk: "changed"}
    assert list(Article.objects.undecided()) == [good]
