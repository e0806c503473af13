"""Change sets: revisions made together and undone together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from pydantic import ValidationError

from articles.changes import door, refusals
from articles.changes.actors import Actor, name_of, user_of
from articles.content import article_state, revision_values
from articles.history import acknowledgements, reopened_conflicts
from articles.models import Article, ChangeSet, Conflict, Look, Reopening, Revision, Tombstone
from articles.models.history import Origin
from articles.querysets import LONG_COLUMNS, with_article

ARTICLES_AT_ONCE = 200
_CHANGED = "it has changed since"
_UNDONE = "an undo has already restored it"
_CREATED = "this change created it; unpublish it instead"


@dataclass
class UndoReport:
    """What an undo restored, which conflicts it reopened, and what it kept, with reasons.

    `next_after` is where `undo_some` continues; None when the set is finished.
    """

    change_set: ChangeSet
    undone: list[Article] = field(default_factory=list)
    kept: list[tuple[Article, str]] = field(default_factory=list)
    reopened: list[Conflict] = field(default_factory=list)
    next_after: int | None = None

    def add(self, some: UndoReport) -> None:
        """Adds the results of the next articles."""
        self.undone += some.undone
        self.kept += some.kept
        self.reopened += some.reopened
        self.next_after = some.next_after


def open_change_set(kind: str, *, actor: Actor, reason: str = "", undoes: ChangeSet | None = None) -> ChangeSet:
    return ChangeSet.objects.create(
        kind=kind,
        actor=user_of(actor),
        actor_name=name_of(actor),
        reason=reason[: door.REASON_LENGTH],
        created_at=timezone.now(),
        undoes=undoes,
    )


def undo(change_set: ChangeSet, *, actor: Actor, reason: str = "") -> UndoReport:
    """Restores every article of the set that hasn't changed since, and lists the others. Also reopens the conflicts
    that the set closed, and puts source changes that it reviewed up for review again.

    Uses the door's permission checks. An undo is a change set too, so it can be undone; it leaves none if it undid
    nothing. Works in batches, each all or nothing; after an undo was killed, the next one does the rest."""
    with transaction.atomic():
        report = undo_some(open_undo(change_set, actor=actor, reason=reason), actor=actor)
    while report.next_after is not None:
        report.add(undo_some(report.change_set, actor=actor, after=report.next_after))
    if not report.undone and not report.reopened:
        report.change_set.delete()
    return report


def open_undo(change_set: ChangeSet, *, actor: Actor, reason: str = "") -> ChangeSet:
    """A change set that `undo_some` fills. The caller deletes it if it stays empty."""
    if change_set.kind == ChangeSet.Kind.IMPORT:
        raise ValueError("an import is undone with its files, by importing.undo")
    return open_change_set(ChangeSet.Kind.UNDO, actor=actor, reason=reason, undoes=change_set)


@transaction.atomic
def undo_some(undoing: ChangeSet, *, actor: Actor, after: int = 0, most: int = ARTICLES_AT_ONCE) -> UndoReport:
    """`undo` for at most `most` articles with primary keys above `after`; a constant number of queries.

    Safe to repeat: articles that this undo has already restored are reported again.
    """
    change_set = undoing.undoes
    if change_set is None:
        raise ValueError(f"{undoing} undoes nothing")
    pks = articles_of(change_set, after=after, most=most)
    report = UndoReport(undoing, next_after=pks[-1] if len(pks) == most else None)
    if pks:
        articles = _Found(undoing, change_set, pks)
        _note_kept(report, _change_back(articles, actor, undoing))
        report.kept += _kept_for_ever(Tombstone.objects.filter(article__in=pks))
        _close_again(report, change_set.reopenings.filter(article__in=pks), actor)
        _reopen_conflicts(report, change_set.conflicts_closed.filter(article__in=pks), actor)
        _take_looks_back(report, change_set.looks.filter(article__in=pks), actor)
    return report


def purged_of(change_set: ChangeSet) -> list[tuple[Article, str]]:
    """Articles of the set that have been purged, with the reason."""
    return _kept_for_ever(Tombstone.objects.filter(article__in=change_set.revisions.order_by().values("article_id")))


def articles_of(change_set: ChangeSet, *, after: int = 0, most: int | None = None) -> list[int]:
    """Those that an undo of the set looks at, in key order: it changed or purged them, closed their conflict or opened
    it again, or ended the wait for a look at them."""
    pks: set[int] = set()
    for name in ("revisions", "conflicts_closed", "looks", "reopenings", "tombstones"):
        beyond = getattr(change_set, name).filter(article__gt=after).order_by("article_id")
        pks.update(beyond.values_list("article_id", flat=True).distinct()[:most])
    return sorted(pks)[:most]


def _kept_for_ever(stones: QuerySet[Tombstone]) -> list[tuple[Article, str]]:
    return [(stone.as_article(), f"it was {stone.sentence}") for stone in stones.order_by("article_id")]


class _Found:
    """Loads some articles of a set: their current rows and the set's revisions of each, in order."""

    def __init__(self, undoing: ChangeSet, change_set: ChangeSet, pks: Sequence[int]) -> None:
        self.articles = list(Article.objects.for_change(pks))
        self.steps = steps_of(change_set, pks)
        undos = Revision.objects.filter(article__in=pks, change_set__undoes=change_set)
        newest = undos.filter(number=F("article__version")).values_list("article_id", flat=True)
        self.undone = set(newest)
        self.undone_by_this = set(undos.filter(change_set=undoing).values_list("article_id", flat=True))

    def why_not(self, article: Article) -> str:
        steps = self.steps[article.pk]
        if steps and steps[0].number == 1:
            return _CREATED
        if article.pk in self.undone:
            return _UNDONE
        numbers = [step.number for step in steps]
        unbroken = list(range(article.version - len(numbers) + 1, article.version + 1))
        return "" if numbers == unbroken else _CHANGED


def _change_back(articles: _Found, actor: Actor, undoing: ChangeSet) -> dict[int, str]:
    """By article, why it was kept; "" if it was restored."""
    reasons = {a.pk: articles.why_not(a) for a in articles.articles if a.pk in articles.steps}
    going = [article for article in articles.articles if reasons.get(article.pk) == ""]
    results = change_back(going, articles.steps, actor=actor, undoing=undoing)
    reasons |= {pk: str(result) for pk, result in results.items() if isinstance(result, refusals.Refused)}
    return reasons | dict.fromkeys(articles.undone_by_this, "")


def steps_of(change_set: ChangeSet, articles: Iterable[int | Article]) -> dict[int, list[Revision]]:
    """By article, what the set did to it, in order."""
    steps: dict[int, list[Revision]] = defaultdict(list)
    for revision in change_set.revisions.filter(article__in=articles).order_by("number"):
        steps[revision.article_id].append(revision)
    return steps


def change_back(
    articles: Sequence[Article], steps: Mapping[int, Sequence[Revision]], *, actor: Actor, undoing: ChangeSet
) -> dict[int, Revision | refusals.Refused | None]:
    """By article, what came of returning the fields that these steps changed to what they were before the first."""
    wanted = {article.pk: revision_values.values_before(steps.get(article.pk, ())) for article in articles}
    states, texts = article_state.read_states(articles), revision_values.secured_texts(wanted.items())
    results: dict[int, Revision | refusals.Refused | None] = {}
    changes = []
    for article in articles:
        try:
            state = revision_values.with_values(article, states[article.pk], wanted[article.pk], texts)
        except (LookupError, ValidationError) as problem:
            results[article.pk] = refusals.Refused(_unloadable(problem))
        else:
            changes.append(door.Change(state, article, article.version))
    made = door.change_many(changes, actor=actor, origin=Origin.UNDO, change_set=undoing, reason=undoing.reason)
    return results | {change.article.pk: one for change, one in zip(changes, made, strict=True) if change.article}


def _unloadable(problem: LookupError | ValidationError) -> str:
    return (
        str(problem.args[0]) if isinstance(problem, LookupError) else "its former value is not valid any more; edit it"
    )


def _note_kept(report: UndoReport, refusals: dict[int, str]) -> None:
    """With the current articles, without their long columns."""
    for article in Article.objects.filter(pk__in=refusals).defer(*LONG_COLUMNS).order_by("pk"):
        if refusals[article.pk]:
            report.kept.append((article, refusals[article.pk]))
        else:
            report.undone.append(article)


def _close_again(report: UndoReport, reopenings: QuerySet[Reopening], actor: Actor) -> None:
    """Closes the conflicts that the undone change set had reopened, with their former outcome; also those that the door
    just closed because the article has the source's value again."""
    now = timezone.now()
    kept, undone = {article.pk for article, _ in report.kept}, {article.pk for article in report.undone}
    places: dict[str, list[int]] = defaultdict(list)
    still = Q(conflict__closed_at=None) | Q(conflict__closed_in=report.change_set)
    rows = with_article(reopenings.filter(still)).select_related("article", "conflict").order_by("article")
    for one in rows.exclude(article__in=kept):
        refusal = refusals.refusal_to_change(actor, one.article, one.conflict.field)
        if one.article_id in undone or not refusal:
            places[one.outcome].append(one.conflict_id)
        if one.article_id not in undone | kept:
            undone.add(one.article_id)
            if refusal:
                report.kept.append((one.article, str(refusal)))
            else:
                report.undone.append(one.article)
    for outcome, pks in places.items():
        again = Conflict.objects.filter(pk__in=pks)
        again.update(outcome=outcome, closed_in=report.change_set, closed_at=now)


def _reopen_conflicts(report: UndoReport, closed: QuerySet[Conflict], actor: Actor) -> None:
    """Conflicts of kept articles stay closed, and so do replaced ones."""
    rows = with_article(closed).order_by("pk")
    conflicts = list(rows.select_for_update(of=("self",)))
    others = Conflict.objects.filter(article__in={conflict.article_id for conflict in conflicts})
    newest = {(article, name): pk for pk, article, name in others.order_by("pk").values_list("pk", "article", "field")}
    undone, kept = {article.pk for article in report.undone}, {article.pk for article, _ in report.kept}
    last = [one for one in conflicts if newest[one.article_id, one.field] == one.pk and one.article_id not in kept]
    why_not = {one.pk: refusals.refusal_to_change(actor, one.article, one.field) for one in last}
    going = [one for one in last if one.article_id in undone or not why_not[one.pk]]
    report.kept += [(one.article, str(why_not[one.pk])) for one in last if one not in going]
    report.reopened += reopened_conflicts.renewed(going)
    told = undone | {one.article_id for one in report.reopened}
    over = {one.article_id: one.article for one in going if one.article_id not in told}
    report.kept += [(article, reopened_conflicts.AGREES) for article in over.values()]
    Reopening.objects.bulk_create(
        Reopening(change_set=report.change_set, article=one.article, conflict=one, outcome=one.outcome)
        for one in report.reopened
    )
    again = Conflict.objects.filter(pk__in=[conflict.pk for conflict in report.reopened])
    again.update(outcome="", closed_in=None, closed_at=None)


def _take_looks_back(report: UndoReport, made: QuerySet[Look], actor: Actor) -> None:
    """Acknowledgements of kept articles stay."""
    rows = with_article(made).order_by("article")
    returned = {article.pk for article in report.undone} | {conflict.article_id for conflict in report.reopened}
    kept = {article.pk for article, _ in report.kept}
    standing: list[Look] = []
    for look in rows:
        refusal = refusals.refusal_to_change(actor, look.article, "published")
        if refusal and look.article_id not in returned | kept:
            report.kept.append((look.article, str(refusal)))
        elif not refusal and look.article_id not in kept:
            standing.append(look)
    waiting = acknowledgements.take_back(standing, report.change_set)
    for look in (look for look in standing if look.article_id not in returned):
        if waiting[look.article_id]:
            report.kept.append((look.article, waiting[look.article_id]))
        else:
            report.undone.append(look.article)
