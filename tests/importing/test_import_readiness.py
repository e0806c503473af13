"""What a receipt says of the readiness of files that publish."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.changes.actors import OPERATOR
from articles.importing import runner
from articles.importing.runner import Import
from articles.models import Article, ImportOutcome, ImportRun
from articles.workflow.deciding import decide
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
BODY = """---
title: {title}
webUrl: https://news.example/{name}
type: article
provider:
  name: The Ledger
publishedDateTime: 2026-03-01T09:00:00Z
category: news
quality: 80
published: {published}
{more}---
"""
PICTURE = "images:\n- url: https://img.example/1.jpg\n"


def write(folder, name, *, title=None, published="true", more=PICTURE):
    text = BODY.format(name=name, title=title or f"Story {name}", published=published, more=more)
    (folder / f"{name}.md").write_text(text)


def messages(folder, **options):
    """The problems of each file of the receipt."""
    receipt = Import([folder], root="wire", actor=OPERATOR, **options).execute()
    return {file["path"]: [f"{p['severity']}: {p['message']}" for p in file["problems"]] for file in receipt.files()}


NO_PICTURE = "warning: published with a warning: no picture (add one)"
SAME_TITLE = "warning: published with a warning: another live article has this title (compare the two)"


def test_a_file_that_arrives_published_is_told_what_an_editor_would_be(tmp_path):
    write(tmp_path, "a", more="")
    write(tmp_path, "b")
    write(tmp_path, "c", published="false", more="")
    dry = messages(tmp_path, is_dry_run=True)
    assert messages(tmp_path) == dry == {"a.md": [NO_PICTURE], "b.md": [], "c.md": []}
    assert Article.objects.filter(published=True).count() == 2


def test_a_file_that_becomes_published_is_told_once(tmp_path):
    write(tmp_path, "a", published="false", more="")
    messages(tmp_path)
    write(tmp_path, "a", more="")
    dry = messages(tmp_path, is_dry_run=True)
    assert messages(tmp_path) == dry == {"a.md": [NO_PICTURE]}
    write(tmp_path, "a", title="Another", more="")
    assert messages(tmp_path) == {"a.md": []}


def test_blockers_bind_no_import_and_are_warnings_of_its_receipt(tmp_path):
    write(tmp_path, "a", title='"\\u200b"')
    assert messages(tmp_path) == {"a.md": ["warning: published despite a blocker: no title (write one)"]}
    assert Article.objects.get().published


def test_a_held_article_waits_for_an_editor_and_its_receipt_says_so(tmp_path):
    write(tmp_path, "a", published="false")
    messages(tmp_path)
    decide("hold", [Article.objects.get()], why="wait", actor=make_user("Editor"))
    write(tmp_path, "a")
    dry = messages(tmp_path, is_dry_run=True)
    assert messages(tmp_path) == dry
    assert "would publish the article; an editor has to decide" in dry["a.md"][0]
    assert not Article.objects.get().published


@pytest.mark.parametrize("size", [1, 100])
def test_files_of_one_run_are_compared_with_each_other_whatever_the_batches_are(tmp_path, monkeypatch, size):
    for name in ("FIRST_BATCH", "SMALLEST_BATCH", "LARGEST_BATCH"):
        monkeypatch.setattr(runner, name, size)
    related = "related:\n- title: elsewhere\n  webUrl: https://news.example/c\n"
    write(tmp_path, "a", title="Twice", more=PICTURE + related)
    write(tmp_path, "b", title="Twice")
    write(tmp_path, "c")
    dry = messages(tmp_path, is_dry_run=True)
    covered = "already linked as coverage of “Twice” (compare the two)"
    assert dry == {"a.md": [], "b.md": [SAME_TITLE], "c.md": [f"warning: published with a warning: {covered}"]}
    assert messages(tmp_path) == dry


@pytest.mark.parametrize("size", [1, 100])
def test_what_readers_saw_before_the_run_changed_it_is_nothing_that_they_see(tmp_path, monkeypatch, size):
    for name in ("FIRST_BATCH", "SMALLEST_BATCH", "LARGEST_BATCH"):
        monkeypatch.setattr(runner, name, size)
    related = "related:\n- title: elsewhere\n  webUrl: https://news.example/c\n"
    write(tmp_path, "a", title="Old", more=PICTURE + related)
    messages(tmp_path)
    write(tmp_path, "a", title="New")
    for name, title in {"b": "Old", "c": "Third", "d": "New"}.items():
        write(tmp_path, name, title=title)
    dry = messages(tmp_path, is_dry_run=True)
    assert dry == {"a.md": [], "b.md": [], "c.md": [], "d.md": [SAME_TITLE]}
    assert messages(tmp_path) == dry


def test_what_is_live_later_is_nothing_that_readers_see(tmp_path):
    later = timezone.now() + timedelta(days=2)
    write(tmp_path, "a", title="Twice")
    text = (tmp_path / "a.md").read_text().replace("2026-03-01T09:00:00Z", later.strftime("%Y-%m-%dT%H:%M:%SZ"))
    (tmp_path / "a.md").write_text(text)
    write(tmp_path, "b", title="Twice")
    dry = messages(tmp_path, is_dry_run=True)
    assert "the source date is in the future" in dry["a.md"][0]
    assert dry["b.md"] == []
    assert messages(tmp_path) == dry


def test_silenced_checks_say_nothing(tmp_path, settings):
    settings.READINESS_SILENCED = ["no_picture", "same_title"]
    write(tmp_path, "a", title="Twice", more="")
    write(tmp_path, "b", title="Twice", more="")
    assert messages(tmp_path) == {"a.md": [], "b.md": []}


def test_the_kept_receipt_holds_it_for_page_and_json(chief, signed_in, tmp_path):
    make_article(title="Twice", published=True)
    write(tmp_path, "a", title="Twice")
    messages(tmp_path)
    run = ImportRun.objects.get()
    assert ImportOutcome.objects.get(run=run).problem_list[0]["severity"] == "warning"
    page = signed_in(chief).get(f"/admin/articles/importrun/{run.pk}/change/?severity=warning")
    assert "another live article has this title" in page.content.decode()
    receipt = signed_in(chief).get(f"/admin/articles/importrun/{run.pk}/receipt.json")
    assert b"another live article has this title" in b"".join(receipt.streaming_content)


def test_queries_do_not_grow_with_the_files_and_none_are_asked_for_hidden_ones(tmp_path):
    counts = {}
    for published in ("true", "false"):
        for size in (1, 10):
            folder = tmp_path / f"{published}-{size}"
            folder.mkdir()
            for n in range(size):
                write(folder, f"{published}-{size}-{n}", published=published)
            with CaptureQueriesContext(connection) as queries:
                Import([folder], root=folder.name, actor=OPERATOR, is_dry_run=True).execute()
            counts[published, size] = len(queries)
    assert counts["true", 1] == counts["true", 10]
    assert counts["false", 1] == counts["false", 10] <= counts["true", 1] - 2
