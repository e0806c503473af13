"""Which files are seeds, and how they are read: section b of the cases (the row begins a name)."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from articles.importing.walk import Found, PassedOver, Unreadable, printable, read_file, walk
from articles.seedfile import limits


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def found(folder: Path) -> list[str]:
    return [entry.path for entry in walk(folder) if isinstance(entry, Found)]


def passed_over(folder: Path) -> dict[str, str]:
    return {entry.path: entry.reason for entry in walk(folder) if isinstance(entry, PassedOver)}


def test_md_markdown_and_txt_are_seeds_in_any_case(tmp_path):
    names = ["a.md", "b.markdown", "c.txt", "d.MD", "e.Markdown", "f.TXT", "g.x.md", "-rf.md", "CON.md", "é.md", " .md"]
    touch(tmp_path, *names)
    assert sorted(found(tmp_path)) == sorted(names)
    assert passed_over(tmp_path) == {}


def test_other_names_are_passed_over_in_silence(tmp_path):
    names = ["x.md~", "x.md.bak", "x.json", "md", "x", "xmd", "README.md", "readme.TXT", "ReadMe.markdown", "README"]
    touch(tmp_path, *names, ".md", ".hidden.md", "_draft.md", ".git/x.md", "_drafts/x.md")
    assert list(walk(tmp_path)) == []


def test_files_come_in_byte_order_with_a_folder_at_its_place(tmp_path):
    touch(tmp_path, "b/z.md", "a.md", "B.md", "b/a/x.md", "c.md", "é.md")
    assert found(tmp_path) == ["B.md", "a.md", "b/a/x.md", "b/z.md", "c.md", "é.md"]


def test_F01_link_is_passed_over(tmp_path):  # noqa: N802
    (tmp_path / "x.md").symlink_to("/etc/passwd")
    (tmp_path / "gone.md").symlink_to("/nonexistent")
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    assert found(tmp_path) == []
    assert passed_over(tmp_path) == dict.fromkeys(["gone.md", "x.md"], "is a link; links are not followed")


def test_F02_linked_folders_and_loops_are_not_followed(tmp_path):  # noqa: N802
    touch(tmp_path, "real/a.md")
    (tmp_path / "everything").symlink_to("/")
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    assert found(tmp_path) == ["real/a.md"]
    assert set(passed_over(tmp_path)) == {"everything", "real/up"}


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path):
    touch(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path / "link") == ["a.md"]


def test_F03_F04_what_is_no_regular_file_is_passed_over(tmp_path, monkeypatch):  # noqa: N802
    os.mkfifo(tmp_path / "fifo.md")
    (tmp_path / "folder.md").mkdir()
    touch(tmp_path, "folder.md/inside.md")
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.md")
        assert found(tmp_path) == []
        assert passed_over(tmp_path) == {
            "fifo.md": "has a seed's name but is not a regular file",
            "folder.md": "has a seed's name but is a folder",
            "socket.md": "has a seed's name but is not a regular file",
        }


@pytest.mark.parametrize("make", [lambda path: os.mkfifo(path), lambda path: path.mkdir()], ids=["fifo", "folder"])
def test_what_takes_a_files_place_after_the_walk_is_not_read(tmp_path, make):
    make(tmp_path / "x.md")
    with pytest.raises(Unreadable, match="is not a regular file"):
        read_file(Found("x.md", tmp_path))


def test_link_that_takes_a_files_place_after_the_walk_is_not_followed(tmp_path):
    (tmp_path / "x.md").symlink_to("/etc/passwd")
    with pytest.raises(Unreadable, match="cannot be read"):
        read_file(Found("x.md", tmp_path))


NASTY = [
    pytest.param(b"a\nrejected b.md", "a\\nrejected b.md", id="line-feed"),
    pytest.param(b"a\x1b[31m.md", "a\\x1b[31m.md", id="escape"),
    pytest.param(b"a\x7f.md", "a\\x7f.md", id="delete"),
    pytest.param(b"\xff.md", "\\xff.md", id="not-UTF-8"),
    pytest.param("a\u2028b.md".encode(), "a\\u2028b.md", id="line-separator"),
    pytest.param("a\x85b.md".encode(), "a\\x85b.md", id="next-line"),
]


@pytest.mark.parametrize(("name", "shown"), NASTY)
def test_F08_name_that_could_forge_a_line_is_passed_over_and_shown_escaped(tmp_path, name, shown):  # noqa: N802
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    assert found(tmp_path) == []
    assert list(passed_over(tmp_path)) == [shown]


def test_F08_folder_with_a_name_that_is_not_utf8_hides_no_file(tmp_path):  # noqa: N802
    touch(tmp_path, os.fsdecode(b"\xff") + "/a.md")
    assert list(passed_over(tmp_path)) == ["\\xff/a.md"]


def test_F08_longest_name_is_a_name(tmp_path):  # noqa: N802
    touch(tmp_path, "x" * 252 + ".md")
    assert found(tmp_path) == ["x" * 252 + ".md"]


def test_F10_fifty_folders_deep(tmp_path):  # noqa: N802
    path = "/".join(["d"] * 50) + "/x.md"
    touch(tmp_path, path)
    assert found(tmp_path) == [path]
    assert read_file(Found(path, tmp_path)) == b"x"


def test_walk_begins_before_it_has_seen_everything(tmp_path):
    touch(tmp_path, "a.md", "b/x.md")
    files = walk(tmp_path)
    assert next(files) == Found("a.md", tmp_path)
    touch(tmp_path, "b/y.md")
    assert [entry.path for entry in files] == ["b/x.md", "b/y.md"]


def test_folder_that_cannot_be_read_is_an_error_and_the_others_are_walked(tmp_path, monkeypatch):
    touch(tmp_path, "a/x.md", "b/x.md")
    real = os.scandir

    def scandir(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    first, second = walk(tmp_path)
    assert first == PassedOver("a", "the folder cannot be read: Permission denied", is_error=True)
    assert second == Found("b/x.md", tmp_path)


def test_folder_that_vanishes_during_the_walk_is_an_error(tmp_path):
    touch(tmp_path, "a.md", "b/x.md")
    files = walk(tmp_path)
    next(files)
    (tmp_path / "b" / "x.md").unlink()
    (tmp_path / "b").rmdir()
    assert [(entry.path, entry.is_error) for entry in files] == [("b", True)]


def test_Y19_two_gigabytes_of_nothing_are_refused_by_their_size(tmp_path):  # noqa: N802
    with open(tmp_path / "x.md", "wb") as file:
        file.truncate(2 * 1024**3)
    with pytest.raises(Unreadable, match="is 2,147,483,648 bytes long; at most 591,872 are read"):
        read_file(Found("x.md", tmp_path))


def test_file_at_the_limit_is_read_and_one_byte_more_is_not(tmp_path):
    (tmp_path / "x.md").write_bytes(b"x" * limits.FILE_BYTES)
    assert len(read_file(Found("x.md", tmp_path))) == limits.FILE_BYTES
    (tmp_path / "x.md").write_bytes(b"x" * (limits.FILE_BYTES + 1))
    with pytest.raises(Unreadable, match="bytes long"):
        read_file(Found("x.md", tmp_path))


MEDDLING = {
    "growing": lambda path: path.write_bytes(b"x" * 200),
    "truncated": lambda path: os.truncate(path, 50),
    "rewritten": lambda path: path.write_bytes(b"y" * 100),
}


@pytest.mark.parametrize("meddle", MEDDLING.values(), ids=MEDDLING)
def test_F07_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, meddle):  # noqa: N802
    file = tmp_path / "x.md"
    file.write_bytes(b"x" * 100)
    os.utime(file, ns=(1, 1))
    real = os.fstat
    meddlings = [meddle]

    def fstat(descriptor):
        status = real(descriptor)
        if meddlings:
            meddlings.pop()(file)
        return status

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(Unreadable, match="changed while it was read; the next import takes it"):
        read_file(Found("x.md", tmp_path))
    monkeypatch.undo()
    assert read_file(Found("x.md", tmp_path)) == file.read_bytes()


def test_F07_file_that_vanished_is_refused(tmp_path):  # noqa: N802
    with pytest.raises(Unreadable, match="cannot be read: No such file or directory"):
        read_file(Found("x.md", tmp_path))


def test_printable_leaves_nothing_that_steers_a_terminal():
    assert printable("a\x1b[0m\n\u202e\udcff é") == "a\\x1b[0m\\n\\u202e\\xff é"
