"""A database in which revisions were folded keeps all that is left of them: migration 0023."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.changes.actors import OPERATOR
from articles.importing.undo import TOUCHED, undo_run
from articles.models import Article, ImportRun, Revision
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
FOLDING = ("articles", "0022_kinds_and_verbs_without_choices")
SINCE = "2026-05-04T12:32:00+02:00"


def migrate(*targets: tuple[str, str]) -> Apps:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())
    return executor.loader.project_state(list(targets)).apps


@pytest.fixture
def imported(tmp_path) -> Article:
    """Four runs, each with a revision."""
    for quality in range(1, 5):
        write(tmp_path, "a.md", story("a", f"quality: {quality}\n"))
        import_seeds(tmp_path)
    return article_of("a")


@pytest.fixture
def folding(imported) -> Iterator[Apps]:
    """The models of a version that could fold, with the second revision folded into the third."""
    try:
        apps = migrate(FOLDING)
        revisions, steps = (
            apps.get_model("articles", "Revision").objects,
            apps.get_model("articles", "FoldedStep").objects,
        )
        for change_set in revisions.filter(number__in=(2, 3)).values_list("change_set_id", flat=True):
            steps.create(change_set_id=change_set, article_id=imported.pk, number=3)
        revisions.filter(number=2).delete()
        fold(apps, changes=json.dumps({"quality": [1, 3]}), change_set=None)
        yield apps
    finally:
        migrate()


def fold(apps, *, who=("operator",), fields=(), **columns):
    folded = json.dumps({"first": 2, "since": SINCE, "who": who, "fields": fields})
    apps.get_model("articles", "Revision").objects.filter(number=3).update(folded=folded, **columns)


def sets() -> str:
    return ", ".join(str(run.change_set_id) for run in ImportRun.objects.order_by("pk")[1:3])


def test_a_revision_that_stands_for_several_says_so_in_its_reason(folding):
    migrate()
    assert list(Revision.objects.order_by("number").values_list("number", "reason")) == [
        (1, ""),
        (3, f"Stands for revisions 2 to 3, the first of 4 May 2026, 10:32 UTC. Change sets: {sets()}"),
        (4, ""),
    ]
    assert Revision.objects.get(number=3).values == {"quality": [1, 3]}


def test_all_that_the_columns_told_is_there_as_far_as_a_reason_reaches(folding):
    who = ("anna", "ben", "cleo", "dan")
    fold(folding, who=who, fields=("title", "web_url"), reason="tidying; why")
    migrate()
    assert Revision.objects.get(number=3).reason == (
        "Stands for revisions 2 to 3, the first of 4 May 2026, 10:32 UTC. tidying; why. "
        f"Changed and came back: title, web url. By anna, ben, cleo, dan. Change sets: {sets()}"
    )


def test_a_reason_is_cut_to_its_length(folding):
    fold(folding, reason="why " * 125)
    migrate()
    reason = Revision.objects.get(number=3).reason
    assert reason.startswith("Stands for revisions 2 to 3, ")
    assert len(reason) == 500


def test_a_run_that_lost_its_revision_stays_and_the_one_after_it_is_taken_back(folding, tmp_path):
    migrate()
    _, second, third, fourth = ImportRun.objects.select_related("change_set").order_by("pk")
    assert undo_run(fourth, actor=OPERATOR).returned_count == 1
    for run in (third, second):
        report = undo_run(run, actor=OPERATOR)
        assert (report.change_set, report.kept) == (None, [(article_of("a"), TOUCHED)])
    assert article_of("a").quality == 3
    assert import_seeds(tmp_path, "--again").counts == {"updated": 1}


def test_it_is_reversible_and_says_nothing_twice(folding):
    migrate()
    reason = Revision.objects.get(number=3).reason
    apps = migrate(FOLDING)
    assert not apps.get_model("articles", "FoldedStep").objects.exists()
    assert not apps.get_model("articles", "Revision").objects.exclude(folded="").exists()
    migrate()
    assert Revision.objects.get(number=3).reason == reason
