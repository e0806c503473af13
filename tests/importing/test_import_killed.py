"""An import that is killed at any moment leaves whole files, and the next run leaves what an undisturbed one would.

A soak tries a hundred moments; KILL_SEED repeats those of one that failed.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db.models import QuerySet

from articles.changes import door
from articles.changes.actors import OPERATOR
from articles.content import article_state
from articles.models import Article, Conflict, EarlierSource, ImportOutcome, ImportRun, RelatedArticle, Revision, Source
from articles.models.history import Origin
from articles.workflow import publishing
from tests.database_dump import desk_rows, forget_articles
from tests.importing.import_running import article_of, database_url, finished, import_seeds, start, story, write
from tests.sampling import sample, seed
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

POINTS = sample(2, 100)
SEED = seed("KILL_SEED")
FILES = 300
BROKEN = 6
MOMENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def write_tree(folder, *, edition):
    """Files that share some topics and bring others, some of them broken; the second edition changes a third of them,
    and lacks some."""
    for number in range(FILES):
        is_new = edition == 2 and number % 3 == 0
        added = (
            f"topics: [T{number % 5}, Own {number // 3}]\ncategory: C{number % 3}\nsecured: s{number} {is_new}\n"
            f"related:\n  - {{title: x, webUrl: https://herald.example/{number}, provider: {{name: P{number % 9}}}}}\n"
            f"quality: {9 if is_new else 1}\n"
        )
        added += "published: true\n" if number % 10 == 0 else ""
        added += "heat: x\n" if number % 50 == 7 else ""
        title = f"Anew {number}" if is_new and number % 2 else f"Story {number}"
        path = f"{number % 7}/{number:04}.md"
        if edition == 2 and number % 60 == 1:
            (folder / path).unlink()
        else:
            write(folder, path, story(f"s{number}", added, body=f"Text {number}\n" * 20, title=title))


def edit_articles():
    """An editor gives some a title of their own, and publishes others."""
    for number in range(3, FILES, 30):
        article = article_of(f"s{number}")
        state = article_state.read_state(article)
        mine = replace(state, content=state.content.model_copy(update={"title": f"Mine {number}"}))
        door.change(article, mine, actor=OPERATOR, origin=Origin.FORM, expected_version=1)
    for number in range(4, FILES, 30):
        publishing.publish(article_of(f"s{number}"), actor=OPERATOR, at=MOMENT)


def prepare(folder, *, edition):
    """The moment before the tree's edition is imported."""
    forget_articles()
    write_tree(folder, edition=1)
    if edition == 2:
        import_seeds(folder)
        edit_articles()
        write_tree(folder, edition=2)


def written_by(edition) -> QuerySet:
    """What grows while that edition is imported."""
    return Source.objects.all() if edition == 1 else EarlierSource.objects.all()


def kill_at(folder, edition, chance) -> None:
    """Kills an import at a random moment: before its first batch, within one, between two or after the last."""
    count, looks = chance.randrange(FILES if edition == 1 else FILES // 3), chance.randrange(40)
    process = start("import_seeds", folder, url=database_url())
    until(lambda: written_by(edition).count() >= count, process=process)
    for _ in range(looks):
        written_by(edition).count()
    process.kill()
    finished(process)


def rows():
    """All that may not differ: the articles with their parts, which files are gone, and what every run together did."""
    gone = set(Source.objects.exclude(missing_at=None).values_list("path", flat=True))
    told = set(ImportOutcome.objects.values_list("path", "outcome", "changes", "problems"))
    return desk_rows() | {"gone": gone, "told": told}


@pytest.mark.parametrize("point", range(POINTS))
def test_F19_killed_run_leaves_whole_files_and_the_next_does_the_rest(tmp_path, point):  # noqa: N802
    edition, chance = point % 2 + 1, random.Random(f"{SEED} {point}")
    prepare(tmp_path, edition=edition)
    kill_at(tmp_path, edition, chance)
    assert Article.objects.count() == Source.objects.count() == RelatedArticle.objects.count()
    assert Revision.objects.filter(number=1).count() == Article.objects.count()
    assert sum(run.created_count for run in ImportRun.objects.all()) == Article.objects.count()
    import_seeds(tmp_path)
    interrupted = rows()
    assert import_seeds(tmp_path).counts == {
        "unchanged": len(interrupted["Source"]) - len(interrupted["gone"]),
        "rejected": BROKEN,
    }
    prepare(tmp_path, edition=edition)
    import_seeds(tmp_path)
    undisturbed = rows()
    assert undisturbed == interrupted, f"KILL_SEED={SEED}"
    assert len(undisturbed["Article"]) == FILES - BROKEN
    assert bool(undisturbed["gone"]) == Conflict.objects.exists() == (edition == 2)


def test_F19_run_that_is_killed_again_and_again_comes_to_an_end(tmp_path):  # noqa: N802
    chance = random.Random(SEED)
    prepare(tmp_path, edition=1)
    for _ in range(3):
        kill_at(tmp_path, 1, chance)
    import_seeds(tmp_path)
    interrupted = desk_rows()
    prepare(tmp_path, edition=1)
    import_seeds(tmp_path)
    assert desk_rows() == interrupted
