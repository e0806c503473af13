"""Set aside, bring back, hold and lift as actions of the list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, Cause, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow.deciding import decide
from tests.admin.article_list.test_article_list import shown
from tests.admin.browserless import form_of, forms_of, read_form, text_of
from tests.factories import NOW, make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def act(client, name, articles, *, query="?state=all", form=None, **typed):
    """Ticks the articles in the list and presses the button. Returns the page that comes after."""
    form = form or read_form(client, LIST + query, "changelist-form")
    form.forge("_selected_action", *[article.pk for article in articles])
    boxes = {"cause": ["set_aside-cause"], "reason": ["reason", "set_aside-note", "hold-why"]}
    for field, value in typed.items():
        for box in boxes[field]:
            form.forge(box, value)
    response = form.send(client, LIST + query, f"action={name}")
    assert response.status_code == 302
    return client.get(LIST + query)


def retitle(article, actor=OPERATOR):
    article.refresh_from_db()
    state = article_state.read_state(article)
    typed = article_state.ArticleState(state.content.model_copy(update={"title": "Retold"}), state.desk)
    door.change(article, typed, actor=actor, origin=Origin.FORM, expected_version=article.version)


def decided(article):
    row = Article.objects.get(pk=article.pk)
    return row.set_aside, row.set_aside_note, row.hold


def history_rows():
    return Revision.objects.count(), ChangeSet.objects.count()


@pytest.mark.parametrize("cause", Cause.values)
def test_the_ticked_ones_are_set_aside_for_the_cause_with_the_note(contributor, signed_in, cause):
    client = signed_in(contributor)
    first, second, other = make_article(title="One"), make_article(title="Two"), make_article()
    words = text_of(act(client, "set_aside", [first, second], cause=cause, reason="seen at the wire"))
    assert decided(first) == decided(second) == (cause, "seen at the wire", None)
    assert decided(other) == (None, "", None)
    change_set = ChangeSet.objects.get()
    assert (change_set.kind, change_set.actor, change_set.reason) == ("set_aside", contributor, "seen at the wire")
    assert {(r.actor, r.origin) for r in change_set.revisions.all()} == {(contributor, "action")}
    assert f"Dismissed “One”, “Two” as {Cause(cause).label}." in words


def test_the_list_of_the_undecided_and_its_count_shrink_with_every_decision(editor, signed_in):
    client = signed_in(editor)
    articles = [make_article(published_at=NOW - timedelta(days=n)) for n in range(4)]
    for left, name in ((3, "set_aside"), (2, "publish"), (1, "hold")):
        waiting = shown(client)
        page = act(client, name, [Article.objects.get(pk=waiting[0])], query="", reason="because")
        assert f"{left} article{'s' if left > 1 else ''} to decide" in text_of(page)
    assert shown(client) == [articles[3].pk]


def test_what_is_published_is_skipped_with_the_remedy_and_named(editor, signed_in):
    client = signed_in(editor)
    hidden = [make_article() for _ in range(3)]
    live = make_article(title="Night boats", published=True)
    words = text_of(act(client, "set_aside", [*hidden, live], cause="duplicate"))
    assert f"Dismissed “{hidden[0].title}”, “{hidden[1].title}” and 1 more as duplicate." in words
    assert "“Night boats” not changed: it is published; unpublish it first." in words
    assert decided(live) == (None, "", None)


def test_the_undo_under_the_message_takes_it_back(editor, signed_in):
    client, article = signed_in(editor), make_article()
    page = act(client, "set_aside", [article], cause="poor")
    undo = next(form for form in forms_of(page) if "/undo/" in form.action)
    undo.send(client, LIST)
    assert decided(article) == (None, "", None)
    assert article.revisions.count() == 3


def test_setting_aside_again_says_so_and_writes_nothing(editor, signed_in):
    client, article = signed_in(editor), make_article(title="One")
    act(client, "set_aside", [article], cause="poor", reason="thin")
    rows = history_rows()
    words = text_of(act(client, "set_aside", [article], cause="poor"))
    assert "Nothing to change: “One”." in words
    assert history_rows() == rows
    assert decided(article) == ("poor", "thin", None)


@pytest.mark.parametrize("cause", ["", "nonsense", None])
def test_without_a_cause_nothing_is_set_aside(editor, signed_in, cause):
    client, article = signed_in(editor), make_article()
    form = read_form(client, LIST, "changelist-form")
    form.forge("set_aside-cause", *([] if cause is None else [cause]))
    words = text_of(act(client, "set_aside", [article], form=form, query=""))
    assert "Nothing changed. Choose a cause." in words
    assert history_rows() == (1, 0)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_hold_without_a_reason_is_refused(editor, signed_in, reason):
    client, article = signed_in(editor), make_article()
    words = text_of(act(client, "hold", [article], reason=reason))
    assert "Nothing changed. A hold needs a reason." in words
    assert history_rows() == (1, 0)


def test_a_note_that_is_too_long_is_refused(editor, signed_in):
    client, article = signed_in(editor), make_article()
    words = text_of(act(client, "hold", [article], reason="é" * 501))
    assert "Nothing changed. Ensure this value has at most 500 characters" in words
    assert decided(article)[2] is None


def test_a_hold_keeps_the_reason_stays_undecided_and_blocks_publishing(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    words = text_of(act(client, "hold", [article], reason="legal is reading it"))
    assert "On hold: “Night boats”." in words
    assert decided(article) == (None, "", "legal is reading it")
    assert ChangeSet.objects.get().kind == "hold"
    words = text_of(act(client, "publish", [article]))
    assert "“Night boats” not changed: on hold: legal is reading it (ask someone who may publish to lift it)." in words
    assert not Article.objects.get(pk=article.pk).published


def test_lifting_needs_the_right_to_publish(contributor, editor, signed_in):
    article = make_article(hold="wait")
    act(signed_in(contributor), "lift_hold", [article])
    assert decided(article)[2] == "wait"
    words = text_of(act(signed_in(editor), "lift_hold", [article]))
    assert decided(article)[2] is None
    assert f"Hold lifted: “{article.title}”." in words
    assert ChangeSet.objects.get().kind == "lift_hold"


def test_what_is_brought_back_is_undecided_again(contributor, signed_in):
    client, article = signed_in(contributor), make_article(set_aside="poor", set_aside_note="thin")
    words = text_of(act(client, "bring_back", [article], query="?state=set-aside"))
    assert f"Returned “{article.title}” to the queue." in words
    assert decided(article) == (None, "", None)
    assert shown(client) == [article.pk]
    assert ChangeSet.objects.get().kind == "bring_back"


@pytest.mark.parametrize("name", ["set_aside", "bring_back", "hold", "lift_hold"])
def test_what_somebody_changed_since_the_list_was_shown_is_skipped_and_named(editor, chief, signed_in, name):
    client = signed_in(editor)
    article = make_article(set_aside="poor", hold="wait")
    form = read_form(client, LIST + "?state=all", "changelist-form")
    retitle(article, chief)
    before = Article.objects.values().get(pk=article.pk)
    words = text_of(act(client, name, [article], form=form, cause="duplicate", reason="because"))
    assert f"Not changed: {chief.username} edited “Retold” at" in words
    assert Article.objects.values().get(pk=article.pk) == before


@pytest.mark.parametrize("name", ["set_aside", "bring_back", "hold", "lift_hold"])
@pytest.mark.parametrize("who", ["", "viewer"])
def test_a_forged_decision_of_one_who_may_not_change_writes_nothing(signed_in, name, who):
    user = make_user()
    if who:
        from_group = make_user("Contributor").groups.get().permissions.get(codename="view_article")
        user.user_permissions.add(from_group)
    article = make_article(set_aside="poor", hold="wait")
    before = Article.objects.values().get(pk=article.pk)
    data = {
        "action": name,
        "index": "0",
        "_selected_action": [article.pk],
        "set_aside-cause": "duplicate",
        "hold-why": "x",
    }
    assert signed_in(user).post(LIST + "?state=all", data).status_code in (200, 302, 403)
    assert Article.objects.values().get(pk=article.pk) == before
    assert history_rows() == (1, 0)


@pytest.mark.parametrize("name", ["set_aside", "bring_back", "hold", "lift_hold"])
def test_reading_decides_nothing(editor, signed_in, name):
    article = make_article(set_aside="poor", hold="wait")
    query = f"?state=all&action={name}&_selected_action={article.pk}&cause=duplicate&reason=x"
    assert signed_in(editor).get(LIST + query)["Location"].startswith("?state=all")
    assert history_rows() == (1, 0)


def test_more_than_two_hundred_are_refused_at_once(editor, signed_in):
    client, article = signed_in(editor), make_article()
    keys = [str(article.pk), *(str(10_000 + n) for n in range(200))]
    data = {"action": "set_aside", "index": "0", "set_aside-cause": "poor", "_selected_action": keys}
    client.post(LIST, data)
    assert "201 selected; the limit is 200 at a time." in text_of(client.get(LIST))
    assert decided(article)[0] is None


def test_deciding_takes_queries_that_do_not_grow_with_the_selection(editor, signed_in):
    client = signed_in(editor)
    for name in ("set_aside", "hold"):
        counts = []
        for size in (1, 10):
            articles = [make_article() for _ in range(size)]
            data = {"action": name, "index": "0", "set_aside-cause": "poor", "hold-why": "because"}
            with CaptureQueriesContext(connection) as queries:
                client.post(LIST + "?state=all", data | {"_selected_action": [article.pk for article in articles]})
            counts.append(len(queries))
            client.get(LIST)
        assert counts[0] == counts[1], name
    assert not Article.objects.filter(set_aside=None, hold=None).exists()


def test_the_change_sets_have_kinds_of_their_own_to_filter_by(editor, signed_in):
    client, article = signed_in(editor), make_article(title="Night boats")
    act(client, "set_aside", [article], cause="off_topic", reason="gardening")
    act(client, "bring_back", [article])
    words = text_of(client.get("/admin/articles/changeset/?kind=set_aside"))
    assert f"Change set {ChangeSet.objects.get(kind='set_aside').pk}: dismissed" in words
    assert "gardening" in words
    history = text_of(client.get(f"{LIST}{article.pk}/history/"))
    assert "Dismissed as" in history
    assert "added: off topic" in history
    assert "Note" in history


def test_a_held_article_that_was_set_aside_keeps_its_hold_when_it_is_brought_back(editor, signed_in):
    client, article = signed_in(editor), make_article(hold="wait", set_aside="poor")
    act(client, "bring_back", [article])
    assert decided(article) == (None, "", "wait")


def test_the_form_of_the_list_offers_every_cause(editor, signed_in):
    make_article()
    form = form_of(signed_in(editor).get(LIST), "changelist-form")
    assert form["set_aside-cause"] == "duplicate"


def test_a_decision_by_another_keeps_the_newest_word(editor, contributor, signed_in):
    article = make_article()
    decide("set_aside", [article], cause=Cause.POOR, actor=contributor)
    act(signed_in(editor), "set_aside", [article], cause="legal", reason="the court")
    assert decided(article)[:2] == ("legal", "the court")


def test_what_no_database_may_hold_is_refused_in_a_note_and_left_out_of_a_reason(contributor, signed_in):
    article = make_article()
    client = signed_in(contributor)
    words = text_of(act(client, "set_aside", [article], cause="poor", reason="\x00th\x00in"))
    assert "Nothing changed. Null characters are not allowed." in words
    form = read_form(client, LIST + "?state=all", "changelist-form")
    form.forge("reason", "\x00th\x00in")
    act(client, "set_aside", [article], form=form)
    assert ChangeSet.objects.get().reason == "thin"
