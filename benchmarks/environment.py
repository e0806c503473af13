"""The environment of a benchmark: nothing of `.env` or of the shell decides what is measured."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.utils.module_loading import import_string


def prepare(database: Path) -> None:
    """Sets what the settings read, for the processes that `stage` starts."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="benchmarks.settings",
        ENV_FILE="",
        SECRET_KEY=secrets.token_urlsafe(50),
        DATABASE_URL=f"sqlite:///{database}",
        SITE_URL="http://testserver",
        ALLOWED_HOSTS="testserver",
        DEMO="false",
        DEBUG="false",
        TIME_ZONE="UTC",
    )


def stage(function: str, *arguments: Any) -> Any:
    """What `function`, a dotted name, returns in a process of its own: its peak of memory is nobody else's.

    The name is resolved there, once Django is set up; this process needs neither.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(_call, function, arguments).result()


def _call(function: str, arguments: tuple[Any, ...]) -> Any:
    django.setup()
    return import_string(function)(*arguments)
