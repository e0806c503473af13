"""Commands that cannot go on say so in one sentence, leave nothing half-written, and are finished by the next run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from articles.models import Article, ImportRun, Revision, Source
from tests.database_dump import desk_rows, forget_articles
from tests.factories import make_article
from tests.importing.import_running import database_url, finished, halted, import_seeds, run, start, story, write
from tests.waiting import until

on_a_real_database = pytest.mark.django_db(transaction=True, serialized_rollback=True)
FILES = 600
READING, WRITING = "articles.importing.runner:Import._begin_turn", "articles.importing.runner:write"
"""What an import calls while others read for it, and within a transaction that has written nothing yet."""
undisturbed: dict[int, Any] = {}
"""What an import that nothing stops leaves, by the number of files."""
STAYS = "files imported so far are kept; run it again"


@pytest.fixture
def tree(tmp_path):
    return write_tree(tmp_path, FILES)


@pytest.fixture
def small_tree(tmp_path):
    return write_tree(tmp_path, 60)


def write_tree(tmp_path, files):
    for number in range(files):
        write(tmp_path, f"seeds/{number:04}.md", story(f"s{number}", "topics: [A, B]\n", body="Text\n" * 400))
    return tmp_path / "seeds"


def assert_one_sentence(done: subprocess.CompletedProcess[str], sentence: str, *, status: int = 2) -> None:
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert sentence in done.stderr


def assert_next_run_completes(tree) -> None:
    """And that nothing was half-written."""
    files = len(list(tree.iterdir()))
    assert Article.objects.count() == Source.objects.count() == Revision.objects.count() < files
    import_seeds(tree)
    interrupted = desk_rows()
    if files not in undisturbed:
        forget_articles()
        assert import_seeds(tree).counts == {"created": files}
        undisturbed[files] = desk_rows()
    assert interrupted == undisturbed[files]


def has_ended(group: int) -> bool:
    """Whether the last process of the group is gone."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.slow
@pytest.mark.sqlite
@on_a_real_database
def test_full_disk(tree):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # earlier tests leave free pages behind
        pages = cursor.execute("PRAGMA page_count").fetchone()[0] + 300
    url = f"{database_url()}?init_command=PRAGMA%20max_page_count%3D{pages}"
    assert_one_sentence(
        run("import_seeds", tree, url=url), f"the database cannot be used (database or disk is full); {STAYS}"
    )
    assert Source.objects.exists()
    assert_next_run_completes(tree)


@pytest.mark.slow
@pytest.mark.sqlite
@on_a_real_database
def test_database_locked_for_longer_than_the_timeout(small_tree):
    with transaction.atomic():
        done = run("import_seeds", small_tree, url=f"{database_url()}?timeout=1")
    assert_one_sentence(done, f"the database cannot be used (database is locked); {STAYS}")
    assert_next_run_completes(small_tree)


@pytest.mark.slow
@pytest.mark.postgresql
@on_a_real_database
def test_connection_lost_in_the_middle(tree):
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(pid) FROM pg_stat_activity")
        (ours,) = cursor.fetchone()
        process = halted("import_seeds", tree, place=WRITING, call=2, url=database_url())
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> ALL(%s)",
            [ours],
        )
    assert_one_sentence(finished(process), f"; {STAYS}")
    assert_next_run_completes(tree)


@pytest.mark.slow
@pytest.mark.postgresql
@on_a_real_database
def test_database_that_is_not_there():
    url = database_url().rpartition("/")[0] + "/nowhere"
    done = run("export_seeds", "--check", url=url)
    assert_one_sentence(done, "the database cannot be used (no connection to PostgreSQL at ")


@pytest.mark.slow
def test_server_that_is_not_there(tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        url = f"postgres://somebody:password@127.0.0.1:{port}/news"
        processes = [start(*words, url=url) for words in (("import_seeds", tmp_path), ("export_seeds", tmp_path))]
        for process in processes:
            done = finished(process)
            assert_one_sentence(done, f"no connection to PostgreSQL at 127.0.0.1:{port}")
            assert "password" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("place", "call", "written"), [(READING, 2, 0), (WRITING, 3, 1)])
@on_a_real_database
def test_ctrl_c_ends_all_processes_and_keeps_what_was_written(tree, place, call, written):
    """As a terminal sends it: to the whole group, so the processes that read get it as well."""
    process = halted("import_seeds", tree, place=place, call=call, url=database_url())
    assert Source.objects.count() >= written
    os.killpg(process.pid, signal.SIGINT)
    assert_one_sentence(finished(process), f"stopped; {STAYS}", status=130)
    until(lambda: has_ended(process.pid))
    assert ImportRun.objects.get().finished_at is None
    assert_next_run_completes(tree)


@pytest.mark.slow
@on_a_real_database
@pytest.mark.parametrize("words", [["check_seeds"], ["import_seeds", "--dry-run", "--format", "json"]])
def test_nobody_reads_the_output(small_tree, words):
    quiet = start(words[0], small_tree, *words[1:], url=database_url())
    quiet.stdout.close()
    errors = quiet.stderr.read()
    assert quiet.wait() == 2
    assert errors.splitlines() == [errors.strip()]
    assert "the output was closed" in errors


@pytest.mark.django_db
def test_temporary_folder_that_is_full(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *words, **options: open("/dev/full", "w+"))  # noqa: SIM115
    with pytest.raises(CommandError, match=f"No space left on device; {STAYS}") as end:
        import_seeds(tmp_path)
    assert end.value.returncode == 2
    assert Article.objects.count() == Source.objects.count() == 1


@pytest.mark.django_db
def test_export_to_a_full_disk_stops_at_the_first_file(tmp_path, monkeypatch):
    for _ in range(3):
        make_article()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    out = StringIO()
    with pytest.raises(
        CommandError, match=f"{tmp_path}: No space left on device; files written so far are kept"
    ) as end:
        call_command("export_seeds", str(tmp_path), stdout=out)
    assert (end.value.returncode, out.getvalue()) == (2, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_ctrl_c_leaves_no_temporary_file_in_the_work_tree(tmp_path, monkeypatch):
    make_article()

    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(CommandError, match="stopped; files written so far are kept") as end:
        call_command("export_seeds", str(tmp_path), stdout=StringIO())
    assert end.value.returncode == 130
    assert list(tmp_path.iterdir()) == []
