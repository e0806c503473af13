"""Deciding conflicts: kept or taken, through the door, and taken back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.history import change_sets
from articles.models import Article, ChangeSet, Conflict, Revision
from articles.models.history import Origin
from articles.sources import conflicts
from articles.workflow import publishing
from tests.contesting import contested, contested_publication, edit_article
from tests.factories import make_user
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db


def waiting(field=None):
    rows = conflicts.open_conflicts()
    return list(rows.filter(field=field) if field else rows)


def outcomes():
    return dict(Conflict.objects.values_list("field", "outcome"))


def reasons(report):
    return [why for _, why in report.refused]


def test_kept_conflicts_leave_the_article_and_are_closed_in_a_set(tmp_path, editor):
    article = contested(tmp_path)
    report = conflicts.keep(waiting(), actor=editor, reason="ours is better")
    assert [conflict.field for conflict in report.decided] == ["excerpt", "title"]
    assert outcomes() == {"title": "kept", "excerpt": "kept"}
    assert article_of("a").version == article.version
    decision = ChangeSet.objects.get(kind="conflict")
    assert (decision.actor, decision.reason) == (editor, "ours is better")
    assert {conflict.closed_in for conflict in Conflict.objects.all()} == {decision}


def test_taken_conflicts_of_an_article_are_one_revision(tmp_path, editor):
    article = contested(tmp_path)
    report = conflicts.take(waiting(), actor=editor)
    now = article_of("a")
    assert (now.title, now.excerpt, now.version) == ("Theirs", "New", article.version + 1)
    assert outcomes() == {"title": "taken", "excerpt": "taken"}
    assert Revision.objects.get(change_set=report.change_set).values.keys() == {"title", "excerpt"}


def test_a_files_value_that_no_article_may_have_any_more_is_refused_in_words(tmp_path, editor):
    contested(tmp_path)
    Conflict.objects.filter(field="title").update(incoming='""')
    report = conflicts.take(waiting("title"), actor=editor)
    assert "not valid" in reasons(report)[0]
    assert outcomes() == {"title": "", "excerpt": ""}
    assert not ChangeSet.objects.filter(kind="conflict").exists()


def test_nothing_is_decided_twice(tmp_path, editor):
    contested(tmp_path)
    seen = waiting()
    conflicts.keep(seen, actor=editor)
    report = conflicts.keep(seen, actor=editor)
    assert (report.decided, reasons(report)) == ([], [conflicts.LOOK_AGAIN] * 2)
    assert ChangeSet.objects.filter(kind="conflict").count() == 1


@pytest.mark.parametrize("decide", [conflicts.keep, conflicts.take])
def test_an_article_that_changed_meanwhile_is_refused(tmp_path, editor, decide):
    contested(tmp_path)
    seen = waiting()
    edit_article("a", quality=7)
    report = decide(seen, actor=editor)
    assert "check it again" in reasons(report)[0]
    assert outcomes() == {"title": "", "excerpt": ""}
    assert article_of("a").title == "Mine"


def test_a_conflict_that_a_newer_file_replaced_is_refused(tmp_path, editor):
    contested(tmp_path)
    seen = waiting("title")
    write(tmp_path, "a.md", story("a", "excerpt: New\n", title="Theirs again"))
    import_seeds(tmp_path)
    assert reasons(conflicts.take(seen, actor=editor)) == [conflicts.LOOK_AGAIN]
    assert article_of("a").title == "Mine"


@pytest.mark.parametrize("decide", [conflicts.keep, conflicts.take])
def test_who_may_not_change_the_article_decides_nothing(tmp_path, contributor, decide):
    contested(tmp_path)
    publishing.publish(article_of("a"), actor=OPERATOR, origin=Origin.FORM)
    assert "permission to publish" in reasons(decide(waiting(), actor=contributor))[0]
    assert "permission to change articles" in reasons(decide(waiting(), actor=make_user()))[0]
    assert outcomes() == {"title": "", "excerpt": ""}


@pytest.mark.parametrize("decide", [conflicts.keep, conflicts.take])
def test_a_contributor_decides_a_hidden_article_but_not_its_publication(tmp_path, contributor, decide):
    contested_publication(tmp_path, here=False)
    assert "permission to publish" in reasons(decide(waiting(), actor=contributor))[0]
    assert outcomes() == {"published": ""}


def test_taking_the_files_publication_publishes_now(tmp_path, editor, time_machine):
    contested_publication(tmp_path, here=False)
    time_machine.move_to("2026-12-01T10:00:00Z", tick=False)
    conflicts.take(waiting(), actor=editor)
    article = article_of("a")
    assert (article.published, article.live_from.isoformat()) == (True, "2026-12-01T10:00:00+00:00")
    assert outcomes() == {"published": "taken"}


def test_taking_the_files_end_of_publication_unpublishes(tmp_path, editor):
    contested_publication(tmp_path, here=True)
    conflicts.take(waiting(), actor=editor)
    assert not article_of("a").published


def test_conflict_decisions_take_the_same_queries_for_one_article_and_for_ten(tmp_path, editor):
    editor.get_all_permissions()
    counts = []
    for slugs in ("a", "bcdefghijk"):
        for slug in slugs:
            contested(tmp_path, slug)
        for decide, field in ((conflicts.keep, "title"), (conflicts.take, "excerpt")):
            shown = waiting(field)
            with CaptureQueriesContext(connection) as queries:
                assert len(decide(shown, actor=editor).decided) == len(slugs)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_undo_of_taken_conflicts_returns_the_article_and_opens_them_again(tmp_path, editor):
    contested(tmp_path)
    decided = conflicts.take(waiting(), actor=editor)
    report = change_sets.undo(decided.change_set, actor=editor)
    assert (article_of("a").title, article_of("a").excerpt) == ("Mine", "My excerpt")
    assert outcomes() == {"title": "", "excerpt": ""}
    assert {conflict.field for conflict in report.reopened} == {"title", "excerpt"}


def test_undo_of_kept_conflicts_opens_them_again_and_once(tmp_path, editor):
    contested(tmp_path)
    decided = conflicts.keep(waiting(), actor=editor)
    assert len(change_sets.undo(decided.change_set, actor=editor).reopened) == 2
    again = change_sets.undo(decided.change_set, actor=editor)
    assert (again.reopened, again.kept) == ([], [])
    assert len(waiting()) == 2


@pytest.mark.parametrize(
    ("decide", "outcome"),
    [(conflicts.keep, Conflict.Outcome.KEPT), (conflicts.take, Conflict.Outcome.TAKEN)],
    ids=["kept", "taken"],
)
def test_an_undone_undo_closes_the_conflicts_as_they_were_closed(tmp_path, editor, decide, outcome):
    contested(tmp_path)
    made = decide(conflicts.open_conflicts(), actor=editor).change_set
    title = article_of("a").title
    undone = change_sets.undo(made, actor=editor)
    assert Conflict.objects.filter(closed_at=None).count() == 2
    again = change_sets.undo(undone.change_set, actor=editor)
    assert [article.pk for article in again.undone] == [article_of("a").pk]
    rows = Conflict.objects.values_list("outcome", "closed_in")
    assert set(rows) == {(outcome, again.change_set.pk)}
    assert article_of("a").title == title
    once_more = change_sets.undo(again.change_set, actor=editor)
    assert len(once_more.reopened) == 2
    assert article_of("a").title == "Mine"


def test_an_edited_conflict_is_edited_again_when_its_undo_is_undone(tmp_path, editor):
    """As rows of earlier releases are."""
    contested(tmp_path)
    made = conflicts.keep(waiting("title"), actor=editor).change_set
    Conflict.objects.filter(field="title").update(outcome=Conflict.Outcome.EDITED)
    undone = change_sets.undo(made, actor=editor)
    change_sets.undo(undone.change_set, actor=editor)
    assert outcomes()["title"] == Conflict.Outcome.EDITED


def test_an_undone_undo_leaves_what_was_decided_otherwise_meanwhile(tmp_path, editor):
    contested(tmp_path)
    made = conflicts.keep(conflicts.open_conflicts(), actor=editor).change_set
    undone = change_sets.undo(made, actor=editor)
    conflicts.take(Conflict.objects.filter(field="title"), actor=editor)
    change_sets.undo(undone.change_set, actor=editor)
    outcomes = dict(Conflict.objects.values_list("field", "outcome"))
    assert outcomes == {"title": Conflict.Outcome.TAKEN, "excerpt": Conflict.Outcome.KEPT}
    assert article_of("a").title == "Theirs"


def test_an_undone_undo_of_a_decision_needs_the_right_to_decide(tmp_path, editor, contributor):
    contested_publication(tmp_path, here=True)
    made = conflicts.keep(conflicts.open_conflicts(), actor=editor).change_set
    undone = change_sets.undo(made, actor=editor)
    report = change_sets.undo(undone.change_set, actor=contributor)
    assert (report.undone, len(report.kept)) == ([], 1)
    assert Conflict.objects.get().is_open


def test_undo_of_kept_conflicts_needs_the_right_to_decide_them(tmp_path, editor, contributor):
    contested_publication(tmp_path, here=False)
    decided = conflicts.keep(waiting(), actor=editor)
    report = change_sets.undo(decided.change_set, actor=contributor)
    assert "permission to publish" in report.kept[0][1]
    assert outcomes() == {"published": "kept"}


def test_undo_leaves_closed_what_a_newer_file_asked_again(tmp_path, editor):
    contested(tmp_path)
    decided = conflicts.keep(waiting("title"), actor=editor)
    write(tmp_path, "a.md", story("a", "excerpt: New\n", title="Theirs again"))
    import_seeds(tmp_path)
    assert change_sets.undo(decided.change_set, actor=editor).reopened == []
    assert [conflict.values[1] for conflict in waiting("title")] == ["Theirs again"]


def test_undo_leaves_the_conflicts_of_an_article_that_changed_since(tmp_path, editor):
    contested(tmp_path)
    decided = conflicts.take(waiting("title"), actor=editor)
    edit_article("a", quality=7)
    report = change_sets.undo(decided.change_set, actor=editor)
    assert (report.reopened, report.kept[0][1]) == ([], "it has changed since")
    assert outcomes()["title"] == "taken"


def test_undo_of_an_edit_that_came_to_agree_opens_the_conflict_again(tmp_path, editor):
    contested(tmp_path)
    opened = change_sets.open_change_set(ChangeSet.Kind.EDIT, actor=editor)
    article = article_of("a")
    state = article_state.read_state(article)
    state = article_state.ArticleState(state.content.model_copy(update={"title": "Theirs"}), state.desk)
    door.change(article, state, actor=editor, origin=Origin.FORM, change_set=opened, expected_version=article.version)
    assert outcomes()["title"] == "agreed"
    change_sets.undo(opened, actor=editor)
    assert outcomes()["title"] == ""
    assert Article.objects.get().title == "Mine"
