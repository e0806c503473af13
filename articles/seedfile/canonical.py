"""A new document in the style of the real seed.

- Keys in the schema's order; provider, topics, images, related, secured and unknown keys set off by blank lines.
- Titles, excerpts, bylines, the texts of pictures, addresses and `secured` in double quotes; names, topics, category
  and type without any, unless they would then mean something else.
- Omitted when empty: texts, lists, dates, sizes and providers. Always written, even with defaults, like the real seed:
  quality, heat, published and isCached.
- Unknown keys follow the known ones of their part.
"""

from __future__ import annotations

import json
from typing import Any

from articles.seedfile import schema
from articles.seedfile.yaml.layout import Unpatchable
from articles.seedfile.yaml.style import Look, Quoted, Value, pair_lines

_QUOTED = frozenset({"title", "excerpt", "original_url", "web_url", "url", "secured", *schema.KEPT_TEXTS})
_GROUPS = frozenset({"provider", "topics", "images", "related", "secured"})


def canonical_text(content: schema.ArticleContent) -> str:
    """The whole document, with line feeds."""
    known = schema.attributes_of(schema.ArticleContent)
    lines: list[str] = ["---"]
    in_head = True
    for key, value in part_value(content).items():
        if key in _GROUPS or (in_head and key not in known):
            lines.append("")
        in_head = in_head and key in known
        lines += pair_lines(key, value, Look())
    return "\n".join([*lines, "---", content.body])


def part_value(part: schema.Part) -> dict[str, Value]:
    """A part as plain values by the seed's keys, without empty ones, unknown keys last."""
    values: dict[str, Value] = {}
    for key, attribute in schema.attributes_of(type(part)).items():
        value = getattr(part, attribute)
        if value not in (None, "", ()):
            values[key] = field_value(attribute, value)
    return values | extra_values(part.extra)


def field_value(attribute: str, value: Any) -> Value:
    """One attribute's value as the seed writes it, empty ones included."""
    if isinstance(value, schema.Part):
        return part_value(value)
    if isinstance(value, tuple):
        return [field_value(attribute, entry) for entry in value]
    if isinstance(value, str) and attribute in _QUOTED:
        return Quoted(value)
    plain: Value = value
    return plain


def extra_values(extra: str) -> dict[str, Value]:
    """A part's unknown keys. Raises Unpatchable unless they are a JSON mapping."""
    try:
        values: dict[str, Value] = json.loads(extra) if extra else {}
    except ValueError as problem:
        raise Unpatchable(f"the unknown keys are not JSON: {problem}") from None
    if not isinstance(values, dict):
        raise Unpatchable("the unknown keys are not a mapping")
    return values
