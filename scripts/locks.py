"""`make lock`: requirements/ compiled anew from pyproject.toml, for every platform and every Python from 3.11."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts import process
from scripts.project import ScriptError, say

_RUN = "requirements/run.txt"
_DEV = "requirements/dev.txt"


def compile_all(options: Sequence[str]) -> None:
    """`options` go to uv: nothing keeps every version that still fits, --upgrade takes the newest ones."""
    _require_uv()
    _compile(_RUN, *options)
    _compile(_DEV, "--group", "test", "--group", "lint", "--constraints", _RUN, *options)
    say(f"Compiled {_RUN} and {_DEV}; read the difference before you commit it.")


def _require_uv() -> None:
    if Path(process.tool("uv")).exists():
        return
    say("Installing uv.")
    argv = ["-I", "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check", "uv"]
    done = process.capture([process.tool("python"), *argv])
    if done.returncode:
        say(done.stderr.strip())
        raise ScriptError("pip could not install uv; its words are above.")


def _compile(target: str, *options: str) -> None:
    """The dev lock is held to the versions of the run lock, so that the tests run what is served."""
    options = ("--universal", "--generate-hashes", "--python-version", "3.11", *options)
    unmarked = ("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock")
    argv = [process.tool("uv"), "pip", "compile", "--quiet", *options, *unmarked, "pyproject.toml", "-o", target]
    if process.run(argv):
        raise ScriptError(f"uv could not compile {target}; the reason is above.")
