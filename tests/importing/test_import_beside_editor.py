"""An editor works while files come in. IMPORT_FILES says how many files."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from articles import content, revisions
from articles.models import Article, Source
from articles.models.history import Origin
from tests.factories import make_article
from tests.importing.import_running import database_url, finished, start, story, write

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

FILES = int(os.environ.get("IMPORT_FILES", "3000"))
SAVES = 20
MOST_SECONDS = 3
"""Under a second on a machine with nothing else to do; tests share theirs."""


def save(article: Article, title: str, editor) -> float:
    """Through the door, as the form does. Returns its seconds."""
    started = time.perf_counter()
    state = content.read_state(article)
    typed = replace(state, content=state.content.model_copy(update={"title": title}))
    revisions.change(article, typed, actor=editor, origin=Origin.FORM, expected_version=article.version)
    return time.perf_counter() - started


def test_every_save_succeeds_and_none_waits_long(tmp_path, editor):
    for number in range(FILES):
        write(tmp_path, f"{number}.md", story(f"s{number}", "topics: [A, B]\n", body="Some text.\n" * 50))
    article = make_article()
    process = start("import_seeds", tmp_path, url=database_url())
    while not Source.objects.exists() and process.poll() is None:
        time.sleep(0.01)
    seconds = []
    while len(seconds) < SAVES and process.poll() is None:
        seconds.append(save(article, f"Title {len(seconds)}", editor))
    assert finished(process).returncode == 0
    assert len(seconds) == SAVES, "the import ended too soon to be in the way"
    article.refresh_from_db()
    assert (article.version, article.title) == (SAVES + 1, f"Title {SAVES - 1}")
    assert Source.objects.count() == FILES
    assert max(seconds) < MOST_SECONDS, sorted(seconds)
