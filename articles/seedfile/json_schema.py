"""The seed's front matter as JSON Schema (draft 2020-12), so that a text editor can check a seed while it is typed."""

from __future__ import annotations

from typing import Any

from articles.seedfile.schema import ArticleContent

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_OURS = ("body", "extra")
"""What no front matter holds: the body stands behind it, `extra` is where other keys are kept."""


def seed_schema() -> dict[str, Any]:
    """In the seed's own keys. Keys that it does not name are allowed, as the reader keeps them."""
    whole = ArticleContent.model_json_schema(by_alias=True)
    parts = {name: _without_ours(part) for name, part in whole.pop("$defs", {}).items()}
    return {"$schema": DRAFT, **_without_ours(whole), "title": "Newsdesk seed", "$defs": parts}


def _without_ours(part: dict[str, Any]) -> dict[str, Any]:
    properties = {key: _plain(value) for key, value in part["properties"].items() if key not in _OURS}
    return {**part, "properties": properties, "additionalProperties": True}


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """Without the titles that are the keys once more."""
    return {key: inner for key, inner in value.items() if key != "title"}
