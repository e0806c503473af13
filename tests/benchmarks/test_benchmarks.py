"""The benchmark's seeds are what they claim to be, and it runs to its end. Nothing here depends on a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from articles.seedfile import reader
from benchmarks.generate import as_seed, stories, write_tree
from tests.waiting import GIVES_UP_AFTER

ROOT = Path(__file__).parents[2]


def test_same_seed_tells_the_same_stories():
    assert list(stories(50)) == list(stories(50))
    assert list(stories(50, seed=1)) != list(stories(50))


def test_longer_run_begins_with_the_stories_of_a_shorter_one():
    assert list(stories(50))[:20] == list(stories(20))


def test_every_story_is_a_seed_without_problems():
    for story in stories(200):
        document = reader.read(as_seed(story))
        assert document.problems == ()
        assert document.content == story.content
        assert document.body == story.content.body


def test_stories_are_as_varied_as_a_newsroom():
    told = [story.content for story in stories(1_000)]
    assert 0.2 < sum(story.published for story in told) / len(told) < 0.4
    assert sum(bool(story.body) for story in told) == 100
    assert len({story.web_url for story in told}) == len(told)
    assert len({story.category for story in told}) == 8
    assert len({story.provider for story in told}) == 40


def test_tree_has_folders_of_a_thousand_files(tmp_path):
    write_tree(tmp_path, 1_003)
    assert {folder.name: len(list(folder.iterdir())) for folder in tmp_path.iterdir()} == {"0000": 1_000, "0001": 3}


@pytest.mark.slow
def test_benchmark_runs_to_its_end_and_prints_the_table():
    command = [sys.executable, "-m", "benchmarks", "210"]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=GIVES_UP_AFTER)
    assert done.returncode == 0, done.stderr
    for name in (
        "first import",
        "first import, twice as many",
        "unchanged files",
        "per-file ORM saves",
        "publish 50 with revisions",
        "hello",
        "front page",
        "article page",
        "admin list",
        "article form",
    ):
        assert f"│ {name}" in done.stdout
    assert "Verdict" in done.stdout
