"""Reads a seed: bytes in, `SeedDocument` out, or every problem of the file at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import frontmatter
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from articles.seedfile import limits, schema
from articles.seedfile.handler import FIRST_LINE, Path, SeedHandler, dotted, line_at, lines_of
from articles.seedfile.problems import Problem, SeedError, error, in_order, notice, warning
from articles.seedfile.scalars import first_forbidden, forbidden_character, shown

VERSION = 2
"""Version of the reading rules, stored with each source. 2: rejects unresolved merges."""

_BOM = b"\xef\xbb\xbf"
_PARTS: dict[str, type[schema.Part]] = {
    "provider": schema.Provider,
    "images": schema.Image,
    "related": schema.Related,
}


@dataclass(frozen=True)
class SeedDocument:
    """One seed as read.

    `body` is the exact text behind the front matter; `content.body` is the same with line feeds and in NFC.
    `problems` are the warnings and notices of an accepted file.
    """

    content: schema.ArticleContent
    front_matter: str
    body: str
    digest: str
    problems: tuple[Problem, ...]

    @cached_property
    def lines(self) -> dict[Path, int]:
        """From the path of each key and list entry to its line in the file, counted from 1."""
        return lines_of(self.front_matter)


def read(raw: bytes) -> SeedDocument:
    """The seed in `raw`. Raises SeedError with all problems of the file; a character that no seed may hold or a YAML
    syntax error ends the list.
    """
    handler = SeedHandler(_text(raw))
    tree, _ = frontmatter.parse(handler.text, handler=handler)
    parts = _Parts(handler)
    values = parts.known(tree, schema.ArticleContent, ())
    values["body"] = handler.body
    content = parts.content(values)
    parts.note_repeats(values, content)
    return SeedDocument(content, handler.front_matter, handler.body, digest_of(raw), in_order(parts.problems))


def digest_of(raw: bytes) -> str:
    """SHA-256 of the file, 64 hexadecimal digits."""
    return sha256(raw).hexdigest()


def describe(details: ErrorDetails) -> str:
    """A pydantic error in words for the file's author."""
    context = details.get("ctx", {})
    value = details["input"]
    match details["type"]:
        case "missing":
            return "is missing; add it"
        case "value_error":
            return str(context["error"])
        case "string_too_long" | "too_long" if isinstance(value, str):
            length = context.get("actual_length", len(value))
            return f"is {length:,} characters long; shorten it to {context['max_length']:,}"
        case "too_long":
            return f"has {context['actual_length']:,} entries; keep {context['max_length']} at most"
        case "greater_than_equal" | "less_than_equal":
            return f"{shown(str(value))} is out of range; {_range(context)}"
        case "model_type" | "model_attributes_type":
            return "is not a mapping; write keys below it, indented"
        case "tuple_type":
            return "is not a list; write entries below it, each behind a dash"
        case _:
            return details["msg"]


def _range(context: dict[str, Any]) -> str:
    return f"write at least {context['ge']}" if "ge" in context else f"write at most {context['le']}"


def _text(raw: bytes) -> str:
    if len(raw) > limits.FILE_BYTES:
        message = f"the file is {len(raw):,} bytes long; at most {limits.FILE_BYTES:,} are read"
        raise SeedError([error(message, line=1)])
    if not raw.strip():
        raise SeedError([error("the file is empty; no front matter, begin with a line of ---", line=1)])
    offset = len(_BOM) if raw.startswith(_BOM) else 0
    try:
        text = raw[offset:].decode()
    except UnicodeDecodeError as problem:
        raise SeedError([_not_utf8(raw, offset + problem.start)]) from None
    forbidden = first_forbidden(text)
    if forbidden:
        raise SeedError([error(f"the file {forbidden_character(text)}", line=line_at(text, forbidden.start()))])
    return text


def _not_utf8(raw: bytes, offset: int) -> Problem:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return error("is UTF-16 (byte 0); save it as UTF-8", line=1)
    line = line_at(raw[:offset].decode(), offset)
    return error(f"is not UTF-8: byte {offset} is 0x{raw[offset]:02X}; save it as UTF-8", line=line)


class _Parts:
    """Separates known keys from unknown ones that are kept unread, with their lines."""

    def __init__(self, handler: SeedHandler) -> None:
        self.problems: list[Problem] = []
        self._handler = handler
        self._lines: dict[Path, int] | None = None

    def known(self, tree: dict[str, Any], part: type[schema.Part], path: Path) -> dict[str, Any]:
        """The values of `part` by attribute; unknown keys and misfits go to `extra`, with a notice each."""
        attributes = schema.attributes_of(part)
        values: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        for key, value in tree.items():
            misfit = schema.misfit(attributes[key], value) if key in attributes else ""
            if key in attributes and not misfit:
                values[attributes[key]] = self._inner(key, value, (*path, key)) if key in _PARTS else value
            else:
                unknown[key] = value
                self._note_unknown(key, part, path, misfit)
        if unknown:
            values["extra"] = schema.extra_text(unknown)
        return values

    def content(self, values: dict[str, Any]) -> schema.ArticleContent:
        """The validated values. Raises SeedError with their problems and the handler's; a key that the handler rejected
        gets no further problems."""
        errors: list[Problem] = []
        try:
            content = schema.ArticleContent.model_validate(values)
        except ValidationError as failure:
            errors = [self._problem(details) for details in failure.errors(include_url=False)]
        problems = self._handler.problems
        if errors or problems:
            refused = {problem.key for problem in problems}
            others = (problem for problem in (*errors, *self.problems) if problem.key not in refused)
            raise SeedError([*problems, *others][: limits.PROBLEMS])
        return content

    def _problem(self, details: ErrorDetails) -> Problem:
        path = self._seed_path(details["loc"])
        message = describe(details)
        if path == ("body",):
            return error(f"the body {message}", line=self._handler.body_line(), key="body")
        return error(message, line=self._line(path), key=dotted(path))

    def note_repeats(self, values: dict[str, Any], content: schema.ArticleContent) -> None:
        topics = values.get("topics")
        if isinstance(topics, list) and len(topics) > len(content.topics):
            self.problems.append(
                warning("names a topic twice; it is kept once", line=self._line(("topics",)), key="topics")
            )

    def _inner(self, key: str, value: Any, path: Path) -> Any:
        part = _PARTS[key]
        if isinstance(value, dict):
            return self.known(value, part, path)
        if isinstance(value, list):
            return [self._entry(entry, part, (*path, place)) for place, entry in enumerate(value)]
        return value

    def _entry(self, entry: Any, part: type[schema.Part], path: Path) -> Any:
        return self.known(entry, part, path) if isinstance(entry, dict) else entry

    def _note_unknown(self, key: str, part: type[schema.Part], path: Path, misfit: str) -> None:
        if len(self.problems) >= limits.PROBLEMS:
            return
        where = (*path, key)
        if part is schema.Related and key == "related":
            message = "coverage of coverage is not read; it is kept with the file"
            self.problems.append(warning(message, line=self._line(where), key=dotted(where)))
        elif misfit:
            self.problems.append(warning(f"{misfit}; it is kept unread", line=self._line(where), key=dotted(where)))
        else:
            self.problems.append(notice(_unknown(key, part), line=self._line(where), key=dotted(where)))

    def _line(self, path: Path) -> int:
        if self._lines is None:
            self._lines = lines_of(self._handler.front_matter)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, FIRST_LINE) if path else 1

    @staticmethod
    def _seed_path(loc: tuple[str | int, ...]) -> Path:
        """Attribute names of a pydantic location as the seed's keys."""
        steps: list[str | int] = []
        part: type[schema.Part] = schema.ArticleContent
        for step in loc:
            if isinstance(step, int) or step not in part.model_fields:
                steps.append(step)
                continue
            steps.append(schema.seed_key(step, part))
            part = _PARTS.get(step, part)
        return tuple(steps)


def _unknown(key: str, part: type[schema.Part]) -> str:
    meant = next((known for known in schema.attributes_of(part) if known.lower() == key.lower()), None)
    hint = f"; did you mean {meant}?" if meant else ""
    return f"is not a key that Newsdesk knows; it is kept{hint}"
