"""`manage.py import_seeds`, line by line of its description."""

from __future__ import annotations

import json
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections

from articles.changes import door
from articles.content import article_state
from articles.importing import runner
from articles.models import Article, ImportRun, Revision, SecuredPayload, Source
from articles.models.history import Origin
from tests.database_dump import changed_tables, desk_rows, every_row, tables_with
from tests.factories import make_user
from tests.importing.import_running import (
    article_of,
    database_url,
    finished,
    import_seeds,
    run,
    start,
    story,
    write,
)

pytestmark = pytest.mark.django_db
on_a_real_database = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def text_of(*words, status=0):
    out = StringIO()
    try:
        call_command("import_seeds", *map(str, words), stdout=out, stderr=StringIO())
    except SystemExit as end:
        ended = end.code
    else:
        ended = 0
    assert ended == status
    return out.getvalue()


def test_the_projects_seeds_are_imported_without_a_warning():
    ran = import_seeds()
    said = [problem["message"] for file in ran.receipt["files"] for problem in file["problems"]]
    assert (said, ran.errors) == ([], "")


def test_path_is_the_projects_seeds_if_left_out():
    ran = import_seeds()
    names = {Path(source.path).name for source in Source.objects.all()}
    assert ran.status == 0
    assert "000_46925ec215a6d86c.txt" in names
    assert Source.objects.filter(root="seeds").count() == Article.objects.count() == ran.counts["created"]
    assert all((settings.BASE_DIR / "seeds" / path).is_file() for path in ran.outcomes)


def test_the_real_seeds_secured_is_in_its_own_table_and_in_the_sources_bytes_alone(caplog, capfd):
    raw = (settings.BASE_DIR / "seeds" / "000_46925ec215a6d86c.txt").read_bytes()
    expected = raw.partition(b"\nsecured:")[2].split(b"\n")[0].strip().strip(b'"').decode()
    assert len(expected) == 389
    out, errors = StringIO(), StringIO()
    call_command("import_seeds", "--format", "json", stdout=out, stderr=errors)
    payload = SecuredPayload.objects.get(text=expected)
    assert bytes(payload.article.source.raw) == raw
    token = expected[100:160]
    assert tables_with(token) == {"articles_securedpayload", "articles_source"}
    written = out.getvalue() + errors.getvalue() + caplog.text + "".join(capfd.readouterr())
    assert token not in written


def test_changed_and_refused_secured_is_in_no_revision_receipt_or_log(tmp_path, caplog, monkeypatch):
    token = "S3CRET" * 8
    file = write(tmp_path, "a.md", story("a", f"secured: {token}\n"))
    receipts = [import_seeds(tmp_path)]
    file.write_bytes(story("a", f"secured: {token}2\n"))
    receipts.append(import_seeds(tmp_path))
    refused = {
        "long": f"secured: {token * 1500}\n",
        "twice": f"secured: {token}\nsecured: {token}\n",
        "nul": f'secured: "{token}\\0"\n',
        "list": f"secured: [{token}]\n",
        "marks": f"secured: {token}{chr(0x301) * 2000}\n",
        "syntax": f"secured: {token}: {token}\n",
        "unclosed": f'secured: "{token}\n',
        "heat": f"heat: x\nsecured: {token}\n",
    }
    for name, line in refused.items():
        write(tmp_path, f"{name}.md", story(name, line))
    receipts.append(import_seeds(tmp_path))
    assert receipts[-1].counts == {"unchanged": 1, "rejected": len(refused)}
    write(tmp_path, "broken.md", story("broken", f"secured: {token}3\n"))
    monkeypatch.setattr(article_state, "plain_slug", lambda title: {}[token])
    receipts.append(import_seeds(tmp_path))
    assert receipts[-1].file("broken.md")["outcome"] == "rejected"
    assert "broken.md" in caplog.text
    assert token not in caplog.text + "".join(json.dumps(ran.receipt) + ran.errors for ran in receipts)
    assert tables_with(token) == {"articles_securedpayload", "articles_source", "articles_earliersource"}


def test_two_paths_are_one_tree(tmp_path):
    write(tmp_path, "one/a.md", story("a"))
    write(tmp_path, "two/x/b.md", story("b"))
    ran = import_seeds(tmp_path / "one", tmp_path / "two", "--root", "both")
    assert ran.outcomes == {"a.md": "created", "x/b.md": "created"}
    assert import_seeds(tmp_path / "one", tmp_path / "two").counts == {"unchanged": 2}
    assert import_seeds(tmp_path / "two", tmp_path / "one").counts == {"unchanged": 2}
    assert not Source.objects.exclude(missing_at=None).exists()


def test_path_that_stands_below_two_folders_is_taken_from_the_first(tmp_path):
    write(tmp_path, "one/a.md", story("first"))
    write(tmp_path, "two/a.md", story("second"))
    for _ in range(2):
        ran = import_seeds(tmp_path / "one", tmp_path / "two", "--root", "both")
        assert ran.status == 1
        assert ran.counts["rejected"] == 1
        assert "is also in" in json.dumps(ran.receipt["files"])
        assert [source.article for source in Source.objects.all()] == [article_of("first")]


def test_path_named_twice_imports_once(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path, tmp_path)
    assert Article.objects.count() == Source.objects.count() == 1


def test_roots_keep_equal_paths_apart(tmp_path):
    write(tmp_path, "one/a.md", story("a"))
    write(tmp_path, "two/a.md", story("b"))
    import_seeds(tmp_path / "one", "--root", "one")
    import_seeds(tmp_path / "two", "--root", "two")
    assert sorted(Source.objects.values_list("root", "path")) == [("one", "a.md"), ("two", "a.md")]
    assert not Source.objects.exclude(missing_at=None).exists()


def test_receipt_has_exactly_the_documented_shape(tmp_path):
    write(tmp_path, "sub/é b.md", story("a", "subtitle: x\n"))
    write(tmp_path, "x.md", story("x", "heat: y\n"))
    (tmp_path / "link.md").symlink_to("x.md")
    ran = import_seeds(tmp_path)
    assert list(ran.receipt) == ["run", "root", "dry_run", "counts", "files"]
    assert ran.receipt["run"] == ImportRun.objects.get().pk
    assert (ran.receipt["root"], ran.receipt["dry_run"]) == (tmp_path.name, False)
    assert ran.receipt["counts"] == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "conflicted": 0,
        "rejected": 1,
        "skipped": 1,
    }
    assert sorted(ran.receipt["files"], key=lambda file: file["path"]) == [
        {
            "path": "link.md",
            "outcome": "skipped",
            "article": None,
            "changes": [],
            "problems": [
                {"severity": "warning", "line": None, "key": "", "message": "is a link; links are not followed"}
            ],
        },
        {
            "path": "sub/é b.md",
            "outcome": "created",
            "article": Article.objects.get().pk,
            "changes": [],
            "problems": [
                {
                    "severity": "notice",
                    "line": 7,
                    "key": "subtitle",
                    "message": "is not a key that Newsdesk knows; it is kept",
                }
            ],
        },
        {
            "path": "x.md",
            "outcome": "rejected",
            "article": None,
            "changes": [],
            "problems": [
                {
                    "severity": "error",
                    "line": 7,
                    "key": "heat",
                    "message": '"y" is not a whole number; write digits without quotes',
                }
            ],
        },
    ]


@pytest.mark.parametrize("count", [0, 1, 250])
def test_receipt_is_json_for_any_number_of_files(tmp_path, count):
    for number in range(count):
        write(tmp_path, f"{number}.md", b"no seed \xc3\xa9")
    ran = import_seeds(tmp_path)
    assert len(ran.receipt["files"]) == ran.receipt["counts"]["rejected"] == count
    assert ran.status == (1 if count else 0)


def test_text_receipt_names_path_line_key_reason_and_the_counts(tmp_path):
    write(tmp_path, "a/x.md", story("x", "heat: y\n"))
    write(tmp_path, "ok.md", story("ok"))
    shown = text_of(tmp_path, status=1)
    assert 'rejected a/x.md:7: heat "y" is not a whole number; write digits without quotes\n' in shown
    assert shown.endswith(
        f"Import {ImportRun.objects.get().pk} of root “{tmp_path.name}”: "
        "1 created, 0 updated, 0 unchanged, 0 conflicted, 1 rejected, 0 skipped.\n"
    )


def test_F08_text_receipt_is_one_harmless_line_for_any_file_name(tmp_path):  # noqa: N802
    for name in ("a\nrejected b.md: forged.md", "c\x1b[2J.md", "d\u202egpj.md", "\udcff.md", "-rf.md"):
        write(tmp_path, name, b"no seed")
    shown = text_of(tmp_path, status=1)
    assert len(shown.splitlines()) == 6
    assert all(line.isprintable() for line in shown.splitlines())
    assert "skipped a\\nrejected b.md: forged.md: has a name" in shown
    assert "rejected d\\u202egpj.md" in shown


DRY = {
    "article": "published: true\nsecured: s\ntopics: [A, B]\nimages:\n  - url: https://a.example/x.jpg\n",
    "bad": "heat: x\n",
}


def test_F18_dry_run_writes_nothing_and_says_what_a_run_would_do(tmp_path):  # noqa: N802
    for name in ("changed", "moved", "gone", "touched", "same", "shut"):
        write(tmp_path, f"{name}.md", story(name, "published: true\n" if name == "shut" else ""))
    import_seeds(tmp_path)
    article = article_of("touched")
    state = article_state.read_state(article)
    mine = article_state.ArticleState(state.content.model_copy(update={"title": "Mine"}), state.desk)
    door.change(article, mine, actor=make_user("Editor"), origin=Origin.FORM, expected_version=1)
    for name in ("changed", "touched", "shut"):
        write(tmp_path, f"{name}.md", story(name, "quality: 9\n"))
    (tmp_path / "moved.md").rename(tmp_path / "z-moved.md")
    (tmp_path / "gone.md").unlink()
    write(tmp_path, "new.md", story("new", DRY["article"]))
    write(tmp_path, "twice.md", story("new"))
    write(tmp_path, "taken.md", story("same"))
    write(tmp_path, "bad.md", story("bad", DRY["bad"]))
    (tmp_path / "link.md").symlink_to("new.md")
    before = every_row()
    dry = import_seeds(tmp_path, "--dry-run")
    assert changed_tables(before) == set()
    assert (dry.receipt["run"], dry.receipt["dry_run"]) == (None, True)
    assert dry.file("new.md")["article"] is None
    assert "Missing files: 1, would be marked." in dry.errors
    real = import_seeds(tmp_path)
    assert "Missing files: 1, now marked." in real.errors
    assert dry.outcomes == {
        "bad.md": "rejected",
        "changed.md": "updated",
        "link.md": "skipped",
        "new.md": "created",
        "shut.md": "conflicted",
        "taken.md": "rejected",
        "touched.md": "updated",
        "twice.md": "rejected",
        "z-moved.md": "updated",
    }
    assert (dry.status, dry.outcomes, dry.counts) == (real.status, real.outcomes, real.counts)
    for file in dry.receipt["files"]:
        assert file | {"article": 0} == real.file(file["path"]) | {"article": 0}


def test_dry_run_knows_duplicates_across_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "FIRST_BATCH", 1)
    monkeypatch.setattr(runner, "SMALLEST_BATCH", 1)
    monkeypatch.setattr(runner, "LARGEST_BATCH", 1)
    for name in "abc":
        write(tmp_path, f"{name}.md", story("one"))
    dry = import_seeds(tmp_path, "--dry-run")
    assert dry.outcomes == {"a.md": "created", "b.md": "rejected", "c.md": "rejected"}
    assert dry.said("c.md") == "duplicate of a.md: it has the same webUrl"


def test_actor_is_recorded(tmp_path, contributor):
    write(tmp_path, "a.md", story("a"))
    ran = import_seeds(tmp_path, "--actor", contributor.username)
    revision = article_of("a").revisions.get()
    assert ran.status == 0
    assert (revision.actor, revision.actor_name) == (contributor, contributor.username)
    change_set = ImportRun.objects.get().change_set
    assert (change_set.actor, change_set.actor_name) == (contributor, contributor.username)


def test_without_actor_the_operator_is_recorded_who_may_do_everything(tmp_path):
    write(tmp_path, "a.md", story("a", "published: true\n"))
    import_seeds(tmp_path)
    revision = article_of("a").revisions.get()
    assert (revision.actor, revision.actor_name) == (None, "operator")


def test_contributors_published_seed_is_rejected_and_nothing_of_it_is_stored(tmp_path, contributor):
    write(tmp_path, "a.md", story("a", "published: true\ntopics: [Only here]\ncategory: Only here\n"))
    write(tmp_path, "b.md", story("b"))
    before = every_row()
    ran = import_seeds(tmp_path, "--actor", contributor.username)
    assert (ran.status, ran.outcomes) == (1, {"a.md": "rejected", "b.md": "created"})
    assert ran.said("a.md") == f"{contributor.username} has no permission to publish"
    assert "articles_topic" not in changed_tables(before)
    assert "articles_category" not in changed_tables(before)
    assert [source.path for source in Source.objects.all()] == ["b.md"]
    assert list(Article.objects.all()) == [article_of("b")]


def test_contributors_file_that_changes_a_published_article_is_rejected(tmp_path, contributor):
    file = write(tmp_path, "a.md", story("a", "published: true\n"))
    import_seeds(tmp_path)
    before = desk_rows()
    for raw in (
        story("a", "published: true\nquality: 3\n"),
        story("a", "published: true\n", publishedDateTime="2026-03-01T00:00:00Z"),
    ):
        file.write_bytes(raw)
        ran = import_seeds(tmp_path, "--actor", contributor.username)
        assert (ran.status, ran.outcomes) == (1, {"a.md": "rejected"})
        assert desk_rows() == before
        assert import_seeds(tmp_path, "--actor", contributor.username, "--dry-run").outcomes == {"a.md": "rejected"}


def test_contributors_file_that_publishes_is_rejected(tmp_path, contributor):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    file.write_bytes(story("a", "published: true\n"))
    ran = import_seeds(tmp_path, "--actor", contributor.username)
    assert ran.outcomes == {"a.md": "rejected"}
    assert not article_of("a").published


def test_contributors_file_that_changes_a_hidden_article_updates_it(tmp_path, contributor):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    file.write_bytes(story("a", "quality: 3\n"))
    assert import_seeds(tmp_path, "--actor", contributor.username).counts == {"updated": 1}
    assert article_of("a").revisions.get(number=2).actor == contributor


def test_editors_published_seed_is_published(tmp_path, editor):
    write(tmp_path, "a.md", story("a", "published: true\n"))
    assert import_seeds(tmp_path, "--actor", editor.username).counts == {"created": 1}
    assert article_of("a").published


def test_actor_without_rights_imports_nothing(tmp_path):
    stranger = make_user()
    write(tmp_path, "a.md", story("a"))
    ran = import_seeds(tmp_path, "--actor", stranger.username)
    assert ran.said("a.md") == f"{stranger.username} has no permission to add articles"
    assert not Article.objects.exists()


def test_import_opens_no_run_for_an_actor_it_cannot_use(tmp_path):
    gone = make_user("Editor", is_active=False)
    for name in ("nobody", gone.username, "", "a\0b", "\udcff"):
        with pytest.raises(CommandError, match="there is no active user") as refusal:
            import_seeds(tmp_path, "--actor", name)
        assert refusal.value.returncode == 2
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 101, "a\nb", "\udcff", "\x00", "\u202e"])
def test_root_that_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(CommandError, match="--root must be") as refusal:
        import_seeds(tmp_path, f"--root={name}")
    assert refusal.value.returncode == 2
    assert not ImportRun.objects.exists()


def test_F09_path_that_is_not_there_is_refused(tmp_path):  # noqa: N802
    write(tmp_path, "ok/b.md", story("b"))
    (tmp_path / "loop").symlink_to("loop")
    unusable = {
        tmp_path / "missing": "missing does not exist",
        f"{tmp_path}/missing\nforged": "missing\\\\nforged does not exist",
        "x" * 5000: "does not exist",
        "a\0b": "does not exist",
        "": "does not exist",
        tmp_path / "loop": "does not exist",
        "\udcff": "\\\\xff does not exist",
    }
    for path, sentence in unusable.items():
        with pytest.raises(CommandError, match=sentence) as refusal:
            import_seeds(tmp_path / "ok", path)
        assert refusal.value.returncode == 2
    assert not ImportRun.objects.exists()


def test_F09_empty_folder_is_an_import_of_nothing(tmp_path):  # noqa: N802
    ran = import_seeds(tmp_path)
    assert (ran.status, ran.counts, ran.receipt["files"]) == (0, {}, [])


def test_F09_folder_of_other_peoples_files_is_answered_in_order(tmp_path):  # noqa: N802
    ran = import_seeds("/etc", "--dry-run")
    assert ran.status in (0, 1)
    assert set(ran.counts) <= {"rejected", "skipped"}
    assert not Article.objects.exists()


def test_unknown_option_ends_with_2(tmp_path):
    for words in (["--format", "xml"], ["--nonsense"]):
        with pytest.raises(CommandError):
            call_command("import_seeds", str(tmp_path), *words)


def test_database_that_gives_way_ends_with_one_sentence(tmp_path, monkeypatch):
    write(tmp_path, "a.md", story("a"))

    def locked(*args, **options):
        raise OperationalError("database is locked\nand more")

    monkeypatch.setattr(runner, "write", locked)
    with pytest.raises(
        CommandError, match=r"^the database cannot be used \(database is locked\); files imported"
    ) as refusal:
        import_seeds(tmp_path)
    assert refusal.value.returncode == 2


# In a process of its own.


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.slow
@on_a_real_database
def test_in_a_pipe_there_is_json_alone_on_standard_output_and_no_bar_on_standard_error(tmp_path):
    write(tmp_path, "é.md", story("a", title="Café 北京"))
    write(tmp_path, "bé.md", b"no seed")
    done = run("import_seeds", tmp_path, "--format", "json", url=database_url(), PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert done.stderr == ""
    receipt = json.loads(done.stdout)
    assert {file["path"]: file["outcome"] for file in receipt["files"]} == {"é.md": "created", "bé.md": "rejected"}
    assert receipt["run"] == ImportRun.objects.get().pk
    done = run("import_seeds", tmp_path, "--dry-run", url=database_url(), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "rejected b\\xe9.md:1: no front matter; begin the file with a line of ---",
        f"Dry run of root \\u201c{tmp_path.name}\\u201d: "
        "0 created, 0 updated, 1 unchanged, 0 conflicted, 1 rejected, 0 skipped.",
    ]


@pytest.mark.slow
@on_a_real_database
def test_path_that_cannot_be_used_ends_with_2(tmp_path):
    done = run("import_seeds", tmp_path / "nothing", "--actor", "x", url=database_url())
    assert_one_sentence(done, "nothing does not exist; give a file or a folder")


@pytest.mark.slow
@on_a_real_database
def test_unreadable_file_and_folder_are_rejected_and_the_others_imported(tmp_path):
    write(tmp_path, "a.md", story("a"))
    write(tmp_path, "shut.md", story("shut"))
    write(tmp_path, "closed/b.md", story("b"))
    import_seeds(tmp_path)
    (tmp_path / "shut.md").chmod(0)
    (tmp_path / "closed").chmod(0)
    try:
        process = start("import_seeds", tmp_path, "--format", "json", url=database_url(), without_root=True)
        done = finished(process)
    finally:
        (tmp_path / "closed").chmod(0o700)
    files = {file["path"]: file["problems"][0]["message"] for file in json.loads(done.stdout)["files"]}
    assert done.returncode == 1
    assert files == {
        "closed": "the folder cannot be read: Permission denied",
        "shut.md": "cannot be read: Permission denied",
    }
    assert not Source.objects.exclude(missing_at=None).exists()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A migrated SQLite file, to copy."""
    file = tmp_path_factory.mktemp("database") / "template.sqlite3"
    assert run("migrate", "--verbosity", "0", url=f"sqlite:///{file}").returncode == 0
    return file


@pytest.mark.slow
def test_F22_database_file_that_is_read_only_gets_one_sentence(tmp_path, migrated_file):  # noqa: N802
    write(tmp_path, "seeds/a.md", story("a"))
    file = tmp_path / "read-only.sqlite3"
    file.write_bytes(migrated_file.read_bytes())
    file.chmod(0o444)
    words = ("import_seeds", tmp_path / "seeds")
    done = run(*words, url=f"sqlite:///{file}", without_root=True)
    assert_one_sentence(done, "the database cannot be used", "readonly")
    (tmp_path / "shut").mkdir()
    moved = file.rename(tmp_path / "shut" / "read-only.sqlite3")
    (tmp_path / "shut").chmod(0o555)
    done = run(*words, url=f"sqlite:///{moved}", without_root=True)
    assert_one_sentence(done, "the database cannot be used")
    (tmp_path / "shut").chmod(0o700)


@pytest.mark.slow
@on_a_real_database
def test_F22_database_without_tables_gets_one_sentence(tmp_path):  # noqa: N802
    write(tmp_path, "seeds/a.md", story("a"))
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        url = f"{database_url()}?options=-c%20search_path%3Dnowhere"
    for words in ([], ["--actor", "anybody"]):
        done = run("import_seeds", tmp_path / "seeds", *words, url=url)
        assert_one_sentence(done, "lacks a table", "run manage.py migrate")


@pytest.mark.slow
def test_F22_what_is_no_database_gets_one_sentence(tmp_path):  # noqa: N802
    write(tmp_path, "seeds/a.md", story("a"))
    file = write(tmp_path, "noise.sqlite3", b"this is no database\n" * 100)
    done = run("import_seeds", tmp_path / "seeds", url=f"sqlite:///{file}")
    assert_one_sentence(done, "the database cannot be used")
    done = run("import_seeds", tmp_path / "seeds", url=f"sqlite:///{tmp_path}/nowhere/x.sqlite3")
    assert_one_sentence(done, "the database cannot be used")


def test_connection_is_left_as_it_was(tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    assert Revision.objects.count() == 1
    assert not connections["default"].needs_rollback
