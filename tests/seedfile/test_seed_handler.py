import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.seedfile.handler import SeedHandler, dotted, line_at, lines_of
from articles.seedfile.problems import SeedError
from articles.seedfile.reader import read
from articles.seedfile.scalars import Plain
from tests.seedfile.seed_text import REAL, content_of, seed


def split(text):
    handler = SeedHandler(text)
    return handler.split("what frontmatter made of it")


def load(front_matter):
    return SeedHandler("").load(front_matter)


# ---------------------------------------------------------------------------------------------- frontmatter runs it


def test_reading_runs_frontmatter_with_our_handler(monkeypatch):
    handlers = []
    parse = frontmatter.parse

    def watched(text, *args, **options):
        handlers.append(options["handler"])
        return parse(text, *args, **options)

    monkeypatch.setattr(frontmatter, "parse", watched)
    read(REAL)
    assert [type(handler) for handler in handlers] == [SeedHandler]


def test_what_frontmatter_returns_is_what_is_read(monkeypatch):
    tree = {"title": "From frontmatter", "webUrl": "https://a.example/", "type": "article", "provider": {"name": "P"}}
    tree["publishedDateTime"] = "2026-02-28T09:00:00Z"
    monkeypatch.setattr(frontmatter, "parse", lambda text, **options: (tree, ""))
    assert content_of(REAL).title == "From frontmatter"


def test_frontmatter_splits_and_loads_through_the_handler(monkeypatch):
    called = []
    for name in ("split", "load"):
        method = getattr(SeedHandler, name)
        monkeypatch.setattr(SeedHandler, name, lambda self, text, m=method, n=name: called.append(n) or m(self, text))
    read(REAL)
    assert called == ["split", "load"]


def test_handler_serves_frontmatter_outside_the_reader():
    text = seed("quality: 37\n", body="  The body.\n\n").decode()
    handler = SeedHandler(text)
    metadata, body = frontmatter.parse(text, handler=handler)
    assert metadata["quality"] == "37"
    assert body == "The body."
    assert handler.body == "  The body.\n\n"


# -------------------------------------------------------------------------------------------------------- splitting

SPLITS = [
    pytest.param("---\na: 1\n---\nbody", "a: 1\n", "body", id="plain"),
    pytest.param("---\na: 1\n---", "a: 1\n", "", id="ends-at-the-delimiter"),
    pytest.param("---\n---\n", "", "", id="nothing-between"),
    pytest.param("--- \t\na: 1\n---\t \n x", "a: 1\n", " x", id="blanks-behind-delimiters"),
    pytest.param("---\na: 1\n---\n\n  x  \n\n", "a: 1\n", "\n  x  \n\n", id="blanks-around-the-body"),
    pytest.param("---\r\na: 1\r\n---\r\nx\r\n", "a: 1\r\n", "x\r\n", id="CRLF"),
    pytest.param("---\ra: 1\r---\rx\r", "a: 1\r", "x\r", id="CR"),
    pytest.param("---\r---\rx", "", "x", id="CR-nothing-between"),
    pytest.param("---\r\na: 1\n---\rx", "a: 1\n", "x", id="mixed"),
    pytest.param("---\na: |\n  ---\n---\nx", "a: |\n  ---\n", "x", id="delimiter-indented-in-a-block"),
    pytest.param("---\na: '---'\n----\n---x\n--- x\n---\nx", "a: '---'\n----\n---x\n--- x\n", "x", id="look-alikes"),
    pytest.param("---\na: 1\n\u2028---\n---\nx", "a: 1\n\u2028---\n", "x", id="line-separator-begins-no-line"),
    pytest.param("---\na: 1\n---\nx\n---\ny\n---\n", "a: 1\n", "x\n---\ny\n---\n", id="Y25-delimiters-in-the-body"),
    pytest.param("---\na: 1\n---\n---\n", "a: 1\n", "---\n", id="Y25-delimiter-begins-the-body"),
    pytest.param("---\na: 1\n---\n...\n---\nb: 2\n", "a: 1\n", "...\n---\nb: 2\n", id="Y25-second-document"),
    pytest.param("---\na: 1\n---\n%YAML 1.1\n\ufeff\t", "a: 1\n", "%YAML 1.1\n\ufeff\t", id="Y25-anything"),
]


@pytest.mark.parametrize(("text", "front_matter", "body"), SPLITS)
def test_front_matter_and_body_are_split_exactly(text, front_matter, body):
    assert split(text) == (front_matter, body)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(
    "body", ["\n\n  Two.  \n\n", "---\n", "a\n---\nb: c\n---\n", "...\n", "\t\u2028 x\ufeff", "", " "]
)
def test_body_is_kept_exactly_though_frontmatter_strips_it(body, ending):
    raw = seed(body=body).replace(b"\n", ending.encode())
    document = read(raw)
    assert document.body == body.replace("\n", ending)
    assert f"---{ending}{document.front_matter}---{ending}{document.body}".encode() == raw


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]) | st.sampled_from("\n\r\t -.")))
def test_any_body_is_kept_exactly(body):
    assert read(seed(body=body)).body == body


@pytest.mark.parametrize(
    ("text", "position", "line"), [("", 0, 1), ("a\nb", 2, 2), ("a\r\nb", 3, 2), ("\r\r\u2028x", 3, 3)]
)
def test_lines_are_counted_by_their_ends(text, position, line):
    assert line_at(text, position) == line


# ---------------------------------------------------------------------------------------------------------- loading

TREES = [
    pytest.param("a: no", {"a": "no"}, id="word"),
    pytest.param("a:", {"a": ""}, id="nothing"),
    pytest.param("a: [1, {b: c}, [d]]", {"a": ["1", {"b": "c"}, ["d"]]}, id="flow"),
    pytest.param("a: [b: c]", {"a": [{"b": "c"}]}, id="pair-in-a-list"),
    pytest.param("{a, b: c}", {"a": "", "b": "c"}, id="key-without-value"),
    pytest.param("? a\n: b\n? c", {"a": "b", "c": ""}, id="question-marks"),
    pytest.param("'': a", {"": "a"}, id="empty-key"),
    pytest.param("a: |\n  b\n  c\n", {"a": "b\nc\n"}, id="literal"),
    pytest.param("a: >\n  b\n  c\n", {"a": "b c\n"}, id="folded"),
    pytest.param("a: |-\n  # b\n  ---\n", {"a": "# b\n---"}, id="literal-keeps-signs"),
    pytest.param("# x\na: b # y\n\n# z\n", {"a": "b"}, id="comments"),
    pytest.param("a: b\n...\n", {"a": "b"}, id="dots-at-the-end"),
    pytest.param("cafe\u0301: 1", {"café": "1"}, id="key-in-NFC"),
    pytest.param('"<<": 1\n"a b": 2', {"<<": "1", "a b": "2"}, id="quoted-keys"),
    pytest.param("a: 2026-02-28\nb: 12:30\nc: 1_0", {"a": "2026-02-28", "b": "12:30", "c": "1_0"}, id="no-types"),
]


@pytest.mark.parametrize(("front_matter", "tree"), TREES)
def test_front_matter_loads_as_text_in_mappings_and_lists(front_matter, tree):
    assert load(front_matter) == tree


def test_separator_in_a_plain_text_makes_no_key():
    assert load("a: b\u2028c\nd: e # \u2029f: g") == {"a": "b\u2028c", "d": "e"}
    with pytest.raises(SeedError, match="mapping values"):
        load("a: b\u2028c: d")


@pytest.mark.parametrize("quoted", ["'a'", '"a"', "|-\n a", ">-\n a"])
def test_quoted_and_unquoted_texts_are_told_apart(quoted):
    tree = load(f"x: {quoted}\ny: a")
    assert (type(tree["x"]), type(tree["y"])) == (str, Plain)
    assert tree["x"] == tree["y"]


def test_keys_keep_their_order():
    assert list(load("b: 1\na: 2\nc: 3")) == ["b", "a", "c"]


def test_lines_lead_to_every_key_and_entry():
    front_matter = 'a: 1\nb:\n  - x\n  -\n    c: |\n      1\n      2\n    d: "\u2028"\n\n# z\ne: {f: [g,\n h]}\n'
    assert lines_of(front_matter) == {
        (): 2,
        ("a",): 2,
        ("b",): 3,
        ("b", 0): 4,
        ("b", 1): 6,
        ("b", 1, "c"): 6,
        ("b", 1, "d"): 9,
        ("e",): 12,
        ("e", "f"): 12,
        ("e", "f", 0): 12,
        ("e", "f", 1): 13,
    }


def test_problems_that_leave_the_text_readable_wait_for_the_others():
    handler = SeedHandler("")
    assert handler.load("a: &x 1\na: !t 2\n") == {"a": "2"}
    assert [(problem.line, problem.key) for problem in handler.problems] == [(2, "a"), (3, "a"), (3, "a")]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), ""),
        (("related", 1, "quality"), "related[1].quality"),
        (("a", 0, 2), "a[0][2]"),
        (("a\nb", "c\u202ed"), "a\\u000ab.c\\u202ed"),
    ],
)
def test_paths_are_shown_as_an_editor_would_write_them(path, shown):
    assert dotted(path) == shown


# ------------------------------------------------------------------------------------------- with and without escapes


PIECES = [
    "a", "<<", "e\u0301", "\u2028", ": ", "- ", "\n", "\n  ", '"', "|", "&x ", "*x", "!t ", "{", "}", "[", "]", ",",
]  # fmt: skip


def told(front_matter):
    """What reading gives: the tree with the types of its texts, or the messages."""
    handler = SeedHandler("")
    try:
        return repr(handler.load(front_matter)), described(handler.load(front_matter)), handler.problems
    except SeedError as refusal:
        return refusal.problems


def described(node):
    if isinstance(node, dict):
        return {key: described(value) for key, value in node.items()}
    return [described(value) for value in node] if isinstance(node, list) else type(node)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_text_is_read_the_same_whether_something_in_it_has_to_be_searched(front_matter):
    """An escape may spell out any character, so a text that holds one is read with more care."""
    assert told(f"# \\\n{front_matter}") == told(f"# /\n{front_matter}")
