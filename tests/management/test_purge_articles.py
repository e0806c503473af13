from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.management import chunks
from articles.models import Article, ChangeSet, Revision, Tombstone, User
from tests.database_dump import changed_tables, every_row
from tests.factories import PASSWORD, make_article, make_articles
from tests.importing.import_running import article_of, database_url, finished, import_seeds, run, start, story, write
from tests.management.commanding import manage, told
from tests.waiting import until

pytestmark = pytest.mark.django_db
on_a_real_database = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def left() -> set[int]:
    return set(Article.objects.values_list("pk", flat=True))


def test_it_says_what_would_go_and_asks_for_the_number(monkeypatch):
    shown, hidden = make_article(title="Shown", published=True), make_article(title="Hidden")
    done = manage("purge_articles", shown.pk, hidden.pk, "--reason", "legal", typed="2\n", monkeypatch=monkeypatch)
    assert done.errors.splitlines() == [
        "2 articles will be permanently deleted, 1 of them live:",
        f"  {shown.pk} “Shown”",
        f"  {hidden.pk} “Hidden”",
        "Type 2 to confirm:",
    ]
    change_set = ChangeSet.objects.get()
    assert (done.status, done.out) == (
        0,
        f"Change set {change_set.pk}: 2 purged, 0 purged before, 0 refused, 0 not found.\n",
    )
    assert left() == set()
    assert set(Tombstone.objects.values_list("reason", "change_set")) == {("legal", change_set.pk)}


@pytest.mark.parametrize("option", ["--no-input", "--dry-run"])
def test_it_says_so_without_asking_as_well(option):
    article = make_article(title="One")
    done = manage("purge_articles", article.pk, option)
    assert done.errors == (f"1 article will be permanently deleted, 0 of them live:\n  {article.pk} “One”\n")


def test_of_many_only_the_first_are_named(monkeypatch):
    for number in range(8):
        make_article(title=f"Title {number}")
    done = manage("purge_articles", "--filter", "state=all", typed="8", monkeypatch=monkeypatch)
    assert "  and 3 more" in done.errors
    assert "Title 5" not in done.errors
    assert left() == set()


@pytest.mark.parametrize("answer", ["", "\n", "yes\n", "1\n", "22\n", "\udcff\n"])
def test_any_other_answer_purges_nothing(monkeypatch, answer):
    articles = [make_article(), make_article()]
    before = every_row()
    done = manage("purge_articles", *[a.pk for a in articles], typed=answer, monkeypatch=monkeypatch)
    assert (done.status, done.out) == (1, "")
    assert "nothing purged: the answer was not 2" in done.errors
    assert changed_tables(before) == set()


def test_answer_cannot_come_from_where_the_names_come_from(monkeypatch):
    article = make_article()
    done = manage("purge_articles", "-", typed=f"{article.pk}\n", monkeypatch=monkeypatch)
    assert done.status == 2
    assert "use --no-input" in done.errors
    assert left() == {article.pk}
    assert manage("purge_articles", "-", "--no-input", typed=f"{article.pk}\n", monkeypatch=monkeypatch).status == 0
    assert left() == set()


def test_unknown_are_named_and_what_was_purged_before_is_no_fault():
    article, gone = make_article(), make_article()
    assert manage("purge_articles", gone.pk, "--no-input").status == 0
    done = told("purge_articles", article.pk, gone.pk, gone.web_url, 999, "--no-input")
    assert done.status == 1
    assert done.outcomes == {article.pk: "changed", gone.pk: "unchanged", "999": "unknown"}
    again = told("purge_articles", article.pk, gone.web_url, "--no-input")
    assert (again.status, again.report["counts"]["unchanged"], again.report["change_set"]) == (0, 2, None)


def test_other_commands_say_of_a_purged_article_that_it_was():
    article = make_article()
    manage("purge_articles", article.pk, "--no-input", "--reason", "legal")
    done = told("publish_articles", article.pk)
    assert (done.status, done.outcomes) == (1, {article.pk: "unknown"})
    assert "it was purged on " in done.reasons[article.pk]


def test_who_may_not_purge_is_refused_by_name(chief):
    article = make_article()
    done = told("purge_articles", article.pk, "--actor", chief.username, "--no-input")
    assert (done.status, done.outcomes) == (1, {article.pk: "refused"})
    assert "has no permission to purge articles" in done.reasons[article.pk]
    root = User.objects.create_superuser("root", password=PASSWORD)
    assert told("purge_articles", article.pk, "--actor", "root", "--no-input").status == 0
    assert Tombstone.objects.get().actor == root


def test_changed_since_it_was_chosen_is_refused(monkeypatch):
    article = make_article()
    chunk = chunks.ChunkedWork._chunk

    def after_another(self, versions, warnings):
        assert told("publish_articles", article.pk).status == 0
        return chunk(self, versions, warnings)

    def once(self, versions, warnings):
        monkeypatch.setattr(chunks.ChunkedWork, "_chunk", chunk)
        return after_another(self, versions, warnings)

    monkeypatch.setattr(chunks.ChunkedWork, "_chunk", once)
    done = told("purge_articles", article.pk, "--no-input")
    assert (done.status, done.outcomes) == (1, {article.pk: "refused"})
    assert left() == {article.pk}


def test_dry_run_writes_nothing_asks_nothing_and_says_the_same(chief):
    names = [make_article().pk, make_article(published=True).pk, 999999]
    for actor in ([], ["--actor", chief.username]):
        before = every_row()
        dry = told("purge_articles", *names, *actor, "--dry-run")
        assert changed_tables(before) == set()
        if actor:
            real = told("purge_articles", *names, *actor, "--no-input")
            assert (dry.status, dry.report["articles"]) == (real.status, real.report["articles"])
    dry = told("purge_articles", *names, "--dry-run")
    real = told("purge_articles", *names, "--no-input")
    assert (dry.status, dry.report["articles"], dry.report["counts"]) == (
        real.status,
        real.report["articles"],
        real.report["counts"],
    )


# Imports


def test_import_does_not_bring_it_back(tmp_path):
    for slug in "ab":
        write(tmp_path, f"{slug}.md", story(slug))
    import_seeds(tmp_path)
    gone = article_of("a")
    manage("purge_articles", gone.web_url, "--no-input", "--reason", "legal")
    before = every_row()
    dry = import_seeds(tmp_path, "--dry-run")
    assert changed_tables(before) == set()
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.counts) == (dry.status, dry.counts) == (0, {"unchanged": 1, "skipped": 1})
    assert dry.receipt["files"] == ran.receipt["files"]
    (problem,) = ran.file("a.md")["problems"]
    assert (problem["severity"], problem["line"], problem["key"]) == ("warning", 3, "webUrl")
    assert problem["message"].startswith(f"{gone.web_url} is the address of purged article {gone.pk}, purged on ")
    assert "by operator (legal); manage.py purge_articles --forget" in problem["message"]
    assert left() == {article_of("b").pk}


def test_import_takes_no_other_article_to_that_address(tmp_path):
    for slug in "ab":
        write(tmp_path, f"{slug}.md", story(slug))
    import_seeds(tmp_path)
    manage("purge_articles", article_of("a").pk, "--no-input")
    (tmp_path / "a.md").unlink()
    write(tmp_path, "b.md", story("a", title="Moved"))
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"b.md": "skipped"}
    assert article_of("b").version == 1


def test_forgotten_address_comes_in_again_under_another_number(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    gone = article_of("a")
    manage("purge_articles", gone.pk, "--no-input")
    done = manage("purge_articles", "--forget", gone.web_url)
    assert (done.status, done.out) == (0, f"{gone.web_url} of purged article {gone.pk} can be imported again.\n")
    assert import_seeds(tmp_path).counts == {"created": 1}
    assert article_of("a").pk > gone.pk
    assert Tombstone.objects.get().forgotten_at
    assert manage("purge_articles", article_of("a").pk, "--no-input").status == 0
    assert import_seeds(tmp_path).counts == {"skipped": 1}


def test_queries_of_an_import_do_not_grow_with_the_purged(tmp_path):
    def queries_for(count, folder):
        for number in range(count):
            write(folder, f"{number}.md", story(f"{folder.name}-{number}"))
        import_seeds(folder, "--root", folder.name)
        manage("purge_articles", "--filter", "state=all", "--no-input")
        with CaptureQueriesContext(connection) as queries:
            assert import_seeds(folder, "--root", folder.name).counts == {"skipped": count}
        return len(queries)

    assert queries_for(1, tmp_path / "one") == queries_for(10, tmp_path / "ten")


# Forgetting


def test_forget_names_what_was_never_purged_and_does_the_others(chief):
    article, other = make_article(), make_article()
    manage("purge_articles", article.pk, other.pk, "--no-input")
    done = manage("purge_articles", "--forget", 999, article.pk)
    assert done.status == 1
    assert "no purged article had 999" in done.errors
    assert Tombstone.objects.get(article=article.pk).forgotten_at
    refused = manage("purge_articles", "--forget", other.pk, "--actor", chief.username)
    assert refused.status == 1
    assert "has no permission to purge articles" in refused.errors
    dry = told("purge_articles", "--forget", other.pk, "--dry-run")
    assert dry.report == {"forgotten": [{"article": other.pk, "address": other.web_url}], "refused": []}
    assert Tombstone.objects.get(article=other.pk).forgotten_at is None
    bad = told("purge_articles", "--forget", 999)
    assert (bad.status, bad.report) == (1, {"forgotten": [], "refused": ["no purged article had 999"]})


def test_forget_stands_alone():
    article = make_article()
    done = manage("purge_articles", "--filter", "state=all", "--forget", article.pk)
    assert done.status == 2
    assert left() == {article.pk}


# What goes wrong


@pytest.mark.slow
@on_a_real_database
def test_killed_half_way_leaves_whole_chunks_and_the_next_run_does_the_rest():
    count = chunks.CHUNK * 3 + 7
    pks = [article.pk for article in make_articles(count, images=[{"url": "https://a.example/x.jpg"}])]
    words = ["purge_articles", "--filter", "state=undecided", "--no-input", "--format", "json"]
    process = start(*words, url=database_url())
    until(lambda: len(left()) < count, process=process)
    process.kill()
    finished(process)
    done = count - len(left())
    assert done
    assert done % chunks.CHUNK == 0 or done == count
    assert Tombstone.objects.filter(change_set=ChangeSet.objects.get()).count() == done
    ended = run(*words, url=database_url())
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["counts"]["changed"] == count - done
    assert set(Tombstone.objects.values_list("article", flat=True)) == set(pks)
    assert Revision.objects.count() == count
