"""Python looks for cycles among all objects, over and over while many are made; an import makes many and few cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (20_000, 20, 20)
"""Of new objects, and of younger collections. The usual ones took a tenth of an import's time."""


@contextmanager
def collected_rarely() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
