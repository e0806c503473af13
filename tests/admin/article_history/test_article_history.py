"""The article's history page: number, when, who, from where, why, and what changed, word by word."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content.article_state import ArticleState, read_state
from articles.history import change_sets, purging
from articles.importing.runner import Import
from articles.models import Article, ChangeSet
from articles.models.history import Origin
from articles.sources import conflicts
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.admin.browserless import open_form, text_of
from tests.admin.seeds import seed
from tests.contesting import contested
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


def history_of(article):
    return f"/admin/articles/article/{article.pk}/history/"


def edited(client, article, **typed):
    address = f"/admin/articles/article/{article.pk}/change/"
    form = open_form(client, address)
    for name, value in typed.items():
        form[name] = value
    return form.send(client, address, "_save")


def test_every_revision_is_shown_with_who_when_from_where_why_and_what(editor, signed_in, tmp_path):
    (tmp_path / "a.md").write_text(seed(title="Began"))
    with time_machine.travel(datetime(2026, 5, 1, 8, 0, 7, tzinfo=UTC), tick=False):
        Import([tmp_path], root="wire", actor=OPERATOR).execute()
    article = Article.objects.get()
    client = signed_in(editor)
    edited(client, article, title="Mine", topics="A\nB", reason="because")
    publishing.publish(Article.objects.get(pk=article.pk), actor=editor, reason="time")
    words = text_of(client.get(history_of(article)))
    for said in (
        "Revision 3",
        "Revision 2",
        "Revision 1",
        "operator",
        editor.username,
        "article form",
        f"import {article.source.run_id}",
        "command line",
        "because",
        "time",
        "Began",
        "Mine",
        article.source.digest[:16],
        "1 May 2026, 08:00",
    ):
        assert said in words, said
    assert words.index("Revision 3") < words.index("Revision 2") < words.index("Revision 1")


def requalified(article, count):
    """`count` more revisions."""
    for _ in range(count):
        row = Article.objects.get(pk=article.pk)
        state = read_state(row)
        wanted = ArticleState(state.content.model_copy(update={"quality": row.version % 100}), state.desk)
        door.change(row, wanted, actor=OPERATOR, origin=Origin.COMMAND, expected_version=row.version)


def test_words_that_came_and_went_are_marked(editor, signed_in):
    client, article = signed_in(editor), make_article(title="The night ferry returns", topics=["A", "B"])
    edited(client, article, title="The day ferry returns", topics="B\nA\nC")
    page = client.get(history_of(article))
    assert '<del><span class="visually-hidden">removed: </span><bdi>night</bdi></del>' in page.content.decode()
    words = text_of(page)
    assert "The removed: nightadded: day ferry returns" in words
    assert "Moved from position 1 to 2 A" in words
    assert "Added C" in words


def test_the_history_is_in_pages_and_any_page_is_answered(editor, signed_in):
    article = make_article()
    requalified(article, 30)
    client = signed_in(editor)
    first, second = (text_of(client.get(history_of(article) + query)) for query in ("", "?p=2"))
    assert "Revision 31 " in first
    assert "Revision 7 " in first
    assert "Revision 6 " not in first
    assert "Revision 6 " in second
    assert "Revision 1 " in second
    assert client.get(history_of(article) + "?p=99999999").context["page"].number == 2
    for page in ("0", "-1", "abc", "9" * 5000, "%00"):
        assert client.get(history_of(article) + f"?p={page}").status_code == 400


def test_a_revision_that_was_undone_says_so(editor, signed_in):
    article = make_article()
    change_set = change_sets.open_change_set("publish", actor=editor)
    decide("publish", [article], actor=editor, change_set=change_set)
    change_sets.undo(change_set, actor=editor)
    words = text_of(signed_in(editor).get(history_of(article)))
    newest, published = words.split("Revision 2", 1)
    assert "undone" not in newest
    assert f"change set {change_set.pk} undone" in published


def test_a_conflict_decision_is_named_in_the_history_also_where_ours_was_kept(editor, signed_in, tmp_path):
    contested(tmp_path)
    title, excerpt = (conflicts.open_conflicts().filter(field=name) for name in ("title", "excerpt"))
    conflicts.keep(title, actor=editor, reason="ours is right")
    conflicts.take(excerpt, actor=editor)
    article = Article.objects.get()
    words = text_of(signed_in(editor).get(history_of(article)))
    assert "list action" not in words
    taken, kept = words.index("conflict decision"), words.index(f"Conflict decided: kept our title {editor.username}")
    assert taken < kept < words.index("Revision 2")
    assert "Reason: ours is right" in words[kept:]


def test_a_decision_for_ours_stands_once_where_it_belongs_however_many_pages(editor, signed_in, tmp_path):
    contested(tmp_path)
    conflicts.keep(conflicts.open_conflicts(), actor=editor)
    article = Article.objects.get()
    requalified(article, 30)
    client = signed_in(editor)
    first, second = (text_of(client.get(history_of(article) + query)) for query in ("", "?p=2"))
    assert "Conflict decided" not in first
    assert second.count("Conflict decided: kept our title, excerpt") == 1


def test_pages_of_a_history_take_the_same_few_queries_however_long_it_is(editor, signed_in):
    article = make_article()
    client = signed_in(editor)
    compare = f"/admin/articles/article/{article.pk}/compare/?from=1"
    counts = []
    for more in (0, 9, 30):
        requalified(article, more)
        for address in (history_of(article), compare):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[0:2] == counts[2:4] == counts[4:6]
    assert max(counts) <= 10


def test_of_a_very_long_change_the_history_shows_the_names_and_where_to_read_it(editor, signed_in):
    client, article = signed_in(editor), make_article(body="old " * 10_000)
    edited(client, article, body="new " * 10_000, title="Short")
    page = client.get(history_of(article))
    assert "Changed: title, body. Show the change" in text_of(page)
    assert b"new new" not in page.content
    assert "new new" in text_of(client.get(f"/admin/articles/article/{article.pk}/compare/?to=2"))


def test_the_history_of_an_article_takes_no_django_log_entry(editor, signed_in):
    article = make_article()
    edited(signed_in(editor), article, title="Mine")
    assert not LogEntry.objects.exists()


def test_the_history_says_that_a_secured_changed_and_shows_neither_text_nor_digest(editor, signed_in, tmp_path):
    for token in ("first-token", "second-token"):
        (tmp_path / "a.md").write_text(seed(more=f"secured: {token}\n"))
        Import([tmp_path], root="wire", actor=OPERATOR).execute()
    article = Article.objects.get()
    assert article.version == 2
    digests = [digest for pair in article.revisions.first().values.values() for digest in pair]
    assert len(digests) == 2
    for address in (history_of(article), f"/admin/articles/article/{article.pk}/compare/"):
        page = signed_in(editor).get(address)
        assert "Secured changed (protected)" in text_of(page)
        assert b"-token" not in page.content
        assert not any(digest[:12].encode() in page.content for digest in digests)


def test_the_name_of_one_who_left_stays_in_the_history(editor, signed_in):
    gone = make_user("Editor", username="gone-editor")
    article = make_article()
    publishing.publish(article, actor=gone)
    gone.delete()
    assert "gone-editor" in text_of(signed_in(editor).get(history_of(article)))


def test_reading_the_history_needs_the_right_to_view_articles(signed_in):
    article = make_article(title="Canary")
    response = signed_in(make_user()).get(history_of(article))
    assert response.status_code == 403
    assert b"Canary" not in response.content


def test_nothing_can_be_written_by_posting_to_the_history(editor, signed_in):
    article = make_article()
    signed_in(editor).post(history_of(article), {"title": "x", "number": "1", "revert": "1"})
    assert Article.objects.get(pk=article.pk).version == 1


def test_history_of_a_purged_article_stays_to_be_read_and_offers_nothing_else(editor, signed_in):
    article = make_article(title="Gone")
    publishing.publish(article, actor=editor, reason="good")
    purge = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR)
    purging.purge_many([article], actor=OPERATOR, change_set=purge, reason="legal")
    client = signed_in(editor)
    page = client.get(f"/admin/articles/article/{article.pk}/history/")
    words = text_of(page)
    assert f"Article {article.pk} was purged on" in words
    assert "by operator (legal). Its revisions are kept" in words
    assert "Reason: good" in words
    links = set(re.findall(rf"/admin/articles/article/{article.pk}/\w+/", page.content.decode()))
    assert links == set()
    for rest in ("change", "compare", "seed"):
        assert client.get(f"/admin/articles/article/{article.pk}/{rest}/").status_code == 404
