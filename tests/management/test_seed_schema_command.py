from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from articles.seedfile import reader, schema
from articles.seedfile.problems import SeedError
from tests.importing.import_running import story


def printed() -> dict:
    out = StringIO()
    call_command("seed_schema", stdout=out)
    return json.loads(out.getvalue())


def test_it_names_every_key_of_a_seed_and_what_is_required():
    printed_schema = printed()
    assert set(printed_schema["properties"]) == set(schema.attributes_of(schema.ArticleContent))
    assert set(printed_schema["required"]) == {"title", "webUrl", "type", "provider", "publishedDateTime"}


def test_it_tells_the_limits_and_allows_other_keys():
    schema = printed()
    assert (schema["properties"]["quality"]["minimum"], schema["properties"]["quality"]["maximum"]) == (0, 100)
    assert schema["properties"]["topics"]["maxItems"] == 50
    assert schema["properties"]["title"]["maxLength"] == 500
    assert schema["additionalProperties"] is True
    assert set(schema["$defs"]["Image"]["properties"]) == {
        "url",
        "width",
        "height",
        "isCached",
        "alt",
        "caption",
        "credit",
    }


def is_valid(value: Any, rule: dict[str, Any], whole: dict[str, Any]) -> bool:
    """By what the seed's schema uses of the standard."""
    if "$ref" in rule:
        return is_valid(value, whole["$defs"][rule["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in rule:
        return any(is_valid(value, choice, whole) for choice in rule["anyOf"])
    kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    if not any(type(value) in KINDS[kind] for kind in kinds):
        return False
    if isinstance(value, str):
        is_long = not rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 10**9)
        return not is_long and bool(re.search(rule.get("pattern", ""), value))
    if isinstance(value, dict):
        named = [is_valid(value[key], part, whole) for key, part in rule["properties"].items() if key in value]
        return all(key in value for key in rule.get("required", ())) and all(named)
    if isinstance(value, list):
        return len(value) <= rule["maxItems"] and all(is_valid(entry, rule["items"], whole) for entry in value)
    return value is None or rule.get("minimum", value) <= value <= rule.get("maximum", value)


KINDS = {
    "string": (str,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
SEED = {
    "title": "The story of a",
    "webUrl": "https://gazette.example/a",
    "type": "article",
    "publishedDateTime": "2026-02-28T09:00:00Z",
    "provider": {"name": "The Gazette"},
}
ENTRY = {"title": "Too", "webUrl": "https://b.example/"}


@pytest.mark.parametrize(
    "keys",
    [
        {"title": 2026, "category": True, "secured": 1.5},
        {"excerpt": None, "topics": None, "images": None, "related": None, "originalUrl": None, "category": None},
        {"topics": ["AI", 2026], "originalUrl": "", "heat": -1, "published": True},
        {"images": [{"url": "http://a.example/i.png", "width": None, "height": 5, "more": []}]},
        {"related": [ENTRY | {"publishedDateTime": None, "provider": None, "type": None, "images": None}]},
        {"publishedDateTime": "2026-02-28 09:00+0200", "unknown": {"a": [1]}},
        {"byline": "A. Person", "images": [{"url": "http://a.example/i.png", "alt": "", "credit": None}]},
        {"byline": None},
        {"title": None},
        {"title": "  "},
        {"title": ["a"]},
        {"title": "x" * 501},
        {"type": ""},
        {"webUrl": ""},
        {"webUrl": "gazette.example/a"},
        {"webUrl": "https://a.example/a b"},
        {"webUrl": "https://me@a.example/"},
        {"originalUrl": "ftp://a.example/"},
        {"publishedDateTime": "2026-02-28"},
        {"publishedDateTime": "2026-02-28T09:00:00"},
        {"publishedDateTime": "2026-13-01T09:00:00Z"},
        {"quality": 101},
        {"quality": "37"},
        {"quality": None},
        {"heat": 1.5},
        {"published": "yes"},
        {"provider": None},
        {"provider": {"name": None}},
        {"topics": "AI"},
        {"topics": [""]},
        {"topics": ["a"] * 51},
        {"images": [{"width": 5}]},
        {"related": [{"title": "Too"}]},
        {"related": [ENTRY | {"publishedDateTime": "soon"}]},
    ],
    ids=repr,
)
def test_a_seed_is_valid_by_the_schema_if_the_reader_accepts_it(keys):
    values = SEED | keys
    texts = {key: json.dumps(value) for key, value in values.items()}
    try:
        reader.read(story("a", **texts))
    except SeedError:
        is_accepted = False
    else:
        is_accepted = True
    assert is_valid(values, printed(), printed()) == is_accepted


@pytest.mark.parametrize("value", [37, True, ["A", "B"], {"name": "A"}, "x" * 501])
def test_a_byline_that_the_reader_would_keep_unread_is_wrong_by_the_schema(value):
    assert [p.key for p in reader.read(story("a", byline=json.dumps(value))).problems] == ["byline"]
    assert not is_valid(SEED | {"byline": value}, printed(), printed())
