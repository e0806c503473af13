"""On the form of a published article: what readers will see change, told before it is saved."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.admin.article_form.visible_changes import changes_for_readers, seen_values
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.content.article_state import ArticleState
from articles.models import Article, Category, Provider, Topic
from articles.models.history import Origin
from articles.public.article_page import ArticlePage
from articles.public.cards import Card
from articles.public.preview import pages_of
from articles.seedfile.schema import ArticleContent
from articles.workflow import publishing
from tests.admin.browserless import form_of as form_in
from tests.admin.browserless import open_form, tags_of, text_of
from tests.database_dump import every_row
from tests.factories import NOW, make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def form_of(article):
    return f"{LIST}{article.pk}/change/"


def changes_of(article):
    return f"{LIST}{article.pk}/changes/"


def full_article(**more):
    whole = {
        "title": "The ferry sails",
        "category": "news",
        "excerpt": "In short.",
        "body": "It *rose*.",
        "topics": ["Coast", "AI"],
        "provider": {"name": "The Wire", "domain": "wire.example"},
        "published_at": NOW - 2 * HOUR,
        "images": [{"url": "https://img.example/1.jpg"}],
        "related": [{"title": "Elsewhere", "web_url": "https://wire.example/1", "provider": {"name": "Other"}}],
        "extra": '{"odd":1}',
        "secured": "5ECuReD",
        "published": True,
    }
    return make_article(**(whole | more))


def typed(client, article, **boxes):
    form = open_form(client, form_of(article))
    for name, value in boxes.items():
        form[name] = value
    return form


def told(client, article, **boxes):
    """The panel's text for what is typed into a fresh form."""
    answer = typed(client, article, **boxes).send(client, changes_of(article))
    assert answer.status_code == 200
    return text_of(answer)


def changed(article, at=NOW, desk=None, **values):
    """What readers are said to see of a change to some fields of the content, or of the schedule."""
    before = article_state.read_state(article)
    after = ArticleContent.model_validate({**dict(before.content), **values})
    return changes_for_readers(before, ArticleState(after, desk or before.desk), article, at=at)


SEEN = [
    ("title", "The ferry stays", "title"),
    ("excerpt", "Shorter.", "excerpt"),
    ("byline", "A. Person", "byline"),
    ("body", "It *fell*.", "body"),
    ("category", "sport", "category"),
    ("type", "opinion", "type"),
    ("topics", "AI", "topics"),
    ("provider_name", "Another", "provider"),
    ("provider_domain", "another.example", "provider"),
    ("published_at", "2026-11-01T09:00:00", "source date"),
    ("original_url", "https://origin.example/", "original address"),
    ("web_url", "https://news.example/elsewhere", "original address"),
    ("related-0-title", "Elsewhere again", "coverage"),
    ("related-0-web_url", "https://wire.example/2", "coverage"),
    ("related-0-provider_name", "Some other", "coverage"),
    ("live_from", "2026-11-01T09:00:00", "live from"),
    ("live_until", "2027-11-01T09:00:00", "live until"),
]
UNSEEN = [
    ("heat", "7", "heat"),
    ("quality", "12", "quality"),
    ("images-0-url", "https://img.example/2.jpg", "pictures"),
    ("images-0-alt", "A ferry", "pictures"),
    ("related-0-quality", "9", "coverage"),
    ("related-0-excerpt", "Not shown", "coverage"),
    ("body", "It _rose_.", "body"),
]


@pytest.mark.parametrize(("box", "value", "label"), SEEN)
def test_what_readers_see_is_told(editor, signed_in, box, value, label):
    said = told(signed_in(editor), full_article(), **{box: value})
    assert f"1 visible change: {label}" in said
    assert "Internal" not in said


@pytest.mark.parametrize(("box", "value", "label"), UNSEEN)
def test_what_no_reader_sees_is_told_apart(editor, signed_in, box, value, label):
    said = told(signed_in(editor), full_article(), **{box: value})
    assert f"No visible change (internal: {label})" in said
    assert f"Internal: {label}" in said


def test_both_kinds_together(editor, signed_in):
    said = told(signed_in(editor), full_article(), title="The ferry stays", heat="7")
    assert "1 visible change: title" in said
    assert "Internal: heat" in said


def test_words_that_go_and_come_are_marked(editor, signed_in):
    client, article = signed_in(editor), full_article()
    html = typed(client, article, title="The ferry stays", topics="Coast\nTide").send(client, changes_of(article)).text
    assert '<del><span class="visually-hidden">removed: </span><bdi>sails</bdi></del>' in html
    assert '<ins><span class="visually-hidden">added: </span><bdi>stays</bdi></ins>' in html
    assert "<del><bdi>AI</bdi></del>" in html
    assert "<ins><bdi>Tide</bdi></ins>" in html


def test_nothing_typed_is_no_change_and_costs_no_pages(editor, signed_in):
    assert "No visible change" in told(signed_in(editor), full_article())
    article = full_article(web_url="https://a.example/1")
    state = article_state.read_state(article)
    with CaptureQueriesContext(connection) as queries:
        changes_for_readers(state, state, article, at=NOW)
    assert len(queries) == 0


def test_what_is_shown_as_another_is_compared_as_readers_meet_it():
    article = full_article(topics=["AI"], category="sci")
    make_article(topics=["ai"], category="Science", provider={"name": "Wire", "domain": "new.example"})
    Topic.objects.filter(name="ai").update(shown_as=Topic.objects.get(name="AI"))
    Category.objects.filter(name="sci").update(shown_as=Category.objects.get(name="Science"))
    Provider.objects.filter(name="The Wire").update(shown_as=Provider.objects.get(name="Wire"))
    wire = {"name": "Wire", "domain": "new.example"}
    changes = changed(article, topics=("ai", "AI"), category="Science", provider=wire)
    assert not changes.differences
    assert changes.unseen == ["category", "provider", "topics"]
    changes = changed(article, category="sport")
    assert [piece.text for piece in changes.differences[0].pieces] == ["Science", "sport"]


def test_the_web_address_is_seen_only_where_there_is_no_original_one():
    article = full_article(original_url="https://origin.example/")
    changes = changed(article, web_url="https://news.example/moved")
    assert (list(changes.differences), changes.unseen) == ([], ["web address"])


FATES = [
    # (live from, live until) before, typed, and what is said; in hours from now
    ((-2, None), (-1, None), "1 visible change: live from"),
    ((-2, None), (3, None), "Hidden from readers until 1 November 2026, 15:00 UTC"),
    ((-2, None), (-2, -1), "Comes down: its “live until” has passed"),
    ((-2, None), (-2, 5), "1 visible change: live until"),
    ((3, None), (4, None), "1 visible change from 1 November 2026, 16:00 UTC: live from"),
    ((3, None), (-1, None), "Goes live now"),
    ((3, None), (-3, -1), "Never goes live: its “live until” has passed"),
    ((-3, -1), (-3, 4), "Goes live again now"),
    ((-3, -1), (2, None), "Goes live again 1 November 2026, 14:00 UTC"),
    ((-3, -1), (-3, -2), "No visible change: it has expired (internal: live until)"),
]


@pytest.mark.parametrize(("before", "after", "says"), FATES)
def test_a_schedule_says_from_when_and_until_when(before, after, says):
    def moment(hours):
        return None if hours is None else NOW + hours * HOUR

    article = full_article(live_from=moment(before[0]), live_until=moment(before[1]))
    desk = replace(article_state.read_state(article).desk, live_from=moment(after[0]), live_until=moment(after[1]))
    assert changed(article, desk=desk).headline.startswith(says)


def test_a_change_to_what_is_live_later_says_from_when(editor, signed_in):
    client, article = signed_in(editor), full_article(live_from=NOW + 3 * HOUR)
    said = told(client, article, title="The ferry stays")
    assert "1 visible change from 1 November 2026, 15:00 UTC: title" in said
    page = text_of(client.get(form_of(article)))
    assert "Unpublishing cancels its publication on 1 November 2026, 15:00 UTC" in page


def test_unpublish_says_that_the_page_goes(editor, signed_in):
    client, article = signed_in(editor), full_article()
    page = client.get(form_of(article))
    assert "Unpublishing takes the page down." in text_of(page)
    button = next(a for tag, a in tags_of(page) if a.get("name") == "_unpublish")
    described = next(a for tag, a in tags_of(page) if a.get("id") == button["aria-describedby"])
    assert described["class"] == "unpublishing"


@pytest.mark.parametrize(
    ("box", "value", "says"),
    [
        ("title", "", "Not valid yet: title Title: This field is required."),
        ("web_url", "https", "Not valid yet: web address"),
        ("web_url", "javascript:alert(1)", "Not valid yet: web address"),
        ("quality", "", "Not valid yet: quality"),
        ("published_at", "2026-1", "Not valid yet: source date"),
        ("related-0-web_url", "htt", "Not valid yet: coverage 1, web address"),
        ("live_from", "", "Not valid yet: live from"),
        ("live_until", "2020-01-01T00:00:00", "Not valid yet: live until"),
        ("images-TOTAL_FORMS", "x", "Not valid yet: pictures"),
    ],
)
def test_half_typed_input_is_not_valid_yet(editor, signed_in, box, value, says):
    client, article = signed_in(editor), full_article()
    form = typed(client, article)
    form.forge(box, value)
    answer = form.send(client, changes_of(article))
    assert answer.status_code == 200
    assert says in text_of(answer)


def test_the_panel_stands_beside_save_where_readers_are_promised_something(editor, contributor, signed_in):
    hidden, live = full_article(published=False), full_article(web_url="https://a.example/live")
    client = signed_in(editor)
    assert "readers-changes" not in client.get(form_of(hidden)).text
    assert "article-changes.js" not in client.get(form_of(hidden)).text
    assert "_changes" not in client.get(form_of(hidden)).text
    assert "readers-changes" not in client.get(f"{LIST}add/").text
    page = client.get(form_of(live)).text
    assert page.index('class="decide-bar"') < page.index('id="readers-changes"') < page.index('name="_save"')
    assert "readers-changes" not in signed_in(contributor).get(form_of(live)).text


def test_without_scripts_a_button_answers_with_the_form_as_typed_and_the_panel(editor, signed_in):
    client, article = signed_in(editor), full_article()
    form = typed(client, article, title="The ferry stays", reason="because")
    before = every_row()
    page = form.send(client, form_of(article), "_changes")
    assert page.status_code == 200
    assert "1 visible change: title" in text_of(page)
    assert "<details open>" in page.text
    changed_tables = {table for table, rows in every_row().items() if rows != before[table]}
    assert changed_tables <= {"articles_presence"}
    again = form_in(page, "article_form")
    assert (again["title"], again["reason"], again["version"]) == ("The ferry stays", "because", "1")
    again.send(client, form_of(article), "_save")
    assert Article.objects.get(pk=article.pk).title == "The ferry stays"


def test_the_button_on_a_form_that_is_not_valid_says_what_is_wrong(editor, signed_in):
    client, article = signed_in(editor), full_article()
    page = typed(client, article, title="").send(client, form_of(article), "_changes")
    assert "Not valid yet: title" in text_of(page)
    assert "Not saved. Fix the marked fields." in text_of(page)


def test_a_form_that_a_colleague_overtook_is_compared_with_what_it_began_from(editor, signed_in):
    client, article = signed_in(editor), full_article()
    form = typed(client, article, excerpt="Mine.")
    state = article_state.read_state(article)
    wanted = ArticleState(state.content.model_copy(update={"title": "Theirs"}), state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.COMMAND, expected_version=1)
    said = text_of(form.send(client, changes_of(article)))
    assert "1 visible change: excerpt" in said
    assert "Somebody has saved the article since you opened it" in said
    stale = form.send(client, form_of(article), "_save")
    assert stale.status_code == 409
    assert "1 visible change: excerpt" in text_of(stale)
    assert "Somebody saved the article since" not in text_of(stale)


def test_what_was_unpublished_meanwhile_is_said_to_be_hidden(editor, signed_in):
    client, article = signed_in(editor), full_article()
    form = typed(client, article, title="Mine")
    publishing.unpublish(article, actor=OPERATOR)
    answer = form.send(client, changes_of(article))
    assert answer.status_code == 200
    assert "Not published." in text_of(answer)


def test_nothing_is_written_and_no_secret_is_told(editor, signed_in):
    client, article = signed_in(editor), full_article()
    form = typed(client, article, title="<script>__x(1)</script>", category="New one", topics="New/Topic")
    before = every_row()
    answer = form.send(client, changes_of(article))
    assert every_row() == before
    assert "5ECuReD" not in answer.text
    assert not [tag for tag, _ in tags_of(answer) if tag in ("script", "img")]
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_it_needs_the_right_to_change_what_is_published(editor, contributor, signed_in):
    article, hidden = full_article(), full_article(published=False, web_url="https://a.example/h")
    form = typed(signed_in(editor), article, title="Forged")
    assert Client().post(changes_of(article), {"version": 1}).status_code == 302
    for user in (make_user(), contributor):
        assert form.send(signed_in(user), changes_of(article)).status_code == 403
    assert signed_in(contributor).post(changes_of(hidden), {"version": 1}).status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert strict.post(changes_of(article), {"version": 1}).status_code == 403


def test_other_methods_and_versions_that_never_were_are_refused(editor, signed_in):
    client, article = signed_in(editor), full_article()
    for method in ("get", "head", "put", "patch", "delete", "options"):
        assert getattr(client, method)(changes_of(article)).status_code == 405
    for version in ("", "0", "2", "x", "9" * 50):
        assert client.post(changes_of(article), {"version": version}).status_code == 400
    assert client.post(f"{LIST}987654/changes/", {"version": 1}).status_code == 404


def test_ten_topics_and_entries_cost_as_many_queries_as_one(editor, signed_in):
    client = signed_in(editor)
    counts = []
    for n in (1, 10):
        sources = [(f"https://w.example/{n}-{k}", {"name": f"P{k}"}) for k in range(n)]
        entries = [{"title": "E", "web_url": address, "provider": provider} for address, provider in sources]
        article = full_article(
            topics=[f"T {n} {k}" for k in range(n)], related=entries, web_url=f"https://a.example/{n}"
        )
        form = typed(client, article, title="Typed", topics="\n".join(f"New {n} {k}" for k in range(n)))
        form.send(client, changes_of(article))
        with CaptureQueriesContext(connection) as queries:
            form.send(client, changes_of(article))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_everything_that_a_page_shows_is_compared():
    """A new part of the page, or of a card, has to be named in `seen_values`, and here."""
    derived = {"pk", "live_from", "address", "initials", "tint", "length", "type_query"}
    assert {field.name for field in fields(Card)} - derived == {
        *("title", "excerpt", "category", "provider", "type", "time")
    }
    assert {field.name for field in fields(ArticlePage)} == {
        *("card", "domain", "byline", "body_html", "original_address", "topics", "coverage")
    }
    (page,) = pages_of([article_state.read_state(full_article())], None, at=datetime.now(UTC))
    assert set(seen_values(page)) < set(article_state.FIELDS)
