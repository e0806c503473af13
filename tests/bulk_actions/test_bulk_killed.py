"""Bulk actions whose process is killed, and which two work on at once: in processes of their own, on the database at
hand."""

from __future__ import annotations

import pytest

from articles.bulk_actions import chunks
from articles.bulk_actions.engine import CHANGED
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, BulkAction, BulkEntry, ChangeSet, Revision
from articles.models.history import Origin
from tests.admin.browserless import form_of, read_form, text_of
from tests.bulk_actions.bulk_running import begin, counts, finish, outcomes
from tests.factories import make_article, make_state
from tests.importing.import_running import database_url, finished, start

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

LIST = "/admin/articles/article/"
PORTS = LIST + "?state=undecided&category=ports"
BULK = "/admin/articles/bulkaction/"

WORKER = """
import signal
from articles.bulk_actions import chunks
from articles.models import BulkAction, User
chunks.CHUNK = {chunk}
actor, bulk = User.objects.get(username="{actor}"), BulkAction.objects.get(pk={bulk})
real = chunks._count
def count(*given):
    real(*given)
    print("inside", flush=True)
    if {is_halted}:
        signal.pause()
chunks._count = count
while bulk.is_running:
    bulk = chunks.do_chunk(bulk.pk, actor=actor)
"""


def worker(bulk, actor, *, chunk=chunks.CHUNK, is_halted=False):
    """A process that does chunks until none is left, and says when it is within one, all of it written; a halted one
    stays there."""
    code = WORKER.format(bulk=bulk.pk, actor=actor.username, chunk=chunk, is_halted=is_halted)
    return start("shell", "-v", "0", "-c", code, url=database_url())


def killed_within_a_chunk(process):
    assert process.stdout is not None
    assert process.stdout.readline() == "inside\n", process.stderr.read()
    process.kill()
    finished(process)


def ports(number):
    states = [make_state(title=f"Harbour {n}", category="ports", topics=["Boats", f"T{n % 7}"]) for n in range(number)]
    door.change_many([door.Change(state) for state in states], actor=OPERATOR, origin=Origin.IMPORT)
    return list(Article.objects.order_by("pk"))


def edit(article, title):
    article = Article.objects.get(pk=article.pk)
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": title}), state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def is_whole():
    """Every entry's outcome is told by its article, and the counts by the entries."""
    bulk = BulkAction.objects.latest("pk")
    done = bulk.entries.exclude(outcome=BulkEntry.Outcome.WAITING)
    made = bulk.change_set.revisions.count() if bulk.change_set else 0
    changed = done.filter(outcome=BulkEntry.Outcome.CHANGED).count()
    return (done.count(), changed) == (bulk.done_count, bulk.changed_count) and made == changed


def go_on(client):
    """Presses Continue until nothing is left."""
    bulk = BulkAction.objects.latest("pk")
    while bulk.is_running:
        form_of(client.get(f"{BULK}{bulk.pk}/"), "bulk-continue").send(client, f"{BULK}{bulk.pk}/")
        bulk.refresh_from_db()
    return bulk


def test_show_3_two_hundred_by_filter_edited_killed_resumed_and_undone(editor, chief, signed_in, monkeypatch):
    """Of the three that somebody edits, one is edited before its turn, two after it."""
    monkeypatch.setattr(chunks, "CHUNK", 100)
    monkeypatch.setattr("articles.admin.article_list.confirmation.CHUNK", 100)
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 100)
    made = ports(200)
    other = make_article(title="Elsewhere")
    client = signed_in(editor)
    form = read_form(client, PORTS, "changelist-form")
    form["verb"] = "publish"
    form.forge("scope", "all")
    confirmation = form.send(client, PORTS, "action=more")
    assert "Publish 200 articles?" in text_of(confirmation)
    confirm = form_of(confirmation, "bulk-confirm")
    confirm["typed"] = "200"
    order = [int(pair.partition(":")[0]) for pair in confirm["chosen"].split()]
    late, early = Article.objects.get(pk=order[150]), [Article.objects.get(pk=order[n]) for n in (3, 50)]
    edit(late, "Edited before")
    assert not BulkAction.objects.exists()
    confirm.send(client, LIST, "action=confirm")
    bulk = BulkAction.objects.get()
    assert (bulk.done_count, is_whole()) == (100, True)

    killed_within_a_chunk(worker(bulk, editor, chunk=100, is_halted=True))
    bulk.refresh_from_db()
    assert (bulk.done_count, bulk.is_running, is_whole()) == (100, True, True)
    for article in early:
        edit(article, "Edited after")
    bulk = go_on(signed_in(chief))
    assert (counts(bulk), is_whole()) == ((199, 0, 1), True)
    assert outcomes(bulk)[late.pk] == ("refused", CHANGED)
    assert "Edited before" in text_of(client.get(f"{BULK}{bulk.pk}/"))
    assert ChangeSet.objects.get() == bulk.change_set
    assert Article.objects.published().count() == 199
    assert not Article.objects.get(pk=other.pk).published

    form_of(client.get(f"{BULK}{bulk.pk}/"), "undo").send(client, LIST)
    undo = BulkAction.objects.latest("pk")
    assert (undo.verb, undo.count, undo.done_count) == ("undo", 199, 100)
    killed_within_a_chunk(worker(undo, editor, chunk=100, is_halted=True))
    undo = go_on(client)
    assert (counts(undo), is_whole()) == ((197, 0, 2), True)
    words = text_of(client.get(f"{BULK}{undo.pk}/"))
    assert words.count("Edited after It has changed since") == 2
    assert set(Article.objects.published()) == set(early)
    assert {a.title for a in Article.objects.filter(pk__in=[late.pk, *(a.pk for a in early)])} == {
        "Edited before",
        "Edited after",
    }
    untouched = {article.pk for article in made} - {late.pk, *(article.pk for article in early)}
    assert set(Article.objects.filter(version=3, published=False).values_list("pk", flat=True)) == untouched


def test_two_who_work_on_one_bulk_action_do_every_article_once(editor, chief):
    ports(200)
    bulk = begin("add_topics", actor=editor, topics=["Night", "Boats"])
    workers = [worker(bulk, actor, chunk=10) for actor in (editor, chief)]
    done = [finished(process) for process in workers]
    assert [(each.returncode, each.stderr) for each in done] == [(0, ""), (0, "")]
    assert sum(each.stdout.count("inside") for each in done) == 20
    bulk.refresh_from_db()
    assert (counts(bulk), bulk.is_running, is_whole()) == ((200, 0, 0), False, True)
    assert ChangeSet.objects.count() == 1
    assert set(Article.objects.values_list("version", flat=True)) == {2}
    assert Revision.objects.count() == 400


def test_one_that_is_killed_again_and_again_comes_to_an_end(editor, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 10)
    ports(60)
    bulk = begin("set_aside", actor=editor, cause="duplicate")
    for _ in range(3):
        killed_within_a_chunk(worker(bulk, editor, chunk=10, is_halted=True))
        assert is_whole()
        bulk = chunks.do_chunk(bulk.pk, actor=editor)
    bulk = finish(bulk, actor=editor)
    assert (counts(bulk), is_whole()) == ((60, 0, 0), True)
    assert not Article.objects.undecided().exists()
