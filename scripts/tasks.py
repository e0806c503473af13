"""Newsdesk's commands; `make help` says what each is for.

usage: python3 scripts/newsdesk.py run
       python3 scripts/newsdesk.py test|test-sqlite|test-postgres|test-browser|soak [PYTEST'S ARGUMENT ...]
       python3 scripts/newsdesk.py exec COMMAND...           in the virtual environment
       python3 scripts/newsdesk.py with-postgres COMMAND...  the same, a PostgreSQL of its own in TEST_DATABASE_URL
"""

from __future__ import annotations

import errno
import os

from scripts import demo, environment, postgres, project
from scripts.project import ScriptError, complain, run, say, tool

_CHOSEN = {
    "test": ["-m", "not browser and not slow"],
    "test-sqlite": [],
    "test-postgres": [],
    "test-browser": ["-m", "browser"],
    "soak": ["-m", ""],
}


def main(words: list[str]) -> int:
    """The exit status: 0 success, 1 failure, 2 unknown command, 130 Ctrl-C."""
    try:
        return _do(words)
    except ScriptError as error:
        complain(str(error))
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        complain(project.FULL_DISK if is_full else f"{error}; fix that and try again.")
    except KeyboardInterrupt:
        complain("stopped.")
        return 130
    return 1


def _do(words: list[str]) -> int:
    match words:
        case ["run"]:
            demo.run()
        case [name, *arguments] if name in _CHOSEN:
            return _test(name, arguments)
        case ["exec" | "with-postgres" as name, *command] if command:
            with environment.alone():
                environment.prepare(environment.DEV)
            return run(command) if name == "exec" else postgres.run(command)
    say((__doc__ or "").strip())
    return 0 if words in ([], ["help"]) else 2


def _test(name: str, arguments: list[str]) -> int:
    if name in ("test-browser", "soak"):
        packages = ("chromium", "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji")
        project.require_program(["chromium", "chromium-browser", "google-chrome"], *packages)
    with environment.alone():
        environment.prepare(environment.DEV)
    os.environ["PYTHONDONTWRITEBYTECODE"] = (
        ""  # many processes load the same modules, and each would compile them again
    )
    if name == "soak":
        os.environ["NEWSDESK_SOAK"] = "1"
    start, began = postgres.run if name == "test-postgres" else run, os.times().elapsed
    status = start([tool("python"), "-m", "pytest", "-n", str(os.cpu_count() or 1), *_CHOSEN[name], *arguments])
    _, _, user, system, now = os.times()
    say(f"{now - began:.0f} s, {user + system:.0f} CPU seconds in all processes.")
    return status
