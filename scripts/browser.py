"""`make test-browser`: the tests that drive Debian's Chromium."""

from __future__ import annotations

import shutil

from scripts import machine
from scripts.project import ScriptError

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji")


def require() -> None:
    if _is_there():
        return
    if machine.may_install():
        machine.apt_install(*_PACKAGES)
    if not _is_there():
        remedy = f"apt-get install {' '.join(_PACKAGES)}"
        raise ScriptError(f"there is no Chromium on this machine; install it (Debian: {remedy}).")


def _is_there() -> bool:
    return any(shutil.which(name) for name in _NAMES)
