"""Writing files below a folder."""

from __future__ import annotations

import os
import stat
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
    ("stands", "said"), [("folder", "a folder has that name"), ("file", "a file is in the place of a folder")]
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


@pytest.fixture(params=["nameless", "hidden"])
def file_system(request, monkeypatch):
    """One with nameless files, and one without."""
    if request.param == "hidden":
        refuse_nameless_files(monkeypatch)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path, file_system, mode):
    (tmp_path / "a.md").write_bytes(b"old")
    (tmp_path / "a.md").chmod(mode)
    put(tmp_path, "a.md", b"new", over=digest_of(b"old"))
    assert (mode_of(tmp_path / "a.md"), (tmp_path / "a.md").read_bytes()) == (mode, b"new")


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_a_new_file_has_the_mode_that_any_new_file_gets(tmp_path, file_system, mask, mode):
    before = os.umask(mask)
    try:
        put(tmp_path, "a.md", b"new", over=None)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "a.md") == mode


def test_a_file_that_is_replaced_keeps_its_owner_and_its_group(tmp_path, monkeypatch):
    (tmp_path / "a.md").write_bytes(b"old")
    owned = []
    monkeypatch.setattr(os, "fchown", lambda descriptor, *owner: owned.append(owner))
    put(tmp_path, "a.md", b"new", over=digest_of(b"old"))
    before = (tmp_path / "a.md").stat()
    assert owned == [(before.st_uid, before.st_gid)]


@pytest.mark.parametrize(
    ("may_keep_group", "mode", "now"), [(True, 0o664, 0o664), (False, 0o660, 0o600), (False, 0o664, 0o644)]
)
def test_a_group_that_cannot_be_kept_leaves_no_other_one_more_than_it_left_anybody(
    tmp_path, monkeypatch, may_keep_group, mode, now
):
    (tmp_path / "a.md").write_bytes(b"old")
    (tmp_path / "a.md").chmod(mode)

    def refuse(descriptor, owner, group):
        if owner != -1 or not may_keep_group:
            raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    put(tmp_path, "a.md", b"new", over=digest_of(b"old"))
    assert mode_of(tmp_path / "a.md") == now


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_disk_without_nameless_files_takes_a_hidden_one_first(tmp_path, monkeypatch):
    refuse_nameless_files(monkeypatch)
    put(tmp_path, "a.md", b"new", over=None)
    assert files_below(tmp_path) == {"a.md": b"new"}


def refuse_nameless_files(monkeypatch):
    opened = os.open

    def refuse(path, flags, *args, **options):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(95, "Operation not supported")
        return opened(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
