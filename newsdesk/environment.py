"""Reads and checks the environment: an invalid value stops the start with one sentence and the remedy."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

Application = TypeVar("Application")
SECRET_LENGTH = 50
SITE_OF_A_DEMO = "http://127.0.0.1:8000"
_MOST_PROXIES = 16
_GUNICORN_ENDS = 4
"""gunicorn's exit status for an application that cannot be loaded; after any other, it starts another worker."""
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;",
}


def open_environment(base: Path) -> tuple[environ.Env, str]:
    """The process environment, on top of the `.env` beside manage.py (ENV_FILE names another file, "" none).

    A demo's file is ignored, and its path returned, if the process environment has a public SITE_URL.
    """
    env_file = os.environ.get("ENV_FILE", str(base / ".env"))
    if env_file and Path(env_file).is_file():
        written = _written_in(env_file)
        if written.bool("DEMO", default=False) and not is_local(os.environ.get("SITE_URL", SITE_OF_A_DEMO)):
            return environ.Env(), env_file
        for name, value in written.ENVIRON.items():
            os.environ.setdefault(name, value)
    return environ.Env(), ""


def application(make: Callable[[], Application]) -> Application:
    """For servers: prints the reason in one sentence, and does not restart for ever."""
    try:
        return make()
    except ImproperlyConfigured as problem:
        sys.stderr.write(f"newsdesk cannot start: {problem}\n")
        sys.exit(_GUNICORN_ENDS)


def is_local(site_url: str) -> bool:
    """Whether the address is this machine's own (loopback)."""
    try:
        host = (urlsplit(site_url).hostname or "").rstrip(".")
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_public_demo(site_url: str) -> None:
    """Raises ImproperlyConfigured."""
    if not is_local(site_url):
        raise ImproperlyConfigured(
            f"DEMO is set, but SITE_URL is {site_url}, which is not this machine; unset DEMO: its passwords are known."
        )


def secret_key(env: environ.Env, *, is_demo: bool, left_out: str) -> str:
    """Raises ImproperlyConfigured unless the key is strong; a demo may have any. `left_out` is an ignored file."""
    key: str = env.str("SECRET_KEY", default="")
    if not key:
        hint = f" {left_out} is a demo's, and was not read for a public SITE_URL." if left_out else ""
        raise ImproperlyConfigured(f"SECRET_KEY is not set; set it to {SECRET_LENGTH} or more random characters.{hint}")
    if not is_demo and (len(key) < SECRET_LENGTH or key.startswith("django-insecure-")):
        raise ImproperlyConfigured(f"SECRET_KEY is too weak; set it to {SECRET_LENGTH} or more random characters.")
    return key


def allowed_hosts(env: environ.Env, site_url: str, *, is_demo: bool) -> list[str]:
    """ALLOWED_HOSTS, by default the host of SITE_URL; a demo also accepts this machine's own names."""
    hosts: list[str] = [host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()]
    if "*" in hosts and not is_demo:
        raise ImproperlyConfigured("ALLOWED_HOSTS is *, which allows any host name; list the host names.")
    named = hosts or [urlsplit(site_url).hostname or "localhost"]
    return [*named, "127.0.0.1", "localhost", "[::1]"] if is_demo else named


def site_url(env: environ.Env) -> str:
    """SITE_URL without its trailing slash. Raises ImproperlyConfigured if it is not a web address."""
    address: str = env.str("SITE_URL", default=SITE_OF_A_DEMO).rstrip("/")
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in ("http", "https") and parts.hostname and not parts.path
    except ValueError:
        is_one = False
    if not is_one:
        raise ImproperlyConfigured(f"SITE_URL is {address!r}; set it to an address like https://news.example.")
    return address


def trusted_proxies(env: environ.Env) -> int:
    """The number of trusted proxies in front; 0 without TRUSTED_PROXY."""
    if not env.bool("TRUSTED_PROXY", default=False):
        return 0
    count: str = env.str("TRUSTED_PROXY_COUNT", default="1")
    if not (count.isascii() and count.isdigit() and 1 <= int(count) <= _MOST_PROXIES):
        raise ImproperlyConfigured(
            f"TRUSTED_PROXY_COUNT is {count!r}; set it to the number of proxies in front, 1 to {_MOST_PROXIES}."
        )
    return int(count)


def database(env: environ.Env, base: Path) -> dict[str, Any]:
    """The database of DATABASE_URL: SQLite in WAL mode, or PostgreSQL with a connection pool."""
    try:
        config: dict[str, Any] = env.db("DATABASE_URL", default=f"sqlite:///{base / 'newsdesk.sqlite3'}")
    except (ValueError, KeyError, environ.ImproperlyConfigured) as problem:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read ({problem}); write postgres://... or sqlite:///..."
        ) from None
    if config["ENGINE"].endswith("sqlite3"):
        return config | {"OPTIONS": _SQLITE_OPTIONS | config.get("OPTIONS", {})}
    if config["ENGINE"].endswith("postgresql"):
        pool = {"min_size": 0, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 10}
        return config | {"OPTIONS": config.get("OPTIONS", {}) | {"pool": pool}, "CONN_MAX_AGE": 0}
    raise ImproperlyConfigured(f"DATABASE_URL names {config['ENGINE']}; Newsdesk runs on SQLite and PostgreSQL.")


def _written_in(env_file: str) -> environ.Env:
    """The file's variables that the process environment does not set."""
    written: Any = type("Written", (environ.Env,), {"ENVIRON": {}})
    written.read_env(env_file)
    return written()
