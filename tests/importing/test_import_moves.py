"""Files that are moved onto paths that other known files had: the articles follow them by their addresses."""

from __future__ import annotations

import pytest

from articles.changes.actors import OPERATOR
from articles.history import change_sets, purging
from articles.importing import runner, undo
from articles.importing.undo import undo_run
from articles.models import Article, ChangeSet, ImportRun, Source
from tests.contesting import edit_article
from tests.importing.import_running import article_of, import_seeds, story, write
from tests.importing.test_import_addresses import MINE, imported, tried_and_imported

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[1, 100], ids=["a file a batch", "one batch"])
def batches(request, monkeypatch):
    for name in ("FIRST_BATCH", "SMALLEST_BATCH", "LARGEST_BATCH"):
        monkeypatch.setattr(runner, name, request.param)
    monkeypatch.setattr(undo, "ARTICLES_AT_ONCE", request.param)


def move(folder, **names):
    """All at once: `a="b"` moves a.md to b.md."""
    raws = {name: (folder / f"{name}.md").read_bytes() for name in names}
    for name in names:
        (folder / f"{name}.md").unlink()
    for name, target in names.items():
        write(folder, f"{target}.md", raws[name])


def places():
    """By article, the path of its file and whether that is missing."""
    rows = Source.objects.order_by("article").values_list("article", "path", "missing_at")
    return {article: (path, missing_at is not None) for article, path, missing_at in rows}


def take_back(ran):
    return undo_run(ImportRun.objects.get(pk=ran.receipt["run"]), actor=OPERATOR)


MOVES = {
    "swap": {"a": "b", "b": "a"},
    "chain": {"a": "b", "b": "c", "c": "d"},
    "chain to earlier names": {"d": "c", "c": "b", "b": "a", "a": "0"},
    "circle": {"a": "c", "b": "a", "c": "d", "d": "b"},
}


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize("moves", MOVES.values(), ids=MOVES)
def test_articles_follow_their_files_in_one_run_and_one_undo(tmp_path, moves):
    imported(tmp_path, "a", "b", "c", "d")
    if "d" in moves.values() and "d" not in moves:
        (tmp_path / "d.md").unlink()
    edit_article("b", title="Mine")
    before, versions = places(), dict(Article.objects.values_list("pk", "version"))
    move(tmp_path, **moves)
    ran = tried_and_imported(tmp_path)
    assert (ran.counts["updated"], set(ran.outcomes.values())) == (len(moves), {"updated"})
    for name, target in moves.items():
        assert article_of(name).source.path == f"{target}.md"
        assert ran.said(f"{target}.md") == f"moved from {name}.md"
    assert dict(Article.objects.values_list("pk", "version")) == versions
    assert "updated" not in import_seeds(tmp_path).counts
    assert take_back(ran).kept == []
    assert {pk: path for pk, (path, _) in places().items()} == {pk: path for pk, (path, _) in before.items()}
    assert import_seeds(tmp_path).receipt["counts"] == ran.receipt["counts"]


@pytest.mark.usefixtures("batches")
def test_a_file_that_was_moved_over_another_leaves_its_article_without_a_file(tmp_path):
    imported(tmp_path, "a", "b")
    lost = article_of("b")
    move(tmp_path, a="b")
    ran = tried_and_imported(tmp_path)
    assert (ran.counts, ran.status) == ({"updated": 1}, 0)
    assert "Missing files: 1, now marked." in ran.errors
    assert places() == {article_of("a").pk: ("b.md", False), lost.pk: (f"b.article-{lost.pk}.md", True)}
    assert Source.objects.get(article=lost).told_path == "b.md"
    write(tmp_path, "found.md", story("b", title="Found"))
    assert tried_and_imported(tmp_path).said("found.md") == "moved from b.md"
    assert (article_of("b"), article_of("b").title, article_of("b").source.missing_at) == (lost, "Found", None)


def test_an_undo_returns_the_path_that_an_article_lost(tmp_path):
    imported(tmp_path, "a", "b")
    before = places()
    move(tmp_path, a="b")
    report = take_back(import_seeds(tmp_path))
    assert (report.returned_count, report.kept) == (2, [])
    assert places() == before


@pytest.mark.usefixtures("batches")
def test_a_chain_returns_as_far_as_nobody_touched_it(tmp_path):
    imported(tmp_path, "a", "b", "c")
    move(tmp_path, a="b", b="c", c="d")
    ran = import_seeds(tmp_path)
    edit_article("b", title="Mine")
    report = take_back(ran)
    kept = {article.web_url[-1] for article, _ in report.kept}
    assert (report.returned_count, kept) == (1, {"b", "c"})
    assert [article_of(slug).source.path for slug in "abc"] == ["a.md", "c.md", "d.md"]


@pytest.mark.usefixtures("batches")
def test_files_that_changed_while_they_changed_places_are_merged(tmp_path):
    imported(tmp_path, "a", "b")
    edit_article("a", title="Mine")
    write(tmp_path, "a.md", story("b", title="News"))
    write(tmp_path, "b.md", story("a", "quality: 4\n"))
    ran = tried_and_imported(tmp_path)
    assert ran.counts == {"updated": 2}
    assert (article_of("a").title, article_of("a").quality, article_of("b").title) == ("Mine", 4, "News")
    assert take_back(ran).kept == []
    assert article_of("b").title == "The story of b"


@pytest.mark.usefixtures("batches")
def test_numbered_files_that_all_move_up_for_a_new_one_stay_their_articles(tmp_path):
    imported(tmp_path, "1", "2", "3")
    edit_article("1", title="Mine")
    known = {slug: article_of(slug).pk for slug in "123"}
    move(tmp_path, **{"1": "2", "2": "3", "3": "4"})
    write(tmp_path, "1.md", story("new"))
    ran = tried_and_imported(tmp_path)
    assert ran.counts == {"created": 1, "updated": 3}
    assert {slug: article_of(slug).pk for slug in "123"} == known
    assert article_of("1").title == "Mine"


@pytest.mark.usefixtures("batches")
def test_an_article_whose_address_an_editor_changed_follows_its_file_in_a_swap(tmp_path):
    imported(tmp_path, "a", "b")
    edit_article("a", web_url=MINE)
    move(tmp_path, a="b", b="a")
    assert tried_and_imported(tmp_path).counts == {"updated": 2}
    assert (article_of("mine").source.path, article_of("b").source.path) == ("b.md", "a.md")


def test_an_article_whose_address_an_editor_changed_follows_its_file_onto_another(tmp_path):
    imported(tmp_path, "a", "b")
    edit_article("a", web_url=MINE)
    move(tmp_path, a="b")
    assert tried_and_imported(tmp_path).counts == {"updated": 1}
    assert article_of("mine").source.path == "b.md"
    assert article_of("b").source.missing_at


def test_an_address_whose_file_is_still_there_is_not_taken_from_it(tmp_path):
    imported(tmp_path, "a", "b")
    write(tmp_path, "b.md", story("a", title="A copy"))
    ran = tried_and_imported(tmp_path)
    assert ran.outcomes == {"b.md": "rejected"}
    assert "is also the address of a.md" in ran.said("b.md")


def test_a_file_that_is_no_seed_at_the_moment_keeps_its_address(tmp_path):
    imported(tmp_path, "a", "b")
    write(tmp_path, "a.md", b"---\ntitle: [\n")
    write(tmp_path, "b.md", story("a"))
    assert tried_and_imported(tmp_path).outcomes == {"a.md": "rejected", "b.md": "rejected"}


def test_a_path_of_the_longest_name_can_be_lost(tmp_path):
    name = "b" * 252
    imported(tmp_path, "a", name)
    lost = Source.objects.get(path=f"{name}.md").article
    move(tmp_path, a=name)
    import_seeds(tmp_path)
    lost.source.refresh_from_db()
    assert len(lost.source.path) == 255
    assert lost.source.path.endswith(f".article-{lost.pk}.md")


def purge(slug):
    made = change_sets.open_change_set(ChangeSet.Kind.PURGE, actor=OPERATOR)
    purging.purge_many([article_of(slug)], actor=OPERATOR, change_set=made)


def test_news_reach_an_article_that_gave_its_address_up_before_another_one_there_was_purged(tmp_path):
    imported(tmp_path, "a", "k")
    edit_article("a", web_url=MINE)
    write(tmp_path, "b.md", story("a", title="Another"))
    import_seeds(tmp_path)
    purge("a")
    write(tmp_path, "a.md", story("a", title="News"))
    ran = tried_and_imported(tmp_path)
    assert ran.outcomes == {"a.md": "updated", "b.md": "skipped"}
    assert (article_of("mine").title, article_of("mine").source.path) == ("News", "a.md")
    (tmp_path / "b.md").unlink()
    (tmp_path / "a.md").rename(tmp_path / "moved.md")
    assert tried_and_imported(tmp_path).outcomes == {"moved.md": "updated"}
    assert article_of("mine").source.path == "moved.md"


def test_a_purged_address_is_not_taken_by_an_article_that_has_another(tmp_path):
    imported(tmp_path, "a", "b")
    purge("a")
    (tmp_path / "a.md").unlink()
    write(tmp_path, "b.md", story("a", title="News"))
    assert tried_and_imported(tmp_path).outcomes == {"b.md": "skipped"}
    assert article_of("b").title == "The story of b"


@pytest.mark.parametrize("batch", range(1, 5))
def test_an_undo_that_was_killed_in_a_circle_is_completed_by_the_next(tmp_path, monkeypatch, batch):
    monkeypatch.setattr(undo, "ARTICLES_AT_ONCE", 1)
    imported(tmp_path, "a", "b", "c", "d")
    before = places()
    move(tmp_path, **MOVES["circle"])
    ran = import_seeds(tmp_path)
    done, whole = [], undo._return_sources

    def killed(rows):
        done.append(rows)
        if len(done) == batch:
            raise KeyboardInterrupt
        whole(rows)

    monkeypatch.setattr(undo, "_return_sources", killed)
    with pytest.raises(KeyboardInterrupt):
        take_back(ran)
    monkeypatch.setattr(undo, "_return_sources", whole)
    assert take_back(ran).kept == []
    assert places() == before


def test_lost_paths_ask_no_more_for_forty_files_than_for_four(tmp_path, django_assert_max_num_queries):
    for count in (4, 40):
        names = [f"{count}-{number}" for number in range(count)]
        for name in names:
            write(tmp_path / str(count), f"{name}.md", story(name))
        import_seeds(tmp_path / str(count), "--root", f"root{count}")
        move(tmp_path / str(count), **dict(zip(names, [*names[1:], names[0]], strict=True)))
    with django_assert_max_num_queries(80) as for_four:
        assert import_seeds(tmp_path / "4", "--root", "root4").counts == {"updated": 4}
    with django_assert_max_num_queries(len(for_four)):
        assert import_seeds(tmp_path / "40", "--root", "root40").counts == {"updated": 40}
    small, large = ImportRun.objects.filter(updated_count__gt=0).select_related("change_set").order_by("pk")
    with django_assert_max_num_queries(80) as for_four:
        undo_run(small, actor=OPERATOR)
    with django_assert_max_num_queries(len(for_four)):
        assert undo_run(large, actor=OPERATOR).kept == []
