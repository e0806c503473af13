"""History, comparison and change sets in a browser: with folded revisions, in both themes and widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.models import Article, FoldedStep
from tests.browser.desk import LIST, WIDTHS, form_of
from tests.history.test_folding import Past, fold, open_set, past

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def folded(editor, contributor) -> Past:
    made = past(title="A long title that began as something else " * 3, quality=1, topics=("A", "B", "C"))
    change_set = open_set(actor=editor)
    made.change(title="One", actor=editor, change_set=change_set)
    made.change(title="Two", quality=2, actor=contributor, reason="why " * 60)
    made.change(title="Three", quality=1, actor=editor, change_set=change_set)
    made.change(topics=("C", "A", "D"), images=(), title="Now", days_ago=1, actor=editor)
    fold()
    return made


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_about_folded_revisions_are_accessible(desk, axe_findings, editor, folded, width):
    window = desk(editor, width=width)
    pk = folded.article.pk
    for path in (
        f"{LIST}{pk}/history/",
        f"{LIST}{pk}/compare/?from=4&to=5",
        f"{LIST}{pk}/compare/?from=1&to=4",
        f"{LIST}{pk}/compare/?from=3&to=5",
        form_of(folded.article),
        f"/admin/articles/changeset/{FoldedStep.objects.get().change_set_id}/change/",
    ):
        window.open(path)
        window.check(axe_findings, path)


def test_enter_in_the_reason_box_restores_nothing_and_a_fields_own_button_restores_it(desk, editor, folded):
    page = desk(editor).open(f"{LIST}{folded.article.pk}/compare/?from=4&to=5")
    page.get_by_label("Reason").press("Enter")
    assert Article.objects.get().version == 5
    page.locator("button[name=only][value=topics]").click()
    expect(page.locator(".messagelist")).to_contain_text("Restored from revision 4: topics.")
    now = Article.objects.get()
    assert (now.title, list(now.topics.values_list("name", flat=True)), now.version) == ("Now", ["A", "B", "C"], 6)


def test_two_revisions_are_chosen_and_compared(desk, editor, folded):
    page = desk(editor).open(f"{LIST}{folded.article.pk}/history/")
    page.get_by_label("Compare revision").select_option("1")
    page.get_by_label("with revision").select_option("4")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Revisions 1 and 4")
