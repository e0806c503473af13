"""A form that is opened and saved as it is writes nothing, whatever the article holds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.content.article_state import ArticleState, DeskState
from articles.importing.runner import Import
from articles.models import Article, ChangeSet, Revision
from articles.models.history import Origin
from newsdesk.settings import BASE_DIR
from tests.admin.browserless import open_form
from tests.admin.random_contents import contents, moments
from tests.factories import make_article, make_user
from tests.sampling import examples

pytestmark = pytest.mark.django_db


def address_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def save_unchanged(client, article):
    """Opens the form, saves it, and asserts that nothing was written. Returns the answer."""
    before = article_state.read_state(Article.objects.get(pk=article.pk))
    rows = [Revision.objects.count(), ChangeSet.objects.count(), Article.objects.get(pk=article.pk).updated_at]
    response = open_form(client, address_of(article)).send(client, address_of(article), "_save")
    assert response.status_code == 302, response.content.decode()
    after = Article.objects.get(pk=article.pk)
    assert article_state.differing_fields(before, article_state.read_state(after)) == []
    assert after.version == article.version
    assert [Revision.objects.count(), ChangeSet.objects.count(), after.updated_at] == rows
    return response


@pytest.mark.parametrize("part", range(5))
def test_every_seed_saved_unchanged_writes_nothing(editor, signed_in, part):
    Import([BASE_DIR / "seeds"], root="seeds", actor=OPERATOR).execute()
    client = signed_in(editor)
    articles = list(Article.objects.order_by("pk"))
    assert len(articles) >= 40
    for article in articles[part::5]:
        save_unchanged(client, article)


@examples(8)
@given(contents, st.none() | moments, st.sampled_from(["", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"]))
def test_any_content_saved_unchanged_writes_nothing(editor, signed_in, drawn, until, time_zone):
    editor.time_zone = time_zone
    editor.save()
    live_from = drawn.published_at if drawn.published else None
    live_until = until if until and live_from and until > live_from else None
    state = ArticleState(drawn, DeskState(live_from, live_until))
    article = door.create(state, actor=OPERATOR, origin=Origin.IMPORT)
    save_unchanged(signed_in(editor), article)


def test_saving_unchanged_says_that_there_was_nothing_to_change(editor, signed_in):
    client = signed_in(editor)
    article = make_article(title="The night ferry")
    save_unchanged(client, article)
    page = client.get(address_of(article)).content.decode()
    assert "No changes." in page
    assert "Undo</button>" not in page


@pytest.mark.parametrize(
    "body", ["\nbegins with a blank line", "\n\ntwo", "ends with one\n", " indented", "a\n\n\nb\t"]
)
def test_blank_lines_and_blanks_of_a_body_survive_an_unchanged_form(editor, signed_in, body):
    save_unchanged(signed_in(editor), make_article(body=body, excerpt=body))


def test_fractions_of_a_second_survive_an_unchanged_form_and_the_edit_of_another_field(editor, signed_in):
    client = signed_in(editor)
    moment = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
    entry = {"title": "Elsewhere", "webUrl": "https://other.example/1", "publishedDateTime": moment.isoformat()}
    article = make_article(published_at=moment, related=[entry], published=True, live_until=moment + timedelta(days=1))
    save_unchanged(client, article)
    form = open_form(client, address_of(article))
    form["title"] = "Another title"
    form.send(client, address_of(article), "_save")
    saved = article_state.read_state(Article.objects.get(pk=article.pk))
    assert saved.content.published_at == moment
    assert saved.content.related[0].published_at == moment
    assert saved.desk == DeskState(moment, moment + timedelta(days=1))


@pytest.mark.parametrize("moment", [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)])
def test_both_passes_of_the_hour_that_the_clock_repeats_survive_an_unchanged_form(signed_in, moment):
    editor = make_user("Editor", time_zone="Europe/Berlin")
    entry = {"title": "Elsewhere", "webUrl": "https://other.example/1", "publishedDateTime": moment.isoformat()}
    save_unchanged(signed_in(editor), make_article(published_at=moment, published=True, related=[entry]))


def test_a_contributor_saving_a_scheduled_but_unpublished_article_leaves_its_schedule(contributor, signed_in):
    begins = datetime(2026, 12, 1, 8, tzinfo=UTC)
    save_unchanged(signed_in(contributor), make_article(live_from=begins, live_until=begins + timedelta(days=2)))
