"""F11: one address, several files."""

from __future__ import annotations

import pytest

from articles.importing import runner
from articles.models import Article, Source
from tests.database_dump import desk_rows
from tests.factories import make_user
from tests.importing.import_running import article_of, import_seeds, story, write

pytestmark = pytest.mark.django_db

SPELLINGS = {
    "exact": "https://gazette.example/one",
    "http": "http://gazette.example/one",
    "port": "https://gazette.example:443/one",
    "case": "HTTPS://GAZETTE.Example/one",
    "dot": "https://gazette.example./one",
    "tracked": "https://gazette.example/one?utm_source=feed&fbclid=3",
    "fragment": "https://gazette.example/one#top",
    "dots": "https://gazette.example/a/../one",
    "percent": "https://gazette.example/%6Fne",
}


@pytest.fixture(params=[1, 100], ids=["across-batches", "in-one-batch"])
def batches(request, monkeypatch):
    for name in ("FIRST_BATCH", "SMALLEST_BATCH", "LARGEST_BATCH"):
        monkeypatch.setattr(runner, name, request.param)


@pytest.mark.usefixtures("batches")
def test_second_file_with_an_address_is_rejected_however_it_spells_it(tmp_path):
    write(tmp_path, "a.md", story("one"))
    for name, address in SPELLINGS.items():
        write(tmp_path, f"b-{name}.md", story("one", title=name, webUrl=address))
    for _ in range(2):
        ran = import_seeds(tmp_path)
        assert ran.status == 1
        assert ran.counts["rejected"] == len(SPELLINGS)
        for name in SPELLINGS:
            file = ran.file(f"b-{name}.md")
            assert (file["article"], file["changes"]) == (None, [])
            assert file["problems"] == [
                {
                    "severity": "error",
                    "line": None,
                    "key": "webUrl",
                    "message": "duplicate of a.md: it has the same webUrl",
                }
            ]
        assert list(Article.objects.values_list("title", flat=True)) == ["The story of one"]
        assert [source.path for source in Source.objects.all()] == ["a.md"]


@pytest.mark.usefixtures("batches")
def test_known_file_wins_over_a_new_one_that_comes_before_it(tmp_path):
    write(tmp_path, "m.md", story("one"))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("one", title="Other"))
    write(tmp_path, "m.md", story("one", "quality: 2\n"))
    ran = import_seeds(tmp_path)
    assert ran.outcomes == {"a.md": "rejected", "m.md": "updated"}
    assert ran.said("a.md").startswith("duplicate of m.md")


@pytest.mark.usefixtures("batches")
def test_addresses_that_differ_in_what_counts_are_two_articles(tmp_path):
    write(tmp_path, "a.md", story("one"))
    write(tmp_path, "b.md", story("one/"))
    write(tmp_path, "c.md", story("One"))
    write(tmp_path, "d.md", story("one?a=1&b=2"))
    write(tmp_path, "e.md", story("one?b=2&a=1"))
    assert import_seeds(tmp_path).counts == {"created": 5}


def test_file_of_another_root_with_the_address_is_a_duplicate(tmp_path):
    write(tmp_path, "one/a.md", story("one"))
    write(tmp_path, "two/a.md", story("one", title="Other"))
    import_seeds(tmp_path / "one", "--root", "first")
    before = desk_rows()
    ran = import_seeds(tmp_path / "two", "--root", "second")
    assert ran.outcomes == {"a.md": "rejected"}
    assert ran.said("a.md") == "duplicate of first: a.md: it has the same webUrl"
    assert desk_rows() == before


def test_file_in_two_paths_of_one_run_is_one_article(tmp_path):
    write(tmp_path, "one/a.md", story("one"))
    write(tmp_path, "two/b.md", story("one"))
    ran = import_seeds(tmp_path / "one", tmp_path / "two", "--root", "both")
    assert ran.outcomes == {"a.md": "created", "b.md": "rejected"}


def test_duplicate_takes_over_when_the_first_file_is_gone(tmp_path):
    first = write(tmp_path, "a.md", story("one"))
    write(tmp_path, "b.md", story("one", "quality: 5\n"))
    import_seeds(tmp_path)
    article = article_of("one")
    first.unlink()
    ran = import_seeds(tmp_path)
    assert ran.file("b.md")["outcome"] == "updated"
    assert ran.said("b.md") == "moved from a.md"
    assert (article_of("one").pk, article_of("one").quality) == (article.pk, 5)


def test_duplicate_comes_in_when_the_first_file_takes_another_address(tmp_path):
    write(tmp_path, "a.md", story("one"))
    write(tmp_path, "b.md", story("one"))
    import_seeds(tmp_path)
    write(tmp_path, "a.md", story("two"))
    import_seeds(tmp_path)
    assert import_seeds(tmp_path).status == 0
    paths = dict(Source.objects.values_list("path", "article__web_url"))
    assert paths == {"a.md": "https://gazette.example/two", "b.md": "https://gazette.example/one"}


def test_duplicate_of_a_file_with_a_nasty_name_names_it_harmlessly(tmp_path):
    write(tmp_path, "a\u202e.md", story("one"))
    write(tmp_path, "b.md", story("one"))
    assert import_seeds(tmp_path).said("b.md") == "duplicate of a\\u202e.md: it has the same webUrl"


def test_a_source_moves_on_only_for_those_who_may_change_its_article(tmp_path):
    write(tmp_path, "a.md", story("live", published="true"))
    import_seeds(tmp_path)
    before = Source.objects.values_list("digest", "path").get()
    write(tmp_path, "a.md", story("live", "# a comment\n", published="true"))
    ran = import_seeds(tmp_path, "--actor", make_user("Contributor").username)
    assert ran.outcomes == {"a.md": "rejected"}
    assert Source.objects.values_list("digest", "path").get() == before
    tmp_path.joinpath("a.md").rename(tmp_path / "b.md")
    assert import_seeds(tmp_path, "--actor", make_user().username).outcomes == {"b.md": "rejected"}
    assert Source.objects.values_list("digest", "path").get() == before
