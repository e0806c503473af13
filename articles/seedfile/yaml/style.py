"""Writes plain Python values as YAML, in the style of the replaced value if possible.

Text is unquoted only if YAML 1.1, YAML 1.2 and our reader all read it as that text; otherwise, or as `Quoted`, it is in
double quotes. A scalar stays on one line, unless it replaces a block scalar.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from articles.seedfile.yaml.layout import (
    MOST_DEEP,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    Unpatchable,
    children,
    line_end,
)

Scalar = str | int | bool | datetime | None
"""What a content holds; a number with a fraction, or a day, is text to it."""
Value = Scalar | Mapping[str, "Value"] | Sequence["Value"]
KeyPath = tuple[str, ...]
"""Keys only: a scalar's place within the entries of a list, all entries alike."""

_WORDS = frozenset(["null", "~", "y", "n", "yes", "no", "on", "off", "true", "false", "=", "<<"])
_WORDS |= {".inf", "-.inf", "+.inf", ".nan"}
_TEXT_TO_MOST = frozenset(["y", "Y", "n", "N"])
"""YAML 1.1 flags that loaders read as text: kept where they are, but not written."""
_LIKE_A_NUMBER = re.compile(r"[-+.]?[0-9][0-9A-Fa-f_.,:xobXOBeETtZz+\- ]*\Z")
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~](?:[^:#\t\n]|:(?=\S)|(?<=\S)#)*\Z")
_UNPRINTABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FLOW_SIGN = re.compile(r"[?,\[\]{}]")
_INT = re.compile(r"(?:[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+)\Z")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt]|[ \t]+)([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)"
    r"[ \t]*(Z?|[-+][0-9]{2}(?::?[0-9]{2})?)\Z"
)
_HEADER = re.compile(r"[|>]([0-9]?)[+-]?([0-9]?)")
_BREAK = re.compile(r"\r\n|\r|\n")
_ESCAPED = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufeff\ufffe\uffff]')
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}
_FOLDABLE_SPACE = re.compile(r"(?<=[^ \t]) (?=[^ \t])")
_FOLD_WIDTH = 80


class Quoted(str):
    """Text that is double-quoted by default."""

    __slots__ = ()


@dataclass(frozen=True)
class Look:
    """The surrounding style: indentation steps, and quoting of scalars by their place in an entry."""

    mapping_step: int = 2
    list_step: int = 2
    dash_width: int = 2
    styles: Mapping[KeyPath, str] = field(default_factory=dict)
    is_cautious: bool = False
    """For a second attempt, if the first did not read back correctly: all text in double quotes, and no blank lines
    that a block scalar above could absorb."""


PLAIN_LOOK = Look()


def moment_text(value: datetime) -> str:
    """RFC 3339 in UTC, with a fraction only when there is one. Raises Unpatchable without a time zone."""
    if value.tzinfo is None:
        raise Unpatchable("a moment has no time zone")
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.removesuffix('000') if value.microsecond else text}Z"


def inline(value: Value, look: Look = PLAIN_LOOK, style: str | None = None, *, in_flow: bool = False) -> str:
    """A value on one line. `style` is the quoting wanted for a scalar; collections become flow collections."""
    if isinstance(value, str):
        return _quoted(value, look, style, in_flow)
    if isinstance(value, Mapping):
        pairs = (f"{_key(key, look, in_flow=True)}: {inline(part, look, in_flow=True)}" for key, part in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(inline(part, look, in_flow=True) for part in value)}]"
    if isinstance(value, datetime):
        return _quoted(moment_text(value), look, style, in_flow) if style in ("'", '"') else moment_text(value)
    return _number_or_word(value)


def block_lines(value: Value, look: Look, path: KeyPath = ()) -> list[str]:
    """A collection as lines that begin in column 0, without line ends; anything else on one line."""
    if isinstance(value, Mapping) and value:
        return [line for key, part in value.items() for line in pair_lines(key, part, look, (*path, key))]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return [line for part in value for line in entry_lines(part, look, path)]
    return [inline(value, look, look.styles.get(path))]


def pair_lines(key: str, value: Value, look: Look, path: KeyPath = ()) -> list[str]:
    lines = block_lines(value, look, path)
    name = _key(key, look)
    if not is_many(value):
        return [f"{name}: {lines[0]}"]
    step = look.mapping_step if isinstance(value, Mapping) else look.list_step
    return [f"{name}:", *indented(lines, step)]


def entry_lines(value: Value, look: Look, path: KeyPath = ()) -> list[str]:
    lines = indented(block_lines(value, look, path), look.dash_width)
    return ["-" + lines[0][1:], *lines[1:]]


def indented(lines: Sequence[str], step: int) -> list[str]:
    return [" " * step + line for line in lines]


def is_many(value: Value) -> bool:
    """True for a collection that holds something: in block style it takes lines of its own."""
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str) and len(value) > 0


def is_too_deep(value: Value) -> bool:
    """Looks at most MOST_DEEP levels down, so that other functions may recurse."""
    level: list[Value] = [value]
    for _ in range(MOST_DEEP):
        level = [part for outer in level if is_many(outer) for part in _parts(outer)]
        if not level:
            return False
    return True


def block_scalar(value: str, old: str, style: str, column: int) -> str | None:
    """`value` in the place of a block scalar whose source is `old` and whose content is in `column`, from indicator to
    the last line's end; None if this style cannot hold it."""
    header = _HEADER.match(old)
    content = value.rstrip("\n")
    ending = len(value) - len(content)
    if header is None or not content or _UNPRINTABLE.search(content.replace("\n", "")):
        return None
    digit = header[1] or header[2]
    if (ending > 1 and "+" not in header[0]) or (not digit and content.lstrip("\n")[0] in " \t"):
        return None
    lines = content.split("\n") if style == "|" else _folded(content, _width(old, column))
    if lines is None:
        return None
    chomping = "+" if ending > 1 else "" if ending else "-"
    kept = [" " * column + line if line else "" for line in lines] + [""] * (ending - 1)
    return "\n".join([f"{style}{digit}{chomping}{old[header.end() : line_end(old, 0)]}", *kept])


def reads_as(node: Node, value: Value) -> bool:
    """Whether any YAML parser reads the node as this value."""
    if node.tag is not None or node.anchor is not None:
        return False
    if isinstance(value, Mapping):
        wanted = [part for pair in value.items() for part in pair]
        return isinstance(node, MappingNode) and _each_reads_as(children(node), wanted)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return isinstance(node, ListNode) and _each_reads_as(node.entries, value)
    return isinstance(node, ScalarNode) and _scalar_reads_as(node, value)


def is_typed(text: str) -> bool:
    """Whether some YAML parser reads this plain text as a number, date, flag or null."""
    return not text or text.lower() in _WORDS or bool(_LIKE_A_NUMBER.match(text))


def _parts(value: Value) -> list[Value]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, Sequence) else []


def _each_reads_as(nodes: Sequence[Node], values: Sequence[Value]) -> bool:
    return len(nodes) == len(values) and all(map(reads_as, nodes, values))


def _scalar_reads_as(node: ScalarNode, value: Scalar) -> bool:
    if isinstance(value, str):
        return node.text == value and (bool(node.style) or not is_typed(value) or value in _TEXT_TO_MOST)
    if isinstance(value, datetime):
        return _moment_of(node.text) == value
    if node.style:
        return False
    if value is None:
        return node.text in ("", "~", "null", "Null", "NULL")
    if isinstance(value, bool):
        return node.text in (("true", "True", "TRUE") if value else ("false", "False", "FALSE"))
    if isinstance(value, int) and _INT.match(node.text):
        return int(node.text, 0) == value
    return node.text == _number_or_word(value)


def _moment_of(text: str) -> datetime | None:
    match = _MOMENT.match(text)
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3]}") if match else None
    except ValueError:
        return None


def _number_or_word(value: int | bool | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise Unpatchable(f"{type(value).__name__} is nothing that a seed holds")


def _key(key: str, look: Look, *, in_flow: bool = False) -> str:
    return _quoted(str(key), look, None, in_flow)


def _quoted(text: str, look: Look, style: str | None, in_flow: bool) -> str:
    wanted = ('"' if isinstance(text, Quoted) else "") if style is None else style
    text = str(text)
    if not look.is_cautious:
        if wanted == "" and _can_be_plain(text, in_flow):
            return text
        if wanted == "'" and not _UNPRINTABLE.search(text):
            return "'" + text.replace("'", "''") + "'"
    if _SURROGATE.search(text):
        raise Unpatchable("a text contains a lone surrogate, which cannot be encoded")
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _can_be_plain(text: str, in_flow: bool) -> bool:
    if is_typed(text) or text != text.strip() or _UNPRINTABLE.search(text):
        return False
    return bool(_PLAIN.match(text)) and not (in_flow and _FLOW_SIGN.search(text))


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _width(old: str, column: int) -> int:
    """The width of the folded scalar's longest line."""
    lines = _BREAK.split(old)[1:]
    return max((len(line) - column for line in lines), default=_FOLD_WIDTH)


def _folded(content: str, width: int) -> list[str] | None:
    """The lines of a folded scalar, None if folding would lose spaces. A run of line feeds is as many empty lines."""
    if content.startswith("\n") or re.search(r"^[ \t]|[ \t]$", content, re.MULTILINE):
        return None
    lines: list[str] = []
    for part in re.split(r"(\n+)", content):
        lines += [""] * len(part) if part.startswith("\n") else _wrapped(part, width)
    return lines


def _wrapped(paragraph: str, width: int) -> list[str]:
    words = _FOLDABLE_SPACE.split(paragraph)
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += f" {word}"
    return lines
