"""What each verb of a bulk action means: the right it needs, the arguments it takes, the state it asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from articles.changes.actors import Actor, may
from articles.changes.refusals import NotAllowed
from articles.changes.rights import PUBLISH_RIGHT
from articles.content.article_state import ArticleState
from articles.models import BulkAction, Cause, ChangeSet
from articles.models.article import NOTE_LENGTH
from articles.seedfile import reader, scalars, schema
from articles.workflow import filing, publishing, setting_aside

Verb = BulkAction.Verb
Kind = ChangeSet.Kind


class BadArguments(ValueError):
    """Arguments that a verb cannot be done with: per name, what is wrong and the remedy."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{name} {problem}" for name, problem in problems.items()))


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; say why")
    return text


Note = Annotated[str, Field(max_length=NOTE_LENGTH), BeforeValidator(scalars.text)]


class Arguments(BaseModel):
    """What a verb is told beside the articles; this is that of a verb that needs nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CategoryChoice(Arguments):
    category: schema.CategoryName


def _some(topics: tuple[str, ...]) -> tuple[str, ...]:
    if not topics:
        raise ValueError("is empty; name a topic")
    return topics


class TopicChoice(Arguments):
    topics: Annotated[schema.Topics, AfterValidator(_some)]


class Moments(Arguments):
    """Only what is named is set; None takes a moment away."""

    live_from: schema.OptionalMoment = None
    live_until: schema.OptionalMoment = None


class Aside(Arguments):
    cause: Cause
    note: Note = ""


class Hold(Arguments):
    why: Annotated[Note, AfterValidator(_filled)]


@dataclass(frozen=True)
class Meaning:
    """`wanted` may raise Refused: this article cannot be brought there."""

    right: str
    kind: ChangeSet.Kind
    arguments: type[Arguments]
    wanted: Callable[[ArticleState, Any, datetime], ArticleState]


def _published(state: ArticleState, given: Arguments, now: datetime) -> ArticleState:
    return publishing.published_state(state, at=None, now=now)


def _unpublished(state: ArticleState, given: Arguments, now: datetime) -> ArticleState:
    return publishing.unpublished_state(state)


def _in_category(state: ArticleState, given: CategoryChoice, now: datetime) -> ArticleState:
    return filing.in_category(state, given.category)


def _with_topics(state: ArticleState, given: TopicChoice, now: datetime) -> ArticleState:
    return filing.with_topics(state, given.topics)


def _without_topics(state: ArticleState, given: TopicChoice, now: datetime) -> ArticleState:
    return filing.without_topics(state, given.topics)


def _set_aside(state: ArticleState, given: Aside, now: datetime) -> ArticleState:
    return setting_aside.set_aside_state(state, given.cause, given.note)


def _brought_back(state: ArticleState, given: Arguments, now: datetime) -> ArticleState:
    return setting_aside.brought_back_state(state)


def _held(state: ArticleState, given: Hold, now: datetime) -> ArticleState:
    return setting_aside.held_state(state, given.why)


def _freed(state: ArticleState, given: Arguments, now: datetime) -> ArticleState:
    return setting_aside.held_state(state, "")


def _scheduled(state: ArticleState, given: Moments, now: datetime) -> ArticleState:
    return filing.with_schedule(state, {name: getattr(given, name) for name in given.model_fields_set})


CHANGE_RIGHT = "change_article"
MEANINGS: dict[str, Meaning] = {
    Verb.PUBLISH: Meaning(PUBLISH_RIGHT, Kind.PUBLISH, Arguments, _published),
    Verb.UNPUBLISH: Meaning(PUBLISH_RIGHT, Kind.UNPUBLISH, Arguments, _unpublished),
    Verb.SET_ASIDE: Meaning(CHANGE_RIGHT, Kind.SET_ASIDE, Aside, _set_aside),
    Verb.BRING_BACK: Meaning(CHANGE_RIGHT, Kind.BRING_BACK, Arguments, _brought_back),
    Verb.HOLD: Meaning(CHANGE_RIGHT, Kind.HOLD, Hold, _held),
    Verb.LIFT_HOLD: Meaning(PUBLISH_RIGHT, Kind.LIFT_HOLD, Arguments, _freed),
    Verb.CATEGORY: Meaning(CHANGE_RIGHT, Kind.FILING, CategoryChoice, _in_category),
    Verb.ADD_TOPICS: Meaning(CHANGE_RIGHT, Kind.FILING, TopicChoice, _with_topics),
    Verb.REMOVE_TOPICS: Meaning(CHANGE_RIGHT, Kind.FILING, TopicChoice, _without_topics),
    Verb.SCHEDULE: Meaning(PUBLISH_RIGHT, Kind.SCHEDULE, Moments, _scheduled),
}
"""Undo is not among them: what it brings back depends on the article's revisions (`taking_back`)."""


def right_of(verb: str) -> str:
    return MEANINGS[verb].right if verb in MEANINGS else CHANGE_RIGHT


def check_right(verb: str, actor: Actor) -> None:
    """Raises NotAllowed; the door decides about each article besides."""
    if not may(actor, right_of(verb)):
        raise NotAllowed(actor, right_of(verb))


def needs_arguments(verb: str) -> bool:
    return verb in MEANINGS and bool(MEANINGS[verb].arguments.model_fields)


def arguments_of(bulk: BulkAction) -> Any:
    return MEANINGS[bulk.verb].arguments.model_validate_json(bulk.arguments)


def dumped(verb: str, given: Mapping[str, Any]) -> str:
    """The arguments as a bulk action stores them. Raises BadArguments."""
    try:
        arguments = MEANINGS[verb].arguments.model_validate(given)
    except ValidationError as failure:
        errors = failure.errors(include_url=False)
        raise BadArguments({str(each["loc"][0]): reader.describe(each) for each in errors}) from failure
    if isinstance(arguments, Moments) and not arguments.model_fields_set:
        raise BadArguments({"live_from": "has no moment; choose one, or take one away"})
    return json.dumps(arguments.model_dump(mode="json", exclude_unset=True), ensure_ascii=False)
