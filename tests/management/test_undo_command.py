from __future__ import annotations

import pytest
from django.db import connection

from articles.changes.actors import OPERATOR
from articles.history import purging
from articles.history.change_sets import open_change_set
from articles.models import Article, ChangeSet, ImportRun
from tests.database_dump import changed_tables, every_row
from tests.factories import make_article
from tests.importing.import_running import import_seeds, story, write
from tests.management.commanding import manage, told

pytestmark = pytest.mark.django_db


def publish(*articles) -> int:
    return told("publish_articles", *[article.pk for article in articles]).report["change_set"]


def test_it_returns_what_nobody_touched_and_names_the_others(editor):
    first, second = make_article(title="One"), make_article(title="Two")
    made = publish(first, second)
    told("unpublish_articles", second.pk)
    done = told("undo", made, "--actor", editor.username, "--reason", "too early")
    undo = ChangeSet.objects.get(undoes=made)
    assert done.status == 1
    assert done.report == {
        "change_set": made,
        "run": None,
        "undo": undo.pk,
        "dry_run": False,
        "counts": {"undone": 1, "removed": 0, "reopened": 0, "kept": 1},
        "undone": [{"article": first.pk, "title": "One"}],
        "kept": [{"article": second.pk, "title": "Two", "reason": "it has changed since"}],
    }
    assert (undo.actor, undo.reason) == (editor, "too early")
    assert not Article.objects.published().exists()


def test_text_says_the_same():
    first, second = make_article(title="One"), make_article(title="Two")
    made = publish(first, second)
    told("unpublish_articles", second.pk)
    lines = manage("undo", made).out.splitlines()
    assert lines[:2] == [f"undone {first.pk} “One”", f"kept {second.pk} “Two”: it has changed since"]
    assert lines[2].startswith(
        f"Undo of change set {made}: 1 undone, 0 removed, 0 reopened, 1 kept. The undo is change set "
    )


def test_undone_twice_keeps_all_and_leaves_no_change_set():
    made = publish(make_article())
    assert told("undo", made).status == 0
    done = told("undo", made)
    assert (done.status, done.report["counts"]["kept"]) == (1, 1)
    assert done.report["undo"] is None
    assert ChangeSet.objects.filter(undoes=made).count() == 1


def test_undo_of_the_undo_publishes_again():
    article = make_article()
    undo = told("undo", publish(article)).report["undo"]
    assert told("undo", undo).status == 0
    assert Article.objects.get().published


def test_who_may_not_publish_is_refused_by_name(contributor):
    article = make_article()
    done = told("undo", publish(article), "--actor", contributor.username)
    assert done.status == 1
    assert "has no permission to publish" in done.report["kept"][0]["reason"]
    assert Article.objects.get().published


def test_dry_run_writes_nothing_and_says_what_the_undo_then_says(monkeypatch):
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 2)
    articles = [make_article() for _ in range(5)]
    made = publish(*articles)
    told("unpublish_articles", articles[3].pk)
    before = every_row()
    dry = told("undo", made, "--dry-run")
    changed = changed_tables(before)
    assert changed == set() or (connection.vendor == "sqlite" and changed == {"sqlite_sequence"})
    real = told("undo", made)
    assert (dry.status, dry.report["counts"], dry.report["undone"], dry.report["kept"]) == (
        real.status,
        real.report["counts"],
        real.report["undone"],
        real.report["kept"],
    )


def test_import_run_is_taken_back_with_its_files(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    run = ImportRun.objects.get()
    done = told("undo", run.change_set_id, "--reason", "wrong feed")
    assert done.status == 0
    assert (done.report["run"], done.report["counts"]["removed"]) == (run.pk, 1)
    assert ChangeSet.objects.get(undoes=run.change_set).reason == "wrong feed"
    assert not Article.objects.exists()
    assert manage("undo", run.change_set_id, "--dry-run").status == 2


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_undo_of_the_undo_of_a_run_says_first_what_does_not_return(tmp_path, words):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    done = told("undo", ImportRun.objects.get().change_set_id)
    again = told("undo", done.report["undo"], *words)
    assert again.errors == (
        "This undid import 1. Undoing it restores the values of articles that haven't changed since, without their "
        "files; articles that were removed do not return. To bring everything back, import again: "
        f"manage.py import_seeds --again --root {tmp_path.name} {tmp_path}\n"
    ).replace("import 1", str(ImportRun.objects.get()))
    assert again.report["counts"]["undone"] == 0


def test_purged_articles_are_named_as_kept():
    first, second = make_article(title="One"), make_article(title="Two")
    made = publish(first, second)
    first.refresh_from_db()
    buried = open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR)
    purging.purge_many([first], actor=OPERATOR, change_set=buried)
    done = told("undo", made)
    assert [entry["article"] for entry in done.report["undone"]] == [second.pk]
    assert done.report["kept"][0]["title"] == "One"
    assert "it was purged on" in done.report["kept"][0]["reason"]
    of_purge = told("undo", buried.pk)
    assert (of_purge.status, of_purge.report["counts"]["kept"], of_purge.report["undo"]) == (1, 1, None)


def test_purged_article_of_a_run_is_named_when_the_run_is_taken_back(tmp_path):
    for slug in "ab":
        write(tmp_path, f"{slug}.md", story(slug))
    import_seeds(tmp_path)
    article = Article.objects.earliest("pk")
    assert manage("purge_articles", article.pk, "--no-input").status == 0
    done = told("undo", ImportRun.objects.get().change_set_id)
    assert done.report["counts"] == {"undone": 0, "removed": 1, "reopened": 0, "kept": 1}
    assert done.report["kept"][0]["article"] == article.pk


@pytest.mark.parametrize("number", ["999", "0", str(10**30)])
def test_change_set_that_is_not_there_is_said_in_a_sentence(number):
    done = manage("undo", number)
    assert done.status == 2
    assert f"there is no change set {number}" in done.errors
