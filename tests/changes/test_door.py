from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.changes.door import Change
from articles.changes.refusals import AddressTaken, NotAllowed, Stale
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState, DeskState
from articles.models import Article, ArticleImage, ArticleTopic, Revision, SecuredPayload
from articles.models.history import Origin
from tests.factories import NOW, make_article, make_content, make_state, make_user

pytestmark = pytest.mark.django_db


def with_content(state: ArticleState, **fields) -> ArticleState:
    return ArticleState(type(state.content).model_validate(dict(state.content) | fields), state.desk)


def change(article: Article, *, actor=OPERATOR, reason="", expected_version=None, desk=None, **fields):
    state = with_content(article_state.read_state(article), **fields)
    state = ArticleState(state.content, desk) if desk else state
    return door.change(
        article,
        state,
        actor=actor,
        origin=Origin.FORM,
        reason=reason,
        expected_version=expected_version or article.version,
    )


def test_change_writes_the_row_and_a_revision_that_tells_who_why_and_what(contributor):
    article = make_article(title="Old")
    made = change(article, actor=contributor, reason="clearer", title="New")
    stored = Revision.objects.get(article=article, number=2)
    assert made is not None
    assert (made.article_id, made.number) == (stored.article_id, stored.number)
    assert stored.values == {"title": ["Old", "New"]}
    assert (stored.actor, stored.actor_name, stored.origin, stored.reason) == (
        contributor,
        contributor.username,
        "form",
        "clearer",
    )
    article.refresh_from_db()
    assert (article.title, article.version) == ("New", 2)


def test_the_creation_revision_names_the_digest_and_holds_no_values():
    made = door.change_many([Change(make_state(), source_digest="d" * 64)], actor=OPERATOR, origin=Origin.IMPORT)[0]
    assert isinstance(made, Revision)
    stored = Revision.objects.get(article=made.article, number=made.number)
    assert (stored.number, stored.values, stored.source_digest) == (1, {}, "d" * 64)


def test_a_change_that_changes_nothing_writes_nothing():
    article = make_article()
    before = article.updated_at
    assert change(article) is None
    article.refresh_from_db()
    assert (article.version, article.updated_at, article.revisions.count()) == (1, before, 1)


def test_a_stale_change_is_refused_and_writes_nothing():
    article = make_article(title="First")
    mine = Article.objects.get(pk=article.pk)
    change(article, title="Theirs")
    with pytest.raises(Stale) as refusal:
        change(mine, title="Mine")
    assert (refusal.value.expected, refusal.value.found) == (1, 2)
    article.refresh_from_db()
    assert (article.title, article.version, article.revisions.count()) == ("Theirs", 2, 2)


def test_a_change_to_an_article_that_is_gone_is_stale():
    article = make_article()
    state = article_state.read_state(article)
    Revision.objects.all().delete()
    Article.objects.all().delete()
    with pytest.raises(Stale, match="no longer exists"):
        door.change(article, state, actor=OPERATOR, origin=Origin.FORM, expected_version=1)


@pytest.mark.parametrize(
    ("role", "fields", "changes", "is_allowed"),
    [
        ("", {}, {"title": "New"}, False),
        ("Contributor", {}, {"title": "New"}, True),
        ("Contributor", {}, {"published": True}, False),
        ("Contributor", {"published": True}, {"title": "New"}, False),
        ("Contributor", {"published": True}, {"published": False}, False),
        ("Editor", {}, {"published": True}, True),
        ("Editor", {"published": True}, {"title": "New"}, True),
        ("Editor", {"published": True}, {"published": False}, True),
        ("Chief", {"published": True}, {"title": "New"}, True),
    ],
)
def test_the_door_checks_the_rights_for_what_would_change(role, fields, changes, is_allowed):
    article = make_article(**fields)
    desk = DeskState(live_from=NOW) if changes.get("published") else None
    if is_allowed:
        assert change(article, actor=make_user(role), desk=desk, **changes) is not None
        return
    with pytest.raises(NotAllowed) as refusal:
        change(article, actor=make_user(role), desk=desk, **changes)
    assert isinstance(refusal.value, PermissionDenied)
    article.refresh_from_db()
    assert (article.version, article.revisions.count()) == (1, 1)


def test_a_contributor_may_not_set_the_schedule_of_a_hidden_article(contributor):
    article = make_article()
    with pytest.raises(NotAllowed, match="permission to publish"):
        change(article, actor=contributor, desk=DeskState(live_from=NOW + timedelta(days=1)))


def test_a_right_is_lost_the_moment_the_role_is(editor):
    article = make_article()
    editor.groups.clear()
    with pytest.raises(NotAllowed):
        change(article, actor=type(editor).objects.get(pk=editor.pk), title="New")


def test_creating_needs_the_right_to_add_and_publishing_at_once_the_right_to_publish(contributor):
    with pytest.raises(NotAllowed):
        door.create(make_state(), actor=make_user(), origin=Origin.FORM)
    with pytest.raises(NotAllowed):
        door.create(make_state(published=True), actor=contributor, origin=Origin.FORM)
    door.create(make_state(), actor=contributor, origin=Origin.FORM)
    assert Article.objects.count() == 1


@pytest.mark.parametrize("spelling", ["https://a.example/x", "http://A.example:80/x?utm_source=y#z"])
def test_an_address_belongs_to_one_article(spelling):
    make_article(web_url="https://a.example/x")
    other = make_article()
    with pytest.raises(AddressTaken):
        door.create(make_state(web_url=spelling), actor=OPERATOR, origin=Origin.FORM)
    with pytest.raises(AddressTaken):
        change(other, web_url=spelling)
    assert Article.objects.count() == 2


def test_two_new_articles_of_one_call_cannot_share_an_address():
    state = make_state()
    made = door.change_many([Change(state), Change(state)], actor=OPERATOR, origin=Origin.IMPORT)
    assert [type(result) for result in made] == [AddressTaken, Revision]
    assert Article.objects.count() == 1


def test_a_refusal_leaves_the_other_changes_of_the_call_standing(contributor):
    hidden, live = make_article(), make_article(published=True)
    wanted = [Change(with_content(article_state.read_state(a), title="New"), a, a.version) for a in (hidden, live)]
    first, second = door.change_many(wanted, actor=contributor, origin=Origin.ACTION)
    assert isinstance(first, Revision)
    assert isinstance(second, NotAllowed)
    assert list(Article.objects.order_by("pk").values_list("title", flat=True)) == ["New", live.title]


def test_only_changed_columns_and_parts_are_written():
    article = make_article(topics=["a", "b"], images=[{"url": "https://a.example/1.png"}])
    kept = list(ArticleTopic.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        change(article, images=[{"url": "https://a.example/2.png"}])
    assert list(ArticleTopic.objects.values_list("pk", flat=True)) == kept
    assert ArticleImage.objects.get().url.endswith("2.png")
    updates = [q["sql"] for q in queries if 'UPDATE "articles_' in q["sql"]]
    assert len(updates) == 1
    assert "title" not in updates[0]
    assert "excerpt" not in updates[0]


def test_every_field_survives_the_way_through_rows_and_back():
    state = make_state(
        live_until=NOW + timedelta(days=3),
        published=True,
        category="news",
        topics=["b", "a"],
        excerpt="Line\nline",
        body="\n# Head\n\n---\ntext",
        quality=7,
        heat=2_147_483_647,
        original_url="https://o.example/",
        secured="s3cret;x==",
        extra='{"b":1,"a":[null,true]}',
        provider={"name": "N", "domain": "", "extra": '{"k":"v"}'},
        images=[{"url": "https://a.example/1.png", "width": 1, "is_cached": True, "extra": '{"z":1}'}],
        related=[
            {"title": "R", "web_url": "https://r.example/", "images": [{"url": "https://r.example/1.png"}]},
            {"title": "S", "web_url": "https://s.example/", "provider": {"name": "P"}, "published_at": NOW},
        ],
    )
    article = door.create(state, actor=OPERATOR, origin=Origin.IMPORT)
    assert article_state.read_state(Article.objects.get(pk=article.pk)) == state


def test_the_state_before_any_revision_can_be_found_again():
    article = make_article(title="one", topics=["x"])
    first = article_state.read_state(article)
    change(article, title="two", secured="new secret")
    second = article_state.read_state(article)
    change(article, topics=["y"], desk=DeskState(live_from=NOW))
    present = article_state.read_state(article)
    assert revision_values.state_before(article, present, 2) == second
    assert revision_values.state_before(article, present, 1) == first
    assert revision_values.state_before(article, present, 3) == present


def test_a_revision_holds_the_digest_of_a_secured_and_earlier_payloads_are_kept():
    article = make_article(secured="first-token")
    change(article, secured="second-token")
    stored = article.revisions.get(number=2).changes
    assert "token" not in stored
    assert article_state.secured_digest("second-token") in stored
    assert list(SecuredPayload.objects.order_by("pk").values_list("text", flat=True)) == ["first-token", "second-token"]


def test_a_body_is_rendered_when_it_changes_and_only_then():
    article = make_article(body="*one*")
    change(article, title="New")
    article.refresh_from_db()
    assert article.body_html == "<p><em>one</em></p>\n"
    change(article, body="**two**")
    article.refresh_from_db()
    assert article.body_html == "<p><strong>two</strong></p>\n"


def test_the_slug_stays_when_the_title_changes():
    article = make_article(title="First words")
    change(article, title="Other words")
    article.refresh_from_db()
    assert article.slug == "first-words"


def test_a_failure_while_recording_leaves_nothing_half_written(monkeypatch):
    article = make_article(title="Old", topics=["a"])

    def fail(*args, **kwargs):
        raise IntegrityError("the disk is full")

    monkeypatch.setattr(door, "_record", fail)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(article, title="New", topics=["b"])
    stored = Article.objects.get()
    assert (stored.title, stored.version) == ("Old", 1)
    assert article_state.read_state(stored).content.topics == ("a",)


def test_queries_do_not_grow_with_the_number_of_changes():
    def queries_for(count: int) -> int:
        articles = [make_article(topics=["t"], images=[{"url": "https://a.example/1.png"}]) for _ in range(count)]
        states = article_state.read_states(articles)
        wanted = [
            Change(with_content(states[a.pk], title=f"New {a.pk}", topics=["t", "u"]), a, a.version) for a in articles
        ]
        with CaptureQueriesContext(connection) as queries:
            assert all(door.change_many(wanted, actor=OPERATOR, origin=Origin.ACTION))
        return len(queries)

    queries_for(1)
    assert queries_for(10) == queries_for(2)


def test_examining_tells_what_would_be_refused_and_writes_nothing(contributor):
    taken = make_article()
    wanted = [
        Change(make_state()),
        Change(make_state(published=True)),
        Change(make_state(web_url=taken.web_url)),
    ]
    with CaptureQueriesContext(connection) as queries:
        refusals = door.foresee_many(wanted, actor=contributor, origin=Origin.FORM)
    assert [type(refusal) for refusal in refusals] == [list, NotAllowed, AddressTaken]
    assert all(q["sql"].startswith("SELECT") for q in queries)
    assert Article.objects.count() == 1


def test_the_operator_may_do_everything():
    assert door.create(make_state(published=True), actor=OPERATOR, origin=Origin.COMMAND).published


def test_content_for_the_door_is_validated_by_the_database_as_well():
    article = make_article()
    for column, value in (
        ("web_url", "javascript:alert(1)"),
        ("quality", 101),
        ("heat", -2),
        ("original_url", "data:x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Article.objects.filter(pk=article.pk).update(**{column: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(published=True, live_from=None)
    assert make_content().published is False
