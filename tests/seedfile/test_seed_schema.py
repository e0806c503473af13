import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from articles.seedfile import limits, schema
from articles.seedfile.reader import describe
from articles.seedfile.scalars import Plain, forbidden_character
from articles.seedfile.schema import ArticleContent, Image, Provider, Related, dump_field, extra_text, load_field
from tests.sampling import examples
from tests.seedfile.seed_text import REAL, content_of

CHARACTERS = st.characters(codec="utf-8").filter(lambda character: not forbidden_character(character))
TEXTS = st.text(CHARACTERS, max_size=20)
KEPT_TEXTS = TEXTS | st.sampled_from(["37", "true", "~", "Null"])
FILLED = TEXTS.filter(str.strip)
ADDRESSES = st.from_regex(r"https://[a-z]{1,8}\.example/[a-z0-9/~%=-]{0,20}", fullmatch=True)
MOMENTS = st.datetimes(datetime(1001, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
EXTRAS = st.dictionaries(TEXTS, TEXTS | st.integers(-9, 9).map(str).map(Plain), max_size=2).map(extra_text)
QUALITIES = st.integers(*limits.QUALITY)
PIXELS = st.none() | st.integers(*limits.PIXELS)

PROVIDERS = st.builds(Provider, name=FILLED, domain=TEXTS, extra=EXTRAS)
IMAGES = st.lists(
    st.builds(
        Image,
        url=ADDRESSES,
        width=PIXELS,
        height=PIXELS,
        isCached=st.booleans(),
        **dict.fromkeys(("alt", "caption", "credit"), KEPT_TEXTS),
        extra=EXTRAS,
    ),
    max_size=2,
)
COVERAGE = st.builds(
    Related,
    title=FILLED,
    excerpt=TEXTS,
    publishedDateTime=st.none() | MOMENTS,
    webUrl=ADDRESSES,
    type=TEXTS,
    provider=st.none() | PROVIDERS,
    quality=QUALITIES,
    images=IMAGES,
    extra=EXTRAS,
)
CONTENTS = st.builds(
    ArticleContent,
    category=TEXTS,
    title=FILLED,
    excerpt=TEXTS,
    byline=KEPT_TEXTS,
    publishedDateTime=MOMENTS,
    originalUrl=st.just("") | ADDRESSES,
    webUrl=ADDRESSES,
    type=FILLED,
    quality=QUALITIES,
    heat=st.integers(*limits.HEAT),
    published=st.booleans(),
    provider=PROVIDERS,
    topics=st.lists(FILLED, max_size=3),
    images=IMAGES,
    related=st.lists(COVERAGE, max_size=2),
    secured=TEXTS,
    body=TEXTS,
    extra=EXTRAS,
)
MINIMAL = {
    "title": "The night ferry returns",
    "web_url": "https://gazette.example/ferry",
    "type": "article",
    "published_at": "2026-02-28T09:00:00Z",
    "provider": {"name": "The Gazette"},
}


def problem_with(**values):
    with pytest.raises(ValidationError) as failure:
        ArticleContent.model_validate({**MINIMAL, **values})
    (details,) = failure.value.errors()
    return describe(details)


@given(CONTENTS)
@examples(12)
def test_every_field_survives_its_way_through_json(content):
    for field in schema.FIELDS:
        value = getattr(content, field)
        assert load_field(field, json.loads(json.dumps(dump_field(field, value)))) == value


@given(CONTENTS)
@examples(12)
def test_content_made_of_loaded_fields_is_the_same_content(content):
    fields = {field: dump_field(field, getattr(content, field)) for field in schema.FIELDS}
    assert ArticleContent.model_validate(fields) == content


def test_real_seed_is_dumped_in_its_own_keys_without_defaults():
    content = content_of(REAL)
    assert dump_field("published_at", content.published_at) == "2024-02-25T02:03:00Z"
    assert dump_field("provider", content.provider) == {"name": "The Straits Times", "domain": "straitstimes.com"}
    assert list(dump_field("images", content.images)[0]) == ["url", "width", "height", "isCached"]
    assert list(dump_field("related", content.related)[0]) == [
        "title", "excerpt", "publishedDateTime", "webUrl", "type", "provider", "quality", "images",
    ]  # fmt: skip
    assert dump_field("images", (Image(url="https://a.example/"),)) == [{"url": "https://a.example/"}]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("quality", 101),
        ("quality", "37"),
        ("published", "true"),
        ("published_at", "2026-02-28T09:00:00"),
        ("web_url", "javascript:x"),
        ("topics", "AI"),
        ("images", [{}]),
        ("provider", None),
    ],
)
def test_field_that_no_seed_could_hold_is_not_loaded(field, value):
    with pytest.raises(ValidationError):
        load_field(field, value)


def test_content_cannot_be_changed():
    content = content_of(REAL)
    with pytest.raises(ValidationError):
        content.published = True
    with pytest.raises(ValidationError):
        content.related[0].title = "x"
    assert isinstance(hash(content), int)


def test_fields_stand_in_the_order_of_the_seed():
    keys = [schema.seed_key(field) for field in schema.FIELDS]
    real = [line.split(b":")[0].decode() for line in REAL.splitlines() if line[:1].isalpha()]
    assert [key for key in keys[:-2] if key != "byline"] == real
    assert keys[keys.index("excerpt") + 1] == "byline"
    assert keys[-2:] == ["body", "extra"]


def test_seed_may_hold_no_key_but_its_own():
    attributes = schema.attributes_of(ArticleContent)
    assert attributes["webUrl"] == "web_url"
    assert not {"body", "extra", "web_url", "published_at", "__class__"} & set(attributes)
    own = {name: name for name in ("url", "width", "height", "alt", "caption", "credit")}
    assert schema.attributes_of(Image) == own | {"isCached": "is_cached"}


def test_attribute_that_the_schema_does_not_know_is_refused():
    assert problem_with(pk=1) == "Extra inputs are not permitted"


LIMITS = [
    ("title", limits.TITLE, 500),
    ("excerpt", limits.EXCERPT, 10_000),
    ("byline", limits.BYLINE, 500),
    ("category", limits.CATEGORY, 100),
    ("type", limits.TYPE, 50),
    ("secured", limits.SECURED, 50_000),
]


@pytest.mark.parametrize(("field", "most", "documented"), LIMITS)
def test_texts_are_measured_in_code_points(field, most, documented):
    assert most == documented
    assert getattr(ArticleContent.model_validate({**MINIMAL, field: "😀" * most}), field) == "😀" * most
    assert problem_with(**{field: "e\u0301" * (most + 1)}) == f"is {most + 1:,} characters long; shorten it to {most:,}"


def test_a_body_is_measured_in_bytes_as_that_of_a_file_is():
    assert limits.BODY_BYTES == 524_288
    assert ArticleContent.model_validate({**MINIMAL, "body": "😀" * 131_072}).body == "😀" * 131_072
    assert problem_with(body="😀" * 131_073) == "is 524,292 bytes long; shorten it to 524,288"


def test_length_is_measured_after_normalisation():
    assert ArticleContent.model_validate({**MINIMAL, "title": "  " + "e\u0301" * 500 + "  "}).title == "é" * 500


def test_address_has_at_most_2000_characters():
    address = "https://gazette.example/" + "x" * 1_976
    assert load_field("web_url", address) == address
    assert problem_with(web_url=address + "x") == "is 2,001 characters long; shorten it to 2,000"


def test_lists_have_at_most_50_entries():
    topics = [f"topic {n}" for n in range(51)]
    assert problem_with(topics=topics) == "has 51 entries; keep 50 at most"
    assert len(load_field("topics", topics[:50])) == 50


def test_topics_are_kept_once_in_their_first_place():
    assert load_field("topics", ["b", "a", " b ", "B", "cafe\u0301", "café"]) == ("b", "a", "B", "café")


@pytest.mark.parametrize("value", [None, Plain(""), Plain("null"), [], ()])
def test_list_of_nothing_is_empty(value):
    assert load_field("topics", value) == load_field("images", value) == load_field("related", value) == ()


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({}, ""),
        ({"b": "x", "a": Plain("1")}, '{"b":"x","a":1}'),
        ({"é": ["😀", {"x": Plain("null")}]}, '{"é":["😀",{"x":null}]}'),
        ({"a": Plain("true"), "b": "true"}, '{"a":true,"b":"true"}'),
        ({"a": Plain("37"), "b": "37"}, '{"a":37,"b":"37"}'),
        ({"a": Plain(""), "b": Plain("~"), "c": Plain("Null")}, '{"a":"","b":"~","c":"Null"}'),
        ({"a": Plain("-0"), "b": Plain("012"), "c": Plain("1.10")}, '{"a":"-0","b":"012","c":"1.10"}'),
        (
            {"a": Plain("9" * 13), "b": Plain("1e999"), "c": Plain(".nan")},
            f'{{"a":"{"9" * 13}","b":"1e999","c":".nan"}}',
        ),
        ({"a": Plain("True"), "b": Plain("no")}, '{"a":"True","b":"no"}'),
        ({"a": {}, "b": []}, '{"a":{},"b":[]}'),
    ],
)
def test_unknown_keys_become_ordered_json(pairs, expected):
    assert extra_text(pairs) == expected


def test_content_survives_a_message_between_processes():
    content = content_of(REAL)
    again = pickle.loads(pickle.dumps(content))
    assert again == content
    assert again.model_dump_json() == content.model_dump_json()
    assert again.model_copy(update={"heat": 3}).heat == 3
    shuffled = dict(reversed(content.__dict__.items()))
    assert ArticleContent.of(shuffled).model_dump_json() == content.model_dump_json()
