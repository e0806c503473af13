"""Contents as hypothesis draws them: everything that the seed format allows, unknown keys at any depth included."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count

from hypothesis import strategies as st

from articles.seedfile import schema
from articles.seedfile.scalars import FORBIDDEN

_numbers = count(1)
EARLIEST, LATEST = datetime(1000, 1, 3), datetime(9998, 12, 29)  # noqa: DTZ001


def texts(most: int = 40, *, least: int = 0) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=("Cs",)).filter(lambda letter: not FORBIDDEN.search(letter))
    awkward = st.sampled_from([*"\n \t<>\"'&é\u202e\u00a0", "&amp;", "{{", "%}", "e\u0301"])
    return st.lists(letters | awkward, min_size=least, max_size=most).map("".join)


def lines(most: int = 40) -> st.SearchStrategy[str]:
    return texts(most).map(lambda text: f"x{text}y")


moments = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))
addresses = st.text("abcdefghijklmnopqrstuvwxyzäß?&=%#/'", max_size=30).map(
    lambda path: f"https://news.example/{next(_numbers)}/{path}"
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**11), 10**11) | st.text("a\r\n<\u00e9", max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts(5, least=1), inner, max_size=2),
    max_leaves=4,
)
extras = st.just("") | st.dictionaries(texts(8, least=1), json_values, min_size=1, max_size=3).map(
    lambda pairs: json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))
)
providers = st.fixed_dictionaries(
    {"name": lines(), "domain": st.sampled_from(["", "a.example", "Ü.example"]), "extra": extras}
)
images = st.fixed_dictionaries(
    {
        "url": addresses,
        "width": st.none() | st.integers(0, 1_000_000),
        "height": st.none() | st.integers(0, 1_000_000),
        "is_cached": st.booleans(),
        **dict.fromkeys(("alt", "caption", "credit"), texts(10)),
        "extra": extras,
    }
)
coverage = st.fixed_dictionaries(
    {
        "title": lines(),
        "excerpt": texts(),
        "published_at": st.none() | moments,
        "web_url": addresses,
        "type": st.just("") | lines(10),
        "provider": st.none() | providers,
        "quality": st.integers(0, 100),
        "images": st.lists(images, max_size=3),
        "extra": extras,
    }
)
contents = st.fixed_dictionaries(
    {
        "category": st.just("") | lines(10),
        "title": lines(),
        "excerpt": texts(),
        "byline": texts(10),
        "published_at": moments,
        "original_url": st.just("") | addresses,
        "web_url": addresses,
        "type": lines(10),
        "quality": st.integers(0, 100),
        "heat": st.integers(-1, 2_147_483_647),
        "published": st.booleans(),
        "provider": providers,
        "topics": st.lists(lines(12), max_size=4),
        "images": st.lists(images, max_size=3),
        "related": st.lists(coverage, max_size=3),
        "secured": texts(10),
        "body": texts(60) | texts(60).map("\n{}".format),
        "extra": extras,
    }
).map(schema.ArticleContent.model_validate)
