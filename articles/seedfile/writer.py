"""Writes seeds: patches the imported bytes, or creates a new document in the real seed's style."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from articles.seedfile import reader, schema
from articles.seedfile.canonical import canonical_text
from articles.seedfile.changes import Change, changes_between, whole_fields_between
from articles.seedfile.handler import SeedHandler
from articles.seedfile.problems import SeedError
from articles.seedfile.scalars import combining_run
from articles.seedfile.yaml.edits import SetBody, apply
from articles.seedfile.yaml.layout import Unpatchable, read_layout

_BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(r"\r\n|\r|\n")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")

_MOST_COMPARED = 4_000_000
"""Pairs of lines to compare; beyond that, everything between the first and the last new line counts as new."""


def patch(raw: bytes, changes: Sequence[Change]) -> bytes:
    """The document with the edits applied in order; everything else byte for byte.

    Accepts any YAML front matter between lines of `---`. Raises Unpatchable if that cannot be guaranteed.
    """
    if not changes:
        return raw
    bom = _BOM if raw.startswith(_BOM) else b""
    seed = _split(raw[len(bom) :])
    closing = seed.text[seed.start + len(seed.front_matter) : len(seed.text) - len(seed.body)]
    newline = _break_of(seed.text)
    front_matter, body = seed.front_matter, seed.body
    root = read_layout(front_matter)
    for change in changes:
        if isinstance(change, SetBody):
            body = _new_body(body, change.text, newline)
        else:
            front_matter, root = apply(front_matter, root, change, newline=newline)
    if body and not _BREAK.search(closing):
        closing += newline
    return bom + _joined(seed.text[: seed.start], front_matter, closing, body)


def canonical(content: schema.ArticleContent) -> bytes:
    """A new document, by the rules of canonical.py. Raises Unpatchable if it would not read as `content`."""
    try:
        raw = canonical_text(content).encode()
    except ValueError as problem:
        raise Unpatchable(f"the content cannot be written: {problem}") from None
    if not _reads_as(raw, content):
        raise Unpatchable("no valid document can contain this content")
    return raw


def export(raw: bytes, current: schema.ArticleContent) -> bytes:
    """The imported document, patched to contain `current`; the same bytes if it does already.

    Uses the smallest edits or, if that fails, rewrites the differing fields. The result is verified with our reader.
    Raises Unpatchable if neither way gives `current`, or if it is not a seed."""
    try:
        base = reader.read(raw).content
    except SeedError as problem:
        raise Unpatchable(str(problem)) from None
    if base == current:
        return raw
    for between in (changes_between, whole_fields_between):
        changed = _patched_if_right(raw, between(base, current), current)
        if changed is not None:
            return changed
    raise Unpatchable("the document cannot be changed to contain this content")


def _patched_if_right(raw: bytes, changes: Sequence[Change], current: schema.ArticleContent) -> bytes | None:
    try:
        changed = patch(raw, changes)
    except Unpatchable:
        return None
    return changed if _reads_as(changed, current) else None


def _reads_as(raw: bytes, content: schema.ArticleContent) -> bool:
    try:
        return reader.read(raw).content == content
    except SeedError:
        return False


def _split(raw: bytes) -> SeedHandler:
    try:
        seed = SeedHandler(raw.decode())
        seed.split(seed.text)
    except UnicodeDecodeError as problem:
        raise Unpatchable(f"the file is not UTF-8: {problem}") from None
    except SeedError as problem:
        raise Unpatchable(str(problem)) from None
    return seed


def _joined(opening: str, front_matter: str, closing: str, body: str) -> bytes:
    """The file, verified to split into the same parts."""
    try:
        raw = (opening + front_matter + closing + body).encode()
    except UnicodeEncodeError as problem:
        raise Unpatchable(f"the text cannot be encoded: {problem}") from None
    parts = _split(raw)
    if (parts.front_matter, parts.body) != (front_matter, body):
        raise Unpatchable("the new text would end the front matter elsewhere")
    return raw


def _break_of(text: str) -> str:
    match = _BREAK.search(text)
    return match[0] if match else "\n"


def _new_body(old: str, new: str, newline: str) -> str:
    """`new` with the line endings of `old`; lines that are equal in NFC, ignoring their endings, keep their bytes."""
    if _BREAK.search(old):
        newline = _break_of(old)
    old_lines, new_lines = _LINE.findall(old), _LINE.findall(new)
    old_keys, new_keys = [_comparable(line) for line in old_lines], [_comparable(line) for line in new_lines]
    lines = [_BREAK.sub(newline, line) for line in new_lines]
    for mine, its, size in _matches(old_keys, new_keys):
        lines[its : its + size] = old_lines[mine : mine + size]
    return "".join(lines)


def _comparable(line: str) -> str:
    line = _BREAK.sub("\n", line)
    return line if combining_run(line) else unicodedata.normalize("NFC", line)


def _matches(old: list[str], new: list[str]) -> list[tuple[int, int, int]]:
    """Runs of equal lines as (place in old, place in new, length): common ends first, the middle compared."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    most = shorter - head
    tail = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    mine, its = old[head : len(old) - tail], new[head : len(new) - tail]
    blocks = SequenceMatcher(None, mine, its).get_matching_blocks() if len(mine) * len(its) <= _MOST_COMPARED else []
    runs = [(head + place, head + other, size) for place, other, size in blocks]
    return [(0, 0, head), *runs, (len(old) - tail, len(new) - tail, tail)]
