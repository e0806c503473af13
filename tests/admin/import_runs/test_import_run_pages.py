"""Import runs in the admin: for Chiefs, to read, to filter, and to take away as JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from urllib.parse import parse_qs, quote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin.import_runs import admin as views
from articles.changes.actors import OPERATOR
from articles.history import change_sets
from articles.importing import receipt as receipts
from articles.importing.runner import Import
from articles.models import Article, ChangeSet, ImportOutcome, ImportRun
from articles.models.importing import Outcome
from articles.sources import conflicts
from tests.admin.browserless import forms_of, tags_of, text_of
from tests.admin.seeds import seed
from tests.contesting import contested
from tests.factories import make_user

pytestmark = pytest.mark.django_db
RUNS = "/admin/articles/importrun/"
GOOD = seed()
OTHER = seed(title="Other").replace("https://a.example/", "https://b.example/")


@pytest.fixture
def run(db, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "<script>__x(1)<.md").write_text(GOOD.replace("title: T", "title: {a: '<img src=x>'}"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    return ImportRun.objects.get()


@pytest.fixture
def chiefs(chief, signed_in):
    return signed_in(chief)


def make_run(*, actor=OPERATOR, root="wire", began=None, **counts) -> ImportRun:
    """A run without its files; `counts` by outcome."""
    change_set = change_sets.open_change_set(ChangeSet.Kind.IMPORT, actor=actor)
    began = began or timezone.now()
    named = {f"{outcome}_count": count for outcome, count in counts.items()}
    return ImportRun.objects.create(
        change_set=change_set, root=root, paths=f"/srv/{root}", started_at=began, finished_at=began, **named
    )


def add_files(run: ImportRun, outcome: Outcome, count: int) -> None:
    ImportOutcome.objects.bulk_create(
        ImportOutcome(run=run, path=f"{outcome}-{n:04}.md", outcome=outcome) for n in range(count)
    )
    ImportRun.objects.filter(pk=run.pk).update(**{f"{outcome}_count": count})


def page_of(run: ImportRun) -> str:
    return f"{RUNS}{run.pk}/change/"


def paths_on(response) -> list[str]:
    return [file.path for file in response.context["files"]]


def runs_on(response) -> list[int]:
    return [run.pk for run in response.context["cl"].result_list]


# One run.


def test_a_chief_reads_what_each_file_became_and_why(chiefs, run):
    assert f"import {run.pk}" in text_of(chiefs.get(RUNS))
    page = chiefs.get(page_of(run))
    words = text_of(page)
    for said in ("operator", "wire", "rejected", "<script>__x(1)<.md", "created", "good.md", "line 2", "title"):
        assert said in words, said
    assert b"<script>__x" not in page.content
    assert words.index("<script>") < words.index("good.md")


def test_a_file_leads_to_its_article_and_its_changes_have_the_forms_labels(chiefs, run, tmp_path):
    (tmp_path / "good.md").write_text(GOOD.replace("title: T", "title: U\noriginalUrl: https://o.example/"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    page = chiefs.get(page_of(ImportRun.objects.latest("pk")))
    links = [attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"]
    assert f"/admin/articles/article/{Article.objects.get().pk}/change/" in links
    assert "title, original address" in text_of(page)


def test_counts_lead_to_their_files(chiefs, run):
    page = chiefs.get(page_of(run))
    links = [attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"]
    assert "?outcome=rejected" in links
    assert "?outcome=skipped" not in links
    assert paths_on(chiefs.get(page_of(run) + "?outcome=rejected")) == ["<script>__x(1)<.md"]
    assert paths_on(chiefs.get(page_of(run) + "?outcome=created")) == ["good.md"]


def test_the_receipt_leads_to_conflicts_while_one_of_its_own_is_open(chiefs, chief, tmp_path):
    contested(tmp_path)
    address = page_of(ImportRun.objects.get(conflicted_count=1))
    assert "Decide the open conflicts" in text_of(chiefs.get(address))
    conflicts.keep(conflicts.open_conflicts(), actor=chief)
    words = text_of(chiefs.get(address))
    assert "Decide the open conflicts" not in words
    assert "None of its conflicts is open any more." in words


def test_form_and_list_say_that_the_last_import_rejected_the_articles_file(editor, signed_in, tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    client, form = signed_in(editor), f"/admin/articles/article/{Article.objects.get().pk}/change/"
    (tmp_path / "good.md").write_text(GOOD.replace("title: T", "title: {a: '<img src=x>'}"))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    page = client.get(form)
    assert f"Import {ImportRun.objects.latest('pk').pk} could not read good.md. The article is unchanged." in text_of(
        page
    )
    assert "Line " in text_of(page)
    assert b"<img src=x>" not in page.content
    assert "source file rejected" in text_of(client.get("/admin/articles/article/"))
    (tmp_path / "good.md").write_text(GOOD)
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    for address in (form, "/admin/articles/article/"):
        assert "rejected" not in text_of(client.get(address))


def test_files_are_found_by_a_part_of_their_path_and_by_what_was_said(chiefs, run, tmp_path):
    (tmp_path / "noted.md").write_text(OTHER.replace("---\ntitle", '---\nsubtitle: \'"severity": "error"\'\ntitle', 1))
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    latest = page_of(ImportRun.objects.latest("pk"))
    assert paths_on(chiefs.get(f"{latest}?q=NOT")) == ["noted.md"]
    assert paths_on(chiefs.get(f"{latest}?q=%25")) == []
    assert paths_on(chiefs.get(f"{latest}?severity=notice")) == ["noted.md"]
    assert paths_on(chiefs.get(f"{latest}?severity=error")) == ["<script>__x(1)<.md"]
    assert paths_on(chiefs.get(f"{latest}?severity=error&outcome=created")) == []
    assert "No files match these filters" in text_of(chiefs.get(f"{latest}?q=nothing"))


def test_a_run_that_changed_nothing_says_so(chiefs, tmp_path):
    Import([tmp_path], root="wire", actor=OPERATOR).execute()
    assert "No files changed." in text_of(chiefs.get(page_of(ImportRun.objects.get())))


def test_a_run_that_did_not_finish_says_so(chiefs, run):
    ImportRun.objects.update(finished_at=None)
    assert "The next import continues" in text_of(chiefs.get(page_of(run)))


@pytest.mark.parametrize(
    "query",
    [
        *("outcome=x", "outcome=unchanged", "severity=x", "q=%00", "q=" + "x" * 201, "page=2", "problems__contains=x"),
        *("after=x", "after=-1", "after=1e3", "after=99999999999999999999"),
    ],
)
def test_an_address_that_asks_for_what_a_receipt_does_not_have_is_refused(chiefs, run, query):
    assert chiefs.get(f"{page_of(run)}?{query}").status_code == 400


@pytest.mark.parametrize("key", ["x", "0", "999999", "9" * 30, "1/x"])
def test_a_run_that_is_none_is_not_found(chiefs, run, key):
    for view in ("change/", "receipt.json"):
        assert chiefs.get(f"{RUNS}{key}/{view}").status_code == 404


def test_file_names_and_messages_are_shown_as_harmless_lines(chiefs):
    run = make_run(rejected=1)
    problems = json.dumps([{"severity": "error", "line": 1, "key": "a\x1b", "message": "is \u202e <b>bold</b>"}])
    ImportOutcome.objects.create(run=run, path="d\u202egpj\x1b[2J<i>.md", outcome="rejected", problems=problems)
    page = chiefs.get(page_of(run))
    assert "\x1b" not in page.content.decode()
    assert "\u202e" not in page.content.decode()
    assert b"<b>bold" not in page.content
    for said in ("d\\u202egpj\\x1b[2J<i>.md", "a\\x1b", "is \\u202e <b>bold</b>"):
        assert said in text_of(page)


def test_a_long_receipt_is_leafed_through_whole_with_the_urgent_files_first(chiefs, monkeypatch):
    monkeypatch.setattr(views, "FILES_PER_PAGE", 4)
    run, other = make_run(), make_run()
    for outcome in (Outcome.CREATED, Outcome.SKIPPED, Outcome.REJECTED):
        add_files(run, outcome, 5)
        add_files(other, outcome, 5)
    seen, query = [], ""
    while True:
        page = chiefs.get(f"{page_of(run)}?{query}")
        seen.append(paths_on(page))
        query = page.context["next_query"]
        if not query:
            break
        assert parse_qs(query).keys() == {"after"}
    every = [f"{outcome}-{n:04}.md" for outcome in ("rejected", "skipped", "created") for n in range(5)]
    assert [path for paths in seen for path in paths] == every
    assert [len(paths) for paths in seen] == [4, 4, 4, 3]
    assert "First page" in text_of(page)
    stranger = other.outcomes.first().pk
    assert chiefs.get(f"{page_of(run)}?after={stranger}").status_code == 404


def test_pages_keep_the_filters(chiefs, monkeypatch):
    monkeypatch.setattr(views, "FILES_PER_PAGE", 2)
    run = make_run()
    add_files(run, Outcome.CREATED, 5)
    page = chiefs.get(f"{page_of(run)}?outcome=created&q=created")
    assert parse_qs(page.context["next_query"]) == {
        "outcome": ["created"],
        "q": ["created"],
        "after": [str(run.outcomes.all()[1].pk)],
    }


def test_queries_do_not_grow_with_the_files(chiefs):
    counted = []
    for count in (1, 60):
        run = make_run()
        for outcome in views.URGENCY:
            add_files(run, outcome, count)
        with CaptureQueriesContext(connection) as queries:
            chiefs.get(page_of(run))
        counted.append(len(queries))
    assert counted[1] <= counted[0] <= 12


def test_nothing_about_a_run_can_be_changed_by_a_chief(chiefs, run):
    before = list(ImportRun.objects.values()), list(ImportOutcome.objects.values())
    page = chiefs.get(page_of(run))
    boxes = {name for form in forms_of(page) for name in form.boxes}
    assert boxes == {"q", "severity"}
    forged = {"root": "forged", "post": "yes", "_save": "1"}
    assert chiefs.post(page_of(run), forged).status_code == 405
    assert chiefs.post(f"{RUNS}{run.pk}/receipt.json", forged).status_code == 405
    for address in (f"{RUNS}{run.pk}/delete/", f"{RUNS}add/"):
        assert chiefs.post(address, forged).status_code == 403
    chiefs.post(RUNS, {"action": "delete_selected", "index": "0", "_selected_action": run.pk, "post": "yes"})
    assert (list(ImportRun.objects.values()), list(ImportOutcome.objects.values())) == before


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_others_do_not_read_runs(request, signed_in, run, role):
    client = signed_in(request.getfixturevalue(role))
    for address in (RUNS, page_of(run), f"{RUNS}{run.pk}/history/", f"{RUNS}{run.pk}/receipt.json"):
        response = client.get(address)
        assert response.status_code == 403
        assert b"good.md" not in response.content
    assert client.get(f"{RUNS}999999/receipt.json").status_code == 403


# As JSON.


def test_the_json_is_the_receipt_that_the_command_printed(chiefs, tmp_path, monkeypatch):
    monkeypatch.setattr(receipts, "ROWS_AT_ONCE", 2)
    for n in range(5):
        (tmp_path / f"{n}.md").write_text(GOOD.replace("https://a.example/", f"https://a.example/{n}"))
    call_command("import_seeds", str(tmp_path), stdout=StringIO())
    (tmp_path / "0.md").write_text(
        GOOD.replace("https://a.example/", "https://a.example/0").replace("title: T", "x: é")
    )
    (tmp_path / "1.md").write_text(OTHER.replace("https://b.example/", "https://a.example/1"))
    (tmp_path / "5.md").write_text(OTHER.replace("title:", "subtitle: 北\ntitle:"))
    (tmp_path / "link.md").symlink_to("0.md")
    printed = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_seeds", str(tmp_path), "--format", "json", stdout=printed)
    command = json.loads(printed.getvalue())
    assert command["counts"]["rejected"] == command["counts"]["updated"] == command["counts"]["skipped"] == 1
    response = chiefs.get(f"{RUNS}{command['run']}/receipt.json?outcome=created")
    page = json.loads(response.getvalue())
    assert list(page) == list(command)
    assert sorted(page.pop("files"), key=str) == sorted(command.pop("files"), key=str)
    assert page == command
    assert response.streaming
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_a_head_of_the_json_is_answered_without_its_body(chiefs, run):
    response = chiefs.head(f"{RUNS}{run.pk}/receipt.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


# The list.


def test_runs_stand_newest_first_with_who_when_and_counts(chiefs, editor):
    first, second = make_run(rejected=3), make_run(actor=editor, created=12)
    page = chiefs.get(RUNS)
    assert runs_on(page) == [second.pk, first.pk]
    words = text_of(page)
    assert editor.username in words
    assert "12" in words


def test_runs_are_found_by_root_who_outcome_date_and_words(chiefs):
    editor = make_user("Editor", username="mira")
    wire = make_run(rejected=3, began=timezone.now() - timedelta(days=40))
    desk = make_run(root="desk", actor=editor, conflicted=1)
    for query, expected in (
        ("root=desk", [desk.pk]),
        (f"who={editor.username}", [desk.pk]),
        ("who=operator", [wire.pk]),
        ("with=rejected", [wire.pk]),
        ("with=conflicted", [desk.pk]),
        ("with=updated", []),
        (f"started_at__gte={quote((timezone.now() - timedelta(days=7)).isoformat(' '))}", [desk.pk]),
        ("q=srv/wire", [wire.pk]),
        (f"q={editor.username}", [desk.pk]),
        (f"q={wire.pk}", [wire.pk]),
    ):
        assert runs_on(chiefs.get(f"{RUNS}?{query}")) == expected, query
    for query in ("root=nowhere", "root=%00", "with=x", "who=", "q=%00", "started_at__gte=soon"):
        assert chiefs.get(f"{RUNS}?{query}").status_code == 400, query


def test_the_list_says_which_run_did_not_finish(chiefs, run):
    ImportRun.objects.update(finished_at=None)
    assert "not finished" in text_of(chiefs.get(RUNS))


def test_the_list_asks_the_same_number_of_queries_for_one_run_and_for_many(chiefs, editor):
    counted = []
    for count in (1, 9):
        for _ in range(count):
            make_run(actor=editor)
        with CaptureQueriesContext(connection) as queries:
            chiefs.get(RUNS)
        counted.append(len(queries))
    assert counted[0] == counted[1]


# The index.


def test_the_index_says_when_the_last_import_was_and_leads_to_what_it_rejected(chiefs, run):
    make_run(rejected=2, conflicted=1, created=5, updated=4)
    last = ImportRun.objects.latest("pk")
    page = chiefs.get("/admin/")
    assert (
        f"Import {last.pk}, just now, by operator: 5 created, 4 updated, 0 unchanged, 1 conflicted, 2 rejected"
        in text_of(page)
    )
    links = [attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"]
    for query in ("", "?outcome=rejected", "?outcome=conflicted"):
        assert f"{page_of(last)}{query}" in links
    assert page_of(run) not in links


def test_the_index_names_the_command_before_the_first_import(chiefs):
    assert "manage.py import_seeds FOLDER" in text_of(chiefs.get("/admin/"))


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_the_index_says_nothing_of_imports_to_those_who_may_not_read_runs(request, signed_in, run, role):
    words = text_of(signed_in(request.getfixturevalue(role)).get("/admin/"))
    assert "Last import" not in words


def test_the_index_says_that_the_last_import_did_not_finish(chiefs, run):
    ImportRun.objects.update(finished_at=None, started_at=timezone.now() - timedelta(hours=2))
    assert f"Import {run.pk}, started 2 h ago, not finished, by operator" in text_of(chiefs.get("/admin/"))
