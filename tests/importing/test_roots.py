"""Which root an import belongs to: by its name, by its folder, and which folder is whose."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from articles.importing.roots import folders_of, root_of
from articles.models import ImportRun, Root, Source
from tests.database_dump import changed_tables, every_row
from tests.importing.import_running import article_of, import_seeds, refused, story, write
from tests.importing.test_import_run import RUN_TABLES, TODAY
from tests.management.commanding import manage

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_folder_gets_a_root_of_its_own_and_the_demo_stays(tmp_path):
    import_seeds()
    write(tmp_path, "my-folder/a.md", story("a"))
    ran = import_seeds(tmp_path / "my-folder")
    assert (ran.status, ran.receipt["root"], ran.errors) == (0, "my-folder", "")
    assert article_of("a").source.root == "my-folder"
    assert Source.objects.filter(root="seeds", missing_at=None).count() == 41
    assert import_seeds().counts == {"unchanged": 41}
    assert import_seeds(tmp_path / "my-folder").counts == {"unchanged": 1}


def test_projects_own_seeds_are_the_root_seeds_however_they_are_named(monkeypatch):
    monkeypatch.chdir(settings.BASE_DIR)
    for words in ([], ["seeds"], ["./seeds/"], ["articles/../seeds"], [settings.BASE_DIR / "seeds"]):
        assert import_seeds(*words, "--dry-run").receipt["root"] == "seeds"


def test_projects_own_seeds_may_be_a_link(monkeypatch, tmp_path):
    write(tmp_path, "wire/a.md", story("a"))
    (tmp_path / "seeds").symlink_to("wire")
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    assert import_seeds().receipt["root"] == import_seeds(tmp_path / "wire").receipt["root"] == "seeds"


@pytest.mark.parametrize("typed", ["wire", "wire/", "./wire", "wire/sub/..", "link", "wire/../wire//"])
def test_root_is_called_like_the_folder_itself_however_that_is_typed(in_folder, typed):
    write(in_folder, "wire/a.md", story("a"))
    write(in_folder, "wire/sub/b.md", story("b"))
    (in_folder / "link").symlink_to("wire")
    assert import_seeds(typed).receipt["root"] == "wire"
    assert root_of(in_folder / "wire") == root_of(Path(typed)) == "wire"
    assert folders_of("wire") == [in_folder / "wire"]


def test_folder_where_one_stands_has_a_name_too(in_folder, monkeypatch):
    write(in_folder, "wire/sub/a.md", story("a"))
    monkeypatch.chdir(in_folder / "wire")
    assert import_seeds(".").receipt["root"] == "wire"
    monkeypatch.chdir(in_folder / "wire" / "sub")
    assert import_seeds("..").counts == {"unchanged": 1}


@pytest.mark.parametrize("name", ["a\nb", "\x1b[2J", "\u202e", "x" * 101, "-wire", os.fsdecode(b"\xff")])
def test_folder_whose_name_fits_no_root_is_refused_and_another_can_be_given(tmp_path, name):
    write(tmp_path, f"{name}/a.md", story("a"))
    assert "cannot name a root; give a name with --root NAME" in refused(tmp_path / name)
    assert import_seeds(tmp_path / name, "--root", "wire").counts == {"created": 1}
    assert folders_of("wire") == [tmp_path / name]
    assert import_seeds(tmp_path / name).receipt["root"] == "wire"


@pytest.mark.parametrize("name", ["x" * 100, "Wire feeds", "北京", "a'b\"c", "x.md", "%s"])
def test_folder_of_any_other_name_has_its_root(tmp_path, name):
    write(tmp_path, f"{name}/a.md", story("a"))
    assert import_seeds(tmp_path / name).receipt["root"] == name
    assert import_seeds(tmp_path / name).counts == {"unchanged": 1}


def test_the_whole_disk_has_no_name():
    assert "/ cannot name a root" in refused("/")


def test_folders_that_spell_one_name_in_two_ways_are_not_two_roots(tmp_path):
    for folder, name in (("one", "Cafe\u0301"), ("two", "Caf\u00e9")):
        write(tmp_path, f"{folder}/{name}/{folder}.md", story(folder))
    assert import_seeds(tmp_path / "one" / "Cafe\u0301").receipt["root"] == "Caf\u00e9"
    assert "was last imported from" in refused(tmp_path / "two" / "Caf\u00e9")


def test_root_that_is_named_wins_and_is_known_from_then_on(tmp_path):
    write(tmp_path, "wire/a.md", story("a"))
    assert import_seeds(tmp_path / "wire", "--root", "agency").receipt["root"] == "agency"
    again = import_seeds(tmp_path / "wire")
    assert (again.receipt["root"], again.counts) == ("agency", {"unchanged": 1})


def test_json_receipt_and_page_tell_it(tmp_path, chief, signed_in):
    write(tmp_path, "wire/a.md", story("a"))
    run = import_seeds(tmp_path / "wire").receipt["run"]
    client = signed_in(chief)
    kept = client.get(f"/admin/articles/importrun/{run}/receipt.json").getvalue()
    assert json.loads(kept)["root"] == "wire"
    page = client.get(f"/admin/articles/importrun/{run}/change/").text
    assert "<dt>Root</dt><dd><bdi>wire</bdi></dd>" in page
    assert str(tmp_path / "wire") in page


def test_run_keeps_where_it_was_and_not_how_that_was_typed(in_folder):
    write(in_folder, "wire/a.md", story("a"))
    import_seeds("./wire/")
    run = ImportRun.objects.get()
    assert run.paths == str(in_folder / "wire")
    assert run.command == f"manage.py import_seeds --again --root wire {in_folder / 'wire'}"


@pytest.fixture
def two(tmp_path):
    write(tmp_path, "one/wire/a.md", story("a"))
    write(tmp_path, "two/wire/a.md", story("another"))
    import_seeds(tmp_path / "one" / "wire")
    return tmp_path / "one" / "wire", tmp_path / "two" / "wire"


def test_second_folder_of_a_name_is_refused_with_the_remedy(two):
    one, other = two
    assert refused(other) == (
        f"root “wire” was last imported from {one}; give --root wire if it moved to {other}, "
        "or another --root NAME if it didn't"
    )


def test_second_folder_of_a_name_gets_another_root(two):
    assert import_seeds(two[1], "--root", "wire-2").counts == {"created": 1}
    assert [import_seeds(folder).receipt["root"] for folder in two] == ["wire", "wire-2"]


def test_tree_that_moved_keeps_its_root_by_name(two):
    one, _ = two
    moved = one.rename(one.parent / "agency")
    assert import_seeds(moved, "--root", "wire").counts == {"unchanged": 1}
    assert (root_of(moved), root_of(one), folders_of("wire")) == ("wire", None, [moved])
    one.mkdir()
    write(one, "b.md", story("b"))
    assert "was last imported from" in refused(one)


def test_dry_run_moves_no_root(two):
    one, other = two
    import_seeds(other, "--root", "wire", "--dry-run")
    assert folders_of("wire") == [one]


def test_another_folder_called_seeds_is_not_taken_for_the_demo(tmp_path):
    import_seeds()
    write(tmp_path, "seeds/a.md", story("a"))
    assert "root “seeds” was last imported from" in refused(tmp_path / "seeds")


def test_demo_is_not_taken_for_another_folder_called_seeds(tmp_path):
    write(tmp_path, "seeds/a.md", story("a"))
    assert import_seeds(tmp_path / "seeds").receipt["root"] == "seeds"
    assert "if it moved to" in refused()


def test_name_with_a_blank_is_quoted_in_the_remedy(tmp_path):
    for place in ("one", "two"):
        write(tmp_path, f"{place}/my wire/a.md", story(place))
    import_seeds(tmp_path / "one" / "my wire")
    assert "give --root 'my wire' if" in refused(tmp_path / "two" / "my wire")


def test_several_folders_need_a_name(tmp_path):
    write(tmp_path, "one/a.md", story("a"))
    write(tmp_path, "two/b.md", story("b"))
    assert "several folders need one root name" in refused(tmp_path / "one", tmp_path / "two")
    import_seeds(tmp_path / "one")
    assert "several folders" in refused(tmp_path / "one", tmp_path / "two")


def test_one_of_several_folders_is_not_the_tree(tmp_path):
    write(tmp_path, "one/a.md", story("a"))
    write(tmp_path, "two/b.md", story("b"))
    import_seeds(tmp_path / "one", tmp_path / "two", "--root", "both")
    assert folders_of("both") == [tmp_path / "one", tmp_path / "two"]
    assert "root “both” was last imported from" in refused(tmp_path / "one")
    assert not Source.objects.exclude(missing_at=None).exists()
    assert import_seeds(tmp_path / "two", tmp_path / "one").receipt["root"] == "both"


def test_folder_that_is_named_twice_is_one(in_folder):
    write(in_folder, "wire/a.md", story("a"))
    (in_folder / "link").symlink_to("wire")
    assert import_seeds("wire", "wire/", "link").counts == {"created": 1}
    assert folders_of("wire") == [in_folder / "wire"]


def test_folders_and_files_are_not_mixed(tmp_path):
    file = write(tmp_path, "wire/a.md", story("a"))
    assert refused(file.parent, file).startswith("give folders or single files")


def test_folder_that_no_import_covered_has_no_root(tmp_path):
    write(tmp_path, "wire/sub/a.md", story("a"))
    import_seeds(tmp_path / "wire")
    assert [root_of(tmp_path / name) for name in ("", "wire", "wire/sub", "nowhere")] == [None, "wire", None, None]
    assert folders_of("nowhere") == []


def test_folder_of_a_root_is_refused_under_any_other_name(two):
    one, other = two
    file = write(one, "sub/c.md", story("c"))
    import_seeds(other, "--root", "wire-2")
    said = (
        f"{one} belongs to root “wire”; give --root wire, or leave it out; "
        "to rename it, undo its imports or import wire from another folder"
    )
    assert [refused(one, "--root", name) for name in ("wir", "wire-2")] == [said, said]
    assert "belongs to root “wire”" in refused(file, "--root", "wir")
    moved = one.rename(one.parent / "agency")
    import_seeds(moved, "--root", "wire")
    write(one, "b.md", story("b"))
    assert import_seeds(one, "--root", "wir").counts == {"created": 1}


def test_folder_of_an_undone_import_may_have_another_name(tmp_path):
    write(tmp_path, "wire/a.md", story("a"))
    run = import_seeds(tmp_path / "wire", "--root", "wyre").receipt["run"]
    assert manage("import_seeds", "--undo", run).status == 0
    assert import_seeds(tmp_path / "wire", "--root", "wire").counts == {"created": 1}
    assert root_of(tmp_path / "wire") == "wire"


def test_latest_of_two_roots_has_the_folder_and_both_may_name_it(tmp_path):
    folder = write(tmp_path, "wire/a.md", story("a")).parent
    for number, name in enumerate(("first", "second")):
        moment = TODAY + timedelta(number)
        folders = json.dumps([str(folder)])
        Root.objects.create(name=name, folders=folders, is_whole=True, remembered_at=moment)
    assert root_of(folder) == "second"
    import_seeds(folder, "--root", "first")
    assert root_of(folder) == "first"


def test_project_may_be_moved_with_what_is_in_it(monkeypatch, tmp_path):
    import_seeds()
    assert Root.objects.get().folders == '["seeds"]'
    assert folders_of("seeds") == [settings.BASE_DIR / "seeds"]
    write(tmp_path, "seeds/a.md", story("a"))
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    assert folders_of("seeds") == [tmp_path / "seeds"]
    assert root_of(tmp_path / "seeds") == "seeds"


def test_same_import_again_writes_nothing_of_it(tmp_path):
    write(tmp_path, "wire/a.md", story("a"))
    import_seeds(tmp_path / "wire")
    before = every_row()
    import_seeds(tmp_path / "wire")
    import_seeds(tmp_path / "wire", "--root", "wire")
    import_seeds(tmp_path / "wire" / "a.md")
    assert changed_tables(before) == RUN_TABLES


def test_roots_of_earlier_runs_are_known_by_their_last_one(tmp_path):
    write(tmp_path, "wire/a.md", story("a"))
    for folder, root in ((settings.BASE_DIR / "seeds", "seeds"), (tmp_path / "wire", "seeds"), (tmp_path, "typed")):
        import_seeds(folder, "--root", root, "--allow-missing")
    ImportRun.objects.filter(root="typed").update(paths="../wire")
    Root.objects.all().delete()
    import_module("articles.migrations.0021_roots_of_earlier_runs").remember(apps, None)
    assert folders_of("seeds") == [tmp_path / "wire"]
    assert folders_of("typed") == [], "nobody knows below which folder that was typed"
    assert import_seeds(tmp_path / "wire").receipt["root"] == "seeds"
