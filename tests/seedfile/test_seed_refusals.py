"""The files that are refused: section a of the cases (the row begins each name), X01, and others of their classes."""

import subprocess
import sys
import tracemalloc
from functools import partial
from pathlib import Path

import pytest

from articles.seedfile import limits
from articles.seedfile.problems import SeedError
from articles.seedfile.reader import read
from tests.counted_work import assert_linear, lines_run
from tests.seedfile.seed_text import (
    ADDED,
    ENTRY,
    IMAGE,
    assert_refused,
    problems_of,
    said_about,
    seed,
    seed_with,
)
from tests.waiting import GIVES_UP_AFTER

PROJECT = Path(__file__).parents[2]
BROKEN_YAML = "quote text that contains a colon"


def case(row, raw, *problems):
    return pytest.param(raw, problems, id=row)


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
        (7, "x", "has an anchor; write each value where it belongs"),
        (9, "<<", "is a merge key; write the values themselves"),
        (9, "<<", "is an alias; write the value itself"),
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
        (7, "a", "has a tag; write plain values"),
    ),
    case("Y14-harmless-tag", seed("topics:\n  - !!str AI\n"), (8, "topics[0]", "has a tag")),
    case("Y14-bare-tag", seed("category: ! news\n"), (7, "category", "has a tag")),
    case("Y14-undeclared-tag", seed("category: !e!x news\n"), (7, "", "tag")),
    case("Y18-brackets-1000", seed(f"a: {'[' * 1_000}\n"), (7, "", "nested more than 16 deep; flatten it")),
    case("Y18-brackets-50000", seed(f"a: {'[' * 50_000}\n"), (7, "", "nested more than")),
    case("Y18-brackets-at-top", f"---\n{'[' * 50_000}\n---\n".encode(), (2, "", "nested more than")),
    case("Y18-dashes", seed(f"a:\n  {'- ' * 30_000}\n"), (8, "", "nested more than")),
    case("Y18-braces", seed(f"a: {'{a: ' * 15_000}\n"), (7, "", "nested more than")),
    case("Y18-dashes-50000", seed(f"a:\n  {'- ' * 50_000}\n"), (2, "", "at most 66,560 are read")),
    case("Y18-braces-50000", seed(f"a: {'{a: ' * 50_000}\n"), (2, "", "the front matter is")),
    case("Y18-values", seed(f"a: [{'1,' * 20_001}]\n"), (7, "", "more than 20,000 values; remove some")),
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
    case("Y21-raw-nul", seed("category: a\0b\n"), (7, "", "contains the character U+0000 at position 169; remove it")),
    case("Y21-raw-nul-in-body", seed(body="a\nb\0"), (9, "", "U+0000")),
    case("Y21-raw-nel", seed("category: a\u0085b\n"), (7, "", "U+0085")),
    case("Y21-raw-noncharacter", seed("# \ufdd0\n"), (7, "", "U+FDD0")),
    case("Y21-raw-noncharacter-above", seed(body="\U0010ffff"), (8, "", "U+10FFFF")),
    case("Y21-escaped-nul", seed_with(r'title: "a\0"'), (6, "title", "U+0000 at position 2; remove it")),
    case("Y21-escaped-0b", seed_with(r'title: "\x0b"'), (6, "title", "U+000B")),
    case("Y21-escaped-bell-escape", seed_with(r'title: "\a\e"'), (6, "title", "U+0007")),
    case("Y21-escaped-ffff", seed_with(r'title: "\uffff"'), (6, "title", "U+FFFF")),
    case("Y21-escaped-7f", seed_with(r'title: "\x7f"'), (6, "title", "U+007F")),
    case("Y21-escaped-85", seed_with(r'title: "\x85"'), (6, "title", "U+0085")),
    case("Y21-escaped-nel", seed_with(r'title: "\N"'), (6, "title", "U+0085")),
    case("Y21-escaped-surrogate", seed_with(r'title: "\ud800"'), (6, "", BROKEN_YAML)),
    case("Y21-escaped-surrogate-pair", seed_with(r'title: "\ud83d\ude00"'), (6, "", BROKEN_YAML)),
    case("Y21-escaped-in-unknown-key", seed('x: ["a", "\\0"]\n'), (7, "x[1]", "U+0000"), (7, "x", "not a key")),
    case("Y21-escaped-in-a-key", seed('"a\\0": 1\n'), (7, '"a\\u0000"', "U+0000")),
    case(
        "Y23-utf16-le",
        b"\xff\xfe" + seed().decode().encode("utf-16-le"),
        (1, "", "is UTF-16 (byte 0); save it as UTF-8"),
    ),
    case("Y23-utf16-be", b"\xfe\xff" + seed().decode().encode("utf-16-be"), (1, "", "is UTF-16 (byte 0)")),
    case("Y23-latin-1", b"---\ntitle: caf\xe9\n---\n", (2, "", "not UTF-8: byte 14 is 0xE9; save it as UTF-8")),
    case("Y23-latin-1-behind-mark", b"\xef\xbb\xbf---\ntitle: caf\xe9\n", (2, "", "byte 17 is 0xE9")),
    case("Y23-latin-1-cr", b"---\rtitle: caf\xe9\r---\r", (2, "", "byte 14 is 0xE9")),
    case("Y23-truncated", seed(body="\n€").removesuffix(b"\xac"), (9, "", "byte 162 is 0xE2")),
    case("Y23-overlong", seed() + b"\xc0\xaf", (8, "", "is 0xC0")),
    case("Y23-surrogate", seed() + b"\xed\xa0\x80", (8, "", "is 0xED")),
    case("Y23-two-marks", b"\xef\xbb\xbf" * 2 + seed(), (1, "", "no front matter")),
    case("Y25-second-document", seed("...\n---  x\n"), (8, "", "contains a second YAML document; keep one")),
    case("Y25-dots-then-keys", seed("...\npublished: true\n"), (8, "", "did not find expected <document start>")),
    case("Y28-long-title", seed_with(f"title: {'x' * 501}"), (6, "title", "is 501 characters long; shorten it to 500")),
    case(
        "Y28-zalgo-title",
        seed_with(f"title: a{chr(0x301) * 10_000}"),
        (6, "title", "combining marks in a row; remove them"),
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
    case("title-of-nothing", seed_with("title:"), (6, "title", "is empty; write text")),
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
    assert_refused(raw, *problems)


def test_Y18_mappings_as_keys_are_refused_at_the_limit():  # noqa: N802
    assert problems_of(seed(f"{'? ' * 30_000}\n"))[-1] == (7, "", "is nested more than 16 deep; flatten it")


def test_every_problem_is_reported_at_once():
    raw = seed(
        'quality: "37"\nquality: 38\ntopics: [&a AI]\nheat: -2\nx: "\\0"\nsubtitle: x\n'
        + "images:\n  - url: ftp://x\n",
        body=chr(0x301) * 1_001,
        without=("title", "type"),
    )
    assert_refused(
        raw,
        (1, "title", "is missing; add it"),
        (1, "type", "is missing; add it"),
        (6, "quality", "duplicate key"),
        (7, "topics[0]", "anchor"),
        (8, "heat", "write at least -1"),
        (9, "x", "U+0000"),
        (12, "images[0].url", "not a web address"),
        (14, "body", "the body has more than 1,000 combining marks in a row; remove them"),
        (10, "subtitle", "not a key that Newsdesk knows"),
    )


def test_what_was_found_before_a_syntax_error_is_reported_with_it():
    assert_refused(seed("topics: [&a AI]\nx: y: z\n"), (7, "topics[0]", "anchor"), (8, "", BROKEN_YAML))


def test_oversized_body_does_not_hide_other_problems():
    raw = seed("heat: -2\n", body="x" * (limits.BODY_BYTES + 1))
    assert_refused(
        raw, (7, "heat", "at least"), (9, "body", "the body is 524,289 bytes long; at most 524,288 are read")
    )


def test_no_more_problems_are_reported_than_anyone_reads():
    assert len(problems_of(seed("images:\n" + "  - {}\n" * 50 + "related:\n" + "  - {}\n" * 50))) == limits.PROBLEMS
    assert len(problems_of(seed("topics:\n" + "  - &a x\n" * 100))) == limits.PROBLEMS
    assert len(problems_of(seed("".join(f"unknown{n}: 1\n" for n in range(100)) + "heat: x\n"))) == limits.PROBLEMS


def test_refusal_reads_as_line_key_and_message():
    with pytest.raises(SeedError) as refusal:
        read(seed("heat: -2\n", without=("type",)))
    assert str(refusal.value) == '1: type is missing; add it; 6: heat "-2" is out of range; write at least -1'


def test_message_shows_no_character_that_steers_a_terminal_or_forges_a_line():
    raw = seed('"a\\nforged:1": 1\n"\\u202e": 1\nheat: "\\u202e\\n"\n')
    with pytest.raises(SeedError) as refusal:
        read(raw)
    assert str(refusal.value).isprintable()
    assert "\\u202e" in str(refusal.value)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_are_counted_alike_for_every_line_ending(ending):
    raw = seed("# a comment\n\nquality: x\nsecured: |\n  a\n\n  b\nheat: x\n").replace(b"\n", ending.encode())
    assert_refused(raw, (9, "quality", "whole number"), (14, "heat", "whole number"))


def test_line_separator_of_unicode_does_not_end_a_line():
    raw = seed('category: "a\u2028b\u2029c"\n# one\u2028published: maybe\nheat: x\n')
    assert_refused(raw, (9, "heat", "whole number"))


SIZES = [
    case("Y19-body", seed(body="x" * (512 * 1024 + 1)), (8, "body", "524,289 bytes long; at most 524,288 are read")),
    case("Y19-body-in-bytes", seed(body="é" * 262_145), (8, "body", "524,290 bytes long")),
    case(
        "Y19-front-matter",
        b"---\n" + b"#" * (65 * 1024) + b"\n---\n",
        (2, "", "the front matter is 66,561 bytes long; at most 66,560 are read"),
    ),
    case(
        "Y19-both",
        b"---\n" + b"#" * 66_560 + b"\n---\n" + b"x" * 524_289,
        (2, "", "the front matter is"),
        (4, "body", "the body is"),
    ),
    case("Y19-two-megabytes", seed(body="x" * 2_000_000), (1, "", "bytes long; at most 591,872 are read")),
    case("Y19-two-megabytes-of-anything", b"\xff" * 2_000_000, (1, "", "the file is 2,000,000 bytes long")),
]


@pytest.mark.parametrize(("raw", "problems"), SIZES)
def test_oversized_file_is_refused(raw, problems):
    assert_refused(raw, *problems)


def test_Y19_sizes_at_the_limit_are_read():  # noqa: N802
    rest = limits.FRONT_MATTER_BYTES - len(seed()) + len("---\n---\n")
    raw = seed("#" * (rest - 1) + "\n", body="x" * limits.BODY_BYTES)
    assert len(read(raw).content.body) == limits.BODY_BYTES


def alias_bomb(levels):
    return seed("l0: &l0 x\n" + "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, levels)))


def test_Y16_alias_bomb_costs_neither_work_nor_memory():  # noqa: N802
    assert lines_run(lambda: problems_of(alias_bomb(11))) < 10_000
    tracemalloc.start()
    problems = problems_of(alias_bomb(11))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(problems) == limits.PROBLEMS
    assert problems[0] == (7, "l0", "has an anchor; write each value where it belongs")
    assert peak < 20_000_000


HOSTILE = {
    "combining-marks-in-body": (250_000, lambda n: seed(body=chr(0x301) * n)),
    "combining-marks-out-of-order": (125_000, lambda n: seed(body=(chr(0x315) + chr(0x300)) * n)),
    "marks-that-decompose-into-marks": (170_000, lambda n: seed(body=chr(0xF73) * n)),
    "runs-just-short-enough": (260, lambda n: seed(body=(chr(0x315) * 500 + chr(0x300) * 500 + "a") * n)),
    "no-break-spaces-in-a-line": (30_000, lambda n: seed(f'category: "a{chr(0xA0) * n}b"\n')),
    "tabs-in-a-line": (60_000, lambda n: seed(f'category: "a{chr(9) * n}b"\n')),
    "long-label-in-an-address": (30_000, lambda n: seed(f"originalUrl: https://{'é' * n}.example/\n")),
    "many-labels-in-an-address": (20_000, lambda n: seed(f"originalUrl: https://{'é.' * n}example/\n")),
    "dots-in-an-address": (20_000, lambda n: seed(f"originalUrl: https://a.example/{'../' * n}\n")),
    "long-port-in-an-address": (60_000, lambda n: seed(f"originalUrl: https://a.example:{'9' * n}/\n")),
    "long-anchor": (60_000, lambda n: seed("a: &" + "x" * n + " 1\n")),
    "long-tag": (60_000, lambda n: seed("a: !" + "x" * n + " 1\n")),
    "directives": (5_000, lambda n: b"---\n" + b"%TAG !a! b\n" * n + b"---\n"),
    "quotes": (30_000, lambda n: seed("x: '" + "''" * n + "\n")),
    "unknown-keys": (7_000, lambda n: seed("".join(f"k{n}: 1\n" for n in range(n)))),
    "empty-images": (8_000, lambda n: seed("images:\n" + "  - {}\n" * n)),
    "blank-lines": (20_000, lambda n: seed("x:\n" + "  \n" * n)),
    "delimiter-of-blanks": (500_000, lambda n: b"---" + b" " * n + b"x"),
    "delimiters-in-body": (100_000, lambda n: seed(body="--- \t" * n)),
    "almost-delimiters": (100_000, lambda n: b"---\n" + b"---x\n" * n),
    "almost-delimiters-after-returns": (100_000, lambda n: b"---\n" + b"\r---x" * n),
}
"""What each looks like at a size, and the most that a file may hold of it."""


@pytest.mark.parametrize("name", HOSTILE)
def test_work_for_a_hostile_file_grows_with_its_length_alone(name):
    most, hostile = HOSTILE[name]
    assert all(len(str(problem)) < 1_000 for problem in said_about(hostile(most)))
    assert_linear(lambda size: partial(said_about, hostile(size)), most // 8)


TWENTY_TIMES_AS_LONG = """
from articles.seedfile import limits
limits.FRONT_MATTER_BYTES, limits.BODY_BYTES, limits.FILE_BYTES = (20 * size for size in (
    limits.FRONT_MATTER_BYTES, limits.BODY_BYTES, limits.FILE_BYTES))
from tests.seedfile.seed_text import said_about
from tests.seedfile.test_seed_refusals import HOSTILE
del HOSTILE["runs-just-short-enough"]
for name, (most, hostile) in HOSTILE.items():
    print(name, flush=True)
    said_about(hostile(20 * most))
"""


@pytest.mark.slow
def test_what_c_does_for_a_hostile_file_comes_to_an_end():
    """Nobody can count it. With each file twenty times as long as any may be, what grows by the square would take
    hours: the guard against hanging is for those alone."""
    subprocess.run([sys.executable, "-c", TWENTY_TIMES_AS_LONG], cwd=PROJECT, timeout=GIVES_UP_AFTER, check=True)
