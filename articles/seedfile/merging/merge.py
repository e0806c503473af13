"""Three-way merge of a changed file into an edited article: base + incoming + current gives a `Plan`.

Per field, the first that applies:

- incoming equals base: KEEP, the file has no change;
- current equals base or incoming: TAKE;
- both sides changed it: merged by parts if the field has parts, CONFLICT if a part clashes. A clashing part keeps
  current's value, whole; the other parts are merged all the same.

Parts and special cases:

- topics: an ordered set; additions and removals of both sides count, so nothing clashes.
- images by url, related by webUrl (by spelling first, then by `url_key`), repeated ones by occurrence. An entry's
  fields merge like an article's, its images like an article's, its provider as one value. An entry removed on one side
  and changed on the other clashes. An entry added on both sides merges as if base had it with no field set.
- provider: name and domain are one value. extra: by key, anywhere; a value below a key is one.
- body: by lines (`lines`); if two hunks clash, the whole body stays.
- Orders, of keys too, merge without a clash (`sequences.in_order`): current's, unless the file alone changed it.
- More entries or text than the schema allows: CONFLICT, and all of the field stays.
- secured is always the file's: nobody edits it.
- published: an unchanged value has no effect, whatever an editor decided meanwhile. A changed value that differs from
  current publishes an undecided article; it never unpublishes and never overrules a person's decision: CONFLICT.

Pure and bounded: linear in the sizes, except for difflib's budget in `lines`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from articles.seedfile import schema
from articles.seedfile.addresses import url_key
from articles.seedfile.merging.lines import merge_lines
from articles.seedfile.merging.sequences import Key, identified, in_order
from articles.seedfile.schema import ArticleContent, Image, Part, Provider, Related


class Decision(StrEnum):
    """TAKE: the result has the file's change. KEEP: the result has nothing new. CONFLICT: something clashed."""

    TAKE = "take"
    KEEP = "keep"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class FieldConflict:
    """The three input values of the merge. If parts of the field merged, `Plan.content` differs from `current` here:
    "keep" means the article's present value, not this `current`."""

    field: str
    base: Any
    incoming: Any
    current: Any


@dataclass(frozen=True)
class Plan:
    """The result for an article. `decisions` has every field of `schema.FIELDS`, in that order."""

    content: ArticleContent
    decisions: Mapping[str, Decision]
    conflicts: tuple[FieldConflict, ...]

    def fields(self, decision: Decision) -> tuple[str, ...]:
        """The fields with that decision."""
        return tuple(name for name, made in self.decisions.items() if made is decision)


def merge(base: ArticleContent, incoming: ArticleContent, current: ArticleContent, *, decided: bool) -> Plan:
    """The article's next content. `decided`: a person was the last to set its `published`."""
    merged = _merged_fields(base, incoming, current, _FINER)
    merged["secured"] = _secured(incoming.secured, current.secured)
    merged["published"] = _published(base.published, incoming.published, current.published, decided=decided)
    decisions = {name: merged[name].decision for name in schema.FIELDS}
    clashing = (name for name in schema.FIELDS if decisions[name] is Decision.CONFLICT)
    return Plan(
        content=ArticleContent.model_construct(**{name: made.value for name, made in merged.items()}),
        decisions=decisions,
        conflicts=tuple(
            FieldConflict(name, getattr(base, name), getattr(incoming, name), getattr(current, name))
            for name in clashing
        ),
    )


def edited_on(last: ArticleContent, written: ArticleContent, incoming: ArticleContent) -> ArticleContent:
    """The base for a file with an unconfirmed write: per field `written`, if `incoming` contains everything that the
    desk changed since `last`, else `last`."""
    joined = _merged_fields(last, written, incoming, _FINER)
    arrived = {
        name: getattr(written, name)
        for name, made in joined.items()
        if made.decision is not Decision.CONFLICT and made.value == getattr(incoming, name)
    }
    return last.model_copy(update=arrived)


T = TypeVar("T", bound=Part)
K = TypeVar("K", bound=Hashable)


class _Merged(NamedTuple):
    """The outcome for a field, or for one of its parts."""

    decision: Decision
    value: Any


_Rule = Callable[[Any, Any, Any], _Merged]


def _clash(_base: object, _incoming: object, current: object) -> _Merged:
    return _Merged(Decision.CONFLICT, current)


def _three_way(base: object, incoming: object, current: object, finer: _Rule = _clash) -> _Merged:
    """`finer` merges a value that both sides changed differently."""
    if incoming == base:
        return _Merged(Decision.KEEP, current)
    if current in (base, incoming):
        return _Merged(Decision.TAKE, incoming)
    return finer(base, incoming, current)


def _joined(value: object, parts: Iterable[_Merged], current: object) -> _Merged:
    """The outcome of a merge by parts."""
    if any(part.decision is Decision.CONFLICT for part in parts):
        return _Merged(Decision.CONFLICT, value)
    return _Merged(Decision.KEEP if value == current else Decision.TAKE, value)


def _secured(incoming: str, current: str) -> _Merged:
    return _Merged(Decision.KEEP if incoming == current else Decision.TAKE, incoming)


def _published(base: bool, incoming: bool, current: bool, *, decided: bool) -> _Merged:
    if incoming == base or (decided and incoming == current):
        return _Merged(Decision.KEEP, current)
    unpublishes = current and not incoming
    if incoming != current and (decided or unpublishes):
        return _Merged(Decision.CONFLICT, current)
    return _Merged(Decision.TAKE, incoming)


def _merged_fields(base: Part | None, incoming: Part, current: Part, finer: Mapping[str, _Rule]) -> dict[str, _Merged]:
    """By attribute. A missing base has defaults; a field without a default differs from both sides."""
    merged: dict[str, _Merged] = {}
    for name, info in type(current).model_fields.items():
        old = getattr(base, name) if base is not None else info.default
        rule = finer.get(name, _clash)
        merged[name] = _three_way(old, getattr(incoming, name), getattr(current, name), rule)
    return merged


def _provider(base: Provider, incoming: Provider, current: Provider) -> _Merged:
    named = _three_way((base.name, base.domain), (incoming.name, incoming.domain), (current.name, current.domain))
    extra = _three_way(base.extra, incoming.extra, current.extra, _extra)
    name, domain = named.value
    provider = Provider.model_construct(name=name, domain=domain, extra=extra.value)
    return _joined(provider, (named, extra), current)


def _body(base: str, incoming: str, current: str) -> _Merged:
    body = merge_lines(base, incoming, current)
    return _clash(base, incoming, current) if body is None else _within_limits("body", body, (), current)


def _topics(base: Collection[str], incoming: Collection[str], current: Collection[str]) -> _Merged:
    topics, parts = _by_identity(_set_of(base), _set_of(incoming), _set_of(current))
    return _within_limits("topics", tuple(topics), parts, current)


def _set_of(topics: Collection[str]) -> dict[str, str]:
    return {topic: topic for topic in topics}


def _images(base: Sequence[Image], incoming: Sequence[Image], current: Sequence[Image]) -> _Merged:
    sides = identified(base, incoming, current, _IMAGE_KEYS)
    images, parts = _by_identity(*sides, finer=_entry)
    return _within_limits("images", tuple(images), parts, current)


def _related(base: Sequence[Related], incoming: Sequence[Related], current: Sequence[Related]) -> _Merged:
    sides = identified(base, incoming, current, _RELATED_KEYS)
    related, parts = _by_identity(*sides, finer=_entry)
    return _within_limits("related", tuple(related), parts, current)


_IMAGE_KEYS: tuple[Key[Image], ...] = (lambda image: image, lambda image: image.url)
_RELATED_KEYS: tuple[Key[Related], ...] = (
    lambda entry: entry,
    lambda entry: entry.web_url,
    lambda entry: url_key(entry.web_url),
)
"""Pairs equal entries before those that only share an address, so that the right one of two is found to be removed."""


def _extra(base: str, incoming: str, current: str) -> _Merged:
    try:
        sides = _pairs(base), _pairs(incoming), _pairs(current)
    except ValueError:
        return _clash(base, incoming, current)
    pairs, parts = _by_identity(*sides)
    return _joined(_extra_text(pairs), parts, current)


def _entry(base: T | None, incoming: T | None, current: T | None) -> _Merged:
    """A picture or coverage entry; None for a side without it."""
    if incoming is None or current is None:
        return _clash(base, incoming, current)
    merged = _merged_fields(base, incoming, current, _FINER_IN_ENTRY)
    entry = type(current).model_construct(**{name: part.value for name, part in merged.items()})
    return _joined(entry, merged.values(), current)


_FINER_IN_ENTRY: dict[str, _Rule] = {"images": _images, "extra": _extra}
_FINER: dict[str, _Rule] = _FINER_IN_ENTRY | {
    "provider": _provider,
    "topics": _topics,
    "related": _related,
    "body": _body,
}


def _by_identity(
    base: dict[K, Any], incoming: dict[K, Any], current: dict[K, Any], finer: _Rule = _clash
) -> tuple[list[Any], list[_Merged]]:
    """The merged entries in order, and the outcome for each, including removed ones."""
    known = base | incoming | current
    merged = {key: _three_way(base.get(key), incoming.get(key), current.get(key), finer) for key in known}
    kept = {key for key, entry in merged.items() if entry.value is not None}
    return [merged[key].value for key in in_order(base, incoming, current, kept)], list(merged.values())


def _within_limits(field: str, value: object, parts: Iterable[_Merged], current: object) -> _Merged:
    """The schema decides whether the combined value is too large."""
    try:
        return _joined(schema.load_field(field, value), parts, current)
    except ValidationError:
        return _Merged(Decision.CONFLICT, current)


def _pairs(extra: str) -> dict[str, tuple[str, str]]:
    """Unknown keys with their values, both as JSON text. Raises ValueError if `schema.extra_text` would not have
    written it: splitting it might lose data."""
    try:
        pairs = {key: (_json(key), _json(value)) for key, value in json.loads(extra or "{}").items()}
    except (AttributeError, RecursionError) as problem:
        raise ValueError(str(problem)) from problem
    if _extra_text(pairs.values()) != extra:
        raise ValueError("is not written as extra_text writes it")
    return pairs


def _extra_text(pairs: Collection[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}" if pairs else ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
