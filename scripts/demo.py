"""`make run`: from a fresh machine to a desk with articles and accounts, served on this machine only."""

from __future__ import annotations

import os
from typing import NoReturn

from scripts import dotenv, environment, machine, process
from scripts.project import DOTENV, ScriptError, complain, say

_MEGABYTES_TO_START = 20
_SERVER = "newsdesk.wsgi --workers 2 --threads 4 --log-level warning --no-control-socket"
_DEFAULT_PORT = 8000


def run() -> NoReturn:
    """Ends by becoming the server. What is there already (environment, `.env`, articles) is kept.

    A database that is not the demo's is refused before anything is written.
    """
    port = _port()
    machine.require_port(port)
    machine.require_space(_MEGABYTES_TO_START)
    with machine.alone():
        environment.prepare(environment.Lock.RUN)
        text = dotenv.completed(DOTENV)
        changes = _settings(dotenv.values(text), port)
        _manage(changes, "make_demo_accounts", "--check")
        dotenv.write(DOTENV, text)
        accounts = _fill_database(changes)
    machine.require_port(port)
    _introduce(port, accounts, changes["DEMO_PASSWORD"])
    process.become(
        [process.tool("python"), "-m", "gunicorn", *_SERVER.split(), "--bind", f"{machine.ADDRESS}:{port}"], changes
    )


def _port() -> int:
    text = os.environ.get("PORT") or str(_DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ScriptError(f"PORT is {text!r}; a port is a number from 1 to 65535: make run PORT={_DEFAULT_PORT}")
    return int(text)


def _settings(written: dict[str, str], port: int) -> dict[str, str]:
    """What the desk's programs get beside `.env`, which is not there yet; the caller's own environment wins over it."""
    known = {**written, **os.environ}
    changes = {"ENV_FILE": str(DOTENV), **{name: known[name] for name in ("SECRET_KEY", "DEMO", "DEMO_PASSWORD")}}
    if port != _DEFAULT_PORT and not known.get("SITE_URL"):
        changes["SITE_URL"] = f"http://{machine.ADDRESS}:{port}"
    return changes


def _fill_database(changes: dict[str, str]) -> list[tuple[str, str]]:
    """Migrated, with the seeds and the demo's accounts, whose names and roles are returned.

    The accounts come first: by them it is known as the demo's from then on.
    """
    _manage(changes, "migrate", "--verbosity", "0")
    named = [line.split(maxsplit=1) for line in _manage(changes, "make_demo_accounts").splitlines()]
    if _import_seeds(changes):
        complain("some seeds were rejected, as said above; the others are in.")
    return [(pair[0], pair[1]) for pair in named if len(pair) == 2]


def _import_seeds(changes: dict[str, str]) -> bool:
    """Was a seed rejected? Progress and receipt go where ours go."""
    status = process.run([process.tool("python"), "manage.py", "import_seeds"], changes)
    if status > 1:
        raise ScriptError("the seeds could not be imported; the reason is above. See to it and try again.")
    return status == 1


def _manage(changes: dict[str, str], *words: str) -> str:
    """The command's standard output. When it fails, its sentence is ours, or all that it says is shown."""
    done = process.capture([process.tool("python"), "manage.py", *words], changes)
    if done.returncode == 0:
        return done.stdout
    output = (done.stdout + done.stderr).strip()
    if machine.is_disk_full(output):
        raise machine.disk_full()
    if len(output.splitlines()) == 1:
        raise ScriptError(output.removeprefix("CommandError: ").removeprefix("newsdesk cannot start: "))
    say(output)
    raise ScriptError(f"manage.py {words[0]} failed; its words are above. See to the cause and try again.")


def _introduce(port: int, accounts: list[tuple[str, str]], password: str) -> None:
    address = f"http://{machine.ADDRESS}:{port}"
    width = max((len(name) for name, _ in accounts), default=0)
    say(f"\nNewsdesk is on  {address}/\nSign in at      {address}/admin/\n")
    for name, role in accounts:
        say(f"  {name:<{width}}  password {password}  ({role})")
    say("\nCtrl-C ends it.")
