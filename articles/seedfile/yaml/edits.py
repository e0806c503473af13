"""Applies one edit to a YAML text: rewrites only the affected part, and verifies the result by reading it back.

Rules:

- A scalar changes its own characters; a multi-line one is replaced whole. Comments and spaces around it stay.
- A key or entry is removed with its lines and the comment behind it; comments on lines of their own stay, above it and
  below. Between two blank lines it takes the ones after it, so that groups stay apart by one.
- A list or mapping that is exchanged as a whole takes all its lines and what is written between them.
- An added key comes after the nearest key before it in the order given, else before the nearest one after it, else
  last. A collection, or what follows one, is set off by a blank line where the mapping has blank lines at all.
- The last entry's removal leaves `[]` or `{}`; an entry added to an empty collection makes a block of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from articles.seedfile.yaml.layout import (
    AliasNode,
    Collection,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    Unpatchable,
    children,
    read_layout,
)
from articles.seedfile.yaml.splice import Splicer, count, value_at
from articles.seedfile.yaml.style import Look, Value, is_too_deep, pair_lines, reads_as

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Set:
    """Sets the value of a key or an entry; adds a missing key."""

    path: Path
    value: Value
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Add:
    """A new key, put where `order` (the keys of its mapping) wants it; or a new entry, before the one at that place."""

    path: Path
    value: Value
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remove:
    path: Path


@dataclass(frozen=True)
class Move:
    """Moves an entry, with its lines, to position `to`."""

    path: Path
    to: int


@dataclass(frozen=True)
class SetBody:
    """Replaces the body (with line feeds); unchanged lines keep their bytes."""

    text: str


Edit = Set | Add | Remove | Move


def apply(text: str, root: Node | None, edit: Edit, *, newline: str) -> tuple[str, Node | None]:
    """The edited text and its nodes, verified to differ from the given ones only by `edit`.

    Raises Unpatchable.
    """
    if isinstance(edit, Set | Add) and is_too_deep(edit.value):
        raise Unpatchable(f"the value for {_dotted(edit.path)} is nested too deep")
    for look in (Look(), Look(is_cautious=True)):
        changed, expected = _Editor(text, root, newline, look).edited(edit)
        if changed == text and expected is root:
            return text, root
        try:
            layout = read_layout(changed)
        except Unpatchable:
            continue
        if layout == expected:
            return changed, layout
    raise Unpatchable(f"{_dotted(edit.path)} could not be changed without changing more")


@dataclass(slots=True, eq=False)
class _Wanted(Node):
    """A placeholder for a new value in the expected tree: equal to any node that reads as the value."""

    value: Value = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and reads_as(other, self.value)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class _Way:
    """The path from the root to the edited collection, with the positions on the way."""

    path: Path
    collections: tuple[Collection, ...]
    places: tuple[int, ...]

    @classmethod
    def along(cls, root: Node, path: Path) -> _Way:
        collections = [_collection(root)]
        places: list[int] = []
        for step in path:
            places.append(_existing(collections[-1], step))
            collections.append(_collection(value_at(collections[-1], places[-1])))
        return cls(path, tuple(collections), tuple(places))

    @property
    def parent(self) -> Collection:
        return self.collections[-1]

    def with_parent(self, new: Node) -> Node:
        """The root with the last collection replaced by `new`."""
        for above, place in zip(reversed(self.collections[:-1]), reversed(self.places), strict=True):
            new = _with_child(above, place, new)
        return new


@dataclass(frozen=True)
class _Editor:
    """Builds the new text, and the nodes that it should have."""

    text: str
    root: Node | None
    newline: str
    look: Look

    def edited(self, edit: Edit) -> tuple[str, Node | None]:
        if not edit.path:
            raise Unpatchable("a path names a key or an entry")
        if self.root is None:
            return self._first_pair(edit)
        splicer = Splicer(self.text, self.root, self.newline, self.look)
        way = _Way.along(self.root, edit.path[:-1])
        step = edit.path[-1]
        if isinstance(edit, Add) or (isinstance(edit, Set) and _is_new_key(way.parent, step)):
            return self._added(splicer, way, edit)
        place = _existing(way.parent, step)
        if isinstance(edit, Set):
            return self._set(splicer, way, place, edit.value)
        if isinstance(edit, Remove):
            return self._removed(splicer, way, place)
        return self._moved(splicer, way, place, edit.to)

    def _set(self, splicer: Splicer, way: _Way, place: int, value: Value) -> tuple[str, Node | None]:
        old = value_at(way.parent, place)
        if reads_as(old, value):
            return self.text, self.root
        _refuse_marks(old)
        return splicer.put(way.parent, place, value), way.with_parent(_with_child(way.parent, place, _wanted(value)))

    def _added(self, splicer: Splicer, way: _Way, edit: Set | Add) -> tuple[str, Node | None]:
        parent, step = way.parent, edit.path[-1]
        if not children(parent):
            return self._filled(splicer, way, {step: edit.value} if isinstance(step, str) else [edit.value])
        if isinstance(parent, ListNode):
            if not isinstance(step, int) or not 0 <= step <= len(parent.entries):
                raise Unpatchable(f"a list has no place {step}")
            entries = [*parent.entries[:step], _wanted(edit.value), *parent.entries[step:]]
            return splicer.insert_entry(parent, step, edit.value), way.with_parent(replace(parent, entries=entries))
        if not isinstance(step, str) or parent.place_of(step) is not None:
            raise Unpatchable(f"the key {step} is there already")
        _refuse_strange_keys(parent)
        place = _place_by_order(parent, step, edit.order)
        pairs = [*parent.pairs[:place], (_wanted(step), _wanted(edit.value)), *parent.pairs[place:]]
        return splicer.insert_pair(parent, place, step, edit.value), way.with_parent(replace(parent, pairs=pairs))

    def _filled(self, splicer: Splicer, way: _Way, value: Value) -> tuple[str, Node | None]:
        """An empty collection gets its first entry."""
        _refuse_marks(way.parent)
        if isinstance(value, dict) != isinstance(way.parent, MappingNode):
            raise Unpatchable("a list has places, a mapping has keys")
        if not way.places:
            return splicer.fill(way.parent, value), _wanted(value)
        above, place = way.collections[-2], way.places[-1]
        return splicer.put(above, place, value), way.with_parent(_wanted(value))

    def _first_pair(self, edit: Edit) -> tuple[str, Node | None]:
        """The front matter is empty, or has only comments."""
        if len(edit.path) > 1 or not isinstance(edit, Set | Add) or not isinstance(edit.path[0], str):
            raise Unpatchable("the front matter is empty")
        lines = pair_lines(edit.path[0], edit.value, self.look)
        return self.text + "".join(line + self.newline for line in lines), _wanted({edit.path[0]: edit.value})

    def _removed(self, splicer: Splicer, way: _Way, place: int) -> tuple[str, Node | None]:
        parent = way.parent
        expected = way.with_parent(_without_child(parent, place))
        if count(parent) > 1:
            return splicer.remove(parent, place), expected
        if not way.places or parent.is_flow:
            return splicer.empty(parent), expected
        return splicer.put(way.collections[-2], way.places[-1], {} if isinstance(parent, MappingNode) else []), expected

    def _moved(self, splicer: Splicer, way: _Way, place: int, to: int) -> tuple[str, Node | None]:
        parent = way.parent
        if not isinstance(parent, ListNode) or not 0 <= to < len(parent.entries):
            raise Unpatchable(f"a list has no place {to}")
        if to == place:
            return self.text, self.root
        raw = splicer.raw_unit(parent, place)
        text, _ = self._removed(splicer, way, place)
        others = [*parent.entries[:place], *parent.entries[place + 1 :]]
        entries = [*others[:to], parent.entries[place], *others[to:]]
        root = read_layout(text)
        rest = _Way.along(root, way.path).parent if root else None
        if root is None or not isinstance(rest, ListNode):
            raise Unpatchable("removing the entry would change the rest of the list")
        text = replace(splicer, text=text, root=root).insert_raw(rest, to, raw)
        return text, way.with_parent(replace(parent, entries=entries))


def _collection(node: Node) -> Collection:
    if node.anchor is not None:
        raise Unpatchable(f"the anchor &{node.anchor} is defined above; changing it there would change other values")
    if not isinstance(node, MappingNode | ListNode):
        raise Unpatchable("the path leads through a value that is neither a list nor a mapping")
    return node


def _place(parent: Collection, step: str | int) -> int | None:
    if isinstance(parent, ListNode):
        return step if isinstance(step, int) and 0 <= step < len(parent.entries) else None
    return parent.place_of(step) if isinstance(step, str) else None


def _is_new_key(parent: Collection, step: str | int) -> bool:
    return isinstance(parent, MappingNode) and isinstance(step, str) and parent.place_of(step) is None


def _existing(parent: Collection, step: str | int) -> int:
    place = _place(parent, step)
    if place is None:
        raise Unpatchable(f"there is no {step}")
    return place


def _wanted(value: Value) -> _Wanted:
    return _Wanted(0, 0, None, None, value)


def _with_child(parent: Collection, place: int, new: Node) -> Node:
    if isinstance(parent, ListNode):
        return replace(parent, entries=[*parent.entries[:place], new, *parent.entries[place + 1 :]])
    pair = (parent.pairs[place][0], new)
    return replace(parent, pairs=[*parent.pairs[:place], pair, *parent.pairs[place + 1 :]])


def _without_child(parent: Collection, place: int) -> Node:
    """Raises Unpatchable if a removed node is referenced elsewhere."""
    _refuse_marks(value_at(parent, place))
    if isinstance(parent, ListNode):
        return replace(parent, entries=[*parent.entries[:place], *parent.entries[place + 1 :]])
    _refuse_marks(parent.pairs[place][0])
    _refuse_strange_keys(parent)
    return replace(parent, pairs=[*parent.pairs[:place], *parent.pairs[place + 1 :]])


def _refuse_marks(node: Node) -> None:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if part.anchor is not None or part.tag is not None or isinstance(part, AliasNode):
            raise Unpatchable("the changed part contains an anchor, an alias or a tag")
        waiting += children(part)


def _refuse_strange_keys(parent: MappingNode) -> None:
    """With merge keys, aliases or collections as keys, a mapping's keys are ambiguous."""
    for key, _ in parent.pairs:
        if not isinstance(key, ScalarNode) or (key.text == "<<" and not key.style):
            raise Unpatchable("the mapping has merge keys, aliases or complex keys")


def _place_by_order(parent: MappingNode, key: str, order: tuple[str, ...]) -> int:
    before = order[: order.index(key)] if key in order else ()
    for known in reversed(before):
        if (place := parent.place_of(known)) is not None:
            return place + 1
    for known in order[len(before) :]:
        if (place := parent.place_of(known)) is not None:
            return place
    return len(parent.pairs)


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
