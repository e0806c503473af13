"""Files of articles that an editor set aside or holds."""

from __future__ import annotations

import pytest

from articles.changes.actors import OPERATOR
from articles.models import Cause, Conflict
from articles.workflow.deciding import decide
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db


def set_aside(slug="a"):
    decide("set_aside", [article_of(slug)], cause=Cause.POOR, note="thin", actor=OPERATOR)


@pytest.fixture
def file(tmp_path):
    made = write(tmp_path, "a.md", story("a", "excerpt: Old words\nquality: 20\n"))
    import_seeds(tmp_path)
    set_aside()
    return made


@pytest.mark.parametrize(
    "lines", ["excerpt: New words\nquality: 20\n", "excerpt: Old words\nquality: 20\ncategory: news\n"]
)
def test_a_file_that_changes_materially_brings_its_article_back_marked(tmp_path, file, lines):
    file.write_bytes(story("a", lines))
    import_seeds(tmp_path)
    article = article_of("a")
    assert (article.set_aside, article.set_aside_note, article.set_aside_before) == (None, "", "poor")
    assert article.revisions.first().values["set_aside"] == ["poor", ""]


@pytest.mark.parametrize(
    "lines", ["excerpt: Old words\nquality: 90\nheat: 12\n", "excerpt: old   WORDS\nquality: 20\n"]
)
def test_numbers_and_spacing_leave_it_set_aside(tmp_path, file, lines):
    file.write_bytes(story("a", lines))
    import_seeds(tmp_path)
    assert (article_of("a").set_aside, article_of("a").set_aside_note) == ("poor", "thin")


def test_a_file_that_would_publish_it_waits_for_an_editor(tmp_path, file):
    file.write_bytes(story("a", "excerpt: Old words\nquality: 20\npublished: true\n"))
    import_seeds(tmp_path)
    article = article_of("a")
    assert (article.published, article.set_aside) == (False, "poor")
    assert Conflict.objects.get().field == "published"


def test_a_file_does_not_publish_what_is_on_hold(tmp_path):
    file = write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    decide("hold", [article_of("a")], why="wait", actor=OPERATOR)
    file.write_bytes(story("a", "published: true\n"))
    import_seeds(tmp_path)
    assert (article_of("a").published, article_of("a").hold) == (False, "wait")
    assert Conflict.objects.get().field == "published"


def test_an_unchanged_file_leaves_the_decision_alone(tmp_path, file):
    import_seeds(tmp_path)
    assert (article_of("a").set_aside, article_of("a").version) == ("poor", 2)


def test_the_mark_goes_with_the_next_decision(tmp_path, file):
    file.write_bytes(story("a", "excerpt: New words\n"))
    import_seeds(tmp_path)
    set_aside()
    assert (article_of("a").set_aside, article_of("a").set_aside_before) == ("poor", "")
