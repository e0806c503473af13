"""Computes the edits that turn a document with one content into one with another.

- A text, number or flag is set, also to its default: `published: false`, `excerpt: ""`, `topics: []`. Only a date, a
  size or a provider that is no more has no such spelling, and its key goes; so do a byline's and a picture's texts. A
  key that is not there yet is added in the schema's order; what is absent and stays at its default is never written.
- Topics are told apart by name, images by url, coverage by webUrl (of equal ones the first is the first): entries are
  removed, moved with their lines, added, and changed key by key. Two entries at the same place, each of a name that
  the other side does not have, are one that was renamed.
- Unknown keys are set, added behind the one before them and removed one by one, at any depth.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, TypeVar

from articles.seedfile import schema
from articles.seedfile.canonical import extra_values, field_value
from articles.seedfile.merging.matching import longest_ascent
from articles.seedfile.yaml.edits import Add, Edit, Move, Path, Remove, Set, SetBody

Change = Edit | SetBody
Identity = tuple[Hashable, int]
Name = TypeVar("Name", bound=Hashable)
_NOTHING = object()


def changes_between(base: schema.ArticleContent, current: schema.ArticleContent) -> list[Change]:
    """The smallest edits, in order."""
    return [*_part_changes((), base, current), *_body_change(base, current)]


def whole_fields_between(base: schema.ArticleContent, current: schema.ArticleContent) -> list[Change]:
    """The same, but rewriting each differing field as a whole, and all unknown keys."""
    order = _order(current)
    changes: list[Change] = [
        _set_or_remove((key,), attribute, getattr(current, attribute), order)
        for key, attribute in schema.attributes_of(schema.ArticleContent).items()
        if getattr(base, attribute) != getattr(current, attribute)
    ]
    if base.extra != current.extra:
        changes += [Remove((key,)) for key in _unknown_before(base, current)]
        changes += [Set((key,), value, order) for key, value in extra_values(current.extra).items()]
    return [*changes, *_body_change(base, current)]


def _body_change(base: schema.ArticleContent, current: schema.ArticleContent) -> list[SetBody]:
    return [SetBody(current.body)] if base.body != current.body else []


def _order(part: schema.Part) -> tuple[str, ...]:
    return (*schema.attributes_of(type(part)), *extra_values(part.extra))


def _part_changes(path: Path, base: schema.Part, current: schema.Part) -> Iterator[Edit]:
    order = _order(current)
    for key, attribute in schema.attributes_of(type(base)).items():
        before, after = getattr(base, attribute), getattr(current, attribute)
        if before != after:
            yield from _field_changes((*path, key), attribute, before, after, order)
    if base.extra != current.extra:
        yield from _mapping_changes(path, _unknown_before(base, current), extra_values(current.extra), order)


def _field_changes(path: Path, attribute: str, before: Any, after: Any, order: tuple[str, ...]) -> Iterator[Edit]:
    if after is not None and isinstance(before, schema.Part):
        yield from _part_changes(path, before, after)
    elif isinstance(before, tuple) and before and after:
        yield from _list_changes(path, attribute, before, after)
    else:
        yield _set_or_remove(path, attribute, after, order)


def _set_or_remove(path: Path, attribute: str, after: Any, order: tuple[str, ...]) -> Edit:
    is_gone = after is None or (attribute in schema.KEPT_TEXTS and not after)
    return Remove(path) if is_gone else Set(path, field_value(attribute, after), order)


def _unknown_before(base: schema.Part, current: schema.Part) -> dict[str, Any]:
    """The former unknown keys, except those that became a known text in place."""
    values = extra_values(base.extra)
    return {
        key: value for key, value in values.items() if not (key in schema.KEPT_TEXTS and getattr(current, key, None))
    }


def _list_changes(path: Path, attribute: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Edit]:
    old, new = _identities(before), _identities(after)
    for place, (was, becomes) in enumerate(zip(old, new, strict=False)):
        if was not in new and becomes not in old:
            old[place] = becomes
    places = {identity: place for place, identity in enumerate(new)}
    for place, identity in enumerate(old):
        if identity in places:
            yield from _entry_changes((*path, place), before[place], after[places[identity]])
    yield from _arrangement(path, attribute, old, new, after)


def _entry_changes(path: Path, before: Any, after: Any) -> Iterator[Edit]:
    if before == after:
        return
    if isinstance(before, schema.Part):
        yield from _part_changes(path, before, after)
    else:
        yield Set(path, after)


def _arrangement(
    path: Path, attribute: str, old: list[Identity], new: list[Identity], after: tuple[Any, ...]
) -> Iterator[Edit]:
    """Removes from the end; then keeps the longest run in place and moves the others after their predecessors."""
    for place in reversed(range(len(old))):
        if old[place] not in new:
            yield Remove((*path, place))
    working = [identity for identity in old if identity in new]
    stays = _longest_run(working, new)
    for place, identity in enumerate(new):
        if identity in stays:
            continue
        origin = working.index(identity) if identity in working else None
        if origin is not None:
            del working[origin]
        target = working.index(new[place - 1]) + 1 if place else 0
        working.insert(target, identity)
        if origin is None:
            yield Add((*path, target), field_value(attribute, after[place]))
        elif origin != target:
            yield Move((*path, origin), target)


def _identities(entries: Sequence[Any]) -> list[Identity]:
    """Each entry's name, and its occurrence number."""
    seen: Counter[Hashable] = Counter()
    identities = []
    for entry in entries:
        name = entry.url if isinstance(entry, schema.Image) else getattr(entry, "web_url", entry)
        identities.append((name, seen[name]))
        seen[name] += 1
    return identities


def _longest_run(working: list[Name], new: list[Name]) -> set[Name]:
    """A longest subsequence already in the new order; all of `working` are in `new`."""
    place_of = {name: place for place, name in enumerate(new)}
    return {working[place] for place, _ in longest_ascent([(n, place_of[name]) for n, name in enumerate(working)])}


def _mapping_changes(
    path: Path, before: dict[str, Any], after: dict[str, Any], order: tuple[str, ...]
) -> Iterator[Edit]:
    """Removes and rewrites keys whose order changed."""
    common = [key for key in before if key in after]
    stays = _longest_run(common, list(after))
    for key in before:
        if key not in stays:
            yield Remove((*path, key))
    for key, value in after.items():
        yield from _value_changes((*path, key), before[key] if key in stays else _NOTHING, value, order)


def _value_changes(path: Path, before: Any, after: Any, order: tuple[str, ...] = ()) -> Iterator[Edit]:
    if before is not _NOTHING and json.dumps(before) == json.dumps(after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and before and after:
        yield from _mapping_changes(path, before, after, tuple(after))
    elif isinstance(before, list) and isinstance(after, list) and before and len(before) == len(after):
        for place, (was, becomes) in enumerate(zip(before, after, strict=True)):
            yield from _value_changes((*path, place), was, becomes)
    else:
        yield Set(path, after, order)
