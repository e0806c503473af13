"""The commands behind `make`, for any Python 3.11 or newer and nothing else: `python3 scripts/newsdesk.py test`.

This file has to parse under every Python back to 2.7, so that an old one gets a clear message; the work is in the
modules beside it.
"""

import importlib
import os
import sys


def main():
    if sys.version_info < (3, 11):  # noqa: UP036
        version = ".".join(str(part) for part in sys.version_info[:2])
        remedy = "install a newer one, or name it: make run PYTHON=python3.12"
        return "newsdesk: Newsdesk needs Python 3.11 or newer, and this is Python " + version + "; " + remedy
    if os.name != "posix":
        return "newsdesk: the scripts run on Linux, macOS and WSL; open the project folder there and try again."
    # This folder contains a newsdesk.py, which must not hide the package of that name.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return importlib.import_module("scripts.tasks").main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
