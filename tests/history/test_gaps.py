"""An article whose numbers have a gap is compared, restored and undone like any other."""

from __future__ import annotations

import pytest

from articles.content import article_state, revision_values
from articles.history import change_sets, restoring
from articles.models import Article
from tests.admin.browserless import read_form, text_of
from tests.factories import make_article
from tests.history.gaps import leave_gap
from tests.history.test_change_sets import open_set, retitle

pytestmark = pytest.mark.django_db
LEFT = {1: "1", 2: "2", 5: "5", 6: "6"}


@pytest.fixture
def story() -> Article:
    """Revisions 1, 2, 5 and 6, each with its number as title; 5 stands for 3 to 5."""
    article = make_article(title="1")
    for number in range(2, 7):
        retitle(article, str(number))
    leave_gap(article, 3, 5)
    return article


def test_the_state_at_each_number_that_is_left_is_what_it_was(story):
    present = article_state.read_state(story)
    for number, title in LEFT.items():
        assert revision_values.state_before(story, present, number).content.title == title
    for number in (3, 4):
        with pytest.raises(LookupError, match=f"there is no revision {number}"):
            revision_values.state_before(story, present, number)


def test_any_two_that_are_left_are_compared(story):
    for first, before in LEFT.items():
        for second, after in LEFT.items():
            sides = ({"title": before}, {"title": after}) if first != second else ({}, {})
            assert restoring.values_then(story, first, second) == sides


def test_pages_show_what_is_left_and_say_that_the_others_are_not_there(story, editor, signed_in):
    client, address = signed_in(editor), f"/admin/articles/article/{story.pk}"
    words = text_of(client.get(f"{address}/history/"))
    assert "Reason: Stands for revisions 3 to 5" in words
    assert "Revision 4" not in words
    assert "Revisions 2 and 5" in text_of(client.get(f"{address}/compare/?to=5"))
    assert client.get(f"{address}/compare/?from=4").status_code == 404
    form = read_form(client, f"{address}/compare/?from=2", "restore")
    form.forge("number", "4")
    assert form.send(client, f"{address}/restore/").status_code == 404
    form.forge("number", "5")
    form.send(client, f"{address}/restore/")
    story.refresh_from_db()
    assert (story.title, story.version) == ("5", 7)


def test_what_came_after_the_gap_is_undone(story, editor):
    opened = open_set()
    retitle(story, "7", opened)
    retitle(story, "8", opened)
    change_sets.undo(opened, actor=editor)
    story.refresh_from_db()
    assert story.title == "6"


def test_what_came_before_the_gap_was_changed_since(editor):
    article, opened = make_article(title="1"), open_set()
    retitle(article, "2", opened)
    for number in range(3, 7):
        retitle(article, str(number))
    leave_gap(article, 3, 5)
    assert [why for _, why in change_sets.undo(opened, actor=editor).kept] == ["it has changed since"]
