"""What newer files make of conflicts that wait for an editor, or that an editor decided."""

from __future__ import annotations

import pytest

from articles.changes import door
from articles.content import article_state
from articles.history import change_sets
from articles.models import Cause, Conflict
from articles.models.history import Origin
from articles.sources import conflicts
from articles.workflow.deciding import decide
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db

COVERAGE = """\
related:
- title: One
  webUrl: https://one.example/
- title: Two
  webUrl: https://two.example/
"""
THEIRS = COVERAGE.replace("One", "Theirs")
NEWER = THEIRS.replace("Two", "Two, newer")


def import_file(tmp_path, added="", **keys):
    write(tmp_path, "a.md", story("a", added, **keys))
    return import_seeds(tmp_path)


def edit(actor, **fields):
    article = article_of("a")
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update=fields), state.desk)
    door.change(article, wanted, actor=actor, origin=Origin.FORM, expected_version=article.version)


def titles(entries):
    return [entry["title"] for entry in entries]


def covered():
    return list(article_of("a").related.order_by("position").values_list("title", flat=True))


def the_open_one():
    return Conflict.objects.select_related("article").get(closed_at=None)


@pytest.fixture
def contested_coverage(tmp_path, editor):
    """The file and the editor changed the first entry's title."""
    import_file(tmp_path, COVERAGE)
    one, two = article_state.read_state(article_of("a")).content.related
    edit(editor, related=(one.model_copy(update={"title": "Mine"}), two))
    import_file(tmp_path, THEIRS)


@pytest.mark.usefixtures("contested_coverage")
def test_file_that_changes_another_entry_replaces_the_conflict_by_one_that_began_where_the_sides_did(tmp_path):
    ran = import_file(tmp_path, NEWER)
    assert (ran.outcomes, ran.file("a.md")["changes"]) == ({"a.md": "conflicted"}, ["related"])
    assert list(Conflict.objects.values_list("outcome", flat=True)) == ["replaced", ""]
    assert covered() == ["Mine", "Two, newer"]
    sides = [titles(side) for side in the_open_one().values]
    assert sides == [["One", "Two"], ["Theirs", "Two, newer"], ["Mine", "Two, newer"]]


@pytest.mark.usefixtures("contested_coverage")
def test_taking_the_files_value_takes_that_of_the_file_as_it_is(tmp_path, editor):
    import_file(tmp_path, NEWER)
    conflicts.take([the_open_one()], actor=editor)
    assert covered() == ["Theirs", "Two, newer"]


def test_body_in_conflict_is_replaced_when_the_file_changes_other_lines(tmp_path, editor):
    lines = [f"line {number}" for number in range(9)]

    def body(**changed):
        return "\n".join(changed.get(line.replace(" ", "_"), line) for line in lines)

    import_file(tmp_path, body=body())
    edit(editor, body=body(line_2="mine"))
    import_file(tmp_path, body=body(line_2="theirs"))
    import_file(tmp_path, body=body(line_2="theirs", line_7="newer"))
    assert article_of("a").body == body(line_2="mine", line_7="newer")
    conflicts.take([the_open_one()], actor=editor)
    assert article_of("a").body == body(line_2="theirs", line_7="newer")


@pytest.mark.usefixtures("contested_coverage")
def test_conflict_is_over_when_what_clashed_agrees_and_only_the_editors_other_changes_differ(tmp_path, editor):
    one, two = article_state.read_state(article_of("a")).content.related
    edit(editor, related=(one, two.model_copy(update={"quality": 7})))
    import_file(tmp_path, COVERAGE.replace("One", "Mine"))
    assert list(Conflict.objects.values_list("outcome", flat=True)) == ["agreed"]


@pytest.mark.usefixtures("contested_coverage")
def test_file_that_leaves_the_field_alone_leaves_its_conflict_open(tmp_path):
    before = the_open_one()
    import_file(tmp_path, THEIRS + "quality: 5\n")
    assert the_open_one() == before


@pytest.mark.usefixtures("contested_coverage")
def test_undo_of_a_decision_opens_the_conflict_with_the_files_value_of_today(tmp_path, editor):
    kept = conflicts.keep([the_open_one()], actor=editor)
    import_file(tmp_path, NEWER)
    assert len(change_sets.undo(kept.change_set, actor=editor).reopened) == 1
    assert titles(the_open_one().values[1]) == ["Theirs", "Two, newer"]
    conflicts.take([the_open_one()], actor=editor)
    assert covered() == ["Theirs", "Two, newer"]


@pytest.mark.usefixtures("contested_coverage")
def test_undo_of_a_decision_opens_nothing_that_the_file_has_come_to_agree_on(tmp_path, editor):
    kept = conflicts.keep([the_open_one()], actor=editor)
    import_file(tmp_path, COVERAGE.replace("One", "Mine"))
    report = change_sets.undo(kept.change_set, actor=editor)
    assert (report.reopened, [why for _, why in report.kept]) == ([], ["the source agrees now"])
    assert not Conflict.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("how", ["keep", "take"])
def test_same_file_changes_nothing_after_a_decision_nor_after_its_undo(tmp_path, editor, how):
    import_file(tmp_path)
    edit(editor, title="Mine")
    import_file(tmp_path, title="Theirs")
    sides = the_open_one().values
    decided = getattr(conflicts, how)([the_open_one()], actor=editor)
    title = article_of("a").title
    assert import_file(tmp_path, title="Theirs").counts == {"unchanged": 1}
    assert article_of("a").title == title
    change_sets.undo(decided.change_set, actor=editor)
    assert import_file(tmp_path, title="Theirs").counts == {"unchanged": 1}
    assert (the_open_one().values, article_of("a").title) == (sides, "Mine")


def test_editor_who_kept_an_article_from_being_published_is_asked_again_and_not_overruled(tmp_path, editor):
    import_file(tmp_path)
    decide("set_aside", [article_of("a")], cause=Cause.POOR, actor=editor)
    import_file(tmp_path, "published: true\n")
    conflicts.keep([the_open_one()], actor=editor)
    assert article_of("a").set_aside == Cause.POOR
    for flag in ("false", "true"):
        import_file(tmp_path, f"published: {flag}\n")
        assert not article_of("a").published
    assert the_open_one().field == "published"
