"""`import_seeds FILE`: under which root a single file is, and that it says nothing of the others."""

from __future__ import annotations

import os

import pytest

from articles.importing.roots import folders_of, root_of
from articles.models import Article, ImportRun, Source
from tests.contesting import edit_article
from tests.database_dump import changed_tables, every_row
from tests.importing.import_running import article_of, import_seeds, refused, story, write

pytestmark = pytest.mark.django_db


def sources() -> list[tuple[str, str]]:
    return sorted(Source.objects.values_list("root", "path"))


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_strangers_file_is_imported_under_the_name_of_its_folder(in_folder):
    write(in_folder, "desk/mine.md", story("mine"))
    write(in_folder, "desk/other.md", story("other"))
    ran = import_seeds("desk/mine.md")
    assert (ran.status, ran.receipt["root"], ran.outcomes) == (0, "desk", {"mine.md": "created"})
    assert ImportRun.objects.get().paths == str(in_folder / "desk" / "mine.md")
    assert import_seeds("desk/mine.md").counts == {"unchanged": 1}
    assert import_seeds("desk").outcomes == {"other.md": "created"}


def test_single_file_is_its_trees_with_its_path_below_it(tmp_path):
    write(tmp_path, "wire/a.md", story("a"))
    file = write(tmp_path, "wire/2026/02/b.md", story("b"))
    import_seeds(tmp_path / "wire", "--root", "agency")
    file.write_bytes(story("b", title="Changed"))
    assert import_seeds(file).outcomes == {"2026/02/b.md": "updated"}
    new = write(tmp_path, "wire/2026/c.md", story("c"))
    assert import_seeds(new, "--root", "agency").outcomes == {"2026/c.md": "created"}
    assert sources() == [("agency", path) for path in ("2026/02/b.md", "2026/c.md", "a.md")]
    assert import_seeds(tmp_path / "wire").counts == {"unchanged": 3}


def test_single_file_is_the_nearest_trees(tmp_path):
    write(tmp_path, "all/a.md", story("a"))
    write(tmp_path, "all/sub/b.md", story("b"))
    import_seeds(tmp_path / "all" / "sub")
    import_seeds(tmp_path / "all", "--dry-run")
    assert import_seeds(tmp_path / "all").status == 1
    assert import_seeds(tmp_path / "all" / "sub" / "b.md").receipt["root"] == "sub"
    assert import_seeds(tmp_path / "all" / "a.md").receipt["root"] == "all"


def test_single_file_marks_nothing_as_missing_and_is_not_refused_for_what_is_gone(tmp_path):
    for number in range(20):
        write(tmp_path, f"wire/{number:02}.md", story(str(number)))
    import_seeds(tmp_path / "wire")
    for number in range(1, 20):
        (tmp_path / "wire" / f"{number:02}.md").unlink()
    file = write(tmp_path, "wire/00.md", story("0", title="Changed"))
    ran = import_seeds(file)
    assert (ran.status, ran.outcomes, ran.errors) == (0, {"00.md": "updated"}, "")
    assert not Source.objects.exclude(missing_at=None).exists()


def test_single_file_that_was_missing_is_there_again(tmp_path):
    file = write(tmp_path, "wire/a.md", story("a"))
    write(tmp_path, "wire/b.md", story("b"))
    import_seeds(tmp_path / "wire")
    raw = file.read_bytes()
    file.unlink()
    import_seeds(tmp_path / "wire")
    assert article_of("a").source.missing_at is not None
    file.write_bytes(raw)
    import_seeds(file, "--dry-run")
    assert article_of("a").source.missing_at is not None
    assert import_seeds(file).counts == {"unchanged": 1}
    assert article_of("a").source.missing_at is None


def test_single_file_that_moved_within_its_tree_brings_its_article(tmp_path):
    file = write(tmp_path, "wire/a.md", story("a"))
    import_seeds(tmp_path / "wire")
    moved = file.rename(tmp_path / "wire" / "z.md")
    ran = import_seeds(moved)
    assert (ran.outcomes, ran.said("z.md")) == ({"z.md": "updated"}, "moved from a.md")


def test_single_file_of_another_folder_of_that_name_is_refused(tmp_path):
    write(tmp_path, "one/desk/mine.md", story("mine"))
    other = write(tmp_path, "two/desk/mine.md", story("other"))
    import_seeds(tmp_path / "one" / "desk" / "mine.md")
    where = f"{other} is not below {tmp_path / 'one' / 'desk'}, where root “desk” is"
    assert refused(other) == refused(other, "--root", "desk") == f"{where}; give another --root NAME"
    assert import_seeds(other, "--root", "desk-2").counts == {"created": 1}
    assert import_seeds(other).receipt["root"] == "desk-2"


def test_single_files_make_no_tree_of_what_is_below_their_folder(tmp_path):
    mine = write(tmp_path, "home/mine.md", story("mine"))
    deeper = write(tmp_path, "home/wire/a.md", story("a"))
    assert import_seeds(mine).receipt["root"] == "home"
    assert import_seeds(deeper).receipt["root"] == "wire"
    assert import_seeds(deeper.parent).counts == {"unchanged": 1}


def test_folder_of_single_files_is_their_roots(tmp_path):
    mine = write(tmp_path, "desk/mine.md", story("mine"))
    import_seeds(mine, "--root", "typed")
    assert (root_of(mine.parent), folders_of("typed")) == ("typed", [mine.parent])
    assert import_seeds(mine.parent).receipt["root"] == "typed"


def test_single_files_of_one_root_are_one_run(tmp_path):
    files = [write(tmp_path, f"desk/{name}.md", story(name)) for name in "ab"]
    write(tmp_path, "desk/c.md", story("c"))
    assert import_seeds(*files, files[0]).outcomes == {"a.md": "created", "b.md": "created"}
    assert ImportRun.objects.get().paths.splitlines() == [str(file) for file in files]


def test_single_files_of_several_roots_are_refused(tmp_path):
    files = [write(tmp_path, f"{name}/x.md", story(name)) for name in ("one", "two")]
    assert "belong to the roots one, two" in refused(*files)
    assert "is not below" in refused(*files, "--root", "both")


@pytest.mark.parametrize("name", ["mine.seed", "mine", "_mine.md", ".mine.md", "README.md", "-rf.md", "x.MD"])
def test_single_file_may_have_any_name(in_folder, name):
    write(in_folder, f"desk/{name}", story("mine"))
    assert import_seeds(f"desk/{name}").outcomes == {name: "created"}
    write(in_folder, "desk/other.md", story("other"))
    assert import_seeds("desk").errors == "", "a walk does not see each of them, and none is missing"


@pytest.mark.parametrize("name", ["a\nb.md", "\x1b.md", os.fsdecode(b"\xff.md")])
def test_single_file_has_no_name_that_could_not_be_kept(tmp_path, name):
    file = write(tmp_path, f"desk/{name}", story("mine"))
    assert "has a name with control characters or bytes that are not UTF-8; rename it" in refused(file)


def test_F01_single_link_is_not_followed(tmp_path):  # noqa: N802
    target = write(tmp_path, "secret.md", story("secret"))
    (tmp_path / "desk").mkdir()
    link = tmp_path / "desk" / "x.md"
    link.symlink_to(target)
    assert refused(link) == f"{link} is a link; links are not followed"
    link.unlink()
    link.symlink_to("/etc/passwd")
    assert "is a link" in refused(link)


def test_F03_single_pipe_is_not_opened(tmp_path):  # noqa: N802
    os.mkfifo(tmp_path / "x.md")
    assert refused(tmp_path / "x.md") == f"{tmp_path / 'x.md'} is not a regular file"


def test_F04_device_is_not_read_and_a_folder_called_so_is_a_folder(tmp_path):  # noqa: N802
    assert refused("/dev/zero") == "/dev/zero is not a regular file"
    write(tmp_path, "x.md/a.md", story("a"))
    assert import_seeds(tmp_path / "x.md").outcomes == {"a.md": "created"}


def test_single_file_that_is_no_seed_is_rejected(tmp_path):
    ran = import_seeds(write(tmp_path, "x.md", b"no seed"))
    assert (ran.status, ran.outcomes) == (1, {"x.md": "rejected"})
    assert not Article.objects.exists()


def test_dry_run_of_a_single_file_writes_nothing_and_says_the_same(tmp_path):
    file = write(tmp_path, "desk/a.md", story("a"))
    before = every_row()
    dry = import_seeds(file, "--dry-run")
    assert changed_tables(before) == set()
    real = import_seeds(file)
    assert (dry.receipt["root"], dry.outcomes, dry.counts) == (real.receipt["root"], real.outcomes, real.counts)


def test_single_file_in_a_folder_whose_name_fits_no_root_needs_one(tmp_path):
    file = write(tmp_path, "\x1b/a.md", story("a"))
    assert "give a name with --root NAME" in refused(file)


@pytest.mark.parametrize("moves", [False, True])
def test_single_file_that_becomes_a_trees_brings_its_article(tmp_path, moves):
    file = write(tmp_path, "desk/2026/mine.md", story("mine"))
    import_seeds(file)
    edit_article("mine", title="Mine")
    if moves:
        file = file.rename(write(tmp_path, "desk/other.md", story("other")).parent / "new.md")
    ran = import_seeds(tmp_path / "desk")
    path = "new.md" if moves else "2026/mine.md"
    assert (ran.file(path)["outcome"], ran.said(path)) == ("updated", "moved from 2026: mine.md")
    assert (article_of("mine").title, article_of("mine").source.root) == ("Mine", "desk")
    assert import_seeds(tmp_path / "desk").counts == {"unchanged": 1 + moves}
    import_seeds("--undo", ran.receipt["run"])
    assert (article_of("mine").source.root, article_of("mine").source.path) == ("2026", "mine.md")


def test_copy_of_a_single_file_is_a_duplicate_while_that_is_there(tmp_path):
    import_seeds(write(tmp_path, "desk/mine.md", story("mine")))
    write(tmp_path, "wire/copy.md", story("mine"))
    assert import_seeds(tmp_path / "wire").said("copy.md") == "duplicate of desk: mine.md: it has the same webUrl"


def test_trees_take_no_articles_from_each_other(tmp_path):
    file = write(tmp_path, "wire/sub/a.md", story("a"))
    import_seeds(tmp_path / "wire")
    assert "duplicate of wire: sub/a.md" in import_seeds(file.parent).said("a.md")
    file.unlink()
    write(tmp_path, "agency/a.md", story("a"))
    assert "duplicate of wire: sub/a.md" in import_seeds(tmp_path / "agency").said("a.md")
