"""F19 and F20: importers that are killed, and two at once. In processes of their own, on the database at hand."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from articles.changes.actors import OPERATOR
from articles.content.taxonomy import Taxonomy
from articles.importing.planning import Planner
from articles.models import (
    Article,
    Category,
    Conflict,
    ImportOutcome,
    ImportRun,
    Provider,
    Revision,
    Source,
    Topic,
)
from articles.seedfile import reader
from articles.sources import conflicts
from articles.workflow import publishing
from tests.contesting import contested
from tests.database_dump import desk_rows, forget_articles
from tests.factories import make_article, make_content
from tests.importing.import_running import article_of, database_url, finished, import_seeds, start, story, write

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

FILES = 300


@pytest.fixture
def tree(tmp_path):
    """Files that share some topics and bring others, with a few that are refused, doubled or published."""
    for number in range(FILES):
        added = (
            f"topics: [T{number % 5}, t{number % 5}, Own {number // 3}]\ncategory: C{number % 3}\nsecured: s{number}\n"
            f"related:\n  - {{title: x, webUrl: https://herald.example/{number}, provider: {{name: P{number % 9}}}}}\n"
        )
        if number % 10 == 0:
            added += "published: true\n"
        if number % 50 == 7:
            added += "heat: x\n"
        slug = number - 1 if number % 60 == 59 else number
        write(tmp_path, f"{number % 7}/{number:04}.md", story(f"s{slug}", added, body=f"Text {number}\n" * 20))
    return tmp_path


@pytest.mark.slow
def test_F20_two_importers_at_once_make_every_article_once(tree):  # noqa: N802
    processes = [start("import_seeds", tree, "--format", "json", url=database_url()) for _ in range(2)]
    done = [finished(process) for process in processes]
    assert [each.returncode for each in done] == [1, 1]
    waits = "Waiting for another import of this root to finish.\n"
    assert {each.stderr for each in done} <= {"", waits}
    together = desk_rows()
    assert Article.objects.count() == Source.objects.count() == Revision.objects.count()
    for model in (Topic, Category, Provider):
        names = list(model.objects.values_list("name", flat=True))
        assert len(names) == len(set(names))
    assert {outcome.outcome for outcome in ImportOutcome.objects.exclude(path__in=_refused())} <= {"created"}
    created = ImportOutcome.objects.filter(outcome="created")
    assert created.count() == created.values("path").distinct().count() == Article.objects.count()
    assert sum(run.created_count for run in ImportRun.objects.all()) == Article.objects.count()
    forget_articles()
    import_seeds(tree)
    assert desk_rows() == together


def in_another_thread(work):
    """With a connection of its own, which is closed."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


HOLDS = """
import signal
from articles.importing.lock import tree_lock
with tree_lock("seeds", on_wait=lambda: None):
    print("held", flush=True)
    signal.pause()
"""


@pytest.mark.slow
def test_F20_second_importer_of_a_root_says_that_it_waits_until_the_first_is_gone(tree):  # noqa: N802
    first = start("shell", "-v", "0", "-c", HOLDS, url=database_url())
    assert first.stdout is not None
    assert "held" in first.stdout.readline()
    second = start("import_seeds", tree, "--root", "seeds", url=database_url())
    assert second.stderr is not None
    assert second.stderr.readline() == "Waiting for another import of this root to finish.\n"
    assert not Article.objects.exists()
    first.kill()
    assert finished(second).returncode == 1
    assert Article.objects.count() > FILES / 2
    finished(first)


@pytest.mark.slow
def test_two_who_make_the_same_names_in_opposite_order_both_succeed():
    """PostgreSQL makes each wait for the other's uncommitted names: in opposite orders both would wait for ever."""
    names = [f"Topic {number}" for number in range(300)]
    starting_line = threading.Barrier(2)
    learnt = []

    def learn(topics):
        starting_line.wait()
        with transaction.atomic():
            taxonomy = Taxonomy()
            taxonomy.learn([make_content().model_copy(update={"topics": topics})])
        learnt.append(taxonomy.topics)

    for _ in range(3):
        threads = [in_another_thread(lambda: learn(names)), in_another_thread(lambda: learn(names[::-1]))]
        for thread in threads:
            thread.join()
        assert Topic.objects.count() == len(names)
        assert len(set(Topic.objects.values_list("slug", flat=True))) == len(names)
        Topic.objects.all().delete()
    assert len(learnt) == 6
    assert learnt[0] == learnt[1]


def meet_a_rival(monkeypatch, rival):
    """On PostgreSQL between look and write; SQLite lets nobody write then, so just before the look."""
    moment = "plan" if connection.vendor == "postgresql" else "recognises"
    real, rivals = getattr(Planner, moment), [rival]

    def then_a_rival(self, *looked_at):
        looked_up = real(self, *looked_at)
        while rivals:
            in_another_thread(rivals.pop()).join()
        return looked_up

    monkeypatch.setattr(Planner, moment, then_a_rival)


def test_article_that_appears_while_its_file_is_imported_is_seen_in_time(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "b.md", story("b"))
    meet_a_rival(monkeypatch, lambda: make_article(web_url="https://gazette.example/a", title="Written here"))
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.outcomes) == (0, {"a.md": "conflicted", "b.md": "created"})
    assert article_of("a").title == "Written here"


def test_article_that_is_published_while_its_file_is_imported_is_both(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("a", "quality: 7\n"))
    meet_a_rival(monkeypatch, lambda: publishing.publish(article_of("a"), actor=OPERATOR))
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.outcomes) == (0, {"a.md": "updated"})
    assert (article_of("a").published, article_of("a").quality, article_of("a").version) == (True, 7, 3)


def test_conflict_that_is_decided_while_a_newer_file_is_imported_stays_decided(tmp_path, monkeypatch):
    contested(tmp_path)
    write(tmp_path, "a.md", story("a", "excerpt: New\n", title="Theirs, newer"))
    meet_a_rival(monkeypatch, lambda: conflicts.take(conflicts.open_conflicts(), actor=OPERATOR))
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.outcomes) == (0, {"a.md": "updated"})
    assert article_of("a").title == "Theirs, newer"
    assert set(Conflict.objects.values_list("outcome", flat=True)) == {"taken"}


def test_editor_can_save_while_an_import_reads(tmp_path, monkeypatch):
    """No lock is held while files are parsed."""
    for number in range(5):
        write(tmp_path, f"{number}.md", story(f"s{number}"))
    real = reader.read
    saved = []

    def read(raw):
        if not saved:
            in_another_thread(lambda: saved.append(make_article().pk)).join()
        return real(raw)

    monkeypatch.setattr(reader, "read", read)
    assert import_seeds(tmp_path).counts == {"created": 5}
    assert Article.objects.filter(pk__in=saved).count() == 1


def _refused() -> set[str]:
    """The files of the tree that are broken, or second with their address."""
    return {f"{n % 7}/{n:04}.md" for n in range(FILES) if n % 50 == 7 or n % 60 == 59 or n % 60 == 58}
