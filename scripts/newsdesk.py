"""The commands behind `make`, for any Python 3.11 or newer and nothing else: `python3 scripts/newsdesk.py help`.

This file has to parse under every Python back to 2.7, so that an old one is told what it lacks; the work is in the
modules beside it.
"""

import importlib
import os
import sys

OLDEST = (3, 11)


def shortcoming():
    # type: () -> str
    """What keeps this Python from running Newsdesk, as a sentence with the remedy, or nothing."""
    version = sys.version_info[:2]
    if version < OLDEST:
        return (
            "Newsdesk needs Python 3.11 or newer, and this is Python " + ".".join(str(part) for part in version) + ";"
            " install a newer one, or name it: make run PYTHON=python3.12"
        )
    if os.name != "posix":
        return "Newsdesk's scripts run on Linux, macOS and WSL; open the project folder there and try again."
    return ""


def main():
    # type: () -> int
    problem = shortcoming()
    if problem:
        sys.stderr.write("newsdesk: " + problem + "\n")
        return 2
    # This folder holds a newsdesk.py, which must not hide the package of that name.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return int(importlib.import_module("scripts.tasks").main(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
