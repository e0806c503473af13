"""What the environment says, checked: a wrong value ends the start with one sentence that names the remedy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SECRET_LENGTH = 50
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;",
}


def open_environment(base: Path) -> environ.Env:
    """The process environment, over the `.env` beside manage.py (ENV_FILE names another, "" none)."""
    env_file = os.environ.get("ENV_FILE", str(base / ".env"))
    if env_file and Path(env_file).is_file():
        environ.Env.read_env(env_file)
    return environ.Env()


def secret_key(env: environ.Env, *, is_demo: bool) -> str:
    """Raises ImproperlyConfigured unless the key is a real one; a demo may have any."""
    key: str = env.str("SECRET_KEY", default="")
    if not key:
        raise ImproperlyConfigured(f"SECRET_KEY is not set; set it to {SECRET_LENGTH} or more random characters.")
    if not is_demo and (len(key) < SECRET_LENGTH or key.startswith("django-insecure-")):
        raise ImproperlyConfigured(f"SECRET_KEY is too weak; set it to {SECRET_LENGTH} or more random characters.")
    return key


def allowed_hosts(env: environ.Env, site_url: str, *, is_demo: bool) -> list[str]:
    """ALLOWED_HOSTS, and without it the host of SITE_URL; a demo answers on this machine's own names as well."""
    hosts: list[str] = [host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()]
    if "*" in hosts and not is_demo:
        raise ImproperlyConfigured("ALLOWED_HOSTS is *, which lets anybody choose our name; list the host names.")
    named = hosts or [urlsplit(site_url).hostname or "localhost"]
    return [*named, "127.0.0.1", "localhost", "[::1]"] if is_demo else named


def site_url(env: environ.Env) -> str:
    """SITE_URL without its final slash. Raises ImproperlyConfigured when it is no web address."""
    address: str = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise ImproperlyConfigured(f"SITE_URL is {address!r}; set it to an address like https://news.example.")
    return address


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
