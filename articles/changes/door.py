"""The one door: every change to an article is made here.

In one transaction it compares the states, checks the actor's permissions for what would change (the publish permission
is checked only here), writes if the article still has the expected version, and records the Revision.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from articles.changes.actors import PUBLISH_RIGHT, Actor, may, may_change, name_of, user_of
from articles.changes.refusals import (
    AddressPurged,
    AddressTaken,
    DismissedOrOnHold,
    NotAllowed,
    NotReady,
    Refused,
    Stale,
)
from articles.content import article_state
from articles.content.article_state import ArticleState, value_of
from articles.content.rendering import Rendered
from articles.content.revision_values import dump_value
from articles.content.taxonomy import Taxonomy
from articles.models import Article, ChangeSet, Conflict, Revision, Source, Tombstone
from articles.models.history import Origin, changes_text
from articles.querysets import ArticleQuerySet
from articles.readiness.findings import examine, subject_of_state
from articles.seedfile.addresses import url_key
from articles.seedfile.schema import settled
from articles.sql.many_rows import Among, insert_rows

REASON_LENGTH = 500


@dataclass(frozen=True)
class Change:
    """The requested state of one article. Without an `article`, one is created, from the file with `source_digest`.
    `decides` are the fields whose open conflict this change decides; `body` is the rendered body, if available."""

    state: ArticleState
    article: Article | None = None
    expected_version: int = 0
    source_digest: str = ""
    decides: frozenset[str] = frozenset()
    body: Rendered | None = None


@dataclass
class _Work:
    """A change in progress."""

    change: Change
    current: Article | None = None
    before: ArticleState | None = None
    created: int | None = None
    fields: list[str] = field(default_factory=list)
    result: Revision | Refused | None = None

    @property
    def is_open(self) -> bool:
        return self.result is None and (bool(self.fields) or self.change.article is None)


def change(
    article: Article,
    state: ArticleState,
    *,
    actor: Actor,
    origin: Origin,
    change_set: ChangeSet | None = None,
    reason: str = "",
    expected_version: int,
) -> Revision | None:
    """Changes the article to `state`. Returns the Revision (without its primary key), or None if nothing changed.

    Raises Stale, NotAllowed, AddressTaken, NotReady or DismissedOrOnHold without changing anything. Updates `article`
    in place.
    """
    made = change_many(
        [Change(state, article, expected_version)], actor=actor, origin=origin, change_set=change_set, reason=reason
    )[0]
    if isinstance(made, Refused):
        raise made
    article.refresh_from_db()
    return made


def create(
    state: ArticleState, *, actor: Actor, origin: Origin, change_set: ChangeSet | None = None, reason: str = ""
) -> Article:
    """A new article at version 1. Raises NotAllowed, AddressTaken, NotReady or DismissedOrOnHold."""
    made = change_many([Change(state)], actor=actor, origin=origin, change_set=change_set, reason=reason)[0]
    if not isinstance(made, Revision):
        raise made or RuntimeError("a creation always makes a revision")
    return made.article


def change_many(
    changes: Sequence[Change],
    *,
    actor: Actor,
    origin: Origin,
    change_set: ChangeSet | None = None,
    reason: str = "",
    taxonomy: Taxonomy | None = None,
) -> list[Revision | Refused | None]:
    """`change` for many articles, each at most once, with a constant number of queries.

    One result per change, in order: its Revision, None if nothing changed, or the refusal, which does not affect the
    others. May raise IntegrityError if another process takes an address meanwhile.
    """
    now = timezone.now()
    with transaction.atomic():
        works = _examined(changes, actor, origin, _articles(changes).select_for_update(of=("self",)))
        open_works = [work for work in works if work.is_open]
        _write(open_works, taxonomy or Taxonomy(), now)
        _record(open_works, actor, origin, change_set, reason[:REASON_LENGTH], now)
        if origin is not Origin.IMPORT:
            _settle([work for work in open_works if work.before is not None], change_set, now)
    return [work.result for work in works]


def withdraw_many(articles: Sequence[Article], *, actor: Actor) -> list[Refused | None]:
    """Deletes articles and their revisions: for articles that an undone import created and nobody has changed.

    Each has to be at the expected version. One result per article, None for one that no longer exists.
    """
    with transaction.atomic():
        going = Article.objects.for_change(article.pk for article in articles)
        rows = {row.pk: row for row in going.select_for_update(of=("self",))}
        refusals = [_why_not_withdrawn(rows.get(article.pk), article.version, actor) for article in articles]
        gone = [article.pk for article, refusal in zip(articles, refusals, strict=True) if refusal is None]
        Revision.objects.filter(article__in=gone).delete()
        Article.objects.filter(pk__in=gone).delete()
    return refusals


def foresee_many(changes: Sequence[Change], *, actor: Actor, origin: Origin) -> list[list[str] | Refused]:
    """The fields that `change_many` would change, or its refusal; writes and locks nothing."""
    works = _examined(changes, actor, origin, _articles(changes))
    return [work.result if isinstance(work.result, Refused) else work.fields for work in works]


def _articles(changes: Sequence[Change]) -> ArticleQuerySet[Article]:
    return Article.objects.for_change(change.article.pk for change in changes if change.article)


def _why_not_withdrawn(article: Article | None, expected: int, actor: Actor) -> Refused | None:
    if article is None or article.version != expected:
        return Stale(expected, article.version if article else None)
    if not may_change(actor, article):
        return NotAllowed(actor, PUBLISH_RIGHT if article.published else "change_article")
    return None


def _examined(changes: Sequence[Change], actor: Actor, origin: Origin, rows: ArticleQuerySet[Article]) -> list[_Work]:
    works = _compared(changes, {article.pk: article for article in rows})
    _refuse_without_right(works, actor)
    _refuse_out_of_the_way(works)
    if origin is not Origin.IMPORT:
        _refuse_what_is_not_ready(works)
    _refuse_taken_addresses(works)
    return works


def _compared(changes: Sequence[Change], current: dict[int, Article]) -> list[_Work]:
    """Compares actual with expected versions, and current with requested states."""
    works = [_Work(_settled(change)) for change in changes]
    states = article_state.read_states(list(current.values())) if current else {}
    for work in works:
        article = work.change.article
        if article is None:
            continue
        work.current = current.get(article.pk)
        if work.current is None or work.current.version != work.change.expected_version:
            work.result = Stale(work.change.expected_version, work.current.version if work.current else None)
        else:
            work.before = states[article.pk]
            work.fields = article_state.differing_fields(work.before, work.change.state)
    return works


def _settled(change: Change) -> Change:
    """Setting a known text replaces an unknown key of the same name."""
    content = settled(change.state.content)
    return change if content is change.state.content else replace(change, state=replace(change.state, content=content))


def _refuse_without_right(works: Iterable[_Work], actor: Actor) -> None:
    for work in works:
        if not work.is_open:
            continue
        lacking = next((right for right in _rights_needed(work) if not may(actor, right)), None)
        if lacking:
            work.result = NotAllowed(actor, lacking)


def _rights_needed(work: _Work) -> list[str]:
    """Changing a published article (visible or not) needs the publish permission, and so does changing any schedule or
    an existing hold."""
    before, after = work.before.desk if work.before else article_state.DeskState(), work.change.state.desk
    published = work.change.state.content.published or (work.before is not None and work.before.content.published)
    scheduled = any(getattr(before, name) != getattr(after, name) for name in article_state.SCHEDULE)
    lifts_hold = bool(before.hold) and before.hold != after.hold
    rights = ["add_article" if work.before is None else "change_article"]
    return [*rights, PUBLISH_RIGHT] if published or scheduled or lifts_hold else rights


def _refuse_out_of_the_way(works: Iterable[_Work]) -> None:
    for work in works:
        desk = work.change.state.desk
        if not work.is_open or not work.change.state.content.published or not (desk.set_aside or desk.hold):
            continue
        if work.before is not None and work.before.content.published:
            work.result = DismissedOrOnHold("it is published; unpublish it first")
        elif desk.set_aside:
            work.result = DismissedOrOnHold("it is dismissed; return it to the queue first")


def _refuse_what_is_not_ready(works: Iterable[_Work]) -> None:
    """One query or none, unless a project's own blockers run more."""
    turned = [work for work in works if work.is_open and article_state.publishes(work.before, work.change.state)]
    subjects = [
        subject_of_state(
            work.current.pk if work.current else None, work.change.state, is_deciding="published" in work.change.decides
        )
        for work in turned
    ]
    by_subject = examine(subjects, at=timezone.now(), only_blockers=True)
    for work, subject in zip(turned, subjects, strict=True):
        if subject in by_subject:
            work.result = NotReady(by_subject[subject])


def _refuse_taken_addresses(works: Iterable[_Work]) -> None:
    moving = [work for work in works if work.is_open and (work.before is None or "web_url" in work.fields)]
    keys = [url_key(work.change.state.content.web_url) for work in moving]
    owners = dict(Article.objects.filter(Among("url_key", keys)).values_list("url_key", "pk")) if keys else {}
    stones = Tombstone.objects.filter(Among("url_key", keys), forgotten_at=None) if keys else ()
    purged = {stone.url_key: stone for stone in stones}
    counts = Counter(keys)
    for work, key in zip(moving, keys, strict=True):
        owner = owners.get(key)
        if key in purged:
            work.result = AddressPurged(purged[key])
        elif (owner and owner != (work.current and work.current.pk)) or counts[key] > 1:
            counts[key] -= 1
            work.result = AddressTaken(work.change.state.content.web_url, owner)


def _write(works: Sequence[_Work], taxonomy: Taxonomy, now: datetime) -> None:
    bodies = {work.change.body.markdown: work.change.body.html for work in works if work.change.body}
    fresh = [work for work in works if work.current is None]
    changed = [(work.current, work.change.state, work.fields) for work in works if work.current is not None]
    if fresh:
        keys = article_state.insert([work.change.state for work in fresh], taxonomy=taxonomy, bodies=bodies, now=now)
        for work, key in zip(fresh, keys, strict=True):
            work.created = key
    if changed:
        article_state.update(changed, taxonomy=taxonomy, bodies=bodies, now=now)


def _record(
    works: Sequence[_Work], actor: Actor, origin: Origin, change_set: ChangeSet | None, reason: str, now: datetime
) -> None:
    user = user_of(actor)
    common: dict[str, Any] = {
        "actor_id": user.pk if user else None,
        "actor_name": name_of(actor),
        "origin": origin,
        "reason": reason,
        "change_set_id": change_set.pk if change_set else None,
        "created_at": now,
    }
    for work in works:
        article: dict[str, Any] = {"article": work.current} if work.current else {"article_id": work.created}
        number = work.current.version if work.current else 1
        digest = work.change.source_digest
        work.result = Revision(**article, number=number, source_digest=digest, changes=_changes(work), **common)
    insert_rows([work.result for work in works if isinstance(work.result, Revision)])


def _changes(work: _Work) -> str:
    before = work.before
    if before is None:
        return ""
    sides = before, work.change.state
    return changes_text({name: [dump_value(name, value_of(side, name)) for side in sides] for name in work.fields})


def _settle(works: Sequence[_Work], change_set: ChangeSet | None, now: datetime) -> None:
    """What a person's change settles: conflicts whose source value it sets and, if it publishes, the pending review of
    a source change."""
    made = {work.current.pk: work for work in works if work.current}
    if not made:
        return
    waiting = Conflict.objects.filter(closed_at=None, article__in=made).defer("base", "current")
    agreed = [conflict.pk for conflict in waiting if _brings(made[conflict.article_id], conflict)]
    if agreed:
        outcome = Conflict.Outcome.AGREED
        Conflict.objects.filter(pk__in=agreed).update(outcome=outcome, closed_in=change_set, closed_at=now)
    published = [pk for pk, work in made.items() if "published" in work.fields and work.change.state.content.published]
    if published:
        Source.objects.filter(article__in=published, unreviewed_from__isnull=False).update(unreviewed_from=None)


def _brings(work: _Work, conflict: Conflict) -> bool:
    """Whether the change sets the field to the source's value."""
    now = dump_value(conflict.field, value_of(work.change.state, conflict.field))
    return conflict.field in work.fields and bool(now == json.loads(conflict.incoming))
