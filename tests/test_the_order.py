"""Read this first: what Newsdesk does with a story, from the file to the readers and back, in ten tests.

A story comes in as a file (a "seed"), editors work on it, readers see it once it is published, and it goes out as a
file again. Nothing that an editor did is ever lost. The other tests hold each step to its details: tests/ mirrors
articles/.
"""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command, get_commands
from django.utils import timezone

from articles.changes.refusals import NotAllowed
from articles.history import change_sets
from articles.models import Article, Conflict, Revision
from articles.workflow import publishing
from tests.admin.browserless import open_form

pytestmark = pytest.mark.django_db

FERRY = """---
title: The night ferry returns
excerpt: After eleven years.
webUrl: https://gazette.example/ferry
type: article
publishedDateTime: 2026-02-28T09:00:00Z
provider: {name: The Gazette, domain: gazette.example}
topics: [Ships]
mood: hopeful   # a key of the newsroom's own
---
It sails at **ten**.
"""


@pytest.fixture
def folder(tmp_path):
    """The newsroom's files: one story."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "ferry.md").write_text(FERRY)
    return tmp_path / "news"


@pytest.fixture
def ferry(folder) -> Article:
    """The story, imported."""
    run("import_seeds", folder)
    return Article.objects.get()


def run(command, *words):
    """`manage.py command words`. Returns what it prints."""
    out = StringIO()
    call_command(command, *map(str, words), stdout=out)
    return out.getvalue()


def saved_in_the_form(client, article, **typed):
    """An editor opens the article's form, types, and presses Save."""
    address = f"/admin/articles/article/{article.pk}/change/"
    form = open_form(client, address)
    for box, text in typed.items():
        form[box] = text
    assert form.send(client, address, "_save").status_code == 302
    article.refresh_from_db()


def test_1_an_import_makes_an_article_of_a_file_and_publishes_nothing(folder):
    run("import_seeds", folder)
    article = Article.objects.get()
    assert (article.title, article.provider.name) == ("The night ferry returns", "The Gazette")
    assert [topic.name for topic in article.topics.all()] == ["Ships"]
    assert article.body_html == "<p>It sails at <strong>ten</strong>.</p>\n"
    assert not article.published


def test_2_importing_the_same_file_again_changes_nothing_and_a_newer_one_is_followed(folder, ferry):
    run("import_seeds", folder)
    ferry.refresh_from_db()
    assert ferry.version == 1
    (folder / "ferry.md").write_text(FERRY.replace("returns", "is back"))
    run("import_seeds", folder)
    ferry.refresh_from_db()
    assert (ferry.title, ferry.version) == ("The night ferry is back", 2)


def test_3_what_an_editor_changed_survives_the_next_import(folder, ferry, editor, signed_in):
    saved_in_the_form(signed_in(editor), ferry, title="Ferry back after eleven years")
    (folder / "ferry.md").write_text(FERRY.replace("After eleven years.", "It took eleven years."))
    run("import_seeds", folder)
    ferry.refresh_from_db()
    assert ferry.title == "Ferry back after eleven years"
    assert ferry.excerpt == "It took eleven years."
    assert not Conflict.objects.exists()


def test_4_publishing_shows_it_to_readers(ferry, editor, client):
    publishing.publish(ferry, actor=editor)
    assert "The night ferry returns" in client.get("/").content.decode()
    page = client.get(ferry.get_absolute_url())
    assert "It sails at <strong>ten</strong>." in page.content.decode()


def test_5_unpublishing_takes_it_away_at_once(ferry, editor, client):
    publishing.publish(ferry, actor=editor)
    publishing.unpublish(ferry, actor=editor, reason="The ferry has sunk.")
    assert "The night ferry returns" not in client.get("/").content.decode()
    assert client.get(ferry.get_absolute_url()).status_code == 404


def test_6_readers_see_what_is_published_from_its_moment_on_and_nothing_else(ferry, editor, client):
    now = timezone.now()
    publishing.publish(ferry, actor=editor, at=now + timedelta(days=1))
    for address in ("/", "/?q=ferry", ferry.get_absolute_url()):
        assert "night ferry" not in client.get(address).content.decode()
    assert list(Article.objects.visible(at=now)) == []
    assert list(Article.objects.visible(at=now + timedelta(days=1))) == [ferry]


def test_7_only_those_with_the_right_publish(ferry, contributor, editor):
    with pytest.raises(NotAllowed):
        publishing.publish(ferry, actor=contributor)
    ferry.refresh_from_db()
    assert not ferry.published
    publishing.publish(ferry, actor=editor)
    assert ferry.published


def test_8_every_change_is_recorded_and_can_be_undone(ferry, editor, signed_in):
    saved_in_the_form(signed_in(editor), ferry, title="A mistake", reason="in a hurry")
    made = Revision.objects.get(article=ferry, number=2)
    assert (made.actor, made.reason, list(made.values)) == (editor, "in a hurry", ["title"])
    change_sets.undo(made.change_set, actor=editor)
    ferry.refresh_from_db()
    assert (ferry.title, ferry.version) == ("The night ferry returns", 3)


def test_9_what_goes_out_is_the_file_that_came_in_but_for_what_was_changed(ferry, tmp_path, editor, signed_in):
    run("export_seeds", tmp_path / "untouched")
    assert (tmp_path / "untouched" / "ferry.md").read_text() == FERRY
    saved_in_the_form(signed_in(editor), ferry, quality="80")
    run("export_seeds", tmp_path / "edited")
    before, after = FERRY.splitlines(), (tmp_path / "edited" / "ferry.md").read_text().splitlines()
    assert [line for line in after if line not in before] == ["quality: 80"]
    assert [line for line in before if line not in after] == []


def test_10_each_step_is_a_command_too(folder, ferry, client):
    ours = {name for name, app in get_commands().items() if app == "articles"}
    assert {"check_seeds", "import_seeds", "publish_articles", "unpublish_articles", "export_seeds", "undo"} <= ours
    run("check_seeds", folder)
    run("publish_articles", ferry.pk)
    assert "The night ferry returns" in client.get("/").content.decode()
    run("undo", Revision.objects.get(article=ferry, number=2).change_set_id)
    assert "The night ferry returns" not in client.get("/").content.decode()
