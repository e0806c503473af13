"""H11: where most files of a root are gone, a disk may be, and nothing is imported or marked."""

from __future__ import annotations

import shutil

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.importing import missing_files, runner, walk
from articles.models import Article, ImportRun, Source
from tests.contesting import edit_article
from tests.importing.import_running import import_seeds, refused, story, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def wire(tmp_path):
    """A folder of twenty files that were imported."""
    return imported(tmp_path / "wire", 20)


def imported(folder, count):
    for number in range(count):
        write(folder, f"{number:02}.md", story(str(number)))
    assert import_seeds(folder).counts == {"created": count}
    return folder


def remove(folder, *numbers):
    for number in numbers:
        (folder / f"{number:02}.md").unlink()


def marked() -> int:
    return Source.objects.exclude(missing_at=None).count()


@pytest.mark.parametrize("count", [1, 9, 10, 20])
def test_H11_empty_folder_marks_nothing(tmp_path, count):  # noqa: N802
    folder = imported(tmp_path / "wire", count)
    remove(folder, *range(count))
    assert refused(folder) == (
        f"root “wire” has {count} known files, but {folder} contains no seeds; "
        "check that the disk is mounted, or use --allow-missing if they were deleted on purpose"
    )


def test_H11_folder_with_nothing_that_is_a_seed_is_empty(tmp_path):  # noqa: N802
    folder = imported(tmp_path / "wire", 3)
    remove(folder, 0, 1, 2)
    write(folder, "README.md", b"Mount the disk here.")
    write(folder, "lost+found/x.bin", b"")
    write(folder, ".git/HEAD", b"")
    (folder / "link.md").symlink_to("README.md")
    assert "contains no seeds" in refused(folder)


def test_H11_fewer_than_half_of_ten_or_more_are_too_few(tmp_path):  # noqa: N802
    folder = imported(tmp_path / "wire", 11)
    remove(folder, *range(6))
    write(folder, "new.md", story("new"))
    assert refused(folder).startswith(f"root “wire” has 11 known files, but {folder} contains 5 of them; check that")
    assert not Article.objects.filter(web_url__endswith="new").exists()


def test_H11_half_of_them_are_enough(wire):  # noqa: N802
    remove(wire, *range(10))
    ran = import_seeds(wire)
    assert (ran.status, marked()) == (0, 10)
    assert "Missing files: 10, now marked." in ran.errors


def test_H11_of_nine_any_number_may_be_gone_while_one_is_there(tmp_path):  # noqa: N802
    folder = imported(tmp_path / "wire", 9)
    remove(folder, *range(9))
    write(folder, "new.md", story("new"))
    assert import_seeds(folder).outcomes == {"new.md": "created"}
    assert marked() == 9


def test_H11_allow_missing_says_that_it_is_meant(wire):  # noqa: N802
    remove(wire, *range(20))
    assert import_seeds(wire, "--allow-missing", "--dry-run").status == 0
    assert marked() == 0
    assert import_seeds(wire, "--allow-missing").status == 0
    assert marked() == 20
    assert import_seeds(wire).status == 0, "there is nothing more to lose"


def test_H11_what_was_missing_already_does_not_count(wire):  # noqa: N802
    remove(wire, *range(15))
    import_seeds(wire, "--allow-missing")
    assert import_seeds(wire).counts == {"unchanged": 5}
    remove(wire, 15, 16, 17)
    assert import_seeds(wire).counts == {"unchanged": 2}
    assert marked() == 18


def test_H11_first_import_of_an_empty_folder_is_fine(tmp_path):  # noqa: N802
    (tmp_path / "wire").mkdir()
    assert import_seeds(tmp_path / "wire").status == 0
    assert import_seeds(tmp_path / "wire", "--root", "other").status == 0


def test_H11_folder_that_is_not_there_at_all_is_refused_as_ever(wire):  # noqa: N802
    shutil.rmtree(wire)
    assert "does not exist" in refused(wire)
    assert "does not exist" in refused(wire, "--allow-missing")


def test_H11_other_folder_under_the_name_of_a_root_is_noticed(wire, tmp_path):  # noqa: N802
    other = write(tmp_path, "other/x.md", story("x")).parent
    assert "contains 0 of them" in refused(other, "--root", "wire")
    assert import_seeds(wire).counts == {"unchanged": 20}, "and the root stays where it was"


def test_H11_one_of_two_folders_that_is_empty_is_noticed(tmp_path):  # noqa: N802
    write(tmp_path, "one/a.md", story("a"))
    write(tmp_path, "one/b.md", story("b"))
    file = write(tmp_path, "two/c.md", story("c"))
    import_seeds(tmp_path / "one", tmp_path / "two", "--root", "both")
    file.unlink()
    assert f"{tmp_path / 'two'} contains no seeds" in refused(tmp_path / "one", tmp_path / "two")
    import_seeds(tmp_path / "one", tmp_path / "two", "--allow-missing")
    assert import_seeds(tmp_path / "one", tmp_path / "two").counts == {"unchanged": 2}
    (tmp_path / "three").mkdir()
    folders = (tmp_path / "one", tmp_path / "two", tmp_path / "three")
    assert import_seeds(*folders, "--root", "both").counts == {"unchanged": 2}, "nothing is gone"


SPELLINGS = [
    "https://gazette.example/{}",
    "'http://gazette.example/{}?utm_source=x'",
    ">-\n  https://gazette.example/{}",
]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_H11_files_that_moved_are_there_by_their_address(wire, spelled):  # noqa: N802
    remove(wire, *range(20))
    for number in range(20):
        write(wire, f"2026/02/{number}-story.md", story(str(number), webUrl=spelled.format(number), title="New"))
    ran = import_seeds(wire)
    assert (ran.status, ran.counts, marked()) == (0, {"updated": 20}, 0)


def test_H11_files_that_moved_and_others_that_are_gone_are_told_apart(wire):  # noqa: N802
    for number in range(9):
        (wire / f"{number:02}.md").rename(wire / f"moved-{number}.md")
    remove(wire, *range(9, 20))
    assert "contains 9 of them" in refused(wire)
    write(wire, "09.md", story("9"))
    assert import_seeds(wire).counts == {"updated": 9, "unchanged": 1}
    assert marked() == 10


def test_H11_file_whose_article_got_another_address_here_is_found_by_its_own(tmp_path):  # noqa: N802
    folder = imported(tmp_path / "wire", 10)
    for number in range(10):
        edit_article(str(number), web_url=f"https://gazette.example/edited-{number}")
        (folder / f"{number:02}.md").rename(folder / f"moved-{number}.md")
    assert import_seeds(folder).counts == {"updated": 10}
    assert marked() == 0


def test_H11_files_whose_names_went_round_are_there(wire):  # noqa: N802
    raws = [file.read_bytes() for file in sorted(wire.iterdir())]
    for file, raw in zip(sorted(wire.iterdir()), raws[1:] + raws[:1], strict=True):
        file.write_bytes(raw)
    assert import_seeds(wire).status == 0
    assert marked() == 0


def test_H11_what_cannot_be_looked_at_is_taken_to_be_there(wire, monkeypatch):  # noqa: N802
    def shut(*args, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(walk.os, "lstat", shut)
    monkeypatch.setattr(walk.os, "scandir", shut)
    ran = import_seeds(wire)
    assert (ran.status, ran.outcomes, marked()) == (1, {".": "rejected"}, 0)


def test_H11_disk_that_goes_away_during_the_run_marks_nothing(wire, monkeypatch):  # noqa: N802
    write(wire, "new.md", story("new"))
    real = runner.Import._import

    def gone_afterwards(self, *args):
        real(self, *args)
        for file in wire.iterdir():
            file.unlink()

    monkeypatch.setattr(runner.Import, "_import", gone_afterwards)
    with pytest.raises(CommandError, match=r"has 21 known files, but .* contains no seeds") as refusal:
        import_seeds(wire)
    assert (refusal.value.returncode, marked()) == (2, 0)
    assert ImportRun.objects.first().finished_at is None


def test_H11_roots_do_not_count_each_others_files(wire, tmp_path):  # noqa: N802
    other = imported_beside(tmp_path / "other")
    assert import_seeds(other).counts == {"unchanged": 1}


def imported_beside(folder):
    write(folder, "x.md", story("x"))
    import_seeds(folder)
    return folder


def test_H11_looks_on_the_disk_for_half_of_the_files_and_reads_none(wire, monkeypatch):  # noqa: N802
    looked, known = [], missing_files.KnownFiles("wire", [wire])
    monkeypatch.setattr(missing_files, "is_there", lambda path: not looked.append(path))
    monkeypatch.setattr(missing_files, "SOURCES_AT_ONCE", 5)
    monkeypatch.setattr(missing_files, "Addresses", lambda folders: pytest.fail("nothing moved"))
    with CaptureQueriesContext(connection) as queries:
        known.check()
    assert (len(looked), len(queries)) == (10, 3)
