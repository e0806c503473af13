"""`make run`: from a fresh machine to a desk with articles and accounts, served on this machine only."""

from __future__ import annotations

import os
import re
import secrets
import socket
from typing import NoReturn

from scripts import environment, project
from scripts.project import ROOT, ScriptError, complain, say, tool

DOTENV = ROOT / ".env"
_HEADING = '# Written by `make run` for the demo on this machine. README.md, "Configuration", explains the names.\n'
_SERVER = "-m gunicorn newsdesk.wsgi --workers 2 --threads 4 --log-level warning --no-control-socket --bind"


def run() -> NoReturn:
    """Sets up, then becomes the server. Keeps an existing environment, `.env` and articles.

    A database that is not the demo's is refused before anything is written.
    """
    port = os.environ.get("PORT") or "8000"
    require_port(port)
    with environment.alone():
        environment.prepare(environment.RUN)
        written = DOTENV.read_text(encoding="utf-8") if DOTENV.exists() else ""
        text = _completed(written)
        settings = _settings(text, port)
        _manage(settings, "make_demo_accounts", "--check")
        if text != written:
            _write_dotenv(text)
        _manage(settings, "migrate", "--verbosity", "0")
        # Before the articles: the accounts mark the database as the demo's.
        accounts = _manage(settings, "make_demo_accounts").splitlines()
        _import_seeds(settings)
    require_port(port)
    _introduce(f"http://127.0.0.1:{port}", accounts, settings["DEMO_PASSWORD"])
    os.chdir(ROOT)
    argv = [tool("python"), *_SERVER.split(), f"127.0.0.1:{port}"]
    os.execve(argv[0], argv, project.environment(settings))  # noqa: S606  # nosec B606


def require_port(port: str) -> None:
    """Another process may still take it first; gunicorn then reports that."""
    try:
        socket.create_server(("127.0.0.1", int(port) or -1)).close()
    except (OSError, ValueError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) else "a port is a number from 1 to 65535"
        another = 8001 if port == "8000" else 8000
        raise ScriptError(f"port {port} cannot be used ({reason}); try another: make run PORT={another}") from error


def value(text: str, name: str) -> str:
    """What a `.env` says; the first line of a name counts."""
    line = re.search(rf"^[ \t]*(?:export[ \t]+)?{name}[ \t]*=[ \t]*(['\"]?)(.*?)\1[ \t\r]*$", text, re.MULTILINE)
    return line[2] if line else ""


def _completed(text: str) -> str:
    """With lines added at the top for missing or empty names."""
    fresh = {"SECRET_KEY": secrets.token_urlsafe(64), "DEMO": "true", "DEMO_PASSWORD": _readable_password()}
    missing = [f"{name}={made}\n" for name, made in fresh.items() if not value(text, name)]
    return "".join([_HEADING, *missing, text]) if missing else text


def _readable_password() -> str:
    """Six syllables and two digits, such as `nabo-tiru-seko-47`: 44 random bits."""
    words = ["".join(map(secrets.choice, ["bdfghjklmnprstvz", "aeiou"] * 2)) for _ in range(3)]
    return "-".join([*words, str(secrets.randbelow(90) + 10)])


def _write_dotenv(text: str) -> None:
    """Written atomically, and never readable by others."""
    fresh = DOTENV.with_name(".env.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600, exist_ok=False)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(DOTENV)


def _settings(text: str, port: str) -> dict[str, str]:
    """The settings for manage.py before `.env` exists; the caller's environment wins."""
    names = ("SECRET_KEY", "DEMO", "DEMO_PASSWORD")
    settings = {name: os.environ.get(name, value(text, name)) for name in names}
    if port != "8000" and not (os.environ.get("SITE_URL") or value(text, "SITE_URL")):
        settings["SITE_URL"] = f"http://127.0.0.1:{port}"
    return {"ENV_FILE": str(DOTENV), **settings}


def _manage(settings: dict[str, str], *words: str) -> str:
    return project.ask([tool("python"), "manage.py", *words], settings)


def _import_seeds(settings: dict[str, str]) -> None:
    """Progress and receipt go to our own output."""
    status = project.run([tool("python"), "manage.py", "import_seeds"], settings)
    if status > 1:
        raise ScriptError("the seeds could not be imported; the reason is above. Fix it and try again.")
    if status == 1:
        complain("some seeds were rejected (listed above); the others were imported.")


def _introduce(address: str, accounts: list[str], password: str) -> None:
    say(f"\nNewsdesk is on  {address}/\nSign in at      {address}/admin/\n")
    for account in accounts:
        name, role = account.split(maxsplit=1)
        say(f"  {name:<12} password {password}  ({role})")
    say("\nPress Ctrl-C to stop.")
