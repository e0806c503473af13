"""Differences between two values of a field, as plain values for templates.

Values are in the format of revisions (`revision_values.dump_value`): JSON with the seed's keys, a digest for a
`secured`. `shape` is one of five kinds of difference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from unicodedata import bidirectional

from articles.diffs.texts import Piece, compare_texts, folded
from articles.seedfile.addresses import url_key
from articles.seedfile.merging.matching import longest_ascent
from articles.seedfile.merging.sequences import identified
from articles.seedfile.schema import Image, Part, Provider, Related, attributes_of


class Fate(StrEnum):
    """What happened to an entry. A changed one may have moved as well."""

    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class TextDifference:
    field: str
    pieces: tuple[Piece, ...]
    shape: ClassVar = "text"

    @property
    def shown(self) -> list[Piece]:
        return folded(self.pieces)

    @property
    def direction(self) -> str:
        """Direction of its first letter; HTML's "auto" ignores isolated passages."""
        kinds = (bidirectional(character) for piece in self.pieces for character in piece.text)
        return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


@dataclass(frozen=True)
class ValueDifference:
    """A number, a flag or a time, or None."""

    field: str
    before: int | bool | datetime | None
    after: int | bool | datetime | None
    shape: ClassVar = "value"


@dataclass(frozen=True)
class PartsDifference:
    """A provider: the differences of its fields."""

    field: str
    differences: tuple[Difference, ...]
    shape: ClassVar = "parts"


@dataclass(frozen=True)
class EntryDifference:
    """One topic, picture, coverage entry or unknown key. Positions count from 1; None on the side without it."""

    fate: Fate
    name: str
    facts: tuple[str, ...] = ()
    was_at: int | None = None
    is_at: int | None = None
    is_moved: bool = False
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class EntriesDifference:
    field: str
    entries: tuple[EntryDifference, ...]
    same_count: int
    shape: ClassVar = "entries"


@dataclass(frozen=True)
class SecretDifference:
    """A `secured`: shows only that it changed."""

    field: str
    shape: ClassVar = "secret"


Difference = TextDifference | ValueDifference | PartsDifference | EntriesDifference | SecretDifference


def difference(field: str, before: Any, after: Any) -> Difference:
    """The difference in a field of an article or part, by attribute name."""
    return _SHAPES.get(field, _text)(field, before, after)


def _text(field: str, before: str | None, after: str | None) -> TextDifference:
    return TextDifference(field, compare_texts(before or "", after or ""))


def _value(field: str, before: Any, after: Any) -> ValueDifference:
    return ValueDifference(field, before, after)


def _moment(field: str, before: str | None, after: str | None) -> ValueDifference:
    was, becomes = (datetime.fromisoformat(moment) if moment else None for moment in (before, after))
    return ValueDifference(field, was, becomes)


def _code(field: str, before: str, after: str) -> TextDifference:
    return _text(field, before.replace("_", " "), after.replace("_", " "))


def _secret(field: str, _before: str, _after: str) -> SecretDifference:
    return SecretDifference(field)


def _provider(field: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> PartsDifference:
    return PartsDifference(field, tuple(_fields(Provider, before or {}, after or {})))


def _topics(field: str, before: Sequence[str], after: Sequence[str]) -> EntriesDifference:
    return _entries(field, before, after, [str], lambda topic: (topic,))


def _images(field: str, before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> EntriesDifference:
    keys = [_as_json, lambda image: image["url"]]
    return _entries(field, before, after, keys, _image_words, lambda *sides: _fields(Image, *sides))


def _related(field: str, before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> EntriesDifference:
    keys = [_as_json, lambda entry: entry["webUrl"], lambda entry: url_key(entry["webUrl"])]
    return _entries(field, before, after, keys, _related_words, lambda *sides: _fields(Related, *sides))


def _extra(field: str, before: str, after: str) -> Difference:
    try:
        was, becomes = (list(json.loads(text or "{}").items()) for text in (before, after))
    except (ValueError, AttributeError, RecursionError):
        return _text(field, before, after)
    return _entries(field, was, becomes, [lambda pair: pair[0]], _pair_words, _pair)


def _pair_words(pair: tuple[str, Any]) -> tuple[str, ...]:
    return pair[0], _as_json(pair[1])


def _pair(before: tuple[str, Any], after: tuple[str, Any]) -> Iterator[Difference]:
    yield _text("value", _as_json(before[1]), _as_json(after[1]))


def _fields(part: type[Part], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """The differences in an entry's fields; fields missing in the JSON have their default."""
    for key, name in {**attributes_of(part), "extra": "extra"}.items():
        unset = _unset(part, name)
        was, becomes = before.get(key, unset), after.get(key, unset)
        if was != becomes:
            yield difference(name, was, becomes)


def _unset(part: type[Part], name: str) -> Any:
    field = part.model_fields[name]
    return "" if field.is_required() else [] if field.default == () else field.default


def _image_words(image: dict[str, Any]) -> tuple[str, ...]:
    size = f"{image['width']} × {image['height']}" if image.get("width") and image.get("height") else ""
    return image["url"], size, image.get("alt", ""), image.get("caption", ""), image.get("credit", "")


def _related_words(entry: dict[str, Any]) -> tuple[str, ...]:
    return entry["title"], (entry.get("provider") or {}).get("name", ""), entry["webUrl"]


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _entries(
    field: str,
    before: Sequence[Any],
    after: Sequence[Any],
    keys: Sequence[Callable[[Any], Hashable]],
    words: Callable[[Any], tuple[str, ...]],
    differ: Callable[[Any, Any], Iterable[Difference]] = lambda _before, _after: (),
) -> EntriesDifference:
    """Entries are matched by the keys that a merge uses. `words` returns an entry's name, then facts about it."""
    old, new, _ = identified(before, after, after, keys)
    was, becomes = ({identity: n for n, identity in enumerate(side, 1)} for side in (old, new))
    in_step = {place for _, place in longest_ascent([(n, becomes[i]) for i, n in was.items() if i in becomes])}
    entries = [_entry(Fate.REMOVED, words(old[i]), was_at=n) for i, n in was.items() if i not in new]
    for identity, place in becomes.items():
        entry = new[identity]
        if identity not in old:
            entries.append(_entry(Fate.ADDED, words(entry), is_at=place))
            continue
        changes = tuple(differ(old[identity], entry)) if old[identity] != entry else ()
        if changes or place not in in_step:
            fate, places = Fate.CHANGED if changes else Fate.MOVED, {"was_at": was[identity], "is_at": place}
            moved = place not in in_step
            entries.append(_entry(fate, words(entry)[:1], is_moved=moved, differences=changes, **places))
    touched = sum(entry.fate is not Fate.REMOVED for entry in entries)
    return EntriesDifference(field, tuple(entries), len(new) - touched)


def _entry(fate: Fate, words: tuple[str, ...], **more: Any) -> EntryDifference:
    return EntryDifference(fate, words[0], tuple(filter(None, words[1:])), **more)


_SHAPES: dict[str, Callable[[str, Any, Any], Difference]] = {
    **dict.fromkeys(("published_at", "live_from", "live_until"), _moment),
    **dict.fromkeys(("quality", "heat", "published", "width", "height", "is_cached"), _value),
    **dict.fromkeys(("set_aside", "set_aside_before"), _code),
    "secured": _secret,
    "provider": _provider,
    "topics": _topics,
    "images": _images,
    "related": _related,
    "extra": _extra,
}
