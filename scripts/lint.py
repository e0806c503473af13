"""`make lint`: every check runs, whatever the others found, and the end names those that failed."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from scripts import process
from scripts.project import ROOT, ScriptError, say

# As in production: no `.env`, no demo. The database is never asked.
_SETTINGS = {
    "ENV_FILE": "",
    "DEMO": "false",
    "DEBUG": "false",
    "SITE_URL": "https://news.example",
    "ALLOWED_HOSTS": "news.example",
    "DATABASE_URL": "sqlite://:memory:",
    "DJANGO_SETTINGS_MODULE": "newsdesk.settings",
}
_PLACES_OF_CODE = ("newsdesk", "articles", "scripts")


@dataclass(frozen=True)
class Check:
    name: str
    argv: list[str]
    settings: dict[str, str] = field(default_factory=dict)


def run() -> None:
    """Raises ScriptError that names every check that failed."""
    failed = [check.name for check in _checks() if not _passes(check)]
    if failed:
        raise ScriptError(f"lint failed: {', '.join(failed)}; what they found is above.")
    say("lint: all checks passed")


def _checks() -> list[Check]:
    production = {**_SETTINGS, "SECRET_KEY": secrets.token_urlsafe(64)[:64]}
    return [
        Check("ruff check", [process.tool("ruff"), "check", "--quiet", "."]),
        Check("ruff format", [process.tool("ruff"), "format", "--check", "--quiet", "."]),
        Check("mypy", [process.tool("mypy"), "--no-error-summary", "newsdesk", "articles"]),
        Check("import-linter", [process.tool("lint-imports"), "--no-logo"]),
        *_template_checks(),
        Check("bandit", [process.tool("bandit"), "-q", "-r", *_PLACES_OF_CODE, "-c", "pyproject.toml"]),
        Check("migrations", _manage("makemigrations", "--check", "--dry-run"), production),
        Check("deployment", _manage("check", "--deploy", "--fail-level", "WARNING"), production),
    ]


def _template_checks() -> list[Check]:
    templates = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html"))
    djade = [process.tool("djade"), "--check", "--target-version", "5.2"]
    return [Check("djade", [*djade, *templates])] if templates else []


def _manage(*words: str) -> list[str]:
    return [process.tool("python"), "manage.py", *words]


def _passes(check: Check) -> bool:
    started = time.monotonic()
    done = process.capture(check.argv, check.settings)
    verdict = "failed" if done.returncode else "ok"
    say(f"{check.name:<14} {verdict:<7} {time.monotonic() - started:5.1f} s")
    if done.returncode:
        say((done.stdout + done.stderr).rstrip() + "\n")
    return done.returncode == 0
