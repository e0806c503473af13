"""`make run` on databases that are the demo's, and on others. Here nothing is installed, imported or served."""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
from contextlib import closing, nullcontext

import pytest

from scripts import demo, environment, tasks

NOT_OURS = (
    "newsdesk: the database has accounts or articles that are not the demo's;"
    " give the demo one of its own: DATABASE_URL=sqlite:///demo.sqlite3\n"
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The demo's own `.env` and database."""
    monkeypatch.setattr(demo, "DOTENV", tmp_path / ".env")
    monkeypatch.setattr(environment, "prepare", lambda lock: None)
    monkeypatch.setattr(demo, "tool", lambda name: sys.executable)
    monkeypatch.setattr(demo, "require_port", lambda port: None)
    monkeypatch.setattr(environment, "alone", nullcontext)  # a test beside this one would be told to wait
    monkeypatch.setattr(demo, "_import_seeds", lambda settings: None)
    monkeypatch.setattr(os, "execve", served)
    known = ("SECRET_KEY", "DEMO", "DEMO_PASSWORD", "SITE_URL", "ALLOWED_HOSTS", "PORT", "DJANGO_SETTINGS_MODULE")
    for name in known:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'demo.sqlite3'}")
    return tmp_path


class Served(Exception):
    """In place of the server."""


def served(*_arguments):
    raise Served


def make_run() -> int:
    """0 once it would serve."""
    try:
        return tasks.main(["run"])
    except Served:
        return 0


def ask(place, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(place / "demo.sqlite3")) as database, database:
        return database.execute(sql).fetchall()


@pytest.mark.slow
def test_demo_keeps_working_across_starts_and_a_newsrooms_database_is_refused(place, capsys, monkeypatch):
    assert make_run() == 0
    said = capsys.readouterr().out
    written = (place / ".env").read_text()
    password = demo.value(written, "DEMO_PASSWORD")
    assert [name in said for name in ("contributor ", "editor ", "chief ")] == [True] * 3
    assert said.count(f"password {password} ") == 3

    assert make_run() == 0
    assert capsys.readouterr().out == said
    assert (place / ".env").read_text() == written

    (place / ".env").unlink()
    ask(place, "UPDATE articles_user SET username = 'anna' || id, email = ''")
    before = ask(place, "SELECT * FROM articles_user")
    assert make_run() == 1
    assert capsys.readouterr().err == NOT_OURS
    assert not (place / ".env").exists()
    assert ask(place, "SELECT * FROM articles_user") == before


@pytest.mark.slow
def test_database_of_another_kind_is_refused_before_it_is_migrated(place, capsys):
    ask(place, "CREATE TABLE wp_posts (id)")
    assert make_run() == 1
    assert capsys.readouterr().err == NOT_OURS
    assert ask(place, "SELECT name FROM sqlite_master") == [("wp_posts",)]
    assert not (place / ".env").exists()


@pytest.mark.slow
@pytest.mark.parametrize("where", ["environment", "file"])
def test_public_site_is_refused_and_its_env_file_stays_as_it_is(place, capsys, monkeypatch, where):
    written = f"SECRET_KEY={'k' * 50}\n"
    if where == "file":
        written += "SITE_URL=https://news.example\n"
    else:
        monkeypatch.setenv("SITE_URL", "https://news.example")
    (place / ".env").write_text(written)
    assert make_run() == 1
    assert capsys.readouterr().err == (
        "newsdesk: DEMO is set, but SITE_URL is https://news.example, which is not this machine;"
        " unset DEMO: its passwords are known.\n"
    )
    assert (place / ".env").read_text() == written
    assert not (place / "demo.sqlite3").exists()


def test_env_file_keeps_its_lines_and_gets_what_is_missing_or_empty_there():
    written = "# ours\nexport DEMO_PASSWORD='chosen one'\nSECRET_KEY=\nTIME_ZONE=Europe/Berlin"
    text = demo._completed(written)
    assert text.endswith(written)
    assert demo.value(text, "DEMO_PASSWORD") == "chosen one"
    assert demo.value(text, "DEMO") == "true"
    assert len(demo.value(text, "SECRET_KEY")) > 50
    assert demo._completed(text) == text


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1"])
def test_port_that_is_none_is_one_sentence(port, monkeypatch, capsys):
    monkeypatch.setenv("PORT", port)
    assert tasks.main(["run"]) == 1
    assert capsys.readouterr().err == (
        f"newsdesk: port {port} cannot be used (a port is a number from 1 to 65535); try another: make run PORT=8000\n"
    )


def test_port_in_use_is_one_sentence(monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PORT", str(server.getsockname()[1]))
        assert tasks.main(["run"]) == 1
    assert "cannot be used (Address already in use); try another: make run PORT=8000" in capsys.readouterr().err
