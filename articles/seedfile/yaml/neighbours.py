"""Infers the indentation and quoting style around a new value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from articles.seedfile.yaml.layout import ListNode, MappingNode, Node, ScalarNode, children, column, is_block
from articles.seedfile.yaml.style import KeyPath, Look, is_typed


def look_around(text: str, nodes: Sequence[Node], default: Look) -> Look:
    """Indentation steps of the first block collection of each kind in and below `nodes`."""
    steps: dict[str, int] = {}
    waiting = list(reversed(nodes))
    while waiting and len(steps) < len(_STEPS):
        node = waiting.pop()
        if is_block(node):
            for kind, step in _steps_in(text, node):
                steps.setdefault(kind, step)
        waiting += reversed(children(node))
    mapping, below_key, dash = (steps.get(kind, getattr(default, kind)) for kind in _STEPS)
    return replace(default, mapping_step=mapping, list_step=below_key, dash_width=dash)


_STEPS = ("mapping_step", "list_step", "dash_width")
_WIDEST_DASH = 8


def styles_below(node: Node) -> dict[KeyPath, str]:
    """Quoting of the scalars below a node, by key; the first of several entries decides."""
    styles: dict[KeyPath, str] = {}
    waiting: list[tuple[KeyPath, Node]] = [((), node)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, ListNode):
            waiting += [(path, entry) for entry in part.entries]
        elif isinstance(part, MappingNode):
            waiting += [((*path, key.text), below) for key, below in part.pairs if isinstance(key, ScalarNode)]
        elif isinstance(part, ScalarNode) and (part.style or not is_typed(part.text)):
            styles[path] = part.style
    return styles


def _steps_in(text: str, node: Node) -> list[tuple[str, int]]:
    margin = column(text, node.start)
    if isinstance(node, ListNode):
        first = node.entries[0]
        step = column(text, first.start) - margin
        return [("dash_width", step)] if first.start < first.end and 2 <= step <= _WIDEST_DASH else []
    below = [value for _, value in node.pairs if is_block(value)] if isinstance(node, MappingNode) else []
    kinds = [("list_step" if isinstance(value, ListNode) else "mapping_step", value) for value in below]
    return [(kind, column(text, value.start) - margin) for kind, value in kinds]
