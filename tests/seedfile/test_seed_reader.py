import json
import tracemalloc
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.seedfile import limits, reader
from articles.seedfile.problems import Severity, SeedError
from tests.seedfile.seed_text import ADDED, REAL, assert_refused, content_of, problems_of, seed, seed_with, within

BROKEN_YAML = "in double quotes"
ENTRY = "  - title: The ferry, again\n    webUrl: https://herald.example/ferry\n"
IMAGE = "  - url: https://gazette.example/ferry.jpg\n"


def case(row, raw, *problems):
    return pytest.param(raw, problems, id=row)


# ------------------------------------------------------------------------------------------------ the real seed


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
    assert reader.read(REAL).problems == ()


def test_digest_is_of_the_exact_bytes():
    assert reader.read(REAL).digest == sha256(REAL).hexdigest()
    assert reader.read(b"\xef\xbb\xbf" + REAL).digest != reader.read(REAL).digest


def test_minimal_seed_has_the_documented_defaults():
    content = content_of(seed())
    assert (content.category, content.excerpt, content.original_url, content.secured, content.body) == ("",) * 5
    assert (content.quality, content.heat, content.published) == (0, -1, False)
    assert (content.topics, content.images, content.related, content.extra) == ((), (), (), "")


def test_lines_tell_where_each_key_and_entry_stands():
    lines = reader.read(REAL).lines
    text = REAL.decode().splitlines()
    assert text[lines["quality",] - 1] == "quality: 37"
    assert text[lines["topics", 1] - 1] == "  - AI"
    assert text[lines["related", 1, "quality"] - 1] == "    quality: 50"
    assert text[lines["related", 1, "images", 0, "isCached"] - 1] == "        isCached: true"


# --------------------------------------------------------------------------------------------- CASES.md, section a

REFUSED = [
    case("Y01-no-delimiter", b"title: x\n", (1, "", "no front matter; begin the file with a line of ---")),
    case("Y01-four-dashes", b"----\ntitle: x\n----\n", (1, "", "no front matter")),
    case("Y01-blank-line-first", b"\n" + seed(), (1, "", "begin the file with")),
    case("Y01-indented-delimiter", b" " + seed(), (1, "", "no front matter")),
    case("Y02-never-closed", b"---\ntitle: x", (1, "", "never ends; close it with a line of ---")),
    case("Y02-closing-indented", b"---\ntitle: x\n ---\n", (1, "", "close it with")),
    case("Y02-closed-by-dots", b"---\ntitle: x\n...\n", (1, "", "close it with")),
    case("Y03-empty-file", b"", (1, "", "is empty; no front matter, begin with a line of ---")),
    case("Y03-blanks-only", b" \n\t\r\n", (1, "", "is empty")),
    case("Y03-one-byte", b"-", (1, "", "no front matter")),
    case("Y03-mark-only", b"\xef\xbb\xbf", (1, "", "no front matter")),
    case("Y03-nothing-between", b"---\n---\n", (2, "", "not a mapping; write lines of key: value")),
    case("Y03-comment-between", b"---\n# title: x\n---\n", (2, "", "not a mapping")),
    case("Y04-list", b"---\n- a\n---\n", (2, "", "not a mapping")),
    case("Y04-scalar", b"---\nhello\n---\n", (2, "", "not a mapping")),
    case("Y04-null", b"---\nnull\n---\n", (2, "", "not a mapping")),
    case("Y04-anchored-list", b"---\n&a\n- a\n---\n", (2, "", "anchor"), (2, "", "not a mapping")),
    case("Y05-two-colons", seed_with("title: a: b"), (6, "", BROKEN_YAML)),
    case("Y05-unclosed-quote", seed_with('title: "a'), (7, "", BROKEN_YAML)),
    case("Y05-unclosed-bracket", seed("topics: [a\n"), (ADDED + 1, "", BROKEN_YAML)),
    case("Y05-wrong-indent", seed("provider2:\n  name: P\n domain: d\n"), (ADDED + 2, "", BROKEN_YAML)),
    case("Y06-tab", seed("a:\n\tb: 1\n"), (ADDED + 1, "", "indent with spaces")),
    case("Y07-duplicate-key", seed("published: false\npublished: true\n"), (8, "published", "duplicate key; keep one")),
    case("Y07-quoted-duplicate", seed("published: false\n'published': true\n"), (8, "published", "duplicate key")),
    case("Y07-decomposed-duplicate", seed("caf\u00e9: 1\ncafe\u0301: 2\n"), (8, "caf\u00e9", "duplicate key")),
    case(
        "Y07-nested-duplicate",
        seed(f"related:\n{ENTRY}    quality: 1\n    quality: 2\n"),
        (11, "related[0].quality", "duplicate key"),
    ),
    case(
        "Y08-merge-from-anchor",
        seed("x: &x\n  published: true\n<<: *x\n"),
        (7, "x", '"&x" is an anchor; write each value where it belongs'),
        (9, "<<", "is a merge key; write the values themselves"),
        (9, "<<", '"*x" is an alias; write the value itself'),
    ),
    case("Y08-merge-inline", seed("<<: {published: true}\n"), (7, "<<", "merge key")),
    case("Y08-anchor-on-key", seed("&a quality: 1\n"), (7, "quality", "anchor")),
    case(
        "Y08-alias-entry", seed("topics:\n  - &a AI\n  - *a\n"), (8, "topics[0]", "anchor"), (9, "topics[1]", "alias")
    ),
    case("Y08-unknown-alias", seed("category: *nobody\n"), (7, "category", "alias")),
    case(
        "Y11-quoted-false",
        seed('published: "false"\n'),
        (7, "published", '"false" is neither true nor false; write one'),
    ),
    case("Y11-zero", seed("published: 0\n"), (7, "published", "without quotes")),
    case("Y11-yes", seed("published: yes\n"), (7, "published", "neither")),
    case("Y11-yes-please", seed("published: yes please\n"), (7, "published", "neither")),
    case("Y11-capital", seed("published: True\n"), (7, "published", "neither")),
    case("Y11-nothing", seed("published:\n"), (7, "published", "neither")),
    case("Y11-null", seed("published: null\n"), (7, "published", "neither")),
    case("Y11-list", seed("published: [true]\n"), (7, "published", "a list is neither")),
    case("Y11-isCached", seed(f"images:\n{IMAGE}    isCached: yes\n"), (9, "images[0].isCached", "neither")),
    case("Y12-twenty-nines", seed(f"quality: {'9' * 20}\n"), (7, "quality", "out of range; it has 20 digits")),
    case("Y12-int32-overflow", seed("heat: 2147483648\n"), (7, "heat", "write at most 2147483647")),
    case("Y12-quality-overflow", seed("quality: 2147483648\n"), (7, "quality", "write at most 100")),
    case("Y12-quality-101", seed("quality: 101\n"), (7, "quality", '"101" is out of range; write at most 100')),
    case("Y12-minus-one", seed("quality: -1\n"), (7, "quality", "write at least 0")),
    case("Y12-heat-minus-two", seed("heat: -2\n"), (7, "heat", "write at least -1")),
    case("Y12-fraction", seed("quality: 3.7\n"), (7, "quality", '"3.7" is not a whole number; write digits')),
    case("Y12-true", seed("quality: true\n"), (7, "quality", "not a whole number")),
    case("Y12-nan", seed("quality: .nan\n"), (7, "quality", "not a whole number")),
    case("Y12-inf", seed("quality: .inf\n"), (7, "quality", "not a whole number")),
    case("Y12-quoted", seed('quality: "37"\n'), (7, "quality", "without quotes")),
    case("Y12-nothing", seed("quality:\n"), (7, "quality", "not a whole number")),
    case("Y12-octal", seed("quality: 037\n"), (7, "quality", "not a whole number")),
    case("Y12-arabic-digits", seed("quality: ٣\n"), (7, "quality", "not a whole number")),
    case("Y12-width", seed(f"images:\n{IMAGE}    width: 1000001\n"), (9, "images[0].width", "at most 1000000")),
    case("Y12-related", seed(f"related:\n{ENTRY}    quality: 200\n"), (10, "related[0].quality", "at most 100")),
    case("Y13-5001-digits", seed(f"quality: 1{'0' * 5000}\n"), (7, "quality", "5,001 digits")),
    case(
        "Y14-python-tag",
        seed('a: !!python/object/apply:os.system ["touch pwn"]\n'),
        (7, "a", '"tag:yaml.org,2002:python/object/appl..." is a tag; write plain values'),
    ),
    case("Y14-harmless-tag", seed("topics:\n  - !!str AI\n"), (8, "topics[0]", "is a tag")),
    case("Y14-bare-tag", seed("category: ! news\n"), (7, "category", "is a tag")),
    case("Y14-undeclared-tag", seed("category: !e!x news\n"), (7, "", "tag")),
    case("Y18-brackets-1000", seed(f"a: {'[' * 1_000}\n"), (7, "", "nested more than 16 deep; flatten it")),
    case("Y18-brackets-50000", seed(f"a: {'[' * 50_000}\n"), (7, "", "nested more than")),
    case("Y18-brackets-at-top", f"---\n{'[' * 50_000}\n---\n".encode(), (2, "", "nested more than")),
    case("Y18-dashes", seed(f"a:\n  {'- ' * 30_000}\n"), (8, "", "nested more than")),
    case("Y18-braces", seed(f"a: {'{a: ' * 15_000}\n"), (7, "", "nested more than")),
    case("Y18-question-marks", seed(f"{'? ' * 30_000}\n"), (7, "", "nested more than")),
    case("Y18-dashes-50000", seed(f"a:\n  {'- ' * 50_000}\n"), (2, "", "at most 66,560 are read")),
    case("Y18-braces-50000", seed(f"a: {'{a: ' * 50_000}\n"), (2, "", "the front matter is")),
    case("Y18-values", seed(f"a: [{'1,' * 20_001}]\n"), (7, "", "more than 20,000 values; take some out")),
    case("Y20-topics", seed(f"topics: [{'AI,' * 15_000}]\n"), (7, "topics", "has 15,000 entries; keep 50 at most")),
    case("Y20-topics-51", seed(f"topics: [{'AI,' * 51}]\n"), (7, "topics", "has 51 entries; keep 50")),
    case("Y20-topics-100000", seed(f"topics: [{'AI,' * 100_000}]\n"), (2, "", "the front matter is")),
    case(
        "Y20-long-topic",
        seed(f"topics:\n  - AI\n  - {'x' * 10_000}\n"),
        (9, "topics[1]", "is 10,000 characters long; shorten it to 200"),
    ),
    case("Y20-images", seed("images:\n" + IMAGE * 51), (7, "images", "has 51 entries; keep 50 at most")),
    case("Y20-related", seed("related:\n" + ENTRY * 51), (7, "related", "has 51 entries")),
    case(
        "Y20-images-of-related",
        seed(f"related:\n{ENTRY}    images:\n" + f"    {IMAGE}" * 51),
        (10, "related[0].images", "has 51 entries"),
    ),
    case("Y21-raw-nul", seed("category: a\0b\n"), (7, "", "holds the character U+0000 at position 172; take it out")),
    case("Y21-raw-nul-in-body", seed(body="a\nb\0"), (9, "", "U+0000")),
    case("Y21-raw-nel", seed("category: a\u0085b\n"), (7, "", "U+0085")),
    case("Y21-raw-noncharacter", seed("# \ufdd0\n"), (7, "", "U+FDD0")),
    case("Y21-raw-noncharacter-above", seed(body="\U0010ffff"), (8, "", "U+10FFFF")),
    case("Y21-escaped-nul", seed_with(r'title: "a\0"'), (6, "title", "U+0000 at position 2; take it out")),
    case("Y21-escaped-0b", seed_with(r'title: "\x0b"'), (6, "title", "U+000B")),
    case("Y21-escaped-bell-escape", seed_with(r'title: "\a\e"'), (6, "title", "U+0007")),
    case("Y21-escaped-ffff", seed_with(r'title: "\uffff"'), (6, "title", "U+FFFF")),
    case("Y21-escaped-7f", seed_with(r'title: "\x7f"'), (6, "title", "U+007F")),
    case("Y21-escaped-85", seed_with(r'title: "\x85"'), (6, "title", "U+0085")),
    case("Y21-escaped-nel", seed_with(r'title: "\N"'), (6, "title", "U+0085")),
    case("Y21-escaped-surrogate", seed_with(r'title: "\ud800"'), (6, "", BROKEN_YAML)),
    case("Y21-escaped-surrogate-pair", seed_with(r'title: "\ud83d\ude00"'), (6, "", BROKEN_YAML)),
    case("Y21-escaped-in-unknown-key", seed('x: ["a", "\\0"]\n'), (7, "x[1]", "U+0000")),
    case("Y21-escaped-in-a-key", seed('"a\\0": 1\n'), (7, '"a\\u0000"', "U+0000"), (7, '"a\\u0000"', "not a key")),
    case(
        "Y23-utf16-le",
        b"\xff\xfe" + seed().decode().encode("utf-16-le"),
        (1, "", "is UTF-16 (byte 0); save it as UTF-8"),
    ),
    case("Y23-utf16-be", b"\xfe\xff" + seed().decode().encode("utf-16-be"), (1, "", "is UTF-16 (byte 0)")),
    case("Y23-latin-1", b"---\ntitle: caf\xe9\n---\n", (2, "", "not UTF-8: byte 14 is 0xE9; save it as UTF-8")),
    case("Y23-latin-1-behind-mark", b"\xef\xbb\xbf---\ntitle: caf\xe9\n", (2, "", "byte 17 is 0xE9")),
    case("Y23-latin-1-cr", b"---\rtitle: caf\xe9\r---\r", (2, "", "byte 14 is 0xE9")),
    case("Y23-truncated", seed(body="\n€").removesuffix(b"\xac"), (9, "", "byte 172 is 0xE2")),
    case("Y23-overlong", seed() + b"\xc0\xaf", (8, "", "is 0xC0")),
    case("Y23-surrogate", seed() + b"\xed\xa0\x80", (8, "", "is 0xED")),
    case("Y23-two-marks", b"\xef\xbb\xbf" * 2 + seed(), (1, "", "no front matter")),
    case("Y25-second-document", seed("...\n---  x\n"), (8, "", "holds a second YAML document; keep one")),
    case("Y25-dots-then-keys", seed("...\npublished: true\n"), (8, "", "holds a second YAML document")),
    case("Y28-long-title", seed_with(f"title: {'x' * 501}"), (6, "title", "is 501 characters long; shorten it to 500")),
    case(
        "Y28-zalgo-title",
        seed_with(f"title: a{chr(0x301) * 10_000}"),
        (6, "title", "combining marks in a row; take them"),
    ),
    case("Y28-zalgo-unknown-key", seed(f"x: a{chr(0x301) * 10_000}\n"), (7, "x", "more than 1,000 combining marks")),
    case(
        "Y29-all-missing",
        b"---\ncategory: news\n---\n",
        *((1, key, "is missing; add it") for key in ("title", "publishedDateTime", "webUrl", "type", "provider")),
    ),
    case("Y29-title", seed(without=("title",)), (1, "title", "is missing; add it")),
    case("Y29-webUrl", seed(without=("webUrl",)), (1, "webUrl", "is missing; add it")),
    case("Y29-provider", seed(without=("provider",)), (1, "provider", "is missing; add it")),
    case("Y29-type", seed(without=("type",)), (1, "type", "is missing; add it")),
    case("Y29-publishedDateTime", seed(without=("publishedDateTime",)), (1, "publishedDateTime", "is missing; add it")),
    case("Y29-provider-name", seed_with("provider: {domain: d.example}"), (6, "provider.name", "is missing; add it")),
    case(
        "Y29-related-entry",
        seed(f"related:\n{ENTRY}  - type: article\n"),
        (10, "related[1].title", "is missing; add it"),
        (10, "related[1].webUrl", "is missing; add it"),
    ),
    case("X01-webUrl", seed_with("webUrl: javascript:alert(1)"), (6, "webUrl", "write an absolute one like https://")),
    case("X01-originalUrl", seed("originalUrl: javascript:alert(1)\n"), (7, "originalUrl", "not a web address")),
    case("X01-image", seed("images:\n  - url: javascript:alert(1)\n"), (8, "images[0].url", "not a web address")),
    case(
        "X01-related",
        seed("related:\n  - title: x\n    webUrl: javascript:alert(1)\n"),
        (9, "related[0].webUrl", "not a web address"),
    ),
    case(
        "X01-image-of-related",
        seed(f"related:\n{ENTRY}    images:\n      - url: data:image/png;base64,AA\n"),
        (11, "related[0].images[0].url", "not a web address"),
    ),
    case("title-of-nothing", seed_with("title:"), (6, "title", "is empty; write a text")),
    case("title-of-blanks", seed_with('title: " \\t\\n"'), (6, "title", "is empty")),
    case("title-is-a-list", seed_with("title: [a]"), (6, "title", "is a list; write text")),
    case("title-is-a-mapping", seed_with("title: {a: b}"), (6, "title", "is a mapping; write text")),
    case("provider-is-text", seed_with("provider: The Gazette"), (6, "provider", "is not a mapping; write keys below")),
    case("provider-is-a-list", seed_with("provider: [a]"), (6, "provider", "is not a mapping")),
    case("topics-is-text", seed("topics: AI\n"), (7, "topics", "is not a list; write entries below it")),
    case("topics-is-a-mapping", seed("topics: {AI: 1}\n"), (7, "topics", "is not a list")),
    case("topic-of-nothing", seed("topics:\n  - AI\n  -\n"), (9, "topics[1]", "is empty")),
    case("topic-is-a-list", seed("topics: [[AI]]\n"), (7, "topics[0]", "is a list")),
    case("image-is-text", seed("images: [a]\n"), (7, "images[0]", "is not a mapping")),
    case("related-is-text", seed("related: [a]\n"), (7, "related[0]", "is not a mapping")),
    case("key-is-a-list", seed("? [a]\n: 1\n"), (7, "", "a key is a list or a mapping; write a text"), (7, "(5)", "")),
    case(
        "key-too-long", seed(f"{'k' * 201}: 1\n"), (7, "", "longer than 200 characters; shorten it"), (7, "k" * 201, "")
    ),
    case(
        "key-too-long-before-composition",
        seed("e\u0301" * 150 + ": 1\n"),
        (7, "", "longer than 200"),
        (7, "é" * 100 + "e", "not a key"),
    ),
    case(
        "moment-naive", seed_with("publishedDateTime: 2026-02-28T09:00:00"), (6, "publishedDateTime", "09:00:00Z or an")
    ),
    case(
        "moment-date-only", seed_with("publishedDateTime: 2026-02-28"), (6, "publishedDateTime", "2026-02-28T09:00:00Z")
    ),
    case(
        "moment-impossible",
        seed_with("publishedDateTime: 2026-02-31T09:00:00Z"),
        (6, "publishedDateTime", "not a date"),
    ),
    case("moment-nothing", seed_with("publishedDateTime:"), (6, "publishedDateTime", "is not a date; write 2026")),
]


@pytest.mark.parametrize(("raw", "problems"), REFUSED)
def test_file_is_refused_with_line_key_and_remedy(raw, problems):
    with within(1):
        assert_refused(raw, *problems)


ACCEPTED = [
    pytest.param(
        "Y10-no-on-012-1e3", "topics: [no, on, 012, 1e3]\n", "topics", ("no", "on", "012", "1e3"), id="Y10-no-on-012"
    ),
    pytest.param(
        "",
        "topics: [12:30, 1.10, 0x1F, true, 2026-02-28]\n",
        "topics",
        ("12:30", "1.10", "0x1F", "true", "2026-02-28"),
        id="Y10-others",
    ),
]
