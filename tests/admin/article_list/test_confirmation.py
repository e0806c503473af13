"""From the list to the page that shows what a verb would do to many, and on from there."""

import pytest
import time_machine

from articles.bulk_actions import choosing
from articles.bulk_actions.engine import CHANGED
from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, BulkAction, ChangeSet, Revision
from articles.models.history import Origin
from tests.admin.browserless import form_of, forms_of, read_form, tags_of, text_of
from tests.bulk_actions.bulk_running import run
from tests.factories import NOW, make_article, make_articles, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
BULK = "/admin/articles/bulkaction/"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def press(client, page, form_id, *, query="?state=all", **typed):
    """Presses the form's button on the page. Returns the answer, or the page it leads to."""
    form = form_of(page, form_id)
    for name, value in typed.items():
        form[name] = value
    action = {"bulk-tell": "more", "bulk-confirm": "confirm"}[form_id]
    answer = form.send(client, LIST + query, f"action={action}")
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


def more(client, verb, ticked=(), *, scope="ticked", query="?state=all", **forged):
    """Chooses a verb under More. Returns the answer."""
    form = read_form(client, LIST + query, "changelist-form")
    form.forge("_selected_action", *[article.pk for article in ticked])
    form["verb"] = verb
    form.forge("scope", scope)
    for name, value in forged.items():
        form.forge(name, value)
    return form.send(client, LIST + query, "action=more")


def published():
    return set(Article.objects.published().values_list("pk", flat=True))


def retitle(article):
    article = Article.objects.get(pk=article.pk)
    state = article_state.read_state(article)
    wanted = article_state.ArticleState(state.content.model_copy(update={"title": "Retold"}), state.desk)
    door.change(article, wanted, actor=OPERATOR, origin=Origin.FORM, expected_version=article.version)


def test_ticked_ones_are_fixed_confirmed_and_done(editor, signed_in):
    client, made = signed_in(editor), make_articles(3)
    page = more(client, "publish", made[:2], reason="for the evening")
    words = text_of(page)
    assert "Publish 2 articles?" in words
    assert "2 will be published. 2 will go live now." in words
    assert "2 with a warning: no category." in words
    assert not published()
    response = press(client, page, "bulk-confirm")
    assert "Published “Story 0”, “Story 1”." in text_of(response)
    assert not BulkAction.objects.exists()
    assert published() == {made[0].pk, made[1].pk}
    assert {r.reason for r in Revision.objects.filter(number=2)} == {"for the evening"}
    assert ChangeSet.objects.get().kind == "publish"


def test_all_that_match_are_what_the_filter_finds_and_not_what_is_ticked(editor, signed_in):
    client = signed_in(editor)
    matching, other = make_articles(3, category="ports"), make_articles(2)
    page = more(client, "publish", other, scope="all", query="?state=undecided&category=ports")
    late = make_article(category="ports")
    press(client, page, "bulk-confirm", query="?state=undecided&category=ports")
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
    page = form.send(client, LIST, f"action={action}")
    assert ("Unpublish" if action == "unpublish" else "Publish") + " 5 articles?" in text_of(page)
    assert not published()


def test_a_row_that_changed_since_the_list_was_loaded_is_refused_and_named(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    form = read_form(client, LIST, "changelist-form")
    retitle(article)
    form.forge("_selected_action", article.pk)
    form["verb"] = "publish"
    page = form.send(client, LIST, "action=more")
    assert f"1 will be refused: {CHANGED}. Retold" in text_of(page)
    assert "Not changed:" in text_of(press(client, page, "bulk-confirm"))
    assert not published()
    assert not ChangeSet.objects.exists()


def test_a_verb_with_boxes_is_told_first_and_then_looked_at(contributor, signed_in):
    client, made = signed_in(contributor), [make_article(topics=["Ports"]), make_article(topics=["Boats"])]
    page = more(client, "add_topics", made)
    assert [form.id for form in forms_of(page) if form.id.startswith("bulk")] == ["bulk-tell"]
    page = press(client, page, "bulk-tell", topics="  Boats \n\nTrains")
    words = text_of(page)
    assert "Topics Boats, Trains" in words
    assert "2 will be with the topics." in words
    assert "“Trains” is new: no article uses it yet." in words
    assert "“Boats” is new" not in words
    press(client, page, "bulk-confirm")
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
    article = make_article()
    response = press(client, more(client, verb, [article]), "bulk-tell", **typed)
    assert response.status_code == 200
    assert complaint in text_of(response)
    assert [form.id for form in forms_of(response) if form.id.startswith("bulk")] == ["bulk-tell"]
    forged = {"action": "confirm", "verb": verb, "chosen": f"{article.pk}:1"}
    for arguments in ("", "{}", "[]", "x", '{"other": 1}'):
        assert client.post(LIST, forged | {"arguments": arguments}).status_code == 400
    assert Article.objects.get().version == 1


def test_moments_are_those_of_the_zone_of_the_editor(signed_in):
    client = signed_in(make_user("Editor", time_zone="Europe/Berlin"))
    live = make_article(published=True, title="Night boats")
    page = press(client, more(client, "schedule", [live]), "bulk-tell", live_from="2026-12-01T09:00:00")
    assert form_of(page, "bulk-confirm")["arguments"] == '{"live_from": "2026-12-01T08:00:00Z"}'
    assert "Live from 1 December 2026, 09:00:00 CET" in text_of(page)
    assert "1 will come down: Night boats" in text_of(page)
    assert form_of(page, "bulk-tell")["live_from"] == "2026-12-01T09:00:00"
    page = press(client, page, "bulk-tell", live_from="2026-10-25T02:30")
    assert "This time occurs twice" in text_of(page)
    page = press(client, page, "bulk-tell", live_from="2026-10-25T02:30+01:00")
    assert form_of(page, "bulk-confirm")["arguments"] == '{"live_from": "2026-10-25T01:30:00Z"}'
    assert form_of(page, "bulk-tell")["live_from"] == "2026-10-25T02:30:00+01:00"


def test_what_readiness_refuses_is_grouped_by_its_reason(editor, signed_in):
    client, made = signed_in(editor), make_articles(7)
    run(
        "hold",
        actor=editor,
        why="The lawyer reads it",
        articles=Article.objects.filter(pk__in=[a.pk for a in made[:6]]),
    )
    words = text_of(more(client, "publish", scope="all"))
    assert "1 will be published." in words
    assert "6 will be refused: on hold: The lawyer reads it" in words
    assert "and 1 more" in words


def test_the_sample_names_ten_and_counts_the_rest(editor, signed_in):
    client = signed_in(editor)
    make_articles(12)
    page = more(client, "publish", scope="all")
    assert "The first 10 of 12" in text_of(page)
    links = [
        attributes["href"]
        for tag, attributes in tags_of(page)
        if tag == "a" and attributes.get("href", "").endswith("/change/")
    ]
    assert len({link for link in links if link.startswith(LIST)}) == 10


@pytest.mark.parametrize("typed", ["", "50", "5l", "051", "510", "-51", "51.0", "５１", "all"])
def test_above_fifty_the_number_has_to_be_typed(editor, signed_in, typed):
    client = signed_in(editor)
    make_articles(51)
    response = press(client, more(client, "publish", scope="all"), "bulk-confirm", typed=typed, reason="kept")
    assert response.status_code == 200
    assert "type 51 to confirm" in text_of(response)
    assert form_of(response, "bulk-confirm")["reason"] == "kept"
    assert not published()
    press(client, response, "bulk-confirm", typed=" 51 ")
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


@pytest.mark.parametrize(
    "forged",
    [
        {"verb": "undo"},
        {"verb": "delete"},
        {"verb": ""},
        {"_selected_action": "1 OR 1"},
        {"_selected_action": "9" * 30},
        {"chosen": "1"},
        {"chosen": "1:x"},
        {"chosen": "9" * 30 + ":1"},
        {"action": "confirm", "chosen": "1:1"},
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
    page = more(client, "publish", [make_article()], reason="a\x00b" + "c" * 600)
    press(client, page, "bulk-confirm")
    assert Revision.objects.latest("pk").reason == ("ab" + "c" * 600)[:500]


def test_hostile_names_are_text(editor, signed_in):
    client = signed_in(editor)
    page = more(client, "add_topics", [make_article(title="<script>x</script>")])
    page = press(client, page, "bulk-tell", topics="<img src=x onerror=y>")
    assert b"<img src=x" not in page.content
    assert b"<script>x" not in page.content


def test_more_than_one_transaction_takes_become_a_bulk_action_once(editor, signed_in, monkeypatch):
    monkeypatch.setattr("articles.admin.article_list.confirmation.CHUNK", 2)
    client, made = signed_in(editor), make_articles(3)
    page = more(client, "publish", made, reason="for the evening")
    assert not BulkAction.objects.exists()
    for _ in range(2):
        response = press(client, page, "bulk-confirm")
        assert "3 of 3 done: 3 published." in text_of(response)
    bulk = BulkAction.objects.get()
    assert (bulk.count, bulk.reason, bulk.query, bulk.actor) == (3, "for the evening", "state=all", editor)
    assert ChangeSet.objects.get() == bulk.change_set


def test_a_few_confirmed_twice_are_done_once_and_said_as_done(editor, signed_in):
    client, made = signed_in(editor), make_articles(2)
    page = more(client, "publish", made)
    for _ in range(2):
        response = press(client, page, "bulk-confirm")
        assert "Published “Story 0”, “Story 1”." in text_of(response)
        assert "Not changed" not in text_of(response)
    assert Revision.objects.count() == 4


def test_ten_thousand_are_shown_and_taken_by_the_page(editor, signed_in):
    article = make_article()
    chosen = " ".join(f"{pk}:1" for pk in range(article.pk, article.pk + 10_000))
    data = {"action": "more", "verb": "publish", "chosen": chosen}
    page = signed_in(editor).post(LIST, data)
    assert "Publish 10000 articles?" in text_of(page)
    assert form_of(page, "bulk-confirm")["chosen"] == chosen
    assert signed_in(editor).post(LIST, data | {"chosen": f"{chosen} 99999999:1"}).status_code == 302
