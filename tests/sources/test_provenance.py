"""Where an article's values come from, and back to what its file says."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import refusals
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import ChangeSet, Conflict
from articles.models.history import Origin
from articles.sources import provenance
from articles.workflow import publishing
from tests.admin.browserless import read_form, text_of
from tests.contesting import contested, edit_article
from tests.factories import make_article
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db


def edited(tmp_path):
    write(tmp_path, "a.md", story("a", "excerpt: Old\n"))
    import_seeds(tmp_path)
    edit_article("a", title="Mine")
    return article_of("a")


def form_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def from_file(article):
    return f"/admin/articles/article/{article.pk}/from-file/"


def test_a_value_comes_from_the_newest_revision_that_changed_it(tmp_path):
    article = edited(tmp_path)
    origins = provenance.origins(provenance.latest_revisions(article))
    assert (origins["title"].number, origins["title"].origin) == (2, "form")
    assert (origins["excerpt"].number, origins["excerpt"].origin) == (1, "import")
    write(tmp_path, "a.md", story("a", "excerpt: New\n"))
    ran = import_seeds(tmp_path)
    assert (
        provenance.origins(provenance.latest_revisions(article))["excerpt"].change_set.import_run.pk
        == ran.receipt["run"]
    )


def test_origins_are_one_query_however_long_the_history_and_end_somewhere(tmp_path):
    article = edited(tmp_path)
    for n in range(10):
        edit_article("a", quality=n + 1)
    with CaptureQueriesContext(connection) as queries:
        latest = provenance.latest_revisions(article)
        origins = provenance.origins(latest)
    assert len(queries) == 1
    assert origins["excerpt"].number == 1
    assert provenance.origins(latest[:5]).keys() == {"quality"}


def test_fields_in_which_the_file_says_something_else_can_go_back(tmp_path, editor):
    article = edited(tmp_path)
    publishing.publish(article, actor=OPERATOR, origin=Origin.FORM)
    assert provenance.returnable_fields(article, article_state.read_state(article)) == ["title"]
    made = provenance.return_to_file(article, "title", actor=editor, expected_version=3)
    assert made.values == {"title": ["Mine", "The story of a"]}
    assert (made.origin, made.change_set.kind) == ("restore", "restore")
    assert article_of("a").published


@pytest.mark.parametrize("name", ["published", "secured", "live_from"])
def test_what_is_no_value_of_the_file_to_choose_does_not_go_back(tmp_path, editor, name):
    with pytest.raises(refusals.Refused):
        provenance.return_to_file(edited(tmp_path), name, actor=editor, expected_version=2)


def test_an_article_without_a_file_has_nothing_to_go_back_to(editor):
    article = make_article()
    assert provenance.returnable_fields(article, article_state.read_state(article)) == []
    with pytest.raises(refusals.Refused):
        provenance.return_to_file(article, "title", actor=editor, expected_version=1)


def test_going_back_closes_the_conflict_on_the_field(tmp_path, editor):
    article = contested(tmp_path)
    provenance.return_to_file(article, "title", actor=editor, expected_version=article.version)
    assert Conflict.objects.get(field="title").outcome == "agreed"
    assert article_of("a").title == "Theirs"


def test_the_form_says_where_each_value_comes_from(tmp_path, editor, signed_in, time_machine):
    time_machine.move_to("2026-11-20T10:32:00Z", tick=False)
    article = edited(tmp_path)
    client = signed_in(editor)
    run = article.source.run_id
    assert "Title* operator, 10:32 Revert to source: title" in text_of(client.get(form_of(article)))
    time_machine.move_to("2026-11-21T10:32:00Z", tick=False)
    words = text_of(signed_in(editor).get(form_of(article)))
    assert "Title* operator, 20 Nov 2026, 10:32" in words
    assert f"Excerpt source, import {run}" in words


def test_a_value_of_both_sides_is_said_to_be_merged(tmp_path, editor, signed_in):
    article = edited(tmp_path)
    edit_article("a", topics=("Ours",))
    write(tmp_path, "a.md", story("a", "excerpt: New\ntopics: [Theirs]\n"))
    import_seeds(tmp_path)
    run = article_of("a").source.run_id
    words = text_of(signed_in(editor).get(form_of(article)))
    assert f"source, import {run}, merged with ours Revert to source: topics" in words
    assert words.count("merged with ours") == 1


def test_the_button_brings_the_files_value_back_and_undo_takes_it_back(tmp_path, editor, signed_in):
    article, client = edited(tmp_path), signed_in(editor)
    page = read_form(client, form_of(article), "from-file").send(client, "", "field=title", follow=True)
    assert "Reverted to source: title." in text_of(page)
    assert article_of("a").title == "The story of a"
    client.post(f"/admin/articles/article/undo/{ChangeSet.objects.get(kind='restore').pk}/")
    assert article_of("a").title == "Mine"


def test_a_stale_button_changes_nothing_and_one_that_is_pressed_twice_returns_once(tmp_path, editor, signed_in):
    article, client = edited(tmp_path), signed_in(editor)
    form = read_form(client, form_of(article), "from-file")
    edit_article("a", title="Mine, later")
    assert "check it again" in text_of(form.send(client, "", "field=title", follow=True))
    assert article_of("a").title == "Mine, later"
    form = read_form(client, form_of(article), "from-file")
    form.send(client, "", "field=title")
    version = article_of("a").version
    words = text_of(form.send(client, "", "field=title", follow=True))
    assert words.count("Reverted to source: title.") == 1
    assert article_of("a").version == version


@pytest.mark.parametrize("data", [{}, {"field": "title"}, {"field": "published", "version": "2"}])
def test_a_button_that_no_form_offers_is_refused(tmp_path, editor, signed_in, data):
    assert signed_in(editor).post(from_file(edited(tmp_path)), data).status_code == 400


def test_the_door_refuses_who_may_not_change_it(tmp_path, client, contributor, editor, signed_in):
    article = edited(tmp_path)
    publishing.publish(article, actor=editor, origin=Origin.FORM)
    data = {"field": "title", "version": article.version}
    assert client.post(from_file(article), data)["Location"].startswith("/admin/login/")
    assert signed_in(contributor).post(from_file(article), data).status_code == 403
    assert signed_in(editor).get(from_file(article)).status_code == 405
    assert article_of("a").title == "Mine"
