"""The table of verbs: the decisions about articles, one entry each.

The article form, the list, the bulk pages, the commands, the keyboard and the history read it. An entry's function maps
a state to a state; only the door changes articles, and it has the last word on permissions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from articles.changes.actors import CHANGE_RIGHT, PUBLISH_RIGHT, Actor, may
from articles.changes.refusals import NotAllowed
from articles.content.article_state import ArticleState
from articles.models import Article, Cause, ChangeSet
from articles.models.article import NOTE_LENGTH
from articles.seedfile import reader, scalars, schema
from articles.workflow import filing, publishing


class BadArguments(ValueError):
    """Invalid arguments of a verb: problem and remedy by name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{name} {problem}" for name, problem in problems.items()))


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; give a reason")
    return text


def _some(topics: tuple[str, ...]) -> tuple[str, ...]:
    if not topics:
        raise ValueError("is empty; name a topic")
    return topics


def _not_over(moment: datetime | None) -> datetime | None:
    if moment and moment <= timezone.now():
        raise ValueError("has passed; choose a later time")
    return moment


Note = Annotated[str, Field(max_length=NOTE_LENGTH), BeforeValidator(scalars.text)]


class Arguments(BaseModel):
    """A verb's arguments; this base class has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def problems(self) -> dict[str, str]:
        """Problems of the combination, by name."""
        return {}


class Publication(Arguments):
    """The schedule. `at` defaults to the article's live_from if it is in the future, else now."""

    at: schema.OptionalMoment = None
    live_until: Annotated[schema.OptionalMoment, AfterValidator(_not_over)] = None

    @property
    def problems(self) -> dict[str, str]:
        is_over = self.at and self.live_until and self.live_until <= self.at
        return {"live_until": "is not after “live from”; choose a later time"} if is_over else {}


class Dismissal(Arguments):
    cause: Cause
    note: Note = ""


class Hold(Arguments):
    why: Annotated[Note, AfterValidator(_filled)]


class CategoryChoice(Arguments):
    category: schema.CategoryName


class TopicChoice(Arguments):
    topics: Annotated[schema.Topics, AfterValidator(_some)]


class Moments(Arguments):
    """Sets only the given times; None clears one."""

    live_from: schema.OptionalMoment = None
    live_until: schema.OptionalMoment = None

    @property
    def problems(self) -> dict[str, str]:
        return {} if self.model_fields_set else {"live_from": "is empty; set or clear a time"}


def _no_outlook(articles: Sequence[Article], at: datetime) -> str:
    return ""


@dataclass(frozen=True)
class Verb:
    """`wanted` makes the state that is asked for, of a state, the arguments and the time; it may raise Refused, if this
    article cannot be brought there. `is_offered` says of which states the form and the list offer the verb; one without
    a `key` is offered for many articles only, because the form has boxes of its own for it. `is_main` is the one that
    the form leads to. One that works on the row is done to the article as it is now, whatever was typed and whoever
    changed it meanwhile; of others, the form saves boxes and decision together.

    `button`, `done` ("{0}": the articles, "{1}": the arguments), `heading` ("{}": the articles), `outcome` (after a
    number of articles) and `event` (in the history) are its words; `outlook` describes the effect for readers.
    Readiness is checked for a verb that `publishes`."""

    name: str
    right: str
    wanted: Callable[[ArticleState, Any, datetime], ArticleState]
    is_offered: Callable[[ArticleState], bool]
    button: str
    done: str
    heading: str
    outcome: str
    event: str
    arguments: type[Arguments] = Arguments
    works_on_row: bool = False
    key: str = ""
    is_main: bool = False
    publishes: bool = False
    outlook: Callable[[Sequence[Article], datetime], str] = _no_outlook

    def done_sentence(self, names: str, given: Arguments) -> str:
        return f"{self.done.format(names, given)}."

    @property
    def needs_arguments(self) -> bool:
        try:
            self.read_arguments({})
        except BadArguments:
            return True
        return False

    def read_arguments(self, given: Mapping[str, Any]) -> Any:
        """Validates texts or values, by name. Raises BadArguments."""
        try:
            arguments = self.arguments.model_validate(given)
        except ValidationError as failure:
            errors = failure.errors(include_url=False)
            raise BadArguments({str(each["loc"][0]): reader.describe(each) for each in errors}) from failure
        if arguments.problems:
            raise BadArguments(arguments.problems)
        return arguments


def _published(state: ArticleState, given: Publication, now: datetime) -> ArticleState:
    return publishing.published_state(state, at=given.at, until=given.live_until, now=now)


def _scheduled(state: ArticleState, given: Moments, now: datetime) -> ArticleState:
    return filing.with_schedule(state, {name: getattr(given, name) for name in given.model_fields_set})


def _is_anything(state: ArticleState) -> bool:
    return True


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            name="set_aside",
            right=CHANGE_RIGHT,
            arguments=Dismissal,
            wanted=lambda state, given, now: filing.set_aside_state(state, given.cause, given.note),
            is_offered=lambda state: not state.published,
            button="Dismiss",
            done="Dismissed {0} as {1.cause.label}",
            heading="Dismiss {}",
            outcome="dismissed",
            event="dismissed",
            key="S",
        ),
        Verb(
            name="bring_back",
            right=CHANGE_RIGHT,
            wanted=lambda state, given, now: filing.brought_back_state(state),
            is_offered=lambda state: bool(state.desk.set_aside),
            button="Return to queue",
            done="Returned {0} to the queue",
            heading="Return {} to the queue",
            outcome="returned to the queue",
            event="returned to queue",
            key="B",
        ),
        Verb(
            name="hold",
            right=CHANGE_RIGHT,
            arguments=Hold,
            wanted=lambda state, given, now: filing.held_state(state, given.why),
            is_offered=lambda state: not (state.published or state.desk.hold or state.desk.set_aside),
            button="Hold",
            done="On hold: {0}",
            heading="Put {} on hold",
            outcome="put on hold",
            event="put on hold",
            key="H",
        ),
        Verb(
            name="lift_hold",
            right=PUBLISH_RIGHT,
            wanted=lambda state, given, now: filing.held_state(state, ""),
            is_offered=lambda state: bool(state.desk.hold),
            button="Lift hold",
            done="Hold lifted: {0}",
            heading="Lift the hold on {}",
            outcome="released",
            event="hold lifted",
            key="L",
        ),
        Verb(
            name="category",
            right=CHANGE_RIGHT,
            arguments=CategoryChoice,
            wanted=lambda state, given, now: filing.in_category(state, given.category),
            is_offered=_is_anything,
            button="Set category",
            done="Category set: {0}",
            heading="Set the category of {}",
            outcome="recategorised",
            event="category set",
        ),
        Verb(
            name="add_topics",
            right=CHANGE_RIGHT,
            arguments=TopicChoice,
            wanted=lambda state, given, now: filing.with_topics(state, given.topics),
            is_offered=_is_anything,
            button="Add topics",
            done="Topics added: {0}",
            heading="Add topics to {}",
            outcome="with the topics",
            event="topics added",
        ),
        Verb(
            name="remove_topics",
            right=CHANGE_RIGHT,
            arguments=TopicChoice,
            wanted=lambda state, given, now: filing.without_topics(state, given.topics),
            is_offered=_is_anything,
            button="Remove topics",
            done="Topics removed: {0}",
            heading="Remove topics from {}",
            outcome="without the topics",
            event="topics removed",
        ),
        Verb(
            name="schedule",
            right=PUBLISH_RIGHT,
            arguments=Moments,
            wanted=_scheduled,
            is_offered=_is_anything,
            button="Set schedule",
            done="Schedule set: {0}",
            heading="Set the schedule of {}",
            outcome="rescheduled",
            event="schedule set",
        ),
        Verb(
            name="unpublish",
            right=PUBLISH_RIGHT,
            wanted=lambda state, given, now: publishing.unpublished_state(state),
            is_offered=lambda state: state.published,
            button="Unpublish",
            done="Unpublished {0}",
            heading="Unpublish {}",
            outcome="unpublished",
            event="unpublished",
            works_on_row=True,
            key="U",
            outlook=publishing.endings_sentence,
        ),
        Verb(
            name="publish",
            right=PUBLISH_RIGHT,
            arguments=Publication,
            wanted=_published,
            is_offered=lambda state: not (state.published or state.desk.hold),
            button="Publish",
            done="Published {0}",
            heading="Publish {}",
            outcome="published",
            event="published",
            key="P",
            is_main=True,
            publishes=True,
            outlook=publishing.standings_sentence,
        ),
    )
}
"""In the order of the buttons; the last one offered is the main one."""

_FORMER_EVENTS = {"filing": "category and topics"}
"""Kinds of change sets of earlier versions."""


def right_of(name: str) -> str:
    """Undo is not a verb; it needs the change permission."""
    return VERBS[name].right if name in VERBS else CHANGE_RIGHT


def check_right(name: str, actor: Actor) -> None:
    """Raises NotAllowed. The door also checks each article."""
    if not may(actor, right_of(name)):
        raise NotAllowed(actor, right_of(name))


def offered(state: ArticleState, actor: Any) -> list[Verb]:
    """The verbs offered to a user for an article in that state."""
    return [verb for verb in VERBS.values() if verb.key and verb.is_offered(state) and may(actor, verb.right)]


def for_many(actor: Any) -> list[Verb]:
    """A user's bulk verbs: first those without a key."""
    return sorted((verb for verb in VERBS.values() if may(actor, verb.right)), key=lambda verb: bool(verb.key))


def event_of(kind: str) -> str:
    """The event of a kind of change set, in a word or two."""
    if kind in VERBS:
        return VERBS[kind].event
    return _FORMER_EVENTS.get(kind) or dict(ChangeSet.Kind.choices).get(kind, kind)


def all_events() -> Iterable[tuple[str, str]]:
    """Every kind of change set, with its event."""
    for kind in (*ChangeSet.Kind.values, *VERBS, *_FORMER_EVENTS):
        yield kind, event_of(kind)
