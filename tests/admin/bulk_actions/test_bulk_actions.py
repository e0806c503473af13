"""Bulk actions in the admin: from the list to the confirmation, through the chunks, to the summary and its Undo."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.bulk_actions import choosing, chunks
from articles.bulk_actions.engine import CHANGED
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.history import change_sets, purging
from articles.models import Article, BulkAction, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from tests.admin.browserless import form_of, forms_of, read_form, tags_of, text_of
from tests.bulk_actions.bulk_running import begin, finish, run
from tests.factories import NOW, make_article, make_articles, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
BULK = "/admin/articles/bulkaction/"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def in_threes(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 3)


def more(client, verb, ticked=(), *, scope="ticked", query="?state=all", **forged):
    """Chooses a verb under More. Returns the answer."""
    form = read_form(client, LIST + query, "changelist-form")
    form.forge("_selected_action", *[article.pk for article in ticked])
    form["verb"] = verb
    form.forge("scope", scope)
    for name, value in forged.items():
        form.forge(name, value)
    return form.send(client, LIST + query, "action=more")


def newest():
    return BulkAction.objects.latest("pk")


def page_of(client, bulk):
    response = client.get(f"{BULK}{bulk.pk}/")
    assert response.status_code == 200
    return response


def press(client, bulk, form_id, **typed):
    """Presses the form's button on the action's page. Returns the answer."""
    form = form_of(page_of(client, bulk), form_id)
    for name, value in typed.items():
        form[name] = value
    return form.send(client, f"{BULK}{bulk.pk}/")


def purge(article):
    opened = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR)
    purging.purge_many([Article.objects.get(pk=article.pk)], actor=OPERATOR, change_set=opened)


def published():
    return set(Article.objects.published().values_list("pk", flat=True))


def retitle(article):
    article = Article.objects.get(pk=article.pk)
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": "Retold"}), state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def test_ticked_ones_are_fixed_confirmed_and_done(editor, signed_in):
    client, made = signed_in(editor), make_articles(3)
    response = more(client, "publish", made[:2], reason="for the evening")
    bulk = newest()
    assert response["Location"] == f"{BULK}{bulk.pk}/"
    assert (bulk.count, bulk.reason, bulk.query, bulk.confirmed_at) == (2, "for the evening", "state=all", None)
    words = text_of(page_of(client, bulk))
    assert "Publish 2 articles?" in words
    assert "2 will be published. 2 will go live now." in words
    assert "2 with a warning: no category." in words
    assert not published()
    response = press(client, bulk, "bulk-confirm")
    assert response["Location"] == f"{BULK}{bulk.pk}/#run"
    assert published() == {made[0].pk, made[1].pk}
    assert {r.reason for r in Revision.objects.filter(number=2)} == {"for the evening"}
    assert "2 of 2 done: 2 published." in text_of(page_of(client, bulk))


def test_all_that_match_are_what_the_filter_finds_and_not_what_is_ticked(editor, signed_in):
    client = signed_in(editor)
    matching, other = make_articles(3, category="ports"), make_articles(2)
    more(client, "publish", other, scope="all", query="?state=undecided&category=ports")
    bulk = newest()
    assert set(bulk.entries.values_list("article_id", flat=True)) == {article.pk for article in matching}
    assert bulk.query == "state=undecided&category=ports"
    late = make_article(category="ports")
    press(client, bulk, "bulk-confirm")
    assert published() == {article.pk for article in matching}
    assert late.pk not in published()


@pytest.mark.parametrize("action", ["publish", "unpublish", "more"])
def test_select_across_means_all_that_match_and_asks_first(editor, signed_in, monkeypatch, action):
    monkeypatch.setattr("articles.admin.article_list.admin.ArticleAdmin.list_per_page", 2)
    client, made = signed_in(editor), make_articles(5)
    form = read_form(client, LIST, "changelist-form")
    form.forge("_selected_action", made[0].pk)
    form.forge("select_across", "1")
    form.forge("verb", "publish")
    form.send(client, LIST, f"action={action}")
    assert (newest().count, newest().verb) == (5, "unpublish" if action == "unpublish" else "publish")
    assert not published()


def test_a_row_that_changed_since_the_list_was_loaded_is_refused_and_named(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    form = read_form(client, LIST, "changelist-form")
    retitle(article)
    form.forge("_selected_action", article.pk)
    form["verb"] = "publish"
    form.send(client, LIST, "action=more")
    assert f"1 will be refused: {CHANGED}. Retold" in text_of(page_of(client, newest()))
    press(client, newest(), "bulk-confirm")
    words = text_of(page_of(client, newest()))
    assert "1 of 1 done: 1 refused." in words
    assert f"Retold {CHANGED.capitalize()}" in words
    assert not published()
    assert not ChangeSet.objects.exists()


def test_a_verb_with_boxes_is_told_first_and_then_looked_at(contributor, signed_in):
    client, made = signed_in(contributor), [make_article(topics=["Ports"]), make_article(topics=["Boats"])]
    more(client, "add_topics", made)
    bulk = newest()
    assert [form.id for form in forms_of(page_of(client, bulk)) if form.id.startswith("bulk")] == ["bulk-tell"]
    press(client, bulk, "bulk-tell", topics="  Boats \n\nTrains")
    words = text_of(page_of(client, bulk))
    assert "Topics Boats, Trains" in words
    assert "2 will be with the topics." in words
    assert "“Trains” is new: no article uses it yet." in words
    assert "“Boats” is new" not in words
    press(client, bulk, "bulk-confirm")
    assert [article_state.read_state(Article.objects.get(pk=a.pk)).content.topics for a in made] == [
        ("Ports", "Boats", "Trains"),
        ("Boats", "Trains"),
    ]


@pytest.mark.parametrize(
    ("verb", "typed", "complaint"),
    [
        ("add_topics", {"topics": "\n \n"}, "This field is required."),
        ("add_topics", {"topics": "x" * 201}, "is 201 characters long; shorten it to 200"),
        ("add_topics", {"topics": "\n".join(f"T{n}" for n in range(51))}, "Topics has 51 entries; keep 50 at most"),
        ("category", {"category": "x" * 101}, "at most 100 characters"),
        ("category", {"category": "a\x07b"}, "Category contains the character U+0007"),
        ("schedule", {}, "is empty; set or clear a time"),
        ("schedule", {"live_from": "2027-13-01T09:00:00"}, "Enter a valid date/time."),
        ("schedule", {"live_from": "2027-01-01T09:00:00", "without_live_from": True}, "not both"),
        ("hold", {"why": " "}, "A hold needs a reason."),
        ("set_aside", {"cause": "boring"}, "Choose a cause."),
        ("set_aside", {"cause": "poor", "note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_box_and_confirms_nothing(editor, signed_in, verb, typed, complaint):
    client = signed_in(editor)
    more(client, verb, [make_article()])
    bulk = newest()
    response = press(client, bulk, "bulk-tell", **typed)
    assert response.status_code == 200
    assert complaint in text_of(response)
    assert newest().arguments == ""
    assert client.post(f"{BULK}{bulk.pk}/confirm/", {"arguments": ""}).status_code == 200
    assert newest().confirmed_at is None


def test_moments_are_those_of_the_zone_of_the_editor(signed_in):
    client = signed_in(make_user("Editor", time_zone="Europe/Berlin"))
    live = make_article(published=True, title="Night boats")
    more(client, "schedule", [live])
    press(client, newest(), "bulk-tell", live_from="2026-12-01T09:00:00")
    assert newest().given == {"live_from": "2026-12-01T08:00:00Z"}
    page = page_of(client, newest())
    assert "Live from 1 December 2026, 09:00:00 CET" in text_of(page)
    assert "1 will come down: Night boats" in text_of(page)
    assert form_of(page, "bulk-tell")["live_from"] == "2026-12-01T09:00:00"
    assert "This time occurs twice" in text_of(press(client, newest(), "bulk-tell", live_from="2026-10-25T02:30"))
    press(client, newest(), "bulk-tell", live_from="2026-10-25T02:30+01:00")
    assert newest().given == {"live_from": "2026-10-25T01:30:00Z"}
    assert form_of(page_of(client, newest()), "bulk-tell")["live_from"] == "2026-10-25T02:30:00+01:00"


def test_what_readiness_refuses_is_grouped_by_its_reason(editor, signed_in):
    client, made = signed_in(editor), make_articles(7)
    run(
        "hold",
        actor=editor,
        why="The lawyer reads it",
        articles=Article.objects.filter(pk__in=[a.pk for a in made[:6]]),
    )
    more(client, "publish", scope="all")
    words = text_of(page_of(client, newest()))
    assert "1 will be published." in words
    assert "6 will be refused: on hold: The lawyer reads it" in words
    assert "and 1 more" in words


def test_the_sample_names_ten_and_counts_the_rest(editor, signed_in):
    client = signed_in(editor)
    make_articles(12)
    more(client, "publish", scope="all")
    page = page_of(client, newest())
    assert "The first 10 of 12" in text_of(page)
    links = [
        attributes["href"]
        for tag, attributes in tags_of(page)
        if tag == "a" and attributes.get("href", "").endswith("/change/")
    ]
    assert len({link for link in links if link.startswith(LIST)}) == 10


@pytest.mark.parametrize("typed", ["", "50", "510", "all"])
def test_above_fifty_the_number_has_to_be_typed(editor, signed_in, typed):
    client = signed_in(editor)
    make_articles(51)
    more(client, "publish", scope="all")
    bulk = newest()
    response = press(client, bulk, "bulk-confirm", typed=typed, reason="kept")
    assert response.status_code == 200
    assert "type 51 to confirm" in text_of(response)
    assert form_of(response, "bulk-confirm")["reason"] == "kept"
    assert client.post(f"{BULK}{bulk.pk}/confirm/", {"arguments": "{}"}).status_code == 200
    assert not published()
    press(client, bulk, "bulk-confirm", typed="51")
    assert len(published()) == 51


def test_none_and_more_than_ten_thousand_are_refused(editor, signed_in, monkeypatch):
    client = signed_in(editor)
    make_articles(3)
    monkeypatch.setattr(choosing, "MOST_ARTICLES", 2)
    response = more(client, "publish", scope="all")
    assert response["Location"] == LIST + "?state=all"
    assert "More than 2 articles match; filter further" in text_of(client.get(LIST + "?state=all"))
    response = client.post(LIST + "?q=nothing", {"action": "more", "verb": "publish", "scope": "all", "index": "0"})
    assert "No articles selected" in text_of(client.get(response["Location"]))
    assert not BulkAction.objects.exists()


def test_chunks_go_on_from_the_button_and_from_the_script(editor, signed_in, in_threes):
    client = signed_in(editor)
    make_articles(8)
    more(client, "publish", scope="all")
    bulk = newest()
    press(client, bulk, "bulk-confirm")
    assert len(published()) == 3
    page = page_of(client, bulk)
    assert "3 of 8 done: 3 published." in text_of(page)
    bar = next(attributes for tag, attributes in tags_of(page) if tag == "progress")
    assert (bar["value"], bar["max"]) == ("3", "8")
    answer = client.post(f"{BULK}{bulk.pk}/chunk/", headers={"Accept": "application/json"})
    assert answer.json() == {"count": 8, "done": 6, "is_running": True, "sentence": "6 of 8 done: 6 published."}
    assert press(client, bulk, "bulk-continue")["Location"] == f"{BULK}{bulk.pk}/"
    assert len(published()) == 8
    assert "8 of 8 done: 8 published." in text_of(page_of(client, bulk))
    assert client.post(f"{BULK}{bulk.pk}/chunk/").status_code == 302
    assert Revision.objects.count() == 16


def test_another_with_the_right_continues_and_it_says_who(editor, chief, signed_in, in_threes):
    make_articles(4)
    bulk = begin("publish", actor=editor)
    chunks.do_chunk(bulk.pk, actor=editor)
    client = signed_in(chief)
    press(client, bulk, "bulk-continue")
    words = text_of(page_of(client, bulk))
    assert f"by {editor.username}" in words
    assert f"Ended 1 Nov 2026, 12:00:00 by {chief.username}" in words
    assert [r.actor for r in Revision.objects.order_by("-pk")[:1]] == [chief]


def test_stopping_leaves_the_rest(editor, signed_in, in_threes):
    make_articles(5)
    bulk = begin("publish", actor=editor)
    client = signed_in(editor)
    press(client, bulk, "bulk-continue")
    press(client, bulk, "bulk-stop")
    words = text_of(page_of(client, bulk))
    assert "Stopped" in words
    assert "3 of 5 done: 3 published. 2 left unchanged." in words
    assert not [form for form in forms_of(page_of(client, bulk)) if form.id == "bulk-continue"]
    assert len(published()) == 3


def test_the_summary_undoes_it(editor, signed_in):
    client, made = signed_in(editor), make_articles(3)
    bulk = run("publish", actor=editor)
    retitle(made[0])
    response = press(client, bulk, "undo")
    assert response["Location"] == f"{BULK}{bulk.pk}/"
    assert published() == {made[0].pk}
    assert "it has changed since" in text_of(client.get(response["Location"]))


def test_the_change_set_leads_back_to_what_was_refused(editor, signed_in):
    make_article()
    make_article(hold="The lawyer reads it")
    bulk = run("publish", actor=editor)
    address = f"/admin/articles/changeset/{bulk.change_set_id}/change/"
    page = signed_in(editor).get(address)
    assert "Bulk action 2 of 2 done, 1 refused" in text_of(page)
    assert any(attributes.get("href") == f"{BULK}{bulk.pk}/" for tag, attributes in tags_of(page) if tag == "a")


def test_one_that_is_purged_meanwhile_is_named_as_gone_by_action_and_undo(editor, signed_in, monkeypatch):
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 1)
    client, made = signed_in(editor), make_articles(3)
    more(client, "publish", made)
    bulk = newest()
    purge(made[0])
    assert "1 will be refused: it no longer exists." in text_of(page_of(client, bulk))
    assert "Story 0 no longer exists" in text_of(page_of(client, bulk))
    press(client, bulk, "bulk-confirm")
    assert "2 of 3 done" not in text_of(page_of(client, bulk))
    assert "3 of 3 done: 2 published, 1 refused." in text_of(page_of(client, bulk))
    assert "Story 0 It no longer exists" in text_of(page_of(client, bulk))
    purge(made[1])
    press(client, bulk, "undo")
    undo = finish(newest(), actor=editor)
    assert (undo.changed_count, undo.refused_count) == (1, 1)
    assert "Story 1 It " in text_of(page_of(client, undo))
    assert not published()


def test_ten_thousand_are_the_most(editor):
    with pytest.raises(choosing.TooMany, match="more than 10,000 articles match; filter further"):
        choosing.prepare_chosen(dict.fromkeys(range(1, 10_002), 1), "publish", actor=editor)
    assert not BulkAction.objects.exists()
    assert choosing.prepare_chosen(dict.fromkeys(range(1, 10_001), 1), "publish", actor=editor).count == 10_000


def test_the_undo_of_many_goes_by_chunks_as_well_and_names_what_it_leaves(editor, signed_in, monkeypatch, in_threes):
    monkeypatch.setattr("articles.history.change_sets.ARTICLES_AT_ONCE", 3)
    client, made = signed_in(editor), make_articles(7)
    bulk = run("publish", actor=editor)
    retitle(made[2])
    response = press(client, bulk, "undo")
    undo = newest()
    assert (undo.verb, undo.count, response["Location"]) == ("undo", 7, f"{BULK}{undo.pk}/#run")
    assert len(published()) == 5
    while newest().is_running:
        press(client, undo, "bulk-continue")
    assert published() == {made[2].pk}
    words = text_of(page_of(client, undo))
    assert "7 of 7 done: 6 restored, 1 refused." in words
    assert "Retold It has changed since" in words
    assert f"Undoes Change set {bulk.change_set_id}: published" in words
    undo = newest()
    assert (undo.change_set.kind, undo.change_set.undoes) == ("undo", bulk.change_set)
    press(client, undo, "undo")
    finish(newest(), actor=editor)
    assert len(published()) == 7


def test_unfinished_ones_are_told_on_the_index_to_those_who_may_go_on(editor, contributor, signed_in, in_threes):
    make_articles(5)
    bulk = begin("publish", actor=editor)
    choosing.prepare(Article.objects.all(), "publish", actor=editor)
    chunks.do_chunk(bulk.pk, actor=editor)
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        words = text_of(signed_in(editor).get("/admin/"))
        assert "Publish 5 articles: 3 of 5 done, stopped at 12:00 on 1 November; resume it" in words
        assert words.count("Publish 5 articles") == 1
        assert "Publish 5 articles" not in text_of(signed_in(contributor).get("/admin/"))
        finish(bulk, actor=editor)
        assert "Publish 5 articles" not in text_of(signed_in(editor).get("/admin/"))


POSTS = ("tell", "confirm", "chunk", "stop")


@pytest.mark.parametrize("role", ["", "viewer", "Contributor"])
def test_who_may_not_publish_neither_sees_nor_moves_a_publication(editor, signed_in, role):
    make_articles(2)
    waiting, running = choosing.prepare(Article.objects.all(), "publish", actor=editor), begin("publish", actor=editor)
    user = make_user("" if role == "viewer" else role)
    if role == "viewer":
        user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client = signed_in(user)
    before = list(BulkAction.objects.order_by("pk").values())
    for bulk in (waiting, running):
        assert client.get(f"{BULK}{bulk.pk}/").status_code == 403
        for name in POSTS:
            response = client.post(f"{BULK}{bulk.pk}/{name}/", {"arguments": "{}", "typed": "2"})
            assert response.status_code == 403, name
    assert list(BulkAction.objects.order_by("pk").values()) == before
    assert not published()


def test_what_another_has_not_confirmed_is_nobody_elses(editor, chief, signed_in):
    make_articles(2)
    bulk = choosing.prepare(Article.objects.all(), "publish", actor=editor)
    client = signed_in(chief)
    assert client.get(f"{BULK}{bulk.pk}/").status_code == 403
    assert client.post(f"{BULK}{bulk.pk}/confirm/", {"arguments": "{}"}).status_code == 403
    assert newest().confirmed_at is None


def test_a_get_changes_nothing_and_what_is_not_there_is_not_found(editor, signed_in):
    make_articles(2)
    bulk = begin("publish", actor=editor)
    client = signed_in(editor)
    for name in POSTS:
        assert client.get(f"{BULK}{bulk.pk}/{name}/").status_code == 405
        assert client.post(f"{BULK}{bulk.pk + 1}/{name}/").status_code == 404
    assert client.post(f"{BULK}{bulk.pk}/").status_code == 405
    assert client.get(f"{BULK}{10**17}/").status_code == 404
    assert client.get(f"{BULK}{'9' * 30}/").status_code == 404
    assert (newest().done_count, published()) == (0, set())


@pytest.mark.parametrize(
    "forged",
    [
        {"verb": "undo"},
        {"verb": "delete"},
        {"verb": ""},
        {"_selected_action": "1 OR 1"},
        {"_selected_action": "9" * 30},
    ],
)
def test_a_forged_choice_is_refused(editor, signed_in, forged):
    make_article()
    data = {"action": "more", "index": "0", "verb": "publish", "_selected_action": "1"} | forged
    assert signed_in(editor).post(LIST, data).status_code == 400
    assert not BulkAction.objects.exists()


def test_a_forged_version_is_refused(editor, signed_in):
    article = make_article()
    data = {"action": "more", "index": "0", "verb": "publish", "_selected_action": article.pk}
    assert signed_in(editor).post(LIST, data | {f"version-{article.pk}": "x"}).status_code == 400


def test_a_contributor_is_offered_what_a_contributor_may(contributor, signed_in):
    article = make_article()
    client = signed_in(contributor)
    page = client.get(LIST)
    offered = {attributes["value"] for tag, attributes in tags_of(page) if tag == "option" and "value" in attributes}
    assert {"set_aside", "bring_back", "hold", "category", "add_topics", "remove_topics"} <= offered
    assert not offered & {"publish", "unpublish", "schedule", "lift_hold", "undo"}
    for verb in ("publish", "unpublish", "schedule", "lift_hold"):
        data = {"action": "more", "index": "0", "verb": verb, "_selected_action": article.pk}
        assert client.post(LIST, data).status_code == 403
        assert client.post(LIST, data | {"scope": "all"}).status_code == 403
    assert client.post(LIST, {"action": "publish", "index": "0", "select_across": "1"}).status_code == 403
    assert not BulkAction.objects.exists()


def test_a_reason_is_kept_as_far_as_every_database_can(editor, signed_in):
    client = signed_in(editor)
    more(client, "publish", [make_article()], reason="a\x00b" + "c" * 600)
    assert newest().reason == ("ab" + "c" * 600)[:500]
    press(client, newest(), "bulk-confirm", reason="d\x00e")
    assert Revision.objects.latest("pk").reason == "de"


def test_hostile_names_are_text(editor, signed_in):
    client = signed_in(editor)
    more(client, "add_topics", [make_article(title="<script>x</script>")])
    press(client, newest(), "bulk-tell", topics="<img src=x onerror=y>")
    assert b"<img src=x" not in page_of(client, newest()).content
    assert b"<script>x" not in page_of(client, newest()).content


def test_the_pages_take_as_many_queries_for_ten_as_for_one(editor, signed_in):
    client = signed_in(editor)
    seen = []
    for number in (1, 10):
        for n in range(number):
            make_article(topics=[f"t{n}"], category=f"c{n}")
        bulk = choosing.prepare(Article.objects.undecided(), "publish", actor=editor)
        counts = []
        for path in (f"{BULK}{bulk.pk}/", LIST):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
        for article in Article.objects.undecided():
            publishing.publish(article, actor=OPERATOR)
        bulk = finish(chunks.confirm(bulk.pk, actor=editor, arguments="{}"), actor=editor)
        assert bulk.refused_count == number
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BULK}{bulk.pk}/")
        seen.append([*counts, len(queries)])
    assert seen[0] == seen[1]
    assert max(seen[0]) <= 25
