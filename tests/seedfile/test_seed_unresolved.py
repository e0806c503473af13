"""A merge that git left unfinished is rejected by that name; what only looks like one is read."""

from __future__ import annotations

import subprocess

import pytest

from articles.seedfile import reader
from articles.seedfile.problems import SeedError

HEAD = (
    "---\ntitle: One\nwebUrl: https://gazette.example/one\ntype: article\npublishedDateTime: 2026-02-28T09:00:00Z\n"
    "provider: {name: The Gazette}\ntopics:\n- A\n- B\n---\n"
)
CONFLICT = "<<<<<<< ours\nmine\n=======\ntheirs\n>>>>>>> theirs\n"
DIFF3 = "<<<<<<< ours\nmine\n||||||| base\nold\n=======\ntheirs\n>>>>>>> theirs\n"
BODY_LINE = HEAD.count("\n") + 1


def lines_of(text: str) -> list[int | None]:
    """The lines at which a text is refused as an unresolved merge; none if it is read."""
    try:
        reader.read(text.encode())
    except SeedError as refusal:
        problems = refusal.problems
    else:
        return []
    assert {problem.message.partition(":")[0] for problem in problems} == {"unresolved merge"}
    return [problem.line for problem in problems]


IN_FRONT_MATTER = {
    "a value": (HEAD.replace("type: article\n", "<<<<<<< o\ntype: a\n=======\ntype: b\n>>>>>>> t\n"), 4),
    "a list": (HEAD.replace("- B\n", "<<<<<<< o\n- B\n=======\n- C\n>>>>>>> t\n"), 9),
    "with its base": (HEAD.replace("- B\n", "<<<<<<< o\n- B\n||||||| 12ab\n=======\n- C\n>>>>>>> t\n"), 9),
    "a block": (HEAD.replace("topics:\n", "excerpt: |\n  a\n<<<<<<< o\n  b\n=======\n  c\n>>>>>>> t\ntopics:\n"), 9),
    "into the body": (HEAD.replace("---\n", "---\n<<<<<<< o\n", 1) + "a\n=======\nb\n>>>>>>> t\n", 2),
    "over the end": (HEAD[:-4] + "<<<<<<< o\n---\nA\n=======\nheat: 1\n---\nB\n>>>>>>> t\n", BODY_LINE - 1),
    "that never ends": (HEAD[:-4] + CONFLICT, BODY_LINE - 1),
    "the whole file": (f"<<<<<<< o\n{HEAD}=======\n{HEAD}>>>>>>> t\n", 1),
    "in what looks like code": (HEAD.replace("topics:\n", f"excerpt: |\n  ```\n{CONFLICT}topics:\n"), 9),
}


@pytest.mark.parametrize("name", IN_FRONT_MATTER)
def test_T06_conflict_in_the_front_matter_is_named_with_its_line(name):  # noqa: N802
    text, line = IN_FRONT_MATTER[name]
    assert lines_of(text) == [line]


@pytest.mark.parametrize("conflict", [CONFLICT, DIFF3, CONFLICT.replace(" ours", "").replace(" theirs", "")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_T06_conflict_in_the_body_is_named_with_its_line(conflict, end, mark):  # noqa: N802
    text = f"{mark}{HEAD}Before\n\n{conflict}\nAfter\n{conflict.rstrip()}".replace("\n", end)
    second = BODY_LINE + 2 + conflict.count("\n") + 2
    assert lines_of(text) == [BODY_LINE + 2, second]


@pytest.mark.parametrize(
    "body",
    [
        f"- a\n{CONFLICT}- b\n",
        f"> a\n{CONFLICT}",
        f"```\ncode\n```\n{CONFLICT}```\ncode\n```\n",
        f"- ```\n  code\n  ```\n{CONFLICT}",
        f"``` not `code`\n{CONFLICT}",
        f"    ```\n{CONFLICT}    ```\n",
        f"<!--\n```\n-->\n{CONFLICT}",
        f"~~~\n```\n~~~\n{CONFLICT}",
        f"````\n```\n````\n{CONFLICT}",
        "<<<<<<< ours\n```\n=======\n~~~\n>>>>>>> theirs\ncode\n~~~\n",
        "<<<<<<< ours\n```\n<<<<<<< a\n```\n=======\nb\n>>>>>>> theirs\n",
        "<<<<<<< ours\nHeading\n=======\n\n>>>>>>> a\n>>>>>>> theirs\n",
        "```\ncode\n<<<<<<< ours\nx\n```\nA\n=======\ny\n```\nB\n>>>>>>> theirs\n",
        "```\ncode\n<<<<<<< ours\nx\n```\nA\n=======\ny\n```\nB\n>>>>>>> theirs\n\nmore\n```\n",
        "```\ncode\n<<<<<<< ours\n```\nA\n=======\ntheirs\n```\nB\n>>>>>>> theirs\n\nC\n",
        "<<<<<<< ours\n```\nx\n=======\n```\ny\n>>>>>>> theirs\n```\n",
        "```\n<<<<<<< ours\n```\n\n```\n=======\n>>>>>>> theirs\n```\n",
        f"<<<<<<< ours\n```\n{CONFLICT.replace('ours', 'shown')}```\n=======\n>>>>>>> theirs\n",
        "<<<<<<< ours\n>>>>>>> quoted\n\nmine\n=======\ntheirs\n>>>>>>> theirs\n",
    ],
)
def test_T06_conflict_outside_fenced_code_is_refused_wherever_it_stands(body):  # noqa: N802
    line = BODY_LINE + body[: body.index("<<<<<<< ours")].count("\n")
    assert lines_of(HEAD + body) == [line]


@pytest.mark.parametrize(
    "body",
    [
        "Heading\n=======\n\ntext\n",
        "Heading\n=======\n\n>>>>>>> seven deep\n",
        f"```\n{CONFLICT}```\n",
        f"~~~ diff\n{DIFF3}~~~\n",
        f"```\n{CONFLICT}{CONFLICT}```\n\n~~~\n{DIFF3}~~~\n",
        f"```\n<<<<<<< alone\n```\n\n```\n{CONFLICT}```\n",
        f"   ```\n{CONFLICT}  ````\n",
        f"a\n\n```text\n{CONFLICT}",
        f"The line <<<<<<< HEAD begins one:\n\n<<<<<<< HEAD\n\n```\n{CONFLICT}```\n",
        "".join(f" {line}\n" for line in CONFLICT.splitlines()),
        "".join(f"    {line}\n" for line in CONFLICT.splitlines()),
        "".join(f"> {line}\n" for line in CONFLICT.splitlines()),
        "<<<<<<< ours\nmine\n>>>>>>> theirs\n",
        "<<<<<<< ours\nmine\n=======\ntheirs\n",
        "=======\n<<<<<<< ours\n>>>>>>> theirs\n",
        CONFLICT.replace("=======", "========"),
        CONFLICT.replace("<<<<<<<", "<<<<<<<<"),
        CONFLICT.replace(">>>>>>> ", ">>>>>>>"),
    ],
)
def test_T06_what_only_looks_like_one_is_read(body):  # noqa: N802
    assert lines_of(HEAD + body) == []


@pytest.mark.slow
def test_T06_what_git_leaves_is_refused(tmp_path):  # noqa: N802
    sides = {"base": HEAD, "ours": HEAD.replace("One", "Two"), "theirs": HEAD.replace("One", "Three")}
    for name, text in sides.items():
        (tmp_path / name).write_text(text)
    for style in ([], ["--diff3"]):
        words = ["git", "merge-file", "-p", *style, "ours", "base", "theirs"]
        left = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).stdout
        assert lines_of(left.decode()) == [2]


def test_T06_nothing_else_is_said_of_such_a_file():  # noqa: N802
    assert lines_of(HEAD.replace("type: article\n", "type: : :\n") + CONFLICT) == [BODY_LINE]


def test_T06_as_many_are_named_as_other_problems_would_be():  # noqa: N802
    assert len(lines_of(HEAD + CONFLICT * 60)) == 50


def test_T06_a_body_with_more_markup_than_is_read_as_such_has_no_fenced_code():  # noqa: N802
    assert lines_of(f"{HEAD}```\n{'*' * 20_001}\n{CONFLICT}```\n") == [BODY_LINE + 2]
