"""The environment of a benchmark, independent of `.env` and the shell."""

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
    """Sets the environment for the processes that `stage` starts."""
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
    """Runs `function`, a dotted name, in its own process, so that peaks of memory are separate.

    The name is resolved there, after Django's setup; this process needs neither.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(_call, function, arguments).result()


def _call(function: str, arguments: tuple[Any, ...]) -> Any:
    django.setup()
    return import_string(function)(*arguments)
