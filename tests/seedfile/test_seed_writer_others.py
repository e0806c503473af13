"""Other people's files: front matters in the manners of many tools and hands, patched at random places.

What a change did is judged by PyYAML's own loader, which the writer does not use, and by the bytes around it.
"""

import random
import re
from collections import Counter
from copy import deepcopy

import yaml
from hypothesis import event, given
from hypothesis import strategies as st

from articles.seedfile.writer import patch
from articles.seedfile.yaml.edits import Add, Move, Remove, Set, SetBody
from articles.seedfile.yaml.layout import ListNode, MappingNode, ScalarNode, Unpatchable, read_layout
from tests.sampling import sample

WIDE = st.characters(exclude_categories=["Cs", "Co"])
seeds = st.integers(min_value=0, max_value=2**32)
VALUES = st.one_of(
    st.text(WIDE, max_size=30),
    st.text(alphabet="ab :#-'\"\n\t,[]{}&*!|>%@`\\?0~=<.é\u2028\x85\u00a0", max_size=12),
    st.sampled_from(["no", "037", "12:30", "2024-02-25", "null", "~", "", " x", "x ", "- a", "a: b", "a #b", "---"]),
    st.integers(),
    st.booleans(),
    st.none(),
)
COLLECTIONS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(WIDE, max_size=8), inner, max_size=3)
)
SAMPLES: list = [
    "new",
    "It's: new",
    "two\nlines\n",
    "a\nb",
    "x\n\n",
    "no",
    " x",
    "",
    "\n",
    "tab\there",
    "\u2028",
    "- a",
]
SAMPLES += [12, True, None, [], {}, ["a", "b c"], {"k": "v", "l": ["x", {"m": 1, "n": "no"}]}]
WORDS = "lead story desk Ferry night's 12 A.I. “quoted” naïve 港町 🎻 x:y a#b -dash 1,940 https://a.example/b?c=d"
BODIES = [
    "",
    "\n",
    "Text.\n",
    "# Title\n\n---\n\nmore: yaml\n---\n",
    "---\nsecond: document\n---\n",
    "no final newline",
]


class Hand:
    """Writes front matter as somebody's hand would; every comment holds a word of its own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.comments = 0
        self.anchors: list[str] = []
        self.keys = 0
        self.newline = self.pick("\n", "\n", "\r\n")
        self.map_step = self.pick(2, 2, 4, 3, 1)
        self.list_step = self.pick(0, 2, 2, 4)
        self.dash = self.pick("- ", "- ", "-   ")

    def pick(self, *of):
        return self.random.choice(of)

    def rarely(self, share: float = 0.15) -> bool:
        return self.random.random() < share

    def file(self) -> bytes:
        lines = ["---" + self.pick("", "", "  ")]
        if self.rarely():
            lines += [self.comment(), ""]
        for _ in range(self.random.randint(1, 6)):
            lines += self.pair(0, 0)
            if self.rarely(0.25):
                lines.append(self.pick("", "", "  "))
            if self.rarely(0.1):
                lines.append(self.comment())
        lines.append("---")
        text = "\n".join(lines) + "\n" + self.pick(*BODIES)
        if self.rarely():
            text = text.rstrip("\n")
        bom = b"\xef\xbb\xbf" if self.rarely() else b""
        return bom + text.replace("\n", self.newline).encode()

    def comment(self) -> str:
        self.comments += 1
        return f'# c{self.comments}c: it\'s "so" - [x'

    def after(self) -> str:
        if self.rarely(0.1):
            return f"  {self.comment()}"
        return self.pick("", "", "", "", " ", "\t", "   ")

    def key(self) -> str:
        self.keys += 1
        name = self.pick("title", "tags", "date", "og:image", "draft", "weight", "a b", "naïve") + str(self.keys)
        return self.pick(name, name, name, f'"{name}"', f"'{name}'")

    def text(self) -> str:
        return " ".join(self.pick(*WORDS.split(" ")) for _ in range(self.random.randint(1, 6)))

    def pair(self, column: int, depth: int) -> list[str]:
        pad = " " * column
        head = f"{pad}{self.key()}:"
        if depth < 3 and self.rarely(0.3):
            below = self.mapping(column + self.map_step, depth) if self.rarely(0.5) else self.entries(column, depth)
            mark = self.anchor() if self.rarely(0.05) else ""
            return [head + mark + ("" if mark else self.after()), *self.air(column), *below]
        return self.with_value(head, column)

    def mapping(self, column: int, depth: int) -> list[str]:
        return [line for _ in range(self.random.randint(1, 4)) for line in self.pair(column, depth + 1)]

    def entries(self, outer: int, depth: int) -> list[str]:
        column = outer + self.list_step
        lines = []
        for _ in range(self.random.randint(1, 4)):
            dash = " " * column + self.dash
            inner = column + len(self.dash)
            if depth < 2 and self.rarely(0.35):
                entry = (
                    self.mapping(inner, depth + 1)
                    if self.rarely(0.8)
                    else self.entries(inner - self.list_step, depth + 1)
                )
                lines += [dash + entry[0].lstrip(" "), *entry[1:]]
            else:
                lines += self.with_value(dash.rstrip(), column)
            lines += self.air(column)
        return lines

    def air(self, column: int) -> list[str]:
        if self.rarely(0.05):
            return [" " * self.pick(column, column + 2, 0) + self.comment()]
        return [""] if self.rarely(0.03) else []

    def anchor(self) -> str:
        self.keys += 1
        return f" &above{self.keys}"

    def marked(self, head: str, _inner: str) -> list[str]:
        """A scalar with an anchor or a tag, or an alias of one that came before."""
        if self.anchors and self.rarely(0.7):
            return [f"{head} *{self.pick(*self.anchors)} {self.after()}"]
        if self.rarely(0.5):
            return [f"{head} {self.pick('!!str 12', '!local x')}{self.after()}"]
        self.keys += 1
        self.anchors.append(f"b{self.keys}")
        return [f"{head} &b{self.keys} y{self.after()}"]

    def with_value(self, head: str, column: int) -> list[str]:
        """Lines of a scalar or a flow collection behind `head`."""
        often = (self.plain, self.double, self.block_scalar, self.flow)
        writers = (*often, *often, self.nothing, self.typed, self.single, self.plain_lines, self.double_lines)
        writer = self.pick(*writers, self.single_lines, self.marked if self.rarely(0.4) else self.plain)
        return writer(head, " " * (column + self.pick(1, 2, 4)))

    def nothing(self, head: str, _inner: str) -> list[str]:
        return [head + (self.after() if head.endswith(":") else "")]

    def typed(self, head: str, _inner: str) -> list[str]:
        return [f"{head} {self.pick('true', '12', '-1', '2024-02-25T02:03:00Z', 'null', '~', '037')}{self.after()}"]

    def plain(self, head: str, _inner: str) -> list[str]:
        return [f"{head} {self.pick('plain', 'Plain text', 'https://a.example/x')}{self.after()}"]

    def single(self, head: str, _inner: str) -> list[str]:
        text = self.text().replace("'", "''")
        return [f"{head} '{text}'{self.after()}"]

    def double(self, head: str, _inner: str) -> list[str]:
        return [f'{head} "{self.text()} \\" \\u00e9"{self.after()}']

    def plain_lines(self, head: str, inner: str) -> list[str]:
        return [f"{head} word {self.keys}", *self.gap(), f"{inner}more words{self.after()}"]

    def single_lines(self, head: str, inner: str) -> list[str]:
        text = self.text().replace("'", "")
        return [f"{head} '{text}", *self.gap(), f"{inner}end'{self.after()}"]

    def double_lines(self, head: str, inner: str) -> list[str]:
        return [f'{head} "{self.text()}', *self.gap(), f"{inner}{self.text()} \\", f'{inner}x"{self.after()}']

    def gap(self) -> list[str]:
        return self.pick([], [""])

    def flow(self, head: str, inner: str) -> list[str]:
        if self.rarely():
            return [f"{head} [", f"{inner}one,", f"{inner}two", f"{inner}]{self.after()}"]
        source = f"[{self.flow_entries()}]" if self.rarely(0.6) else f"{{{self.flow_pairs()}}}"
        return [f"{head} {source}{self.after()}"]

    def block_scalar(self, head: str, inner: str) -> list[str]:
        lines = [f"{inner}{self.text()}" for _ in range(self.random.randint(1, 3))]
        if self.rarely(0.3):
            lines.insert(1, self.pick("", inner, f"{inner}  deeper"))
        comment = f"  {self.comment()}" if self.rarely(0.1) else ""
        end = self.pick([], [], [""], ["", ""])
        return [f"{head} {self.pick('|', '>', '|-', '>-', '|+', '>+')}{comment}", *lines, *end]

    def flow_entries(self) -> str:
        return ", ".join(
            self.pick("a", '"b, c"', "'d'", "1", "x y", "{k: v}") for _ in range(self.random.randint(0, 4))
        )

    def flow_pairs(self) -> str:
        return ", ".join(f"k{n}: {self.pick('a', '1', '[x, y]')}" for n in range(self.random.randint(0, 3)))


def front_matter(raw: bytes) -> str:
    text = raw.decode().removeprefix("\ufeff")
    return re.match(r"---[ \t]*(?:\r\n|\n)(.*?)^---[ \t]*(?:\r?\n|\Z)", text, re.DOTALL | re.MULTILINE)[1]


def loaded(raw: bytes):
    """By PyYAML, every scalar a text; U+2028 and its like hidden, because libyaml ends lines there."""
    hidden = front_matter(raw).translate({0x2028: "\ue000", 0x2029: "\ue001", 0x85: "\ue002"})
    return as_texts(yaml.load(hidden, yaml.CBaseLoader))


def as_texts(value):
    """What the base loader makes of a value once written; any way to write nothing as null."""
    if isinstance(value, dict):
        return {as_texts(key): as_texts(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_texts(part) for part in value]
    if isinstance(value, str):
        return value.translate({0xE000: "\u2028", 0xE001: "\u2029", 0xE002: "\x85"})
    return str(value).lower() if isinstance(value, bool | int) else "null"


def places(raw: bytes):
    """Every (path, node) of a document, in its order."""
    indexes = []
    waiting = [((), read_layout(front_matter(raw)))]
    while waiting:
        path, node = waiting.pop()
        indexes += [(path, node)] if path else []
        if isinstance(node, MappingNode):
            waiting += [((*path, key.text), value) for key, value in node.pairs if isinstance(key, ScalarNode)]
        elif isinstance(node, ListNode):
            waiting += [((*path, place), entry) for place, entry in enumerate(node.entries)]
    return sorted(indexes, key=lambda pair: pair[1].start)


def some_change(choice: random.Random, raw: bytes, value):
    """A change of any kind at some place, that place's node, and the tree that PyYAML should then load."""
    path, node = choice.choice(places(raw))
    tree = deepcopy(loaded(raw))
    parent = tree
    for step in path[:-1]:
        parent = parent[step]
    kind = choice.choice(["set", "set", "remove", "add", "add", "move"])
    if kind == "remove":
        del parent[path[-1]]
        return Remove(path), node, tree
    if kind == "move" and isinstance(parent, list):
        to = choice.randrange(len(parent))
        parent.insert(to, parent.pop(path[-1]))
        return Move(path, to), node, tree
    if kind == "add" and isinstance(parent, list):
        parent.insert(path[-1], as_texts(value))
        return Add(path, value), node, tree
    if kind == "add":
        order = (*list(parent)[: choice.randint(0, len(parent))], "new key")
        parent["new key"] = as_texts(value)
        return Add((*path[:-1], "new key"), value, order), node, tree
    parent[path[-1]] = as_texts(value)
    return Set(path, value), node, tree


def assert_right(raw: bytes, changed: bytes, change, node, tree) -> None:
    reread = loaded(changed)
    if reread != tree:
        is_null_already = isinstance(change, Set) and change.value is None and getattr(node, "text", "x") in ("", "~")
        assert is_null_already, (change, reread, tree)
    text, result = raw.decode(), changed.decode()
    assert result[: text.index("---")] == text[: text.index("---")]
    assert result.endswith(text[text.index(front_matter(raw)) + len(front_matter(raw)) :])
    if isinstance(change, Set):
        assert_set_only_there(text, result, change, node, text.index(front_matter(raw)))
    old, new = Counter(text.splitlines()), Counter(result.splitlines())
    if isinstance(change, Remove):
        assert (new - old).total() <= 1, "at most the line on which the next one follows a dash, or []"
    if isinstance(change, Add):
        assert (old - new).total() <= 1, "at most the line that now holds more"
    if isinstance(change, Move) and "[" not in text:
        assert sorted(filter(str.strip, old.elements())) == sorted(filter(str.strip, new.elements()))


def assert_set_only_there(text: str, result: str, change: Set, node, offset: int) -> None:
    """A scalar in the place of another touches nothing but its characters."""
    if isinstance(node, ScalarNode) and not isinstance(change.value, list | dict):
        assert result.startswith(text[: offset + node.start])
        assert result.endswith(text[offset + node.end :])


def test_generated_files_are_of_every_kind():
    kinds = Counter()
    for seed in range(300):
        kinds.update(getattr(node, "style", type(node).__name__) for _, node in places(Hand(seed).file()))
    assert all(kinds[kind] for kind in ("", "'", '"', "|", ">", "MappingNode", "ListNode", "AliasNode")), kinds


def test_many_files_are_changed_right_and_refused_for_anchors_and_tags_only():
    reasons, tried = [], sample(500, 20_000)
    for seed in range(tried):
        raw, choice = Hand(seed).file(), random.Random(seed)
        change, node, tree = some_change(choice, raw, choice.choice(SAMPLES))
        try:
            assert_right(raw, patch(raw, [change]), change, node, tree)
        except Unpatchable as problem:
            reasons.append(str(problem))
    assert len(reasons) < tried / 10
    assert [reason for reason in reasons if "anchor" not in reason] == []


def test_many_files_are_the_same_after_setting_what_is_there():
    for seed in range(sample(150, 5_000)):
        raw = Hand(seed).file()
        for path, node in places(raw):
            if isinstance(node, ScalarNode) and node.style and not node.anchor and not node.tag:
                assert patch_or_none(raw, Set(path, node.text)) in (raw, None)


def patch_or_none(raw: bytes, change) -> bytes | None:
    try:
        return patch(raw, [change])
    except Unpatchable:
        return None


@given(seeds, VALUES)
def test_law_one_scalar_changed_is_its_own_characters(seed, value):
    raw = Hand(seed).file()
    path, node = random.Random(seed).choice(places(raw))
    changed = patch_or_none(raw, Set(path, value))
    event("refused" if changed is None else type(value).__name__)
    if changed is not None:
        assert_set_only_there(
            raw.decode(), changed.decode(), Set(path, value), node, raw.decode().index(front_matter(raw))
        )
        assert patch(changed, [Set(path, value)]) == changed


@given(seeds, COLLECTIONS)
def test_law_any_change_reads_back_right_or_is_refused(seed, value):
    raw = Hand(seed).file()
    change, node, tree = some_change(random.Random(seed), raw, value)
    changed = patch_or_none(raw, change)
    event("refused" if changed is None else type(change).__name__)
    if changed is not None:
        assert_right(raw, changed, change, node, tree)


@given(seeds, st.text(WIDE, max_size=60) | st.lists(st.sampled_from(["a", "b", "---", ""]), max_size=9).map("\n".join))
def test_law_a_new_body_leaves_the_front_matter_alone(seed, body):
    raw = Hand(seed).file()
    changed = patch(raw, [SetBody(body)])
    wanted = re.sub(r"\r\n?", "\n", body)
    assert front_matter(changed) == front_matter(raw)
    assert re.sub(r"\r\n?", "\n", changed.decode()).endswith("---\n" + wanted if wanted else "---\n") or not wanted


@given(seeds, st.lists(COLLECTIONS, max_size=4))
def test_law_changes_one_after_the_other_are_changes_at_once(seed, values):
    raw = at_once = one_by_one = Hand(seed).file()
    changes = []
    for number, value in enumerate(values):
        change, _, _ = some_change(random.Random(seed + number), one_by_one, value)
        after = patch_or_none(one_by_one, change)
        if after is None or not places(after):
            break
        changes.append(change)
        one_by_one = after
    at_once = patch(raw, changes)
    assert at_once == one_by_one
