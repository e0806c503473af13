"""What takes long is a sample in `make test-all` and `.ci/run`, the same one each time, and whole in `make soak`."""

from __future__ import annotations

import os
import random
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")
IS_WHOLE = "NEWSDESK_SOAK" in os.environ


def sample(short: T, whole: T) -> T:
    """How much of something to try."""
    return whole if IS_WHOLE else short


def examples(count: int) -> settings:
    """How many hypothesis tries of what takes long."""
    return settings(max_examples=sample(count, 1_000))


def seed(name: str) -> str:
    """Where chance begins: in a soak anywhere, unless the environment says where, by that name."""
    return os.environ.get(name) or sample("0", str(random.randrange(10**6)))
