from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.changes.refusals import DismissedOrOnHold, NotAllowed, NotReady, Stale
from articles.content import article_state
from articles.history import change_sets, restoring
from articles.models import Article, Cause, ChangeSet, Revision
from articles.models.history import Origin
from articles.workflow import publishing
from articles.workflow.deciding import decide
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def fresh(article: Article) -> Article:
    return Article.objects.select_related("category", "provider").get(pk=article.pk)


def set_aside(article, cause=Cause.DUPLICATE, actor=OPERATOR, **words):
    return decide("set_aside", [fresh(article)], cause=cause, actor=actor, **words)[0]


def hold(article, why="legal is reading it", actor=OPERATOR):
    return decide("hold", [fresh(article)], why=why, actor=actor)[0]


def lift(article, actor=OPERATOR):
    return decide("lift_hold", [fresh(article)], actor=actor)[0]


def test_setting_aside_takes_an_article_out_of_the_undecided(contributor):
    article = make_article()
    made = set_aside(article, Cause.OFF_TOPIC, contributor, note="about gardening", reason="not ours")
    assert isinstance(made, Revision)
    stored = fresh(article)
    assert (stored.set_aside, stored.set_aside_note, stored.version) == ("off_topic", "about gardening", 2)
    assert not Article.objects.undecided().exists()
    assert list(Article.objects.set_aside()) == [article]
    assert made.values == {"set_aside": ["", "off_topic"], "set_aside_note": ["", "about gardening"]}
    assert made.reason == "not ours"


def test_bringing_back_makes_it_undecided_again(contributor):
    article = make_article()
    set_aside(article, note="twice")
    decide("bring_back", [fresh(article)], actor=contributor)
    assert (fresh(article).set_aside, fresh(article).set_aside_note) == (None, "")
    assert list(Article.objects.undecided()) == [article]


def test_deciding_the_same_again_changes_nothing():
    article = make_article()
    assert decide("bring_back", [fresh(article)], actor=OPERATOR) == [None]
    assert lift(article) is None
    set_aside(article, note="twice")
    assert set_aside(article) is None
    hold(article)
    assert hold(article) is None
    assert (fresh(article).version, fresh(article).set_aside_note) == (3, "twice")


def test_what_is_published_is_neither_set_aside_nor_held(editor):
    article = make_article(published=True)
    assert isinstance(set_aside(article, actor=editor), DismissedOrOnHold)
    assert isinstance(hold(article, actor=editor), DismissedOrOnHold)
    assert str(set_aside(article, actor=editor)) == "it is published; unpublish it first"
    assert fresh(article).version == 1


def test_a_contributor_does_not_decide_about_what_is_published(contributor):
    article = make_article(published=True)
    assert isinstance(set_aside(article, actor=contributor), NotAllowed)


def test_publishing_what_is_set_aside_brings_it_back(editor):
    article = make_article()
    set_aside(article, note="poor for now")
    publishing.publish(fresh(article), actor=editor)
    assert (fresh(article).published, fresh(article).set_aside, fresh(article).set_aside_note) == (True, None, "")


def test_a_hold_blocks_publishing_until_it_is_lifted(editor):
    article = make_article()
    hold(article, why="the lawyers read it")
    with pytest.raises(NotReady, match="on hold: the lawyers read it"):
        publishing.publish(fresh(article), actor=editor)
    assert not fresh(article).published
    lift(article, actor=editor)
    publishing.publish(fresh(article), actor=editor)
    assert fresh(article).published


def test_a_contributor_holds_and_does_not_lift(contributor):
    article = make_article()
    assert isinstance(hold(article, actor=contributor), Revision)
    assert isinstance(lift(article, actor=contributor), NotAllowed)
    assert isinstance(hold(article, why="something else", actor=contributor), NotAllowed)
    assert fresh(article).hold == "legal is reading it"


def test_a_held_article_is_set_aside_by_whoever_may_change_it(contributor):
    article = make_article()
    hold(article)
    assert isinstance(set_aside(article, actor=contributor), Revision)


def test_no_other_way_publishes_what_is_on_hold(editor):
    """Restoring and undoing end at the same door."""
    article = make_article()
    publishing.publish(fresh(article), actor=editor)
    opened = change_sets.open_change_set("unpublish", actor=editor)
    publishing.unpublish(fresh(article), actor=editor, change_set=opened)
    hold(article)
    with pytest.raises(NotReady):
        restoring.restore(fresh(article), 2, fields=["published"], actor=editor, expected_version=4)
    report = change_sets.undo(opened, actor=editor)
    assert not report.undone
    assert not fresh(article).published


def test_stale_decisions_are_refused():
    article = make_article()
    seen = fresh(article)
    set_aside(article)
    results = [
        *decide("set_aside", [seen], cause=Cause.POOR, actor=OPERATOR),
        *decide("hold", [seen], why="x", actor=OPERATOR),
    ]
    assert all(isinstance(result, Stale) for result in results)
    assert fresh(article).set_aside == "duplicate"


def test_an_undo_takes_a_decision_back(editor):
    article = make_article()
    opened = change_sets.open_change_set(ChangeSet.Kind.EDIT, actor=editor)
    set_aside(article, note="twice", actor=editor, change_set=opened, origin=Origin.ACTION)
    change_sets.undo(opened, actor=editor)
    assert fresh(article).set_aside is None
    assert article_state.read_state(fresh(article)).desk == article_state.DeskState()


@pytest.mark.parametrize(
    "columns", [{"set_aside": "poor"}, {"hold": "why"}, {"published": False, "set_aside": ""}, {"hold": ""}]
)
def test_the_database_holds_the_rules_as_well(columns):
    article = make_article(published=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**columns)


def test_a_hold_needs_a_reason():
    with pytest.raises(ValueError, match="why is empty; give a reason"):
        decide("hold", [make_article()], why="  ", actor=OPERATOR)


def test_queries_do_not_grow_with_the_articles():
    def queries(count):
        articles = [fresh(make_article()) for _ in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            decide("set_aside", articles, cause=Cause.POOR, actor=OPERATOR)
        return len(captured)

    assert queries(1) == queries(10)


def test_a_decision_is_refused_through_the_door_alone():
    """`foresee_many` foretells what `change_many` says."""
    article = make_article()
    hold(article)
    state = publishing.published_state(article_state.read_state(fresh(article)), at=None, now=article.published_at)
    wanted = [door.Change(state, fresh(article), 2)]
    assert isinstance(door.foresee_many(wanted, actor=OPERATOR, origin=Origin.FORM)[0], NotReady)
