"""The queue of open conflicts, its buttons, and where else the admin tells of them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes.actors import OPERATOR
from articles.models import Article, ChangeSet, Conflict
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import read_form, text_of
from tests.contesting import contested, contested_publication, edit_article
from tests.factories import make_article, make_user
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db
QUEUE = "/admin/articles/conflict/"
DECIDE = f"{QUEUE}decide/"
LIST = "/admin/articles/article/"


def key(field, slug="a"):
    return Conflict.objects.get(field=field, article=article_of(slug), closed_at=None).pk


def outcomes():
    return dict(Conflict.objects.values_list("field", "outcome"))


def press(client, button, form="decide", address=QUEUE, **typed):
    """Presses a button as the page offers it, and returns the page that follows."""
    boxes = read_form(client, address, form)
    for name, value in typed.items():
        boxes[name] = value
    return boxes.send(client, address, f"decision={button}", follow=True)


def forged(client, decision, version=2, **more):
    article = Article.objects.get()
    return client.post(DECIDE, {"decision": decision, f"version-{article.pk}": version, **more})


def test_the_queue_shows_three_values_with_what_differs(editor, signed_in, tmp_path):
    contested(tmp_path)
    words = text_of(signed_in(editor).get(QUEUE))
    assert "1 article with open conflicts" in words
    assert "Last import The story of a Source" in words
    assert "added: Theirs" in words
    assert "added: Mine" in words


def test_the_side_here_is_what_the_article_holds_now(editor, signed_in, tmp_path):
    contested(tmp_path)
    edit_article("a", title="Mine, later")
    assert "added: Mine, later" in text_of(signed_in(editor).get(QUEUE))


def test_one_field_is_kept_and_undo_opens_it_again(editor, signed_in, tmp_path):
    contested(tmp_path)
    client = signed_in(editor)
    page = press(client, f"keep:{key('title')}")
    assert "Kept our title for “Mine”." in text_of(page)
    assert outcomes() == {"title": "kept", "excerpt": ""}
    assert "Conflict reopened: “Mine”" in text_of(undo(client))
    assert outcomes() == {"title": "", "excerpt": ""}


def undo(client):
    pk = ChangeSet.objects.get(kind="conflict").pk
    return client.post(f"{LIST}undo/{pk}/", {"next": QUEUE}, follow=True)


def test_one_field_is_taken(editor, signed_in, tmp_path):
    contested(tmp_path)
    page = press(signed_in(editor), f"take:{key('title')}", reason="theirs is right")
    assert "Used the source's title for “Theirs”." in text_of(page)
    assert (article_of("a").title, article_of("a").excerpt) == ("Theirs", "My excerpt")
    assert article_of("a").revisions.first().reason == "theirs is right"


def test_another_value_is_typed_in_the_form_and_then_kept(editor, signed_in, tmp_path):
    contested(tmp_path)
    client, address = signed_in(editor), f"{LIST}{article_of('a').pk}/change/"
    assert f'href="{address}">Edit<' in client.get(QUEUE).text
    form = read_form(client, address)
    form["excerpt"] = "One line\nand another"
    form.send(client, address, "_save")
    assert outcomes() == {"title": "", "excerpt": ""}
    press(client, f"keep:{key('excerpt')}", address=address)
    assert article_of("a").excerpt == "One line\nand another"
    assert outcomes() == {"title": "", "excerpt": "kept"}


def test_the_files_value_typed_in_the_form_and_saved_closes_the_conflict(editor, signed_in, tmp_path):
    contested(tmp_path)
    client, address = signed_in(editor), f"{LIST}{article_of('a').pk}/change/"
    form = read_form(client, address)
    form["title"] = "Theirs"
    form.send(client, address, "_save")
    assert outcomes() == {"title": "agreed", "excerpt": ""}


def test_all_of_an_article_are_taken_at_once(editor, signed_in, tmp_path):
    contested(tmp_path)
    press(signed_in(editor), f"take:{key('title')},{key('excerpt')}")
    assert (article_of("a").title, article_of("a").excerpt) == ("Theirs", "New")


def test_the_ticked_ones_are_decided_in_one_set(editor, signed_in, tmp_path):
    for slug in "ab":
        contested(tmp_path, slug)
    client = signed_in(editor)
    form = read_form(client, QUEUE, "decide")
    form.forge("conflicts", key("title", "a"), key("title", "b"))
    page = form.send(client, QUEUE, "decision=take", follow=True)
    assert "2 conflicts in 2 articles" in text_of(page)
    assert {article_of(slug).title for slug in "ab"} == {"Theirs"}
    assert ChangeSet.objects.filter(kind="conflict").count() == 1


def test_nothing_ticked_decides_nothing_and_says_so(editor, signed_in, tmp_path):
    contested(tmp_path)
    assert "Select a conflict first" in text_of(press(signed_in(editor), "keep"))
    assert outcomes() == {"title": "", "excerpt": ""}


SAID = {"keep": "Kept our", "take": "Used the source's"}


@pytest.mark.parametrize("verb", ["keep", "take"])
def test_a_decision_pressed_twice_is_made_once_and_says_so(editor, signed_in, tmp_path, verb):
    contested(tmp_path)
    client, pk = signed_in(editor), key("title")
    form = read_form(client, QUEUE, "decide")
    form.send(client, QUEUE, f"decision={verb}:{pk}")
    words = text_of(form.send(client, QUEUE, f"decision={verb}:{pk}", follow=True))
    assert words.count(f"{SAID[verb]} title for “") == 1
    assert "not decided" not in words
    assert ChangeSet.objects.filter(kind="conflict").count() == 1


def test_a_stale_page_decides_nothing(editor, signed_in, tmp_path):
    contested(tmp_path)
    client, pk = signed_in(editor), key("title")
    form = read_form(client, QUEUE, "decide")
    edit_article("a", quality=9)
    page = form.send(client, QUEUE, f"decision=take:{pk}", follow=True)
    assert "check it again" in text_of(page)
    assert article_of("a").title == "Mine"


@pytest.mark.parametrize(
    "decision",
    [
        "",
        "keep:x",
        "burn:1",
        "keep:" + "9" * 30,
        "take:1,,2",
        "keep:" + ",".join(["1"] * 201),
        "edit:1",
    ],
)
def test_a_decision_that_no_page_offers_is_refused(editor, signed_in, tmp_path, decision):
    contested(tmp_path)
    assert forged(signed_in(editor), decision).status_code == 400
    assert outcomes() == {"title": "", "excerpt": ""}


def test_a_decision_without_a_version_is_refused(editor, signed_in, tmp_path):
    contested(tmp_path)
    assert signed_in(editor).post(DECIDE, {"decision": f"keep:{key('title')}"}).status_code == 400


def test_reading_decides_nothing(editor, signed_in, tmp_path):
    contested(tmp_path)
    assert signed_in(editor).get(f"{DECIDE}?decision=keep:{key('title')}").status_code == 405


def test_strangers_and_staff_without_the_right_see_and_decide_nothing(client, signed_in, tmp_path):
    contested(tmp_path)
    staff = make_user()
    staff.user_permissions.add(Permission.objects.get(codename="change_article"))
    assert forged(client, f"keep:{key('title')}").status_code == 302
    assert forged(signed_in(staff), f"keep:{key('title')}").status_code == 403
    assert signed_in(staff).get(QUEUE).status_code == 403
    assert outcomes() == {"title": "", "excerpt": ""}


def test_a_contributor_sees_the_conflict_of_a_published_article_and_cannot_decide_it(contributor, signed_in, tmp_path):
    contested_publication(tmp_path, here=True)
    client = signed_in(contributor)
    page = client.get(QUEUE)
    assert "don't have permission to decide this" in text_of(page)
    assert "keep:" not in page.content.decode()
    version = article_of("a").version
    answer = client.post(
        DECIDE, {"decision": f"keep:{key('published')}", f"version-{article_of('a').pk}": version}, follow=True
    )
    assert "permission to publish" in text_of(answer)
    assert outcomes() == {"published": ""}


def test_taking_an_end_of_publication_tells_what_readers_see(editor, signed_in, tmp_path):
    contested_publication(tmp_path, here=True)
    page = press(signed_in(editor), f"take:{key('published')}")
    assert "Not published" in text_of(page)


def test_the_queue_is_filtered_by_field_provider_and_text(editor, signed_in, tmp_path):
    contested(tmp_path)
    client = signed_in(editor)

    def found(query):
        return [
            shown.conflict.field
            for article in client.get(QUEUE + query).context["contested"]
            for shown in article.conflicts
        ]

    slug = article_of("a").provider.slug
    assert found("?field=title") == ["title"]
    assert found(f"?provider={slug}") == found("?q=mine") == ["title", "excerpt"]
    assert found("?provider=other") == found("?q=nothing") == []
    assert client.get(f"{QUEUE}?field=nothing").status_code == 400


def test_the_queue_is_in_pages(editor, signed_in, tmp_path):
    for n in range(12):
        contested(tmp_path, f"a{n}")
    client = signed_in(editor)
    counts = [len(client.get(f"{QUEUE}?p={n}").context["contested"]) for n in (1, 2)]
    assert counts == [10, 2]


@pytest.mark.parametrize("address", [QUEUE, f"{LIST}?state=all&conflict=open", "/admin/"])
def test_pages_take_the_same_queries_for_one_contested_article_and_for_ten(editor, signed_in, tmp_path, address):
    client, counts = signed_in(editor), []
    for slugs in ("a", "bcdefghij"):
        for slug in slugs:
            contested(tmp_path, slug)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= (17 if address == "/admin/" else 14)


def test_the_list_marks_and_finds_articles_with_open_conflicts(editor, signed_in, tmp_path):
    make_article(title="Agreed")
    contested(tmp_path)
    client = signed_in(editor)
    assert "Mine conflict: title, excerpt" in text_of(client.get(LIST)).replace("excerpt, title", "title, excerpt")
    rows = client.get(f"{LIST}?state=all&conflict=open").context["cl"].result_list
    assert [article.title for article in rows] == ["Mine"]
    assert client.get(f"{LIST}?conflict=other")["Location"] == "?"


def test_the_form_names_the_fields_and_decides_them(editor, signed_in, tmp_path):
    article = contested(tmp_path)
    address = f"{LIST}{article.pk}/change/"
    client = signed_in(editor)
    assert "Open conflicts: title, excerpt" in text_of(client.get(address))
    page = press(client, f"take:{key('title')}", address=address)
    assert page.redirect_chain[-1][0] == address
    assert "Open conflicts: excerpt" in text_of(page)
    assert article_of("a").title == "Theirs"


def test_the_index_and_the_receipt_lead_to_the_queue(chief, signed_in, tmp_path):
    contested(tmp_path)
    client = signed_in(chief)
    assert "2 conflicts" in text_of(client.get("/admin/"))
    run = Conflict.objects.first().opened_in.import_run
    assert QUEUE in client.get(f"/admin/articles/importrun/{run.pk}/change/").content.decode()


def test_a_hostile_text_is_text_in_the_queue(editor, signed_in, tmp_path):
    write(tmp_path, "a.md", story("a"))
    import_seeds(tmp_path)
    edit_article("a", title="<script>__x(1)</script>")
    write(tmp_path, "a.md", story("a", title="</textarea><img src=x onerror=__x(2)>"))
    import_seeds(tmp_path)
    publishing.publish(article_of("a"), actor=OPERATOR, origin=Origin.FORM)
    for address in (QUEUE, f"{LIST}{article_of('a').pk}/change/"):
        page = signed_in(editor).get(address).content.decode()
        assert "<script>__x" not in page
        assert "<img src=x" not in page


def test_the_change_set_of_kept_conflicts_names_them_and_counts_their_article(editor, signed_in, tmp_path):
    contested(tmp_path)
    client = signed_in(editor)
    press(client, f"keep:{key('title')}")
    pk = ChangeSet.objects.get(kind="conflict").pk
    assert "Title of Mine: ours kept" in text_of(client.get(f"/admin/articles/changeset/{pk}/change/"))
    assert "“Mine”" in text_of(client.get("/admin/articles/changeset/?kind=conflict"))
