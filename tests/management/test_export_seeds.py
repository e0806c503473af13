from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def export_seeds(*words, status=0):
    out = StringIO()
    try:
        call_command("export_seeds", *map(str, words), stdout=out)
    except SystemExit as end:
        ended = end.code
    else:
        ended = 0
    assert ended == status
    return out.getvalue()


def test_it_writes_every_article_and_counts_them(tmp_path):
    make_article(title="One")
    make_article(title="Two")
    assert export_seeds(tmp_path) == "0 identical, 0 patched, 2 new, 0 failed.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-11-01-one.md", "2026-11-01-two.md"]


def test_the_folder_is_made_where_only_its_last_step_is_missing(tmp_path):
    make_article(title="One")
    export_seeds(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["2026-11-01-one.md"]


@pytest.mark.parametrize("name", ["no/where", "12", "https://news.example/story", "link"])
def test_what_is_no_folder_is_not_made_one(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("gone")
    with pytest.raises(CommandError, match="give a folder"):
        export_seeds(name)
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_some_articles_by_id_and_by_address(tmp_path):
    first, second = make_article(title="One"), make_article(title="Two")
    make_article(title="Three")
    export_seeds(tmp_path, first.pk, second.web_url.upper().replace("STORY", "story"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-11-01-one.md", "2026-11-01-two.md"]


def test_check_writes_nothing_and_says_that_all_is_well(tmp_path):
    make_article()
    report = json.loads(export_seeds(tmp_path, "--check", "--format", "json"))
    assert report["counts"] == {
        "identical": 0,
        "patched": 0,
        "new": 1,
        "failed": 0,
        "kept": 0,
        "missing": 0,
    }
    assert list(tmp_path.iterdir()) == []


def test_a_check_of_some_articles_needs_no_folder():
    first = make_article(title="One")
    make_article(title="Two")
    for words in ([first.pk], [first.web_url], [".", first.pk]):
        assert export_seeds("--check", *words) == "0 identical, 0 patched, 1 new, 0 failed.\n"
    with pytest.raises(CommandError, match="there is no article 999"):
        export_seeds("--check", "999")


def test_json_begins_when_the_articles_are_known(tmp_path, capsys):
    with pytest.raises(CommandError, match="there is no article"):
        call_command("export_seeds", str(tmp_path), "999", "--format", "json")
    assert capsys.readouterr().out == ""


def test_what_cannot_be_written_is_named_and_the_others_are_written(tmp_path):
    make_article(title="Blocked")
    make_article(title="Fine")
    tmp_path.joinpath("2026-11-01-blocked.md").symlink_to("elsewhere")
    said = export_seeds(tmp_path, status=1)
    assert said.startswith(
        f"failed 2026-11-01-blocked.md: article {Article.objects.earliest('pk').pk} is not written through a link"
    )
    assert said.endswith("0 identical, 0 patched, 1 new, 1 failed.\n")
    assert tmp_path.joinpath("2026-11-01-fine.md").is_file()


@pytest.mark.parametrize(
    "words", [["no/where"], [], [""], [".", "999999"], [".", "javascript:x"], [".", "https://no.example/"]]
)
def test_what_cannot_be_used_is_said_in_a_sentence(words):
    with pytest.raises(CommandError) as refusal:
        export_seeds(*words)
    assert refusal.value.returncode == 2
