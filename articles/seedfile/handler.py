"""python-frontmatter's handler for seeds: splits strictly, keeps the exact text, builds YAML within limits.

libyaml's own loader crashes the process on deep nesting and obeys anchors, tags and merge keys, so the tree is built
here from its events, without recursion, and stops at the first limit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import yaml
from frontmatter.default_handlers import BaseHandler
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from articles.seedfile import limits
from articles.seedfile.problems import Problem, SeedError, error
from articles.seedfile.scalars import Plain, combining_run, first_forbidden, forbidden_character, printable, shown
from articles.seedfile.unresolved import unresolved_merges

_OPENING = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_CLOSING = re.compile(r"---[ \t]*(?:\r\n|\n|\r|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_HIDDEN = str.maketrans("\u2028\u2029", "\ufdd0\ufdd1")
_SHOWN = str.maketrans("\ufdd0\ufdd1", "\u2028\u2029")
"""libyaml (YAML 1.1) ends lines and comments at U+2028 and U+2029; editors and YAML 1.2 don't. It gets noncharacters
instead, which no seed may contain."""

FIRST_LINE = 2
"""The file's line on which the front matter begins."""

_SYNTAX_REMEDY = "indent with spaces, and quote text that contains a colon or starts with a special character"

Node = dict[str, Any] | list[Any] | str
Path = tuple[str | int, ...]


class SeedHandler(BaseHandler):
    """Reads one seed's text. `frontmatter.parse` strips a body and rewrites line ends, so `split` works on the
    exact text given here and leaves the body in `body`; `start` is where the front matter begins, in characters.
    `problems` are those that left the rest readable: the seed is rejected, but further problems can be reported.
    """

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.front_matter = ""
        self.body = ""
        self.start = 0
        self.problems: list[Problem] = []

    def split(self, text: str) -> tuple[str, str]:
        """The exact front matter and body; ignores `text`, which frontmatter has changed. Raises SeedError."""
        opening = _OPENING.match(self.text)
        closing = _closing_line(self.text, opening.end()) if opening else None
        self._refuse_unresolved(closing.end() if closing else len(self.text) if opening else 0)
        if opening is None:
            _refuse("no front matter; begin the file with a line of ---", line=1)
        if closing is None:
            _refuse("the front matter never ends; close it with a line of ---", line=1)
        self.start = opening.end()
        self.front_matter = self.text[opening.end() : closing.start()]
        self.body = self.text[closing.end() :]
        self._check_sizes()
        return self.front_matter, self.body

    def load(self, fm: str) -> dict[str, Any]:
        """The front matter as mappings, lists, `Plain` (unquoted) and str (quoted). Raises SeedError."""
        tree = _TreeBuilder(fm)
        tree.problems += self.problems
        metadata = tree.build()
        if not isinstance(metadata, dict):
            message = "the front matter is not a mapping; write lines of key: value"
            raise SeedError([*tree.problems, error(message, line=FIRST_LINE)])
        self.problems = tree.problems
        return metadata

    def body_line(self) -> int:
        """The line of the file on which the body begins."""
        return line_at(self.text, len(self.text) - len(self.body))

    def _refuse_unresolved(self, body: int) -> None:
        """An unresolved merge: the rest is not as anybody wrote it, so no further problems are reported."""
        conflicts = unresolved_merges(self.text, body)
        if conflicts:
            raise SeedError(conflicts)

    def _check_sizes(self) -> None:
        too_long = _oversize("body", self.body, limits.BODY_BYTES)
        if too_long:
            self.problems.append(error(too_long, line=self.body_line(), key="body"))
        too_long = _oversize("front matter", self.front_matter, limits.FRONT_MATTER_BYTES)
        if too_long:
            raise SeedError([*self.problems, error(too_long, line=FIRST_LINE)])


def line_at(text: str, position: int) -> int:
    """The line, from 1, of the character at `position`; \\n, \\r\\n and \\r end a line."""
    return len(_LINE_END.findall(text, 0, position)) + 1


def lines_of(front_matter: str) -> dict[Path, int]:
    """For error messages: from the path of each key and entry to its line in the file. For text that `load` took."""
    finder = _LineFinder(front_matter)
    finder.build()
    return finder.lines


def dotted(path: Path) -> str:
    """A path as messages show it: `related[1].quality`, what a terminal should not print in a key spelt out."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def _closing_line(text: str, start: int) -> re.Match[str] | None:
    """The first line of dashes from `start`, where a line begins."""
    at = start
    while (at := text.find("---", at)) >= 0:
        if text[at - 1] in "\r\n" and (match := _CLOSING.match(text, at)):
            return match
        at += 1
    return None


def _refuse(message: str, *, line: int) -> NoReturn:
    raise SeedError([error(message, line=line)])


def _oversize(name: str, part: str, most: int) -> str | None:
    size = len(part) if part.isascii() else len(part.encode())
    return f"the {name} is {size:,} bytes long; at most {most:,} are read" if size > most else None


@dataclass(slots=True)
class _Frame:
    """A collection still open; `key` is the latest key of a mapping, `has_value` whether its value came."""

    node: Any
    is_list: bool
    key: str = ""
    has_value: bool = True

    def step(self) -> str | int:
        return len(self.node) - 1 if self.is_list else self.key


class _TreeBuilder:
    """One pass over libyaml's events. A recoverable problem is recorded, any other stops the pass."""

    def __init__(self, front_matter: str) -> None:
        self._hides_separators = "\u2028" in front_matter or "\u2029" in front_matter
        self.text = front_matter.translate(_HIDDEN) if self._hides_separators else front_matter
        self._takes_care = self._hides_separators or not _is_harmless(front_matter)
        self.problems: list[Problem] = []
        self._root: list[Any] = []
        self._frames = [_Frame(self._root, True)]
        self._nodes = 0
        self._documents = 0

    def build(self) -> Any:
        """The root node, None for an empty text. Raises SeedError where nothing more can be read."""
        try:
            self._read_events(CParser(self.text))
        except yaml.MarkedYAMLError as problem:
            self._stop(_syntax_error(problem))
        except (yaml.YAMLError, ValueError) as problem:
            self._stop(error(f"is not YAML: {printable(str(problem))}; {_SYNTAX_REMEDY}", line=FIRST_LINE))
        return self._root[0] if self._root else None

    def _read_events(self, parser: CParser) -> None:
        """Handles simple events inline: a call for each would take as long as libyaml."""
        get_event: Callable[[], Any] = parser.get_event
        scalar, takes_care, most = yaml.ScalarEvent, self._takes_care, limits.NODES
        frame = self._frames[-1]
        while (event := get_event()) is not None:
            if type(event) is not scalar:
                self._add_other(event)
                frame = self._frames[-1]
            elif takes_care or event.anchor is not None or event.tag is not None or self._nodes >= most:
                self._add_with_care(event)
            else:
                self._nodes += 1
                value = event.value
                if not frame.has_value:
                    frame.node[frame.key], frame.has_value = value if event.style else Plain(value), True
                elif frame.is_list:
                    frame.node.append(value if event.style else Plain(value))
                elif len(value) <= limits.KEY and (key := _easy_key(value)) and key not in frame.node:
                    frame.key, frame.has_value = key, False
                else:
                    self._add(value if event.style else Plain(value), event)

    def _add_other(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._frames.pop()
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._enter({} if kind is yaml.MappingStartEvent else [], event)
        elif kind is yaml.AliasEvent:
            self._add("", event)
            self._note("is an alias; write the value itself", event)
        elif kind is yaml.DocumentStartEvent:
            self._start_document(event)

    def _start_document(self, event: yaml.Event) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(error("contains a second YAML document; keep one", line=_line(event)))

    def _check(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        self._nodes += 1
        if self._nodes > limits.NODES:
            self._stop(error(f"has more than {limits.NODES:,} values; remove some", line=_line(event)))
        if event.anchor is not None:
            self._note("has an anchor; write each value where it belongs", event)
        if event.tag is not None:
            self._note("has a tag; write plain values", event)

    def _add_with_care(self, event: yaml.ScalarEvent) -> None:
        value = event.value
        if self._hides_separators:
            value = value.translate(_SHOWN)
        problem = forbidden_character(value) or combining_run(value)
        if problem:
            value = shown(value)
        self._add(value if event.style else Plain(value), event)
        self._check(event)
        if problem:
            self._note(problem, event)

    def _enter(self, collection: dict[str, Any] | list[Any], event: yaml.CollectionStartEvent) -> None:
        if len(self._frames) > limits.DEPTH:
            self._stop(error(f"is nested more than {limits.DEPTH} deep; flatten it", line=_line(event)))
        self._add(collection, event)
        self._check(event)
        self._frames.append(_Frame(collection, isinstance(collection, list)))

    def _add(self, node: Any, event: yaml.Event) -> None:
        frame = self._frames[-1]
        if frame.is_list:
            frame.node.append(node)
        elif frame.has_value:
            frame.key, frame.has_value = self._key(frame.node, node, event), False
        else:
            frame.node[frame.key], frame.has_value = node, True

    def _key(self, parent: dict[str, Any], node: Any, event: yaml.Event) -> str:
        if not isinstance(node, str):
            self._note("a key is a list or a mapping; write a text", event, self._above())
            return f"({len(parent)})"
        key = unicodedata.normalize("NFC", node[: limits.KEY + 1])
        if node == "<<" and type(node) is Plain:
            self._note("is a merge key; write the values themselves", event, (*self._above(), key))
        if len(node) > limits.KEY:
            self._note(f"has a key longer than {limits.KEY} characters; shorten it", event, self._above())
        if key in parent:
            self._note("duplicate key; keep one of the lines", event, (*self._above(), key))
        return key

    def _above(self) -> Path:
        return self.path()[:-1]

    def path(self) -> Path:
        """The current path: keys and list positions, from 0."""
        return tuple(frame.step() for frame in self._frames[1:])

    def _note(self, message: str, event: yaml.Event, path: Path | None = None) -> None:
        where = self.path() if path is None else path
        self.problems.append(error(message, line=_line(event), key=dotted(where)))
        if len(self.problems) >= limits.PROBLEMS:
            raise SeedError(self.problems)

    def _stop(self, problem: Problem) -> NoReturn:
        raise SeedError([*self.problems, problem])


class _LineFinder(_TreeBuilder):
    """The same pass, remembering on which line each key and list entry begins."""

    def __init__(self, front_matter: str) -> None:
        super().__init__(front_matter)
        self.lines: dict[Path, int] = {}
        self._takes_care = True

    def _add(self, node: Any, event: yaml.Event) -> None:
        super()._add(node, event)
        self.lines.setdefault(self.path(), _line(event))


@lru_cache(maxsize=256)
def _easy_key(node: str) -> str:
    """The key in normal form; "" if it needs further checks."""
    return "" if node == "<<" else unicodedata.normalize("NFC", node)


def _is_harmless(text: str) -> bool:
    """Whether no scalar can contain forbidden characters: without escapes, scalars only contain what the text does."""
    return "\\" not in text and first_forbidden(text) is None and combining_run(text) is None


def _line(event: yaml.Event) -> int:
    return (event.start_mark.line if event.start_mark else 0) + FIRST_LINE


def _syntax_error(problem: yaml.MarkedYAMLError) -> Problem:
    mark = problem.problem_mark or problem.context_mark
    what = " ".join(part for part in (problem.context, problem.problem) if part)
    return error(f"YAML syntax: {what}; {_SYNTAX_REMEDY}", line=mark.line + FIRST_LINE if mark else FIRST_LINE)
