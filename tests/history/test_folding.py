"""Folding old revisions: what remains is what it was."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations, pairwise, takewhile

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state, revision_values
from articles.content.article_state import ArticleState
from articles.content.revision_values import FoldedError, dump_value
from articles.history import change_sets, folding, restoring
from articles.importing.lookup import look_up
from articles.models import Article, ChangeSet, FoldedStep, Revision, Source
from articles.models.history import Origin
from articles.sources import provenance, upstream_changes
from articles.workflow import publishing
from tests.factories import NOW, make_article, make_user
from tests.sampling import examples

pytestmark = pytest.mark.django_db
MANY = 1_000


@dataclass
class Past:
    """An article with what it was at each of its versions."""

    article: Article
    states: list[ArticleState] = field(default_factory=list)

    def change(
        self, *, days_ago: float = 100, origin=Origin.FORM, actor=OPERATOR, change_set=None, reason="", **fields
    ):
        """By attribute of the content; `published` brings its live_from."""
        state = self.states[-1]
        if "published" in fields:
            wanted = fields.pop("published")
            moment = NOW - timedelta(days=500)
            state = (
                publishing.published_state(state, at=moment, now=NOW) if wanted else publishing.unpublished_state(state)
            )
        state = replace(state, content=state.content.model_copy(update=fields))
        with time_machine.travel(NOW - timedelta(days=days_ago), tick=False):
            made = door.change(
                self.article,
                state,
                actor=actor,
                origin=origin,
                change_set=change_set,
                reason=reason,
                expected_version=self.article.version,
            )
        if made:
            self.states.append(state)
        return made

    def now(self) -> Article:
        self.article = Article.objects.select_related("category", "provider").get(pk=self.article.pk)
        return self.article

    @property
    def numbers(self) -> list[int]:
        return list(self.article.revisions.order_by("number").values_list("number", flat=True))


def past(**fields) -> Past:
    with time_machine.travel(NOW - timedelta(days=400), tick=False):
        article = make_article(**fields)
    return Past(article, [article_state.read_state(article)])


def open_set(kind=ChangeSet.Kind.EDIT, actor=OPERATOR) -> ChangeSet:
    return change_sets.open_change_set(kind, actor=actor)


def fold(days=50) -> folding.Pruning:
    done = folding.Pruning()
    for done in folding.fold(before=NOW - timedelta(days=days)):  # noqa: B007
        pass
    return done


def titled(*titles: str, **how) -> Past:
    """Created as "0", then given these titles, then one that stays today's."""
    made = past(title="0")
    for title in titles:
        made.change(title=title, **how)
    made.change(title="now", days_ago=1)
    return made


def test_a_run_of_old_revisions_becomes_its_last(editor):
    made = titled("1", "2", "3", actor=editor, reason="tidying")
    assert fold() == folding.Pruning(article_count=1, revision_count=2)
    assert made.numbers == [1, 4, 5]
    folded = made.article.revisions.get(number=4)
    assert folded.values == {"title": ["0", "3"]}
    assert (folded.fold.first, folded.fold.who, folded.fold.fields) == (2, [editor.username], [])
    assert folded.fold.since == folded.created_at == NOW - timedelta(days=100)
    assert (folded.actor, folded.origin, folded.reason) == (editor, "form", "tidying")


def test_a_field_that_came_back_is_named_without_its_values():
    made = past(title="0", quality=1)
    for change in ({"title": "1"}, {"quality": 2}, {"title": "0"}):
        made.change(**change)
    made.change(title="now", days_ago=1)
    fold()
    folded = made.article.revisions.get(number=4)
    assert folded.values == {"quality": [1, 2]}
    assert folded.fold.fields == ["title"]
    assert folded.touched_fields == ["quality", "title"]


def test_a_fold_of_several_names_all_of_them(editor, contributor):
    made = past()
    for number, actor in enumerate([editor, contributor, editor, *(make_user("Editor") for _ in range(3))]):
        made.change(
            quality=number + 1, actor=actor, origin=[Origin.FORM, Origin.RESTORE][number % 2], reason=f"why {number}"
        )
    made.change(title="now", days_ago=1)
    fold()
    folded = made.article.revisions.get(number=7)
    assert len(folded.fold.who) == 5
    assert folded.actor is None
    assert folded.actor_name == f"{editor.username}, {contributor.username}, {folded.fold.who[2]} and 2 more"
    assert (folded.origin, folded.reason) == ("several", "why 0; why 1; why 2; why 3; why 4; why 5")


def test_a_fold_is_folded_again_with_what_came_after_it():
    made = past(title="0")
    for title, ago in (("1", 300), ("2", 290), ("3", 100), ("4", 90)):
        made.change(title=title, days_ago=ago)
    made.change(title="now", days_ago=1)
    fold(days=200)
    assert made.numbers == [1, 3, 4, 5, 6]
    fold(days=50)
    folded = made.article.revisions.get(number=5)
    assert made.numbers == [1, 5, 6]
    assert (folded.fold.first, folded.fold.since, folded.values) == (
        2,
        NOW - timedelta(days=300),
        {"title": ["0", "4"]},
    )


def test_the_first_the_newest_and_the_last_published_one_stay(editor):
    made = past(title="0")
    made.change(title="1")
    made.change(title="2")
    made.change(published=True)
    made.change(title="3")
    made.change(title="4")
    made.change(published=False)
    made.change(title="5")
    made.change(title="6")
    made.change(title="7")
    fold()
    published_last, unpublished = 6, 7
    assert made.numbers == [1, 5, published_last, unpublished, 9, 10]
    assert made.article.revisions.get(number=published_last).folded == ""


def test_what_files_did_and_what_people_did_is_not_folded_into_one():
    made = past()
    for number, origin in enumerate([Origin.IMPORT, Origin.IMPORT, Origin.FORM, Origin.ACTION, Origin.IMPORT], start=1):
        made.change(quality=number, origin=origin)
    made.change(title="now", days_ago=1)
    fold()
    assert made.numbers == [1, 3, 5, 6, 7]
    assert [row.origin for row in made.article.revisions.order_by("number")][1:3] == ["import", "several"]


def test_what_is_younger_is_left_alone():
    made = titled("1", "2", "3", days_ago=20)
    assert fold(days=30) == folding.Pruning()
    assert made.numbers == [1, 2, 3, 4, 5]


def test_what_would_be_folded_is_what_is_folded():
    for count in (1, 2, 7):
        titled(*map(str, range(1, count + 1)))
    pruning = folding.foldable(before=NOW - timedelta(days=50))
    before = Revision.objects.count()
    assert pruning == fold() == folding.Pruning(article_count=2, revision_count=7)
    assert before - Revision.objects.count() == 7
    assert folding.foldable(before=NOW - timedelta(days=50)) == folding.Pruning()


def test_a_version_that_waits_for_a_look_stays_and_shows_the_same():
    made = past(title="0")
    Source.objects.create(
        article=made.article, root="r", path="p", path_key="k", digest="d", raw=b"", reader_version=1, imported_at=NOW
    )
    for title in ("1", "2", "3", "4"):
        made.change(title=title, origin=Origin.IMPORT)
    made.change(quality=5, days_ago=1)
    Source.objects.update(unreviewed_from=3)
    before = upstream_changes.look_at([Article.objects.select_related("source", "category", "provider").get()])[0]
    fold()
    assert made.numbers == [1, 3, 5, 6]
    after = upstream_changes.look_at([Article.objects.select_related("source", "category", "provider").get()])[0]
    assert (before.before, before.now) == (after.before, after.now) == ({"title": "2"}, {"title": "4"})


def test_undo_of_a_set_whose_step_was_folded_names_the_article_and_returns_the_others(editor):
    folded, other = past(title="folded"), past(title="other")
    folded.change(title="before")
    change_set = open_set()
    for made in (folded, other):
        made.change(quality=9, change_set=change_set)
    folded.change(title="folded since", days_ago=1)
    fold()
    assert folded.numbers == [1, 3, 4]
    assert list(FoldedStep.objects.values_list("change_set", "article", "number")) == [
        (change_set.pk, folded.article.pk, 3)
    ]
    report = change_sets.undo(change_set, actor=editor)
    assert [article.pk for article in report.undone] == [other.article.pk]
    assert [(article.title, why) for article, why in report.kept] == [("folded since", change_sets.FOLDED)]
    assert folded.now().quality == 9


def test_a_set_that_can_be_undone_is_never_folded(editor):
    made = past(title="0")
    made.change(title="1")
    change_set = open_set()
    for change in ({"quality": 1}, {"title": "2"}, {"quality": 2}):
        made.change(**change, change_set=change_set)
    assert fold() == folding.Pruning()
    change_sets.undo(change_set, actor=editor)
    assert (made.now().title, made.article.quality) == ("1", made.states[1].content.quality)


def test_half_of_a_set_is_never_undone(editor):
    made, change_set = past(title="0"), open_set()
    made.change(title="1", change_set=change_set)
    made.change(title="theirs")
    made.change(title="theirs again")
    made.change(title="2", change_set=change_set)
    fold()
    assert change_sets.undo(change_set, actor=editor).undone == []
    made.change(title="3")
    fold()
    assert made.numbers == [1, 5, 6]
    assert [why for _, why in change_sets.undo(change_set, actor=editor).kept] == [change_sets.FOLDED]
    assert made.now().title == "3"


def test_steps_of_one_set_alone_stay_that_sets(editor):
    made, change_set = past(title="0"), open_set()
    made.change(title="1", change_set=change_set)
    made.change(title="2", change_set=change_set)
    made.change(title="now", days_ago=1)
    fold()
    assert made.article.revisions.get(number=3).change_set == change_set
    assert not FoldedStep.objects.exists()


def test_steps_are_carried_along_when_a_fold_is_folded_again():
    made = past(title="0")
    sets = [open_set() for _ in range(4)]
    for number, (change_set, ago) in enumerate(zip(sets, (300, 290, 100, 90), strict=True)):
        made.change(title=f"{number} again", days_ago=ago, change_set=change_set)
    made.change(title="now", days_ago=1)
    fold(days=200)
    fold(days=50)
    assert set(FoldedStep.objects.values_list("change_set", "number")) == {(one.pk, 5) for one in sets}


def test_a_folded_revision_cannot_be_compared_or_restored_and_says_where_it_went(editor):
    made = titled("1", "2", "3")
    fold()
    article = made.now()
    with pytest.raises(FoldedError, match="revision 3 was folded into revision 4"):
        restoring.values_then(article, 3, 5)
    with pytest.raises(restoring.CannotBeRestored, match="folded into revision 4"):
        restoring.restore(article, 3, actor=editor, expected_version=5)
    restoring.restore(article, 4, actor=editor, expected_version=5)
    assert made.now().title == "3"


def test_a_value_that_came_back_is_the_folds():
    made = past(title="0", quality=1)
    for title in ("1", "2", "0"):
        made.change(title=title)
    made.change(quality=2, days_ago=1)
    before = provenance.origins(made.now())["title"].number
    fold()
    assert provenance.origins(made.now())["title"].number == before == 4


def test_folding_takes_the_queries_of_one_for_ten():
    counts = []
    for number in (1, 10):
        for _ in range(number):
            titled("1", "2", "3", change_set=open_set())
        with CaptureQueriesContext(connection) as queries:
            assert fold().article_count == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


fields = st.one_of(
    st.fixed_dictionaries({"title": st.sampled_from("abc")}),
    st.fixed_dictionaries({"quality": st.sampled_from([1, 2, 3])}),
    st.fixed_dictionaries({"topics": st.sampled_from([(), ("A",), ("A", "B"), ("B", "A")])}),
    st.fixed_dictionaries({"secured": st.sampled_from(["", "one", "two"])}),
    st.fixed_dictionaries({"published": st.booleans()}),
)
steps = st.tuples(
    fields, st.sampled_from([Origin.FORM, Origin.ACTION, Origin.IMPORT]), st.integers(0, 3), st.integers(0, 9)
)


@dataclass
class World:
    """Histories on their own, which are pruned again and again."""

    pasts: list[Past]
    sets: list[ChangeSet]

    @classmethod
    def of(cls, histories) -> World:
        world = cls([], [open_set() for _ in range(3)])
        for history in histories:
            made = past(title="a")
            ago = 390.0
            for changed, origin, which, gap in history:
                ago -= gap * 8
                change_set = world.sets[which] if which < 3 else None
                made.change(**changed, origin=origin, change_set=change_set, days_ago=max(ago, 1))
            world.pasts.append(made)
        return world

    def knowledge(self):
        """What an import makes of their histories."""
        known = look_up([made.states[-1].content for made in self.pasts], [])
        return known.touched, known.decided

    def undo_outcome(self, change_set):
        """By article what an undo of the set leaves; nothing stays."""
        with transaction.atomic():
            change_sets.undo(change_set, actor=OPERATOR)
            states = article_state.read_states(
                list(Article.objects.select_related("category", "provider").order_by("pk"))
            )
            transaction.set_rollback(True)
        return states

    def check(self) -> None:
        for made in self.pasts:
            article, rows = made.now(), list(made.article.revisions.order_by("number"))
            assert [row.first_number for row in rows] == [1, *(row.number + 1 for row in rows[:-1])]
            assert (rows[0].number, rows[-1].number, rows[-1].folded) == (1, article.version, "")
            self._check_states(article, made, [row.number for row in rows])
            published = [n for n, state in enumerate(made.states, start=1) if state.content.published]
            assert not published or (
                published[-1] in made.numbers and not rows[made.numbers.index(published[-1])].folded
            )

    def _check_states(self, article: Article, made: Past, remaining: list[int]) -> None:
        present = article_state.read_state(article)
        for number in range(1, article.version + 1):
            if number in remaining:
                assert revision_values.state_before(article, present, number) == made.states[number - 1]
            else:
                with pytest.raises(FoldedError):
                    revision_values.state_before(article, present, number)
        for first, second in [*combinations(remaining, 2), *((b, a) for a, b in pairwise(remaining))]:
            sides = [made.states[first - 1], made.states[second - 1]]
            names = article_state.differing_fields(*sides)
            told = [{n: dump_value(n, article_state.value_of(side, n)) for n in names} for side in sides]
            assert list(restoring.values_then(article, first, second)) == told


@pytest.mark.slow
@examples(25)
@given(
    st.lists(st.lists(steps, min_size=2, max_size=14), min_size=1, max_size=3),
    st.lists(st.integers(1, 380), min_size=1, max_size=3),
    st.integers(0, 4),
    st.sampled_from([2, 3, 500]),
)
def test_every_state_at_a_number_that_remains_is_what_it_was(histories, ages, killed_after, at_once):
    """Pruned at several ages, each stopped after some transactions and begun again."""
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "REVISIONS_AT_ONCE", at_once)
        world = World.of(histories)
        known, undone = world.knowledge(), [world.undo_outcome(one) for one in world.sets]
        for age in sorted(ages, reverse=True):
            moment = NOW - timedelta(days=age)
            list(takewhile(lambda told: told[0] < killed_after, enumerate(folding.fold(before=moment))))
            world.check()
            assert all(isinstance(told, folding.Pruning) for told in folding.fold(before=moment))
            assert folding.foldable(before=moment) == folding.Pruning()
            world.check()
        assert world.knowledge() == known
        assert [world.undo_outcome(one) for one in world.sets] == undone
        transaction.set_rollback(True)
