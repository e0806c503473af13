"""The seed's front matter as JSON Schema (draft 2020-12), so that a text editor can check a seed while it is typed.

Accepts what the reader accepts, as parsed by YAML 1.2: text may look like a number or a flag, and null is an empty text
or list. A non-text value of `KEPT_TEXTS` is an error here; the reader warns and keeps it unread. What a pattern cannot
express (31 February, an invalid host name) is left to the reader.
"""

from __future__ import annotations

from typing import Any

from articles.seedfile.schema import KEPT_TEXTS, ArticleContent

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_OURS = ("body", "extra")
"""Fields that are not in the front matter: the body, and `extra` for unknown keys."""
_TELLS_NOTHING_NEW = ("title", "format")
_ADDRESSES = ("url", "webUrl", "originalUrl")
_ADDRESS = r"""\s*[Hh][Tt][Tt][Pp][Ss]?://[^\s<>"`\\/?#@]+([/?#][^\s<>"`\\]*)?\s*"""
_DAY = r"[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_HOUR = r"([01]\d|2[0-3])"
_MOMENT = rf"^{_DAY}[Tt ]{_HOUR}:[0-5]\d(:[0-5]\d(\.\d{{1,9}})?)?([Zz]|[+-]{_HOUR}:?[0-5]\d)$"


def seed_schema() -> dict[str, Any]:
    """In the seed's own keys. Keys that it does not name are allowed, as the reader keeps them."""
    whole = ArticleContent.model_json_schema(by_alias=True)
    parts = {name: _without_ours(part) for name, part in whole.pop("$defs", {}).items()}
    named = {"title": "Newsdesk seed", "description": "One article: the front matter of a seed."}
    return {"$schema": DRAFT, **_without_ours(whole), **named, "$defs": parts}


def _without_ours(part: dict[str, Any]) -> dict[str, Any]:
    properties = {key: _as_read(key, value) for key, value in part["properties"].items() if key not in _OURS}
    return {**part, "properties": properties, "additionalProperties": True}


def _as_read(key: str, value: dict[str, Any]) -> dict[str, Any]:
    """What the reader accepts for the key."""
    plain = {name: inner for name, inner in value.items() if name not in _TELLS_NOTHING_NEW}
    if "anyOf" in plain:
        return {**plain, "anyOf": [_as_read(key, choice) for choice in plain["anyOf"]]}
    if plain.get("type") == "array":
        return {**plain, "type": ["array", "null"], "items": _as_read("", plain["items"])}
    if plain.get("type") != "string":
        return plain
    if key in KEPT_TEXTS:
        return {**plain, "type": ["string", "null"]}
    if value.get("format") == "date-time":
        return {**plain, "pattern": _MOMENT}
    if key in _ADDRESSES:
        return _address(plain)
    if plain.get("minLength"):
        return {**plain, "type": ["string", "number", "boolean"], "pattern": r"\S"}
    return {**plain, "type": ["string", "number", "boolean", "null"]}


def _address(plain: dict[str, Any]) -> dict[str, Any]:
    """One with a default may be empty."""
    if "default" in plain:
        return {**plain, "type": ["string", "null"], "pattern": rf"^({_ADDRESS}|\s*)$"}
    return {**plain, "pattern": rf"^{_ADDRESS}$"}
