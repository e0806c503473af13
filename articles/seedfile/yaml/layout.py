"""Parses any YAML front matter into nodes with positions: the writer's own lenient reader.

Resolves nothing: scalars keep text and style; anchors, aliases and tags are recorded. Positions count characters of
the given text. Built from libyaml's events (its composer crashes on deep nesting), within limits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from articles.seedfile import limits

MOST_DEEP = 50

_BREAK = re.compile(r"\r\n|\r|\n")
_HIDDEN = str.maketrans("\u2028\u2029\x85", "\ufdd0\ufdd1\ufdd2")
_SHOWN = str.maketrans("\ufdd0\ufdd1\ufdd2", "\u2028\u2029\x85")
_TAKEN = re.compile("[\ufdd0-\ufdd2]|\\A\ufeff")
"""libyaml ends lines at U+2028, U+2029 and U+0085, and counts no byte order mark: see handler.py."""


class Unpatchable(Exception):
    """The requested edit cannot be made safely; nothing was changed."""


@dataclass(slots=True)
class Node:
    """Equal when all but the place is: `start` includes anchor and tag, `end` is behind the last character. A block
    collection ends with its last leaf, a block scalar with its last line of content."""

    start: int = field(compare=False)
    end: int = field(compare=False)
    anchor: str | None
    tag: str | None


@dataclass(slots=True)
class ScalarNode(Node):
    text: str
    style: str
    """One of `'`, `"`, `|`, `>`; empty for a plain scalar."""


@dataclass(slots=True)
class AliasNode(Node):
    name: str


@dataclass(slots=True)
class MappingNode(Node):
    is_flow: bool = field(compare=False)
    pairs: list[tuple[Node, Node]]

    def place_of(self, key: str) -> int | None:
        """The position of the key's pair, or None. Raises Unpatchable for a duplicate key."""
        wanted = _comparable(key)
        names = enumerate(name for name, _ in self.pairs)
        places = [n for n, name in names if isinstance(name, ScalarNode) and _comparable(name.text) == wanted]
        if len(places) > 1:
            raise Unpatchable(f"the key {key} is there twice")
        return places[0] if places else None


@dataclass(slots=True)
class ListNode(Node):
    is_flow: bool = field(compare=False)
    entries: list[Node]


Collection = MappingNode | ListNode


def read_layout(text: str) -> Node | None:
    """The root node of one YAML document, None for an empty one. Raises Unpatchable for what is not YAML."""
    if _TAKEN.search(text):
        raise Unpatchable("the front matter contains characters that are reserved here")
    try:
        return _Layout(text).read()
    except (yaml.YAMLError, ValueError) as problem:
        raise Unpatchable(f"the front matter is not YAML: {problem}") from None


def children(node: Node) -> list[Node]:
    """Keys and values, or entries; none of a scalar."""
    if isinstance(node, MappingNode):
        return [part for pair in node.pairs for part in pair]
    return node.entries if isinstance(node, ListNode) else []


def is_block(node: Node) -> bool:
    return isinstance(node, MappingNode | ListNode) and not node.is_flow


def line_start(text: str, position: int) -> int:
    return max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1


def line_end(text: str, position: int) -> int:
    """Where the line of `position` ends, before its line break."""
    match = _BREAK.search(text, position)
    return match.start() if match else len(text)


def next_line(text: str, position: int) -> int:
    """Where the line after that of `position` begins."""
    match = _BREAK.search(text, position)
    return match.end() if match else len(text)


def column(text: str, position: int) -> int:
    return position - line_start(text, position)


class _Layout:
    """One pass over libyaml's events. A list under construction holds the children, keys and values alike."""

    def __init__(self, text: str) -> None:
        self._original = text
        self._text = text.translate(_HIDDEN)
        self._hides = self._text != text
        self._open: list[tuple[yaml.CollectionStartEvent | None, list[Node]]] = [(None, [])]
        self._nodes = 0
        self._documents = 0

    def read(self) -> Node | None:
        parser = CParser(self._text)
        while (event := parser.get_event()) is not None:
            if isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    raise Unpatchable("the front matter contains a second YAML document")
        root = self._open[0][1]
        return root[0] if root else None

    def _node(self, event: yaml.NodeEvent) -> None:
        self._nodes += 1
        if self._nodes > limits.NODES or len(self._open) > MOST_DEEP:
            raise Unpatchable("the front matter has too many values, or nests them too deep")
        if isinstance(event, yaml.CollectionStartEvent):
            self._open.append((event, []))
        elif isinstance(event, yaml.ScalarEvent):
            self._open[-1][1].append(self._scalar(event))
        else:
            self._open[-1][1].append(AliasNode(*_marks(event), None, None, str(event.anchor)))

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        value, style = str(event.value), event.style or ""
        start, end = _marks(event)
        if style in ("|", ">"):
            end = _end_of_block_scalar(self._text[start:end], value) + start
        if self._hides:
            value = value.translate(_SHOWN)
        return ScalarNode(start, end, event.anchor, event.tag, value, style)

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        opening, parts = self._open.pop()
        if opening is None:
            raise ValueError("an end without a beginning")
        start, end = _marks(opening)[0], _marks(event)[1]
        if not opening.flow_style and parts:
            end = max(parts[-1].end, parts[-2].end if len(parts) > 1 else 0)
        node: Node
        if isinstance(opening, yaml.MappingStartEvent):
            pairs = list(zip(parts[::2], parts[1::2], strict=True))
            node = MappingNode(start, end, opening.anchor, opening.tag, bool(opening.flow_style), pairs)
        else:
            node = ListNode(start, end, opening.anchor, opening.tag, bool(opening.flow_style), parts)
        self._open[-1][1].append(node)


def _comparable(key: str) -> str:
    """In NFC, as our reader has keys; not a long one, because to order combining marks takes quadratic time."""
    return key if key.isascii() or len(key) > limits.KEY else unicodedata.normalize("NFC", key)


def _marks(event: yaml.Event) -> tuple[int, int]:
    if event.start_mark is None or event.end_mark is None:
        raise ValueError("an event without a place")
    return event.start_mark.index, event.end_mark.index


def _end_of_block_scalar(source: str, value: str) -> int:
    """Where its content ends, before the line break; libyaml's end mark comes after all following blank lines."""
    header = source[: line_end(source, 0)]
    if "+" in header.partition("#")[0]:
        return len(source) - len(_last_break(source))
    indent = content_column(source, value)
    end = len(source)
    while end > len(header):
        end -= len(_last_break(source[:end]))
        begin = line_start(source, end)
        if source[begin:end].strip(" ") or (indent is not None and end - begin > indent):
            return end
        end = begin
    return len(header)


def content_column(source: str, value: str) -> int | None:
    """The column of a block scalar's content, None if it has none. `source` begins with its indicator."""
    first_line = next((line for line in value.split("\n") if line.strip(" ")), None)
    if first_line is None:
        return None
    for line in _BREAK.split(source)[1:]:
        if line.strip(" "):
            own = len(first_line) - len(first_line.lstrip(" "))
            return max(0, len(line) - len(line.lstrip(" ")) - own)
    return None


def _last_break(text: str) -> str:
    if text.endswith("\r\n"):
        return "\r\n"
    return text[-1:] if text.endswith(("\r", "\n")) else ""
