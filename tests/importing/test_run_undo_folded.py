"""Taking a run back after old revisions were folded, or after an editor came between two runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.changes.actors import OPERATOR
from articles.history import change_sets, folding
from articles.importing.undo import TOUCHED, undo_run
from articles.models import FoldedStep, ImportRun
from tests.importing.import_running import article_of, import_seeds, story, write
from tests.importing.test_import_merge import edit

pytestmark = pytest.mark.django_db


def arrive(tmp_path, *qualities):
    """One run for each."""
    for quality in qualities:
        write(tmp_path, "a.md", story("a", f"quality: {quality}\n"))
        import_seeds(tmp_path)


def runs():
    return list(ImportRun.objects.select_related("change_set").order_by("pk"))


def test_run_of_which_is_no_longer_known_what_it_did_stays_and_is_named(tmp_path):
    arrive(tmp_path, 1, 2, 3, 4)
    list(folding.fold(before=timezone.now() + timedelta(days=1)))
    assert list(article_of("a").revisions.values_list("number", flat=True)) == [4, 3, 1]
    _, second, third, fourth = runs()
    assert undo_run(fourth, actor=OPERATOR).returned_count == 1
    for run in (third, second):
        report = undo_run(run, actor=OPERATOR)
        assert (report.change_set, report.kept) == (None, [(article_of("a"), change_sets.FOLDED)])
    assert article_of("a").quality == 3
    assert FoldedStep.objects.count() == 2
    assert import_seeds(tmp_path, "--again").counts == {"updated": 1}


def test_what_an_editor_set_between_two_runs_stays_when_both_are_taken_back(tmp_path):
    arrive(tmp_path, 1, 2)
    edit("a", quality=7)
    arrive(tmp_path, 3)
    _, second, third = runs()
    undo_run(third, actor=OPERATOR)
    report = undo_run(second, actor=OPERATOR)
    assert article_of("a").quality == 7
    assert [why for _, why in report.kept] == [TOUCHED]
