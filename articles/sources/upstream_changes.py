"""Source changes: live articles whose file changed or would unpublish them, and articles whose file was deleted, until
an editor reviews them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from articles.changes import door, refusals
from articles.changes.actors import Actor
from articles.content import article_state, revision_values
from articles.content.article_state import value_of
from articles.history import acknowledgements, change_sets
from articles.models import Article, ChangeSet, Conflict, ExportedFile, Revision, Source
from articles.models.history import Origin
from articles.querysets import ArticleQuerySet
from articles.sources import conflicts


@dataclass(frozen=True)
class Seen:
    """What an editor saw: the article's version, and which of the three changes are up for review."""

    version: int
    since: int | None = None
    is_lost: bool = False
    conflict: int | None = None


@dataclass
class Upstream:
    """`before` and `now` are the values of fields that imports changed since version `seen.since`, in the format of
    revisions; `own` are the ones that people have edited since as well."""

    article: Article
    seen: Seen
    before: dict[str, Any] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)

    @property
    def returnable(self) -> list[str]:
        """Fields that can be restored without losing edits."""
        return [name for name in self.before if name not in self.own]


def changed_upstream(*, at: datetime) -> ArticleQuerySet[Article]:
    """Articles up for review, newest first, found by the few marked rows. A deleted file is listed whether its article
    is live or not."""
    changed = _of_sources(unreviewed_from__isnull=False)
    ended = _ends().order_by().values("article")
    live = Article.objects.visible(at=at).filter(pk__in=changed.union(ended)).order_by().values("pk")
    lost = _of_sources(missing_at__isnull=False, is_loss_reviewed=False)
    return Article.objects.filter(pk__in=lost.union(live)).order_by("-pk")


def refusal(actor: Actor, article: Article) -> refusals.NotAllowed | None:
    """Whether the actor may decide: a published article needs the publish permission."""
    return refusals.refusal_to_change(actor, article, "published" if article.published else "title")


def look_at(articles: Sequence[Article]) -> list[Upstream]:
    """The source changes of each; a constant number of queries. `article.source` should be loaded."""
    states = article_state.read_states(articles) if articles else {}
    ends = dict(_ends().filter(article__in=articles).values_list("article", "pk"))
    by_pk = {article.pk: Upstream(article, _seen(article, ends.get(article.pk))) for article in articles}
    newer = Revision.objects.filter(article__in=articles, number__gt=F("article__source__unreviewed_from"))
    histories = {pk: _FieldsSince() for pk in by_pk}
    for revision in newer.order_by("article", "number"):
        histories[revision.article_id].add(revision)
    for pk, one in by_pk.items():
        since = histories[pk]
        one.own = since.own
        for name in (name for name in _PUT_BACK if name in since.by_files):
            now, before = revision_values.dump_value(name, value_of(states[pk], name)), since.known[name][0]
            if now != before:
                one.before[name], one.now[name] = before, now
    return list(by_pk.values())


class _FieldsSince:
    """Tracks each field since a version: `known` are its value then and those set by imports. A person who sets one of
    these, as Undo does, has made no edit of their own."""

    def __init__(self) -> None:
        self.known: dict[str, list[Any]] = {}
        self.by_files: set[str] = set()
        self.own: set[str] = set()

    def add(self, revision: Revision) -> None:
        for name, (before, after) in revision.values.items():
            known = self.known.setdefault(name, [before])
            if revision.origin == Origin.IMPORT:
                self.by_files.add(name)
                # A merge with somebody's edit counts as their edit.
                if name not in self.own:
                    known.append(after)
            elif after in known:
                self.own.discard(name)
            else:
                self.own.add(name)


_PUT_BACK = tuple(
    name for name in article_state.FIELDS if name not in ("published", "secured", *article_state.DESK_FIELDS)
)


@transaction.atomic
def accept(article: Article, seen: Seen, *, actor: Actor) -> ChangeSet | None:
    """Marks as reviewed. Returns the change set, which can be undone; None if nothing was up for review any more.

    Raises Stale and NotAllowed. Changes that came in since `seen` stay up for review.
    """
    _check(article, seen, actor)
    closed = _keep(article, seen, actor)
    if seen.is_lost:
        ExportedFile.objects.filter(source__article=article).update(is_awaited=False)
    look = acknowledgements.end(article, since=seen.since, is_loss=seen.is_lost)
    if look is None:
        return closed
    look.change_set = closed or change_sets.open_change_set(ChangeSet.Kind.LOOK, actor=actor)
    look.save()
    return look.change_set


@transaction.atomic
def write_again(article: Article, seen: Seen, *, actor: Actor) -> ChangeSet | None:
    """Lets the next export recreate a deleted file. Returns and raises as `accept` does."""
    _check(article, seen, actor)
    look = acknowledgements.end(article, since=None, is_loss=seen.is_lost)
    if look is None:
        return None
    ExportedFile.objects.update_or_create(source=article.source, defaults={"is_awaited": True})
    look.change_set = change_sets.open_change_set(ChangeSet.Kind.LOOK, actor=actor)
    look.save()
    return look.change_set


@transaction.atomic
def put_back(article: Article, seen: Seen, *, actor: Actor) -> Revision | None:
    """Restores the fields that imports changed since `seen.since` and nobody edited, and marks as reviewed. None if
    there was nothing to restore.

    Raises as the door does.
    """
    _check(article, seen, actor)
    upstream = look_at([article])[0]
    if upstream.seen.since is None or upstream.seen.since != seen.since:
        return None
    earlier = {name: upstream.before[name] for name in upstream.returnable}
    state = revision_values.with_values(article, article_state.read_state(article), earlier)
    opened = change_sets.open_change_set(ChangeSet.Kind.RESTORE, actor=actor)
    made = door.change(
        article, state, actor=actor, origin=Origin.RESTORE, change_set=opened, expected_version=seen.version
    )
    look = acknowledgements.end(article, since=seen.since, is_loss=False)
    if look is not None:
        look.change_set = opened
        look.save()
    elif made is None:
        opened.delete()
    return made


def _keep(article: Article, seen: Seen, actor: Actor) -> ChangeSet | None:
    """Keeps ours in an open conflict with a file that would unpublish the article."""
    if seen.conflict is None:
        return None
    waiting = _ends().filter(article=article, pk=seen.conflict).select_related("article")
    report = conflicts.keep(waiting, actor=actor, versions={article.pk: seen.version})
    return report.change_set if report.decided else None


def _check(article: Article, seen: Seen, actor: Actor) -> None:
    """Locks the row, like the door."""
    now = Article.objects.select_for_update().filter(pk=article.pk).values_list("version", flat=True).first()
    if now != seen.version or article.version != seen.version:
        raise refusals.Stale(seen.version, now)
    refused = refusal(actor, article)
    if refused:
        raise refused


def _of_sources(**condition: Any) -> Any:
    return Source.objects.filter(**condition).values("article")


def _ends() -> Any:
    """Open conflicts in which a file would unpublish."""
    return Conflict.objects.filter(closed_at=None, field="published", incoming="false")


def _seen(article: Article, conflict: int | None) -> Seen:
    source: Source | None = getattr(article, "source", None)
    if source is None:
        return Seen(article.version, conflict=conflict)
    is_lost = source.missing_at is not None and not source.is_loss_reviewed
    return Seen(article.version, source.unreviewed_from, is_lost, conflict)
