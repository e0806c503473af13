"""What a file means for an article: its first state, and merged with what the desk made of it meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone

from articles.changes.door import Change
from articles.content import article_state
from articles.content.article_state import ArticleState, DeskState
from articles.importing.lookup import Known
from articles.importing.receipt import FileReport
from articles.importing.steps import Arrival, Step, refuse
from articles.importing.walk import printable
from articles.models import ExportedFile, Source
from articles.models.importing import Outcome
from articles.seedfile import schema
from articles.seedfile.addresses import url_key
from articles.seedfile.merging.merge import Decision, FieldConflict, Plan, merge
from articles.seedfile.problems import Problem, error, notice, warning
from articles.seedfile.schema import FIELDS, ArticleContent, seed_key


def merged(arrival: Arrival, source: Source, holder: str, known: Known, *also: Problem) -> Step:
    """Updates the source; the article takes fields that only the file changed, and clashes become conflicts.

    `holder` names another article or file with the file's address; `also` is added to the report.
    """
    content = arrival.content
    article = known.articles[source.article_id]
    current = known.states[article.pk]
    base = known.merge_base(source, content)
    plan = merge(base, content, current.content, decided=article.pk in known.decided)
    if holder and url_key(plan.content.web_url) == url_key(content.web_url):
        return refuse(arrival, _taken(holder, arrival))
    state = next_state(plan.content, current)
    if state.desk.set_aside and is_material(current.content, state.content):
        state, also = (
            brought_back(state),
            (*also, notice("was dismissed; the source has changed, so it is back in the queue")),
        )
    changed = article_state.differing_fields(current, state)
    change = Change(state, article, article.version, body=arrival.body) if changed else None
    is_no_news = arrival.digest in source.known_digests
    still, agreed = _renewed({} if is_no_news else known.open_conflicts[article.pk], base, content, plan)
    conflicts = tuple(sorted((*plan.conflicts, *still), key=lambda conflict: FIELDS.index(conflict.field)))
    clashes = [_clash(conflict, arrival) for conflict in conflicts]
    report = FileReport(
        arrival.path,
        _outcome(arrival, source, bool(change), bool(clashes)),
        article.pk,
        tuple(_key(name) for name in changed),
        (*clashes, *also, *arrival.problems),
    )
    return Step(
        arrival,
        report,
        change,
        source,
        takes_source=True,
        conflicts=conflicts,
        agreed=agreed,
        keeps_bytes=is_no_news,
        echo=_echo(arrival, source),
        version=article.version,
    )


def _renewed(
    waiting: Mapping[str, str], base: ArticleContent, content: ArticleContent, plan: Plan
) -> tuple[list[FieldConflict], frozenset[str]]:
    """For the open conflicts: the source's current values, and the fields whose conflict is over.

    A file may change a contested field outside the clash, so that it merges; “Use source” then means the new value. If
    merging from the conflict's base changes nothing more, the sides agree.
    """
    agreed = {name for name in waiting if getattr(content, name) == getattr(plan.content, name)}
    clashing = {conflict.field for conflict in plan.conflicts}
    moved = [
        name for name in waiting if getattr(content, name) != getattr(base, name) and name not in agreed | clashing
    ]
    if not moved:
        return [], frozenset(agreed)
    began = {name: schema.load_field(name, json.loads(waiting[name])) for name in moved}
    again = merge(base.model_copy(update=began), content, plan.content, decided=True)
    over = {name for name in moved if again.decisions[name] is Decision.KEEP}
    sides = {name: (began[name], getattr(content, name), getattr(plan.content, name)) for name in moved}
    return [FieldConflict(name, *sides[name]) for name in moved if name not in over], frozenset(agreed | over)


def _taken(holder: str, arrival: Arrival) -> Problem:
    remedy = "addresses are unique: change one of them, or rename a moved file"
    message = f"is also the address of {printable(holder)}; {remedy}"
    return error(message, line=arrival.line_of("webUrl"), key="webUrl")


def follow(arrival: Arrival, source: Source, *also: Problem) -> Step:
    """Known bytes at another path."""
    report = FileReport(arrival.path, Outcome.UPDATED, source.article_id, problems=(*also, *arrival.problems))
    echo = _echo(arrival, source)
    return Step(arrival, report, source=source, takes_source=True, keeps_bytes=True, echo=echo)


def unchanged(arrival: Arrival, source: Source) -> Step:
    """Known bytes where they were."""
    report = FileReport(arrival.path, Outcome.UNCHANGED, source.article_id)
    return Step(arrival, report, source=source, echo=_echo(arrival, source))


def _echo(arrival: Arrival, source: Source) -> ExportedFile | None:
    """The desk's write, found in the file for the first time."""
    written = source.written
    return written if written and written.pending_digest == arrival.digest else None


def _outcome(arrival: Arrival, source: Source, has_change: bool, has_clash: bool) -> Outcome:
    if has_clash:
        return Outcome.CONFLICTED
    is_same = source.path == arrival.path and arrival.digest in source.known_digests
    return Outcome.UNCHANGED if is_same and not has_change else Outcome.UPDATED


def _clash(conflict: FieldConflict, arrival: Arrival) -> Problem:
    """The receipt's message for a conflict."""
    key = _key(conflict.field)
    message = "changed on the desk and in the source; ours stays until an editor decides"
    if conflict.field == "published":
        message = f"would {'publish' if conflict.incoming else 'unpublish'} the article; an editor has to decide"
    return warning(message, line=arrival.line_of(key), key=key)


def _key(name: str) -> str:
    return name if name in article_state.DESK_FIELDS else seed_key(name)


def first_state(content: ArticleContent) -> ArticleState:
    """For a new article: a seed that arrives published is live from its publishedDateTime."""
    return ArticleState(content, DeskState(live_from=content.published_at if content.published else None))


def next_state(content: ArticleContent, current: ArticleState) -> ArticleState:
    """For an existing article. A live_from that came from the file follows the file, but not past a live_until that an
    editor set nor, once the article is live, into the future: no import takes a live article down."""
    if not content.published:
        return ArticleState(content, current.desk)
    begins, until = content.published_at, current.desk.live_until
    is_past_end = until is not None and until <= begins
    if not current.content.published:
        return ArticleState(content, replace(current.desk, live_from=begins, live_until=None if is_past_end else until))
    now = timezone.now()
    takes_away = current.desk.live_from is not None and current.desk.live_from <= now < begins
    follows = current.desk.live_from == current.content.published_at and not is_past_end and not takes_away
    return ArticleState(content, replace(current.desk, live_from=begins) if follows else current.desk)


def brought_back(state: ArticleState) -> ArticleState:
    """For a dismissed article whose file changed materially: returns it to the queue, and keeps the former cause."""
    cause = state.desk.set_aside
    return replace(state, desk=replace(state.desk, set_aside="", set_aside_note="", set_aside_before=cause))


def is_material(before: ArticleContent, after: ArticleContent) -> bool:
    """Whether the change may alter an editor's dismissal: a different story, wording or classification. Changes of
    numbers, pictures, coverage, white space and case don't count."""
    return any(_normalised(getattr(before, name)) != _normalised(getattr(after, name)) for name in _MATERIAL)


_MATERIAL = ("title", "excerpt", "body", "category", "type", "topics", "provider", "published")


def _normalised(value: Any) -> Any:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value
