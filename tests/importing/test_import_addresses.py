"""Files that change addresses, take one that another gave up, or move while the desk changed theirs."""

from __future__ import annotations

import pytest

from articles.changes.actors import OPERATOR
from articles.importing.undo import undo_run
from articles.models import Article, ImportRun
from tests.contesting import edit_article
from tests.database_dump import every_row
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db
MINE = "https://gazette.example/mine"


def tried_and_imported(folder):
    """The run, after a dry run that wrote nothing and said the same."""
    before = every_row()
    tried = import_seeds(folder, "--dry-run").receipt
    assert every_row() == before
    ran = import_seeds(folder)
    assert told(tried) == told(ran.receipt)
    return ran


def told(receipt):
    files = [{**file, "article": file["outcome"] != "created" and file["article"]} for file in receipt["files"]]
    return {"counts": receipt["counts"], "files": files}


def imported(folder, *slugs):
    for slug in slugs:
        write(folder, f"{slug}.md", story(slug))
    import_seeds(folder)


def many_files(folder):
    """More than a batch, between what comes before `b` and after it."""
    for number in range(150):
        write(folder, f"b/{number}.md", story(f"between-{number}"))


@pytest.mark.parametrize("between", [lambda folder: None, many_files], ids=["one batch", "several"])
def test_a_story_stays_its_article_when_its_address_comes_in_another_file(tmp_path, between):
    imported(tmp_path, "a")
    write(tmp_path, "a.md", story("new"))
    between(tmp_path)
    write(tmp_path, "z.md", story("a"))
    known = article_of("a")
    ran = tried_and_imported(tmp_path)
    assert (ran.outcomes["a.md"], ran.outcomes["z.md"]) == ("created", "updated")
    assert (article_of("a"), article_of("a").source.path, article_of("new").source.path) == (known, "z.md", "a.md")


def test_addresses_that_are_handed_on_from_file_to_file_are_one_run_and_one_undo(tmp_path):
    imported(tmp_path, "a", "b", "c")
    for path, slug in (("a.md", "new"), ("b.md", "a"), ("c.md", "b")):
        write(tmp_path, path, story(slug))
    write(tmp_path, "d.md", story("b"))
    ran = tried_and_imported(tmp_path)
    assert list(ran.outcomes.values()) == ["created", "updated", "updated", "rejected"]
    assert "duplicate of c.md" in ran.said("d.md")
    assert [article_of(slug).source.path for slug in ("new", "a", "b")] == ["a.md", "b.md", "c.md"]
    undone = undo_run(ImportRun.objects.get(pk=ran.receipt["run"]), actor=OPERATOR)
    assert (undone.removed_count, undone.returned_count, undone.kept) == (1, 3, [])
    assert [article_of(slug).source.path for slug in "abc"] == ["a.md", "b.md", "c.md"]


def test_a_file_whose_address_another_article_took_from_it_here_still_brings_its_news(tmp_path):
    imported(tmp_path, "a")
    edit_article("a", web_url=MINE)
    write(tmp_path, "b.md", story("a", title="Another"))
    assert tried_and_imported(tmp_path).outcomes == {"b.md": "created"}
    write(tmp_path, "a.md", story("a", title="News"))
    assert tried_and_imported(tmp_path).outcomes == {"a.md": "updated"}
    assert article_of("mine").title == "News"
    assert article_of("a").title == "Another"


@pytest.mark.parametrize("between", [lambda folder: None, many_files], ids=["one batch", "several"])
def test_an_address_that_an_editor_replaced_is_not_the_articles(tmp_path, between):
    imported(tmp_path, "a")
    edit_article("a", web_url=MINE)
    write(tmp_path, "a.md", story("a", title="News"))
    between(tmp_path)
    write(tmp_path, "y.md", story("a"))
    write(tmp_path, "z.md", story("mine"))
    ran = tried_and_imported(tmp_path)
    assert (ran.outcomes["a.md"], ran.outcomes["y.md"], ran.outcomes["z.md"]) == ("updated", "created", "rejected")
    assert "duplicate of a.md" in ran.said("z.md")


@pytest.mark.parametrize("between", [lambda folder: None, many_files], ids=["one batch", "several"])
def test_a_moved_file_is_known_by_its_address_though_an_editor_gave_the_article_another(tmp_path, between):
    imported(tmp_path, "a", "k")
    edit_article("a", web_url=MINE)
    (tmp_path / "a.md").rename(tmp_path / "moved.md")
    between(tmp_path)
    ran = tried_and_imported(tmp_path)
    assert ran.outcomes["moved.md"] == "updated"
    assert ran.said("moved.md") == "moved from a.md"
    assert article_of("mine").source.path == "moved.md"
    assert not Article.objects.filter(web_url="https://gazette.example/a").exists()


def test_a_moved_file_that_changed_is_merged_with_an_article_of_another_address(tmp_path):
    imported(tmp_path, "a", "k")
    edit_article("a", web_url=MINE, category="Ours")
    (tmp_path / "a.md").unlink()
    write(tmp_path, "b.md", story("a", title="News"))
    write(tmp_path, "c.md", story("a", title="A copy"))
    ran = tried_and_imported(tmp_path)
    assert ran.outcomes == {"b.md": "updated", "c.md": "created"}
    article = article_of("mine")
    assert (article.title, article.category.name, article.source.path) == ("News", "Ours", "b.md")
    assert tried_and_imported(tmp_path).counts == {"unchanged": 3}
    undone = undo_run(ImportRun.objects.get(pk=ran.receipt["run"]), actor=OPERATOR)
    assert (undone.removed_count, undone.returned_count) == (1, 1)
    assert (article_of("mine").title, article_of("mine").source.path) == ("The story of a", "a.md")
