"""History, comparison and change sets in a browser, in both themes and widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.changes import door
from articles.content import article_state
from articles.history import change_sets
from articles.models import Article, ChangeSet
from articles.models.history import Origin
from tests.browser.desk import LIST, WIDTHS, form_of
from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def edited(editor, contributor) -> Article:
    """Three revisions, the second of a change set."""
    article = make_article(title="A long title that began as something else " * 3, quality=1, topics=("A", "B", "C"))
    opened = change_sets.open_change_set(ChangeSet.Kind.EDIT, actor=contributor)
    change(article, contributor, change_set=opened, reason="why " * 60, title="Two", quality=2)
    change(article, editor, topics=("C", "A", "D"), title="Now")
    return article


def change(article, actor, *, change_set=None, reason="", **values):
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update=values), state.desk)
    version = article.version
    door.change(
        article, wanted, actor=actor, origin=Origin.FORM, change_set=change_set, reason=reason, expected_version=version
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_the_history_are_accessible(desk, axe_findings, editor, edited, width):
    window = desk(editor, width=width)
    for path in (
        f"{LIST}{edited.pk}/history/",
        f"{LIST}{edited.pk}/compare/?from=2&to=3",
        f"{LIST}{edited.pk}/compare/?from=1&to=2",
        form_of(edited),
        f"/admin/articles/changeset/{ChangeSet.objects.get().pk}/change/",
    ):
        window.open(path)
        window.check(axe_findings, path)


def test_enter_in_the_reason_box_restores_nothing_and_a_fields_own_button_restores_it(desk, editor, edited):
    page = desk(editor).open(f"{LIST}{edited.pk}/compare/?from=2&to=3")
    page.get_by_label("Reason").press("Enter")
    assert Article.objects.get().version == 3
    page.locator("button[name=only][value=topics]").click()
    expect(page.locator(".messagelist")).to_contain_text("Restored from revision 2: topics.")
    now = Article.objects.get()
    assert (now.title, list(now.topics.values_list("name", flat=True)), now.version) == ("Now", ["A", "B", "C"], 4)


def test_two_revisions_are_chosen_and_compared(desk, editor, edited):
    page = desk(editor).open(f"{LIST}{edited.pk}/history/")
    page.get_by_label("Compare revision").select_option("1")
    page.get_by_label("with revision").select_option("2")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Revisions 1 and 2")
