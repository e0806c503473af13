"""Pages of an article whose old revisions were folded say so, and everything on them still works."""

from __future__ import annotations

import pytest

from articles.history import change_sets
from articles.models import ChangeSet
from tests.admin.browserless import forms_of, open_form, read_form, text_of
from tests.history.test_folding import Past, fold, open_set, past, titled

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


@pytest.fixture
def client(editor, signed_in):
    return signed_in(editor)


@pytest.fixture
def folded(editor, contributor) -> Past:
    """Revisions 1, 4, which stands for 2 to 4, and 5."""
    made = past(title="Began", quality=1)
    made.change(title="One", actor=editor)
    made.change(title="Two", quality=2, actor=contributor)
    made.change(title="Three", quality=1, actor=editor)
    made.change(title="Now", days_ago=1)
    fold()
    return made


def address(made: Past, page: str) -> str:
    return f"{LIST}{made.article.pk}/{page}/"


def test_history_says_what_a_fold_stands_for_and_by_whom(client, folded, editor, contributor):
    words = text_of(client.get(address(folded, "history")))
    assert "Stands for revisions 2 to 4" in words
    assert f"by {editor.username}, {contributor.username};" in words
    assert "Changed and came back: quality." in words
    assert "Revision 3" not in words


def test_the_form_says_from_which_fold_a_value_comes(client, folded):
    folded.change(quality=5, days_ago=1)
    words = text_of(client.get(address(folded, "change")))
    assert "folded" in words


def test_comparing_a_folded_revision_shows_the_one_that_stands_for_it(client, folded):
    response = client.get(address(folded, "compare") + "?from=3&to=5", follow=True)
    assert response.redirect_chain == [(address(folded, "compare") + "?from=4&to=5", 302)]
    words = text_of(response)
    assert "Revision 3 was folded into revision 4" in words
    assert "Revisions 4 and 5" in words


def test_comparing_with_a_number_that_never_was_is_not_found(client, folded):
    assert client.get(address(folded, "compare") + "?from=3&to=9", follow=True).status_code == 404
    assert client.get(address(folded, "compare") + "?from=0&to=5").status_code == 404


def test_what_a_fold_left_is_restored(client, folded):
    where = address(folded, "compare") + "?from=4&to=5"
    form = read_form(client, where, "restore")
    form.send(client, address(folded, "restore"))
    assert (folded.now().title, folded.article.version) == ("Three", 6)


def test_restoring_a_revision_that_was_folded_meanwhile_restores_nothing_and_says_why(client):
    made = titled("1", "2", "3")
    form = read_form(client, address(made, "compare") + "?from=3&to=5", "restore")
    fold()
    response = form.send(client, address(made, "restore"))
    assert response["Location"] == address(made, "history")
    assert "Nothing was restored: revision 3 was folded into revision 4" in text_of(client.get(response["Location"]))
    assert (made.now().title, made.article.version) == ("now", 5)


def test_a_form_that_shows_a_folded_version_is_stale_and_keeps_what_was_typed(client):
    made = titled("1", "2", days_ago=60)
    form = open_form(client, address(made, "change"))
    form["title"] = "Mine"
    for number in range(3):
        made.change(title=f"theirs {number}")
    made.change(title="theirs now", days_ago=1)
    fold(days=0)
    assert 4 not in made.numbers
    response = form.send(client, address(made, "change"), "_save")
    assert response.status_code == 409
    assert "Mine" in text_of(response)
    assert made.now().title == "theirs now"


def test_a_change_set_names_articles_whose_steps_were_folded_and_counts_them(client, editor):
    made, other, change_set = past(title="Folded one"), past(title="Other one"), open_set()
    made.change(title="Before")
    for each in (made, other):
        each.change(quality=9, change_set=change_set)
    made.change(title="Folded one", days_ago=1)
    fold()
    words = text_of(client.get(f"/admin/articles/changeset/{change_set.pk}/change/"))
    assert "Folded one, in revision 3" in words
    assert "2 articles" in text_of(client.get("/admin/articles/changeset/"))
    undo = next(
        f for f in forms_of(client.get(f"/admin/articles/changeset/{change_set.pk}/change/")) if "/undo/" in f.action
    )
    said = text_of(client.get(undo.send(client, LIST)["Location"]))
    assert f"Not changed: “Folded one”: {change_sets.FOLDED}." in said
    assert ChangeSet.objects.filter(undoes=change_set).count() == 1
