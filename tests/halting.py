"""manage.py that halts in the middle, for tests that kill it there, however busy the machine is.

`python -m tests.halting articles.importing.runner:write 3 import_seeds FOLDER` says "halted" when that function is
called for the third time, and goes on when its standard input is closed or gives a line.
"""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import count
from typing import Any

import django
from django.core.management import execute_from_command_line

HALTED = "halted\n"


def main(place: str, call: str, *words: str) -> None:
    django.setup()
    _halt(place, int(call))
    execute_from_command_line(["manage.py", *words])


def _halt(place: str, call: int) -> None:
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    real, calls = getattr(owner, name), count(1)

    def halting(*arguments: Any, **options: Any) -> Any:
        if next(calls) == call:
            sys.stdout.write(HALTED)
            sys.stdout.flush()
            sys.stdin.readline()
        return real(*arguments, **options)

    setattr(owner, name, halting)


if __name__ == "__main__":
    main(*sys.argv[1:])
