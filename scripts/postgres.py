"""A temporary PostgreSQL for one command, with Debian's `pg_virtualenv`: on a free port, removed when the command
ends."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path

from scripts import project

# Nothing has to survive a power cut; pg_virtualenv sets fsync=off. The log, shown if a command fails, is kept short.
_OPTIONS = "-o synchronous_commit=off -o full_page_writes=off -o log_min_messages=fatal"
# The tests' role is not a superuser, as in production, but may create databases. If pg_virtualenv is killed, a waiting
# shell cleans up.
_SHELL = """
setsid sh -c 'while kill -0 $0; do sleep 1; done; pg_ctlcluster --mode immediate $PGVERSION regress stop
    rm -rf "${PGSYSCONFDIR%/*}"' $PPID </dev/null >/dev/null 2>&1 &
psql -qc "CREATE ROLE newsdesk LOGIN CREATEDB PASSWORD '$PGPASSWORD'" -c 'CREATE DATABASE newsdesk OWNER newsdesk' &&
    TEST_DATABASE_URL=postgres://newsdesk:$PGPASSWORD@$PGHOST:$PGPORT/newsdesk exec env --default-signal=INT "$@"
"""


def run(command: Sequence[str]) -> int:
    """Runs the command with the server's address in TEST_DATABASE_URL; returns its exit status. Version 15 if
    possible."""
    project.require_program(["pg_virtualenv"], "postgresql")
    version = ["-v", "15"] if Path("/usr/lib/postgresql/15/bin/initdb").exists() else []
    as_root = ["-t"] if os.geteuid() == 0 else []
    with socket.create_server(("127.0.0.1", 0)) as probe:
        settings = {"PGPORT": str(probe.getsockname()[1]), "LC_ALL": "C.UTF-8"}
    server = ["pg_virtualenv", *as_root, *version, *_OPTIONS.split()]  # Ctrl-C is handled by the command
    return project.run(["env", "--ignore-signal=INT", *server, "sh", "-c", _SHELL, "sh", *command], settings)
