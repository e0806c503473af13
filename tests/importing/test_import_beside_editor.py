"""An editor works while files come in. How long a save waits, in batches:
`test_turns`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from articles.changes import door
from articles.content import article_state
from articles.models import Article, Source
from articles.models.history import Origin
from tests.factories import make_article
from tests.importing.import_running import database_url, finished, go_on, halted, story, write
from tests.sampling import sample

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

FILES = sample(1_000, 20_000)


def save(article: Article, title: str, editor) -> None:
    """Through the door, as the form does."""
    state = article_state.read_state(article)
    typed = replace(state, content=state.content.model_copy(update={"title": title}))
    door.change(article, typed, actor=editor, origin=Origin.FORM, expected_version=article.version)


def test_every_save_succeeds_and_nothing_of_either_is_lost(tmp_path, editor):
    for number in range(FILES):
        write(tmp_path, f"{number}.md", story(f"s{number}", "topics: [A, B]\n", body="Some text.\n" * 50))
    article = make_article()
    process = halted("import_seeds", tmp_path, place="articles.importing.runner:Turns.end", call=2, url=database_url())
    assert 0 < Source.objects.count() < FILES
    save(article, "Between two batches", editor)
    go_on(process)
    saves = 1
    while process.poll() is None:
        save(article, f"Title {saves}", editor)
        saves += 1
    done = finished(process)
    assert (done.returncode, done.stderr) == (0, "")
    assert article.revisions.count() == Article.objects.get(pk=article.pk).version == saves + 1
    assert Source.objects.count() == FILES
