"""Text edits within one collection.

Handles lines, comments and blank lines by the rules in `edits`, which also verifies the result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from articles.seedfile.yaml.layout import (
    Collection,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    Unpatchable,
    children,
    column,
    content_column,
    is_block,
    line_end,
    line_start,
    next_line,
)
from articles.seedfile.yaml.neighbours import look_around, styles_below
from articles.seedfile.yaml.style import (
    Look,
    Value,
    block_lines,
    block_scalar,
    entry_lines,
    indented,
    inline,
    is_many,
    is_typed,
    pair_lines,
)

_COLON = re.compile(r"[ \t]*:")
_DASH = re.compile(r"-(?=[ \t\r\n])")
_COMMENT = re.compile(r"(?:[ \t]+#[^\r\n]*)?[ \t]*\Z")
_COMMA = re.compile(r"\s*,\s*\Z")
_BREAK_END = re.compile(r"(?:\r\n|\r|\n)\Z")
_BLANK_LINES = re.compile(r"\A(?:[ \t]*(?:\r\n|\r|\n))+")
_BLANK_LINE = re.compile(r"(?:\A|\n|\r(?!\n))[ \t]*(?:\r\n|\r|\n)")


@dataclass(frozen=True)
class Splicer:
    """Each method returns the whole new text. `look` is the default style where there are no neighbours."""

    text: str
    root: Node
    newline: str
    look: Look

    def put(self, parent: Collection, place: int, value: Value) -> str:
        """Replaces the value at this position."""
        old = value_at(parent, place)
        keeps_flow = not is_block(old) and bool(children(old))
        if is_many(value) and is_block(parent) and not keeps_flow:
            if isinstance(parent, MappingNode):
                return self._put_below(parent, place, value)
            return self._put_entry(parent, place, value)
        if isinstance(old, ScalarNode) and old.style in ("|", ">"):
            return self._put_for_block_scalar(old, value)
        is_text = isinstance(old, ScalarNode) and (bool(old.style) or not is_typed(old.text))
        style = old.style if isinstance(old, ScalarNode) and is_text else None
        source = inline(value, self.look, style, in_flow=not is_block(parent))
        return self._put_inline(parent, place, source)

    def insert_pair(self, parent: MappingNode, place: int, key: str, value: Value) -> str:
        if parent.is_flow:
            return self._insert_in_flow(parent, place, inline({key: value}, self.look)[1:-1])
        return self._insert_lines(parent, place, pair_lines(key, value, self._look_of(parent)), is_group=is_many(value))

    def insert_entry(self, parent: ListNode, place: int, value: Value) -> str:
        look = self._look_of(parent)
        if parent.is_flow:
            source = inline(value, look, look.styles.get(()), in_flow=True)
            return self._insert_in_flow(parent, place, source)
        return self._insert_lines(parent, place, entry_lines(value, look), is_group=False)

    def remove(self, parent: Collection, place: int) -> str:
        """Removes one of several entries."""
        if parent.is_flow:
            return self._remove_from_flow(parent, place)
        start, end = self._unit_start(parent, place), self._unit_end(parent, place)
        begin = line_start(self.text, start)
        if self.text[begin:start].strip():
            return self._remove_behind_dash(parent, place, start)
        before, after = self.text[:begin], self.text[end:]
        if not before or _ends_blank(before) or self.look.is_cautious:
            after = _BLANK_LINES.sub("", after, count=1)
            if end == len(self.text) and place:
                begin = self._unit_end(parent, place - 1)
                before = before[: max(begin, next_line(before, len(before.rstrip())))]
        return before + after

    def fill(self, parent: Collection, value: Value) -> str:
        """The outermost collection, an empty one, gets its first entry."""
        lines = self._joined(block_lines(value, self.look))
        begin = line_start(self.text, parent.start)
        return self.text[:begin] + lines + self.text[next_line(self.text, parent.end) :]

    def empty(self, parent: Collection) -> str:
        """The outermost collection becomes an empty one; comments above it stay."""
        source = "{}" if isinstance(parent, MappingNode) else "[]"
        if parent.is_flow:
            return self.text[: parent.start] + source + self.text[parent.end :]
        begin = line_start(self.text, parent.start)
        return self.text[:begin] + source + self.newline + self.text[next_line(self.text, parent.end) :]

    def raw_unit(self, parent: ListNode, place: int) -> str:
        """An entry's text: its lines, or the text between two commas."""
        if parent.is_flow:
            entry = parent.entries[place]
            return self.text[entry.start : entry.end]
        start = self._unit_start(parent, place)
        if self.text[line_start(self.text, start) : start].strip():
            raise Unpatchable("the entry shares its line with what is around it")
        return self.text[start : self._unit_end(parent, place)]

    def insert_raw(self, parent: ListNode, place: int, raw: str) -> str:
        if parent.is_flow:
            return self._insert_in_flow(parent, place, raw)
        return self._insert_lines(parent, place, [_BREAK_END.sub("", raw)], is_group=False)

    # Values

    def _put_inline(self, parent: Collection, place: int, source: str) -> str:
        """Replaces anything by a one-line value."""
        text, old = self.text, value_at(parent, place)
        if old.start == old.end and not is_block(old):
            before = text[: old.start]
            if not before.rstrip(" \t").endswith((":", "-")):
                raise Unpatchable("there is no sign behind which the value could go")
            return before + ("" if before.endswith((" ", "\t")) else " ") + source + text[old.end :]
        if not is_block(old):
            return text[: old.start] + source + text[old.end :]
        sign = self._sign(parent, place)
        begin = line_start(text, old.start)
        if begin > sign:
            return f"{text[:sign]} {source}{text[sign:begin]}{text[next_line(text, old.end) :]}"
        return text[: old.start] + source + text[line_end(text, old.end) :]

    def _put_for_block_scalar(self, old: ScalarNode, value: Value) -> str:
        before, source, after = self.text[: old.start], self.text[old.start : old.end], self.text[old.end :]
        indent = content_column(source, old.text)
        new = None
        if isinstance(value, str) and indent is not None and not self.look.is_cautious:
            new = block_scalar(value, source, old.style, indent)
        if new is None:
            comment = self._comment(old)
            return before + inline(value, self.look, '"' if isinstance(value, str) else None) + comment + after
        return before + new.replace("\n", self.newline) + after

    def _put_below(self, parent: Collection, place: int, value: Value) -> str:
        """A collection on lines below its key."""
        text, old = self.text, value_at(parent, place)
        look = self._look_of(parent, old)
        sign = self._sign(parent, place)
        is_list = isinstance(value, Sequence)
        step = look.list_step if is_list else look.mapping_step
        outer = column(text, parent.start)
        if is_block(old) and isinstance(old, ListNode) == is_list:
            step = column(text, old.start) - outer
        lines = self._joined(indented(block_lines(value, look), outer + step))
        begin = line_start(text, old.start)
        rest = text[next_line(text, old.end) :]
        if begin > sign:
            return text[:begin] + lines + rest
        return text[:sign] + self._comment(old).rstrip() + self.newline + lines + rest

    def _put_entry(self, parent: Collection, place: int, value: Value) -> str:
        """A collection after the dash; the comment after the replaced value stays on that line."""
        start, end = self._unit_start(parent, place), self._unit_end(parent, place)
        old = value_at(parent, place)
        lines = entry_lines(value, self._look_of(parent, old))
        comment = "" if is_block(old) else self._comment(old).rstrip()
        lines = [lines[0] + comment, *indented(lines[1:], column(self.text, start))]
        return self.text[:start] + self._joined(lines) + self.text[end:]

    def _comment(self, old: Node) -> str:
        """The text after a value on its last line; for a block scalar, after its indicator."""
        start = old.end
        if isinstance(old, ScalarNode) and old.style in ("|", ">"):
            header = self.text[old.start : line_end(self.text, old.start)]
            start = old.start + len(re.split(r"[ \t]", header, maxsplit=1)[0])
        comment = self.text[start : line_end(self.text, start)]
        if not _COMMENT.match(comment):
            raise Unpatchable("there is more on the line of the value")
        return comment

    # Lines

    def _insert_lines(self, parent: Collection, place: int, lines: Sequence[str], *, is_group: bool) -> str:
        """`lines` begin in column 0."""
        margin = column(self.text, parent.start)
        lines = indented(lines, margin)
        if place == 0 and self.text[line_start(self.text, parent.start) : parent.start].strip():
            head, tail = self.text[: parent.start], self.text[parent.start :]
            return head + self._joined(lines)[margin:] + " " * margin + tail
        position = self._position(parent, place, margin)
        before, after = self.text[:position], self.text[position:]
        is_list = isinstance(parent, ListNode)
        has_air = self._has_blank_lines(parent) and not self.look.is_cautious
        follows_group = place > 0 and bool(children(value_at(parent, place - 1)))
        if has_air and place and (is_list or is_group or follows_group) and not _ends_blank(before):
            before += self.newline
        if has_air and after and not _is_blank_from(after) and (is_group if not is_list else place == 0):
            after = self.newline + after
        return before + self._joined(lines) + after

    def _position(self, parent: Collection, place: int, margin: int) -> int:
        """Where new lines go: after the previous entry and the comments indented below it."""
        if place == 0:
            return line_start(self.text, self._unit_start(parent, 0))
        end = self._unit_end(parent, place - 1)
        below = re.compile(rf"(?:[ \t]{{{margin + 1},}}#[^\r\n]*(?:\r\n|\r|\n))*").match(self.text, end)
        return below.end() if below else end

    def _has_blank_lines(self, parent: Collection) -> bool:
        """Whether blank lines stand between some pairs, or all entries."""
        gaps = [
            self.text[self._unit_end(parent, place) : line_start(self.text, _start(parent, place + 1))]
            for place in range(count(parent) - 1)
        ]
        are_blank = [bool(_BLANK_LINE.search(gap)) for gap in gaps]
        return bool(are_blank) and (all(are_blank) if isinstance(parent, ListNode) else any(are_blank))

    def _remove_behind_dash(self, parent: Collection, place: int, start: int) -> str:
        """The first pair or entry of a collection that begins on the line of an outer dash."""
        end = self._unit_end(parent, place)
        following = self._unit_start(parent, place + 1)
        if self.text[end:following].strip():
            return self.text[:start].rstrip(" \t") + self.newline + self.text[end:]
        return self.text[:start] + self.text[following:]

    def _unit_start(self, parent: Collection, place: int) -> int:
        """The column of the key or dash."""
        if isinstance(parent, ListNode):
            return self._dash(parent, place)
        start = parent.pairs[place][0].start
        if column(self.text, start) != column(self.text, parent.start):
            raise Unpatchable("the key is not a simple one")
        return start

    def _unit_end(self, parent: Collection, place: int) -> int:
        return next_line(self.text, _end(parent, place))

    def _sign(self, parent: Collection, place: int) -> int:
        """The position after the value's colon or dash."""
        if isinstance(parent, ListNode):
            return self._dash(parent, place) + 1
        match = _COLON.match(self.text, parent.pairs[place][0].end)
        if match is None:
            raise Unpatchable("the key is not a simple one")
        return match.end()

    def _dash(self, parent: ListNode, place: int) -> int:
        """Of an entry: on its line, or on one above it when only comments stand between."""
        margin = column(self.text, parent.start)
        if place == 0:
            return parent.start
        begin = line_start(self.text, parent.entries[place].start)
        while begin >= parent.entries[place - 1].end:
            if not self.text[begin : begin + margin].strip() and _DASH.match(self.text, begin + margin):
                return begin + margin
            begin = line_start(self.text, begin - 1)
        raise Unpatchable("the entry has no dash of its own")

    def _joined(self, lines: Sequence[str]) -> str:
        return "".join(line + self.newline for line in lines)

    # Flow collections

    def _insert_in_flow(self, parent: Collection, place: int, source: str) -> str:
        self._check_brackets(parent)
        if place == 0:
            start = _start(parent, 0)
            return self.text[:start] + source + self._comma(parent) + self.text[start:]
        end = _end(parent, place - 1)
        return self.text[:end] + self._comma(parent) + source + self.text[end:]

    def _remove_from_flow(self, parent: Collection, place: int) -> str:
        self._check_brackets(parent)
        if place + 1 < count(parent):
            start, end = _start(parent, place), _start(parent, place + 1)
            gap = self.text[_end(parent, place) : end]
        else:
            start, end = _end(parent, place - 1), _end(parent, place)
            gap = self.text[start : _start(parent, place)]
        if not _COMMA.match(gap):
            raise Unpatchable("there is more than a comma between two values")
        return self.text[:start] + self.text[end:]

    def _comma(self, parent: Collection) -> str:
        """The separator between the first two entries."""
        if count(parent) > 1:
            gap = self.text[_end(parent, 0) : _start(parent, 1)]
            if _COMMA.match(gap) and gap[-1].isspace():
                return gap
        return ", "

    def _check_brackets(self, parent: Collection) -> None:
        if self.text[parent.start : parent.start + 1] not in ("[", "{"):
            raise Unpatchable("the collection has no brackets")

    # The neighbourhood

    def _look_of(self, parent: Collection, old: Node | None = None) -> Look:
        """The steps found around, nearest first, and the quotes of what is replaced or of the entries beside it."""
        model = old if old is not None and children(old) else parent
        look = look_around(self.text, [model, parent, self.root], self.look)
        return look if isinstance(model, MappingNode) and model is parent else replace(look, styles=styles_below(model))


def value_at(parent: Collection, place: int) -> Node:
    return parent.entries[place] if isinstance(parent, ListNode) else parent.pairs[place][1]


def count(parent: Collection) -> int:
    return len(parent.entries if isinstance(parent, ListNode) else parent.pairs)


def _start(parent: Collection, place: int) -> int:
    return parent.entries[place].start if isinstance(parent, ListNode) else parent.pairs[place][0].start


def _end(parent: Collection, place: int) -> int:
    return max(parent.pairs[place][0].end if isinstance(parent, MappingNode) else 0, value_at(parent, place).end)


def _is_blank_from(text: str) -> bool:
    return not text[: line_end(text, 0)].strip()


def _ends_blank(text: str) -> bool:
    """Whether the last line of a text that ends with a line break, or is empty, is blank."""
    last = line_start(text, len(text.removesuffix("\n").removesuffix("\r")))
    return bool(text) and not text[last:].strip()
