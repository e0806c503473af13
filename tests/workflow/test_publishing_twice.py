"""Two processes publish the same article at the same moment: it is published once, and has one revision of it.

A soak tries it often.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import ExitStack

import pytest

from articles.models import Article, Revision
from tests.factories import make_article, make_user
from tests.importing.import_running import PROJECT, database_url, environment_of
from tests.sampling import sample

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

TRIES = sample(6, 500)


_PROGRAM = """
import sys, django
django.setup()
from tests.workflow.publishing_process import answer
answer(sys.argv[1])
"""


class Publisher:
    """A process that publishes when it is told to."""

    def __init__(self, username: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, username],
            cwd=PROJECT,
            env=environment_of(database_url()) | {"DJANGO_SETTINGS_MODULE": "newsdesk.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *problem: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, line: str) -> None:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        return self._process.stdout.readline().strip()


def asked_at_once(publishers: list[Publisher], line: str) -> list[str]:
    for publisher in publishers:
        publisher.ask(line)
    return [publisher.answer() for publisher in publishers]


def test_an_article_that_two_processes_publish_at_once_is_published_once():
    """Every other time both have read the article before either publishes it."""
    outcomes: Counter[str] = Counter()
    with ExitStack() as stack:
        publishers = [stack.enter_context(Publisher(make_user("Editor").username)) for _ in range(2)]
        for number in range(TRIES):
            article = make_article()
            if number % 2:
                answers = asked_at_once(publishers, f"fetch {article.pk}")
            else:
                assert asked_at_once(publishers, f"load {article.pk}") == ["loaded", "loaded"]
                answers = asked_at_once(publishers, "publish")
                assert sorted(answers) == ["made", "stale"]
            outcomes.update(answers)
            _assert_published_once(article)
    assert (outcomes["made"], outcomes.total()) == (TRIES, 2 * TRIES)
    assert set(outcomes) <= {"made", "stale", "nothing to change"}


def _assert_published_once(article: Article) -> None:
    now = Article.objects.get(pk=article.pk)
    rows = Revision.objects.filter(article=article).order_by("number")
    assert [row.number for row in rows] == [1, 2]
    assert (now.version, now.published, list(rows[1].values)) == (2, True, ["published", "live_from"])
