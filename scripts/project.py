"""Where the project's things lie, and how its scripts speak."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / (os.environ.get("NEWSDESK_VENV") or ".venv")
DOTENV = ROOT / ".env"
IS_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


class ScriptError(Exception):
    """What stops a script, as the one sentence a person reads: what is wrong, and the remedy."""


def say(text: str) -> None:
    """Flushed, so that our lines stand in order between those of the programs we start."""
    print(text, flush=True)


def complain(text: str) -> None:
    print(f"newsdesk: {text}", file=sys.stderr, flush=True)
