import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile.problems import Severity
from articles.seedfile.reader import read
from tests.sampling import examples
from tests.seedfile.seed_text import ENTRY, IMAGE, REAL, assert_refused, content_of, said_about, seed, seed_with


def test_real_seed_is_read_as_it_stands():
    content = content_of(REAL)
    assert content.title == "China’s rush to dominate AI comes with a twist: It depends on US technology"
    assert content.category == "news"
    assert content.published_at == datetime(2024, 2, 25, 2, 3, tzinfo=UTC)
    assert content.web_url == content.original_url
    assert (content.type, content.quality, content.heat, content.published) == ("article", 37, -1, False)
    assert (content.provider.name, content.provider.domain) == ("The Straits Times", "straitstimes.com")
    assert content.topics == ("Meta AI", "AI")
    assert [(image.width, image.height, image.is_cached) for image in content.images] == [(860, 573, True)]


def test_real_seed_keeps_its_coverage():
    first, second = content_of(REAL).related
    assert first.provider is not None
    assert first.provider.name == "The New York Times"
    assert (first.quality, second.quality) == (52, 50)
    assert first.published_at == datetime(2024, 2, 21, 16, 21, tzinfo=UTC)
    assert [image.height for image in first.images + second.images] == [550, 550]


def test_real_seed_keeps_secured_exactly():
    content = content_of(REAL)
    assert len(content.secured) == 389
    assert f'secured: "{content.secured}"\n'.encode() in REAL


def test_real_seed_says_nothing():
    assert read(REAL).problems == ()


def test_digest_is_of_the_exact_bytes():
    assert read(REAL).digest == sha256(REAL).hexdigest()
    assert read(b"\xef\xbb\xbf" + REAL).digest != read(REAL).digest


def test_minimal_seed_has_the_documented_defaults():
    content = content_of(seed())
    assert (content.category, content.excerpt, content.original_url, content.secured, content.body) == ("",) * 5
    assert (content.quality, content.heat, content.published) == (0, -1, False)
    assert (content.topics, content.images, content.related, content.extra) == ((), (), (), "")


def test_lines_tell_where_each_key_and_entry_stands():
    lines = read(REAL).lines
    text = REAL.decode().splitlines()
    assert text[lines["quality",] - 1] == "quality: 37"
    assert text[lines["topics", 1] - 1] == "  - AI"
    assert text[lines["related", 1, "quality"] - 1] == "    quality: 50"
    assert text[lines["related", 1, "images", 0, "isCached"] - 1] == "        isCached: true"


SCALARS = [
    pytest.param("topics: [no, on, 012, 1e3]", "topics", ("no", "on", "012", "1e3"), id="Y10-no-on-012"),
    pytest.param(
        "topics: [12:30, 1.10, 0x1F, y, 2026-02-28]",
        "topics",
        ("12:30", "1.10", "0x1F", "y", "2026-02-28"),
        id="Y10-times",
    ),
    pytest.param("topics: [true, .inf, 'null', \"~\"]", "topics", ("true", ".inf", "null", "~"), id="Y10-quoted-null"),
    pytest.param("topics:", "topics", (), id="topics-null"),
    pytest.param("topics: ~", "topics", (), id="topics-tilde"),
    pytest.param("topics: []", "topics", (), id="topics-empty"),
    pytest.param("topics: [AI, Ai, ai]", "topics", ("AI", "Ai", "ai"), id="topics-in-their-exact-spelling"),
    pytest.param("topics:\n- AI", "topics", ("AI",), id="topics-not-indented"),
    pytest.param("title: 37", "title", "37", id="title-of-digits"),
    pytest.param("title: no", "title", "no", id="title-of-a-word-yaml-knows"),
    pytest.param('title: "null"', "title", "null", id="title-quoted-null"),
    pytest.param("title: '  A  ferry\t\n  returns '", "title", "A  ferry returns", id="title-over-two-lines"),
    pytest.param('title: "a\\tb\\nc\\u2028d"', "title", "a b c d", id="title-with-escapes"),
    pytest.param("title: a\u2028b\u2029c", "title", "a b c", id="title-with-line-separator"),
    pytest.param("title: <script>__x(1)</script>", "title", "<script>__x(1)</script>", id="X03-script-is-text"),
    pytest.param("title: cafe\u0301", "title", "café", id="Y28-decomposed"),
    pytest.param("title: a\u202eb\u200bc", "title", "a\u202eb\u200bc", id="Y28-bidi-and-zero-width"),
    pytest.param(f"title: x{chr(0x315) * 300}", "title", "x" + chr(0x315) * 300, id="Y28-zalgo-within-bounds"),
    pytest.param(f"title: {'x' * 500}", "title", "x" * 500, id="Y28-500-characters"),
    pytest.param(f"title: {'😀' * 500}", "title", "😀" * 500, id="Y28-500-code-points"),
    pytest.param("excerpt: null", "excerpt", "", id="excerpt-null"),
    pytest.param("excerpt: |\n  a\n  ---\n  b", "excerpt", "a\n---\nb\n", id="excerpt-block-with-delimiter"),
    pytest.param("excerpt: >-\n  a\n  b", "excerpt", "a b", id="excerpt-folded"),
    pytest.param("excerpt: 'a # b: c'", "excerpt", "a # b: c", id="excerpt-quoted-signs"),
    pytest.param("category: news # comment", "category", "news", id="comment-behind-value"),
    pytest.param("category:", "category", "", id="category-null"),
    pytest.param("heat: 2147483647", "heat", 2_147_483_647, id="heat-most"),
    pytest.param("heat: -1", "heat", -1, id="heat-not-computed"),
    pytest.param("quality: 0", "quality", 0, id="quality-least"),
    pytest.param("quality: 100", "quality", 100, id="quality-most"),
    pytest.param("published: true", "published", True, id="published"),
    pytest.param("originalUrl:", "original_url", "", id="original-address-null"),
    pytest.param("originalUrl: ''", "original_url", "", id="original-address-empty"),
    pytest.param(
        'publishedDateTime: "2024-02-25T02:03:00Z"',
        "published_at",
        datetime(2024, 2, 25, 2, 3, tzinfo=UTC),
        id="moment-quoted",
    ),
    pytest.param("images: null", "images", (), id="images-null"),
    pytest.param("related: []", "related", (), id="related-empty"),
]


@pytest.mark.parametrize(("line", "field", "expected"), SCALARS)
def test_value_is_read_as_it_was_meant(line, field, expected):
    assert getattr(content_of(seed_with(line)), field) == expected


def test_nulls_in_parts_count_as_left_out():
    image = content_of(seed(f"images:\n{IMAGE}    width:\n    height: ~\n")).images[0]
    assert (image.width, image.height) == (None, None)
    entry = content_of(seed(f"related:\n{ENTRY}    provider:\n    publishedDateTime: null\n    images:\n")).related[0]
    assert (entry.provider, entry.published_at, entry.images) == (None, None, ())


def test_topic_named_twice_is_kept_once_with_a_warning():
    document = read(seed("topics:\n  - AI\n  - Meta\n  - AI\n"))
    assert document.content.topics == ("AI", "Meta")
    assert [(p.severity, p.line, p.key) for p in document.problems] == [(Severity.WARNING, 7, "topics")]


# ------------------------------------------------------------------------------------------------------ unknown keys

UNKNOWN = """\
zebra: 1
provider: {name: The Gazette, country: NO, "since": "1887"}
aardvark: [x, {b: null, a: 1.50}]
images:
  - url: https://gazette.example/ferry.jpg
    source: A. Person
related:
  - title: The ferry, again
    webUrl: https://herald.example/ferry
    z: true
    provider: {name: The Herald, y: -0}
    images:
      - {url: https://herald.example/ferry.jpg, x: 012}
    a: ~
"""


def test_Y26_unknown_keys_are_kept_in_order_with_the_part_they_came_with():  # noqa: N802
    content = content_of(seed(UNKNOWN, without=("provider",)))
    assert content.extra == '{"zebra":1,"aardvark":["x",{"b":null,"a":"1.50"}]}'
    assert content.provider.extra == '{"country":"NO","since":"1887"}'
    assert content.images[0].extra == '{"source":"A. Person"}'
    entry = content.related[0]
    assert entry.extra == '{"z":true,"a":"~"}'
    assert entry.provider is not None
    assert entry.provider.extra == '{"y":"-0"}'
    assert entry.images[0].extra == '{"x":"012"}'


def test_Y26_unknown_keys_are_noticed_by_line_and_key():  # noqa: N802
    problems = read(seed(UNKNOWN, without=("provider",))).problems
    assert [(p.line, p.key) for p in problems] == [
        (6, "zebra"),
        (7, "provider.country"),
        (7, "provider.since"),
        (8, "aardvark"),
        (11, "images[0].source"),
        (15, "related[0].z"),
        (16, "related[0].provider.y"),
        (18, "related[0].images[0].x"),
        (19, "related[0].a"),
    ]
    assert {p.severity for p in problems} == {Severity.NOTICE}


@pytest.mark.parametrize(
    "key",
    [
        "pk",
        "id",
        "__class__",
        "_state",
        "secured_plain",
        "version",
        "extra",
        "body",
        "published_at",
        "web_url",
        "model_config",
        "",
    ],
)
def test_Y26_key_that_looks_like_an_attribute_is_kept_and_never_assigned(key):  # noqa: N802
    document = read(seed(f'"{key}": 1\n', body="The body.\n"))
    assert document.content.extra == f'{{"{key}":1}}'
    assert document.content.model_copy(update={"extra": ""}) == content_of(seed(body="The body.\n"))
    assert [p.message for p in document.problems] == ["is not a key that Newsdesk knows; it is kept"]


def test_Y26_wrong_case_is_noticed_with_the_key_that_was_meant():  # noqa: N802
    document = read(seed("Published: true\n"))
    assert document.content.published is False
    assert document.content.extra == '{"Published":true}'
    assert (
        str(document.problems[0])
        == "7: Published is not a key that Newsdesk knows; it is kept; did you mean published?"
    )


def test_long_numbers_in_unknown_keys_keep_every_digit():
    content = content_of(seed(f"x: {'9' * 40}\ny: 1e400\n"))
    assert json.loads(content.extra) == {"x": "9" * 40, "y": "1e400"}


def test_Y30_coverage_of_coverage_is_kept_unread_with_a_warning():  # noqa: N802
    nested = ENTRY + "    related:\n      - title: Deeper\n        related: [{title: Deepest}]\n"
    document = read(seed("related:\n" + nested))
    assert [entry.title for entry in document.content.related] == ["The ferry, again"]
    assert document.content.related[0].extra == '{"related":[{"title":"Deeper","related":[{"title":"Deepest"}]}]}'
    assert [(p.severity, p.line, p.key) for p in document.problems] == [(Severity.WARNING, 10, "related[0].related")]


def test_Y30_article_that_covers_itself_is_read():  # noqa: N802
    content = content_of(seed("related:\n  - title: Me\n    webUrl: https://gazette.example/ferry\n"))
    assert content.related[0].web_url == content.web_url


def test_nesting_as_deep_as_the_limit_is_read():
    assert content_of(seed(f"x: {'[' * 15}{']' * 15}\n")).extra == f'{{"x":{"[" * 15}{"]" * 15}}}'


KEPT_TEXTS = """\
byline: "A. Person"
images:
  - url: https://gazette.example/ferry.jpg
    alt: The ferry, at last
    caption: >
      The ferry
      at its quay.
    credit: 'B. Person'
related:
  - title: The ferry, again
    webUrl: https://herald.example/ferry
    images: [{url: https://herald.example/ferry.jpg, credit: C. Person}]
"""


def test_byline_and_the_texts_of_pictures_are_known():
    document = read(seed(KEPT_TEXTS))
    (image,), (entry,) = document.content.images, document.content.related
    assert document.problems == ()
    assert (document.content.byline, document.content.extra) == ("A. Person", "")
    assert (image.alt, image.caption, image.credit) == ("The ferry, at last", "The ferry at its quay.", "B. Person")
    assert (entry.images[0].credit, image.extra, entry.images[0].extra) == ("C. Person", "", "")


@pytest.mark.parametrize("value", ["", "~", "null", "Null", "''", '"  "', '"~"', "'NULL'"])
def test_a_byline_of_nothing_is_none(value):
    document = read(seed(f"byline: {value}\n"))
    assert (document.content.byline, document.content.extra, document.problems) == ("", "", ())


@pytest.mark.parametrize(
    ("value", "kept", "words"),
    [
        ("37", "37", "is not text; put it in double quotes if it should be; it is kept unread"),
        ("true", "true", "is not text"),
        ("[A, B]", '["A","B"]', "is not text"),
        ("{name: A}", '{"name":"A"}', "is not text"),
        ("x" * 501, f'"{"x" * 501}"', "is 501 characters long; shorten it to 500; it is kept unread"),
    ],
)
def test_a_byline_that_is_no_text_or_too_long_is_kept_unread_with_a_warning(value, kept, words):
    document = read(seed(f"byline: {value}\n"))
    assert (document.content.byline, document.content.extra) == ("", f'{{"byline":{kept}}}')
    (problem,) = document.problems
    assert (problem.severity, problem.line, problem.key) == (Severity.WARNING, 7, "byline")
    assert words in problem.message


@pytest.mark.parametrize(("written", "text"), [('"37"', "37"), ("1.50", "1.50"), ("'true'", "true"), ("no", "no")])
def test_a_byline_is_the_text_that_it_is(written, text):
    assert content_of(seed(f"byline: {written}\n")).byline == text


@pytest.mark.parametrize(("key", "most"), [("alt", 2_000), ("caption", 2_000), ("credit", 500)])
def test_a_text_of_a_picture_that_is_too_long_is_kept_unread(key, most):
    fits, too_long = (read(seed(f"images:\n{IMAGE}    {key}: {'x' * n}\n")) for n in (most, most + 1))
    assert (getattr(fits.content.images[0], key), fits.problems) == ("x" * most, ())
    assert getattr(too_long.content.images[0], key) == ""
    assert too_long.content.images[0].extra == f'{{"{key}":"{"x" * (most + 1)}"}}'
    assert [problem.key for problem in too_long.problems] == [f"images[0].{key}"]


def test_a_control_character_in_a_byline_is_refused_as_anywhere():
    assert_refused(seed('byline: "A\\0"\n'), (7, "byline", "U+0000"))


# ------------------------------------------------------------------------------------------------ bytes and line ends


def test_Y23_byte_order_mark_is_accepted():  # noqa: N802
    assert read(b"\xef\xbb\xbf" + REAL).content == read(REAL).content


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
def test_line_ends_do_not_change_the_content(ending):
    raw = seed("excerpt: |\n  a\n  b\n", body="One\n\nTwo\n")
    document = read(raw.replace(b"\n", ending))
    assert document.content == content_of(raw)
    assert document.content.body == "One\n\nTwo\n"
    assert document.body.encode() == b"One\n\nTwo\n".replace(b"\n", ending)
    assert document.lines == read(raw).lines


def test_body_is_normalised_in_content_and_exact_beside_it():
    document = read(seed(body="cafe\u0301\r\n"))
    assert document.content.body == "café\n"
    assert document.body == "cafe\u0301\r\n"


# ---------------------------------------------------------------------------------------------------- whatever comes

FRAGMENTS = [
    b"---", b"...", b"\n", b"\r", b"\t", b"  ", b"- ", b": ", b'"', b"'", b"[", b"]", b"{", b"}", b"|", b">", b"? ",
    b"# ", b"null", b"~", b"*a", b"&a ", b"!x ", b"<<: ", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xa8",
    b"\xcc\x81", b'"\\ud800"', b'"\\x07"', b"%YAML 1.1\n", b"9" * 20, b"9999-12-31T23:59:59-23:59",
    b"0001-01-01T00:00:00+14:00", b"related:\n", b"images:\n", b"extra: 1\n", b"https://[::1", b"\xf0\x9f\x98\x80",
]  # fmt: skip


TEXT = st.text(st.characters(codec="utf-8"), max_size=100)


@st.composite
def mutated_seeds(draw):
    lines = REAL.split(b"\n")
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        at = draw(st.integers(0, len(lines[place])))
        fragment = draw(st.sampled_from([*FRAGMENTS, lines[place], None]))
        lines[place] = lines[place][:at] + (b"" if fragment is None else fragment + lines[place][at:])
    return b"\n".join(lines)


def assert_read_or_refused(raw):
    problems = said_about(raw)
    assert all(problem.line and str(problem).isprintable() for problem in problems)
    if all(problem.severity is not Severity.ERROR for problem in problems):
        document = read(raw)
        assert raw.endswith(document.body.encode())
        assert document.front_matter.encode() in raw
        assert set(document.lines.values()) <= set(range(2, raw.count(b"\n") + raw.count(b"\r") + 2))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(raw):
    assert_read_or_refused(raw)


@given(TEXT, TEXT)
def test_arbitrary_front_matter_is_read_or_refused(front_matter, body):
    assert_read_or_refused(seed(front_matter + "\n", body=body))


@given(mutated_seeds())
@examples(50)
def test_damaged_seed_is_read_or_refused(raw):
    assert_read_or_refused(raw)
