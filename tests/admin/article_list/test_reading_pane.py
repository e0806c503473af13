"""The reading pane: what is needed to decide about an article, beside the list or by itself."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes.actors import OPERATOR
from articles.models import Article
from articles.workflow import publishing
from tests.admin.browserless import form_of, tags_of, text_of
from tests.factories import NOW, make_article, make_user
from tests.importing.import_running import import_seeds, story, write

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def pane_of(client, article):
    page = client.get(f"{LIST}{article.pk}/read/")
    assert page.status_code == 200
    return page


def decide_in(page, client, verb):
    """Presses a verb's button in the pane. Returns the answer."""
    form = form_of(page, "pane-form")
    form.action = f"{LIST}{form.action}"
    return form.send(client, LIST, f"action={verb}")


def full_article(**fields):
    provider = {"name": "Other Post", "domain": "b.example"}
    coverage = {"title": "The ferry, again", "webUrl": "https://b.example/1", "provider": provider}
    return make_article(
        **{
            "title": "Night boats",
            "excerpt": "They sail again.",
            "body": "All of **it**.",
            "byline": "Ada",
            "category": "ports",
            "topics": ["Boats", "Night"],
            "related": [coverage],
        }
        | fields
    )


def test_the_pane_shows_what_readers_get_and_what_the_desk_knows(editor, signed_in):
    article = full_article(hold="legal reads it")
    words = text_of(pane_of(signed_in(editor), article))
    for part in (
        "Night boats",
        "They sail again.",
        "All of it.",
        "Ada",
        "ports",
        "Boats, Night",
        "Other Post The ferry, again",
        "on hold legal reads it",
        "Blocker on hold",
        "1 Nov 2026, 12:00",
    ):
        assert part in words, part


def test_the_list_shows_it_by_its_address_and_its_ways_keep_filter_and_order(editor, signed_in):
    first, second, third = (full_article(title=f"Story {n}", published_at=NOW - timedelta(n)) for n in range(3))
    page = signed_in(editor).get(f"{LIST}?category=ports&order=oldest&read={second.pk}")
    assert "All of it." in text_of(page)
    links = [tag for name, tag in tags_of(page) if name == "a" and "href" in tag]
    ways = {link["rel"]: link["href"] for link in links if link.get("rel") in ("next", "prev")}
    kept = "?category=ports&order=oldest&state=undecided&read="
    assert ways == {"next": f"{kept}{first.pk}#pane", "prev": f"{kept}{third.pk}#pane"}
    assert not any("read=" in link["href"] for link in links if "state=live" in link["href"])


def test_a_decision_in_the_pane_is_made_without_scripts_and_leads_to_the_next(editor, signed_in):
    first, second = (full_article(title=f"Story {n}", published_at=NOW - timedelta(n)) for n in range(2))
    client = signed_in(editor)
    answer = decide_in(client.get(f"{LIST}?read={first.pk}"), client, "publish")
    assert Article.objects.get(pk=first.pk).published
    after = client.get(answer["Location"])
    assert "Published “Story 0”" in text_of(after)
    assert form_of(after, "pane-form")["_selected_action"] == str(second.pk)


def test_a_stale_pane_decides_nothing_unseen(editor, signed_in):
    client, article = signed_in(editor), full_article()
    page = client.get(f"{LIST}?read={article.pk}")
    publishing.publish(Article.objects.get(pk=article.pk), actor=OPERATOR)
    publishing.unpublish(Article.objects.get(pk=article.pk), actor=OPERATOR)
    answer = decide_in(page, client, "publish")
    assert "Not changed" in text_of(client.get(answer["Location"]))
    assert not Article.objects.get(pk=article.pk).published


def test_what_the_desk_changed_of_the_source_is_named(editor, signed_in, tmp_path):
    write(tmp_path, "a.md", story("a", "excerpt: Old\n"))
    import_seeds(tmp_path)
    article = Article.objects.get()
    client = signed_in(editor)
    assert "changed here" not in text_of(pane_of(client, article))
    publishing.publish(article, actor=editor)
    words = text_of(pane_of(client, article))
    assert "changed here: published" in words
    assert f"{editor.username}: published" in words


def test_who_may_not_decide_reads_and_finds_no_button(signed_in):
    viewer, article = make_user(""), full_article()
    assert signed_in(viewer).get(f"{LIST}{article.pk}/read/").status_code == 403
    viewer.user_permissions.add(Permission.objects.get(codename="view_article"))
    page = pane_of(signed_in(type(viewer).objects.get(pk=viewer.pk)), article)
    assert "Night boats" in text_of(page)
    assert b"<button" not in page.content


def test_what_does_not_exist_is_not_found_and_leaves_the_list_without_a_pane(editor, signed_in):
    client = signed_in(editor)
    full_article()
    assert client.get(f"{LIST}{10**17}/read/").status_code == 404
    assert "All of it." not in text_of(client.get(f"{LIST}?read={10**17}"))
    assert client.get(f"{LIST}?read=x")["Location"] == "?"


def test_hostile_values_are_text(editor, signed_in):
    hostile = "<script>__x(1)</script>"
    article = full_article(title=hostile, excerpt=hostile, body=hostile, byline=hostile, topics=[hostile], hold=hostile)
    assert b"<script>__x" not in pane_of(signed_in(editor), article).content


def test_the_pane_takes_ten_queries_and_the_list_with_it_thirteen(editor, signed_in):
    client = signed_in(editor)
    for n in range(12):
        article = full_article(title=f"Story {n}")
    counts = []
    for address in (f"{LIST}{article.pk}/read/", f"{LIST}?read={article.pk}"):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] <= 10
    assert counts[1] <= 13
