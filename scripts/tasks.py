"""Newsdesk's commands.

usage: python3 scripts/newsdesk.py COMMAND [ARGUMENT ...]

  run             set up, fill the database with the seeds, and serve on 127.0.0.1 (PORT=8000)
  test            the quick tests on SQLite; arguments go to pytest
  test-all        every test, on SQLite and then on a PostgreSQL of its own; arguments go to pytest
  test-sqlite     every test on SQLite; arguments go to pytest
  test-postgres   the same on a PostgreSQL of its own; arguments go to pytest
  test-browser    the tests that drive Chromium; arguments go to pytest
  soak            the tests that are samples elsewhere, whole: every page, hundreds of kills, thousands of examples
  with-postgres   any command, with the address of a PostgreSQL of its own in TEST_DATABASE_URL
  lint            every linter and check; the end names those that failed
  bench           measure beside raw SQL; the first argument is the number of articles
  lock            compile requirements/ anew; arguments (--upgrade) go to uv
  help            this text

Environment: PORT; NEWSDESK_VENV, the folder of the virtual environment (.venv).
"""

from __future__ import annotations

import errno
import os
import resource
import time
from collections.abc import Callable, Mapping, Sequence

from scripts import browser, demo, environment, lint, locks, machine, postgres, process
from scripts.project import ScriptError, complain, say

_PYTEST = ("-m", "pytest", "-n", str(os.cpu_count() or 1))
_QUICK = ("-m", "not browser and not slow")
_BROWSER = ("-m", "browser")
_SOAKING = {"NEWSDESK_SOAK": "1"}

_COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Many processes load the same modules; each would compile them anew."""


def main(words: list[str]) -> int:
    """The exit status: 0 well, 1 something failed, 2 a command that there is not, 130 Ctrl-C."""
    name, arguments = (words[0], words[1:]) if words else ("help", [])
    command = _COMMANDS.get(name)
    if command is None:
        complain(f"there is no command {name!r}; choose one of: {', '.join(_COMMANDS)}")
        return 2
    try:
        return command(arguments)
    except ScriptError as error:
        complain(str(error))
    except OSError as error:
        complain(_sentence(error))
    except KeyboardInterrupt:
        complain("stopped.")
        return 130
    return 1


def _sentence(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return str(machine.disk_full())
    what = f"{error.filename}: " if error.filename else ""
    return f"{what}{error.strerror or error}; see to that and try again."


def _help(_arguments: list[str]) -> int:
    say((__doc__ or "").strip())
    return 0


def _run(arguments: list[str]) -> int:
    if arguments:
        raise ScriptError(f"run takes no arguments ({' '.join(arguments)}); the port is in the environment: PORT=8001")
    demo.run()


def _test(arguments: list[str]) -> int:
    return _tested(_QUICK, arguments)


def _test_all(arguments: list[str]) -> int:
    return _test_sqlite(arguments) or _test_postgres(arguments)


def _test_sqlite(arguments: list[str]) -> int:
    return _tested((), arguments)


def _test_postgres(arguments: list[str]) -> int:
    return _with_postgres([process.tool("python"), *_PYTEST, *arguments])


def _test_browser(arguments: list[str]) -> int:
    browser.require()
    return _tested(_BROWSER, arguments)


def _soak(arguments: list[str]) -> int:
    browser.require()
    return _tested(("-m", ""), arguments, _SOAKING)


def _tested(chosen: Sequence[str], arguments: Sequence[str], changes: Mapping[str, str] | None = None) -> int:
    """Says at the end what the run took."""
    _prepare()
    began = time.monotonic()
    status = process.run([process.tool("python"), *_PYTEST, *chosen, *arguments], _COMPILED_ONCE | (changes or {}))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    say(f"{time.monotonic() - began:.0f} s, {used.ru_utime + used.ru_stime:.0f} CPU seconds with all processes.")
    return status


def _with_postgres(arguments: list[str]) -> int:
    if not arguments:
        raise ScriptError("with-postgres needs a command to run, for example: with-postgres pytest -n auto")
    _prepare()
    return postgres.run(arguments)


def _lint(_arguments: list[str]) -> int:
    _prepare()
    lint.run()
    return 0


def _bench(arguments: list[str]) -> int:
    _prepare()
    count = arguments[:1] or ["10000"]
    process.become([process.tool("python"), "-m", "benchmarks", "--articles", *count, *arguments[1:]])


def _lock(arguments: list[str]) -> int:
    _prepare()
    locks.compile_all(arguments)
    return 0


def _prepare() -> None:
    with machine.alone():
        environment.prepare(environment.Lock.DEV)


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": _run,
    "test": _test,
    "test-all": _test_all,
    "test-sqlite": _test_sqlite,
    "test-postgres": _test_postgres,
    "test-browser": _test_browser,
    "soak": _soak,
    "with-postgres": _with_postgres,
    "lint": _lint,
    "bench": _bench,
    "lock": _lock,
    "help": _help,
}
