"""The `.env` beside manage.py: what the demo needs, written once and readable by its owner only."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

_FILE_MODE = 0o600
_HEADING = '# Written by `make run` for the demo on this machine. README.md, "Configuration", explains the names.\n'
_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aeiou"


def completed(path: Path) -> str:
    """What the file says, and the names that are missing or empty there; every other line is kept as it is."""
    filled = path.read_text(encoding="utf-8") if path.exists() else _HEADING
    for name, value in _fresh_values().items():
        filled = _with_value(filled, name, value)
    return filled


def values(text: str) -> dict[str, str]:
    settings: dict[str, str] = {}
    for name, value in re.findall(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=(.*)$", text, re.MULTILINE):
        settings.setdefault(name, _unquoted(value))
    return settings


def write(path: Path, text: str) -> None:
    """Whole or not at all, and never for a moment readable by others."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    fresh = path.with_name(".env.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=_FILE_MODE, exist_ok=False)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _fresh_values() -> dict[str, str]:
    return {"SECRET_KEY": secrets.token_urlsafe(64), "DEMO": "true", "DEMO_PASSWORD": _readable_password()}


def _readable_password() -> str:
    """Six syllables and two digits, such as `nabo-tiru-seko-47`: 44 random bits."""
    words = ["".join(_syllable() for _ in range(2)) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(90) + 10}"])


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)


def _with_value(text: str, name: str, value: str) -> str:
    """The first line of a name is the one that counts, so an empty one is filled in its place."""
    assigned = re.search(rf"^[ \t]*(?:export[ \t]+)?{name}[ \t]*=(.*)$", text, re.MULTILINE)
    if assigned and _unquoted(assigned[1]):
        return text
    if assigned:
        return f"{text[: assigned.start()]}{name}={value}{text[assigned.end() :]}"
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    return f"{ended}{name}={value}\n"


def _unquoted(value: str) -> str:
    bare = value.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"" else bare
