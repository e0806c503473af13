"""Writing files below a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from articles.seedfile.reader import digest_of
from articles.sources.folder import Changed, Unwritable, digest_in, put


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("path", ["../out.md", "a/../../out.md", "/out.md", "", "a\0.md"])
def test_nothing_is_written_outside_the_folder(tmp_path, path):
    folder = tmp_path / "in"
    folder.mkdir()
    with pytest.raises(Unwritable):
        put(folder, path, b"x", over=None)
    assert files_below(tmp_path) == {}


def test_nothing_is_written_through_a_link(tmp_path):
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    folder.joinpath("sub").symlink_to(elsewhere)
    folder.joinpath("file.md").symlink_to(elsewhere / "file.md")
    elsewhere.joinpath("file.md").write_bytes(b"theirs")
    for path in ("sub/x.md", "file.md"):
        with pytest.raises(Unwritable):
            put(folder, path, b"x", over=None)
        with pytest.raises(Unwritable):
            digest_in(folder, path)
    assert files_below(elsewhere) == {"file.md": b"theirs"}


@pytest.mark.parametrize(
    ("stands", "said"), [("folder", "a folder has its name"), ("file", "a file stands where a folder has to be")]
)
def test_what_stands_in_the_way_is_said(tmp_path, stands, said):
    if stands == "folder":
        (tmp_path / "a" / "b.md").mkdir(parents=True)
    else:
        (tmp_path / "a").write_bytes(b"")
    with pytest.raises(Unwritable, match=said):
        put(tmp_path, "a/b.md", b"x", over=None)


def test_a_file_is_made_with_its_folders_and_looking_makes_none(tmp_path):
    assert digest_in(tmp_path, "a/b.md") is None
    assert list(tmp_path.iterdir()) == []
    put(tmp_path, "a/b.md", b"x", over=None)
    assert digest_in(tmp_path, "a/b.md") == digest_of(b"x")


@pytest.mark.parametrize("over", [None, digest_of(b"older")])
def test_only_the_bytes_that_were_named_are_written_over(tmp_path, over):
    (tmp_path / "a.md").write_bytes(b"theirs")
    with pytest.raises(Changed):
        put(tmp_path, "a.md", b"ours", over=over)
    with pytest.raises(Changed):
        put(tmp_path, "gone.md", b"ours", over=digest_of(b"older"))
    assert files_below(tmp_path) == {"a.md": b"theirs"}


def test_a_name_that_is_taken_at_the_last_moment_stays_with_its_taker(tmp_path, monkeypatch):
    link = os.link

    def taken_first(source, name, **options):
        if name == "a.md":
            (tmp_path / "a.md").write_bytes(b"theirs")
        link(source, name, **options)

    monkeypatch.setattr(os, "link", taken_first)
    with pytest.raises(Changed):
        put(tmp_path, "a.md", b"ours", over=None)
    assert files_below(tmp_path) == {"a.md": b"theirs"}


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    put(tmp_path, "a.md", b"old", over=None)

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        put(tmp_path, "a.md", b"new", over=digest_of(b"old"))
    assert files_below(tmp_path) == {"a.md": b"old"}


def test_a_kill_before_the_file_is_whole_leaves_nothing(tmp_path, monkeypatch):
    put(tmp_path, "a.md", b"old", over=None)
    stood: list[dict[str, bytes]] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: stood.append(files_below(tmp_path)))
    put(tmp_path, "a.md", b"new", over=digest_of(b"old"))
    assert stood == [{"a.md": b"old"}, {"a.md": b"new"}]


def test_a_disk_without_nameless_files_takes_a_hidden_one_first(tmp_path, monkeypatch):
    opened = os.open

    def refuse(path, flags, *args, **options):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(95, "Operation not supported")
        return opened(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    put(tmp_path, "a.md", b"new", over=None)
    assert files_below(tmp_path) == {"a.md": b"new"}
