"""The table of verbs: an entry is all that a verb over existing state needs."""

import pytest
from django.core.management import CommandError, call_command

from articles.content.article_state import ArticleState
from articles.models import ChangeSet
from articles.workflow.verbs import VERBS, Verb
from tests.admin.browserless import form_of, forms_of, open_form, read_form, text_of
from tests.factories import make_article, make_articles
from tests.management.commanding import told

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"

WARM = Verb(
    name="warm",
    right="change_article",
    wanted=lambda state, given, now: ArticleState(state.content.model_copy(update={"heat": 1}), state.desk),
    is_offered=lambda state: not state.published,
    button="Warm up",
    done="Warmed up {0}",
    heading="Warm up {}",
    outcome="warmed up",
    event="warmed up",
    key="W",
)


@pytest.fixture
def warm(monkeypatch):
    monkeypatch.setitem(VERBS, "warm", WARM)


def heat_of(article):
    article.refresh_from_db()
    return article.heat


def test_a_new_entry_is_a_button_of_the_form(warm, editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    address = f"{LIST}{article.pk}/change/"
    form = open_form(client, address)
    form["title"] = "Night ferries"
    page = client.get(form.send(client, address, "_warm")["Location"])
    assert "Warmed up “Night ferries”. Saved: title." in text_of(page)
    assert heat_of(article) == 1
    revision = article.revisions.get(number=2)
    assert (list(revision.values), revision.change_set.kind) == (["title", "heat"], "warm")
    assert f"Warmed up · {editor.username}" in text_of(client.get(f"{LIST}{article.pk}/history/"))
    next(form for form in forms_of(page) if "/undo/" in form.action).send(client, LIST)
    assert (heat_of(article), article.title) == (-1, "Night boats")


def test_a_new_entry_is_a_button_and_a_key_of_the_list(warm, editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    form = read_form(client, LIST, "changelist-form")
    form.forge("_selected_action", article.pk)
    form.send(client, LIST, "action=warm")
    page = client.get(LIST)
    assert "Warmed up “Night boats”." in text_of(page)
    assert 'data-key="w" aria-keyshortcuts="W"' in page.text
    assert heat_of(article) == 1


def test_a_new_entry_is_a_bulk_action(warm, editor, signed_in):
    client, articles = signed_in(editor), make_articles(3)
    form = read_form(client, LIST, "changelist-form")
    form["verb"], form["scope"] = "warm", "all"
    shown = form.send(client, LIST, "action=more")
    assert "Warm up 3 articles?" in text_of(shown)
    done = client.get(form_of(shown, "bulk-confirm").send(client, LIST, "action=confirm")["Location"])
    assert "Warmed up “Story 2”, “Story 1” and 1 more" in text_of(done)
    assert {heat_of(article) for article in articles} == {1}
    words = text_of(client.get("/admin/articles/changeset/?kind=warm"))
    assert f"Change set {ChangeSet.objects.get().pk}: warmed up" in words


def test_a_new_entry_is_a_command(warm):
    article = make_article()
    done = told("decide", "warm", article.pk)
    assert (done.status, done.outcomes) == (0, {article.pk: "changed"})
    assert heat_of(article) == 1
    assert told("decide", "warm", article.pk).outcomes == {article.pk: "unchanged"}


def test_without_the_entry_it_is_nowhere(editor, signed_in):
    client, article = signed_in(editor), make_article()
    assert "warm" not in client.get(LIST).text
    assert "_warm" not in open_form(client, f"{LIST}{article.pk}/change/").buttons
    with pytest.raises(CommandError, match="invalid choice: 'warm'"):
        call_command("decide", "warm", article.pk)
