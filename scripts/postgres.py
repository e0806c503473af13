"""A PostgreSQL of our own for one command: in a temporary folder, on a random port, gone when the command ends.

The server belongs to a small shell that waits at the end of a pipe. However we end, killed included, the pipe closes,
and the shell stops the server and removes its folder.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess  # nosec B404
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import machine, process
from scripts.project import ScriptError, say

_SECONDS_TO_START = 60
_WANTED = "15"
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_KEEPER = """
"$0" "$@" >server.log 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server
cd / && rm -rf "$NEWSDESK_FOLDER"
"""
# Nothing here has to survive a power cut.
_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Cluster:
    """One server: where its programs are, its own folder, and who it runs as, if not as we do."""

    programs: Path
    folder: Path
    port: int
    password: str
    user: str | None

    @property
    def url(self) -> str:
        return f"postgres://newsdesk:{self.password}@{machine.ADDRESS}:{self.port}/newsdesk"

    @property
    def surroundings(self) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(self.programs), os.defpath]),
            "NEWSDESK_FOLDER": str(self.folder),
            "PGDATA": str(self.folder / "data"),
            "PGHOST": machine.ADDRESS,
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGPASSWORD": self.password,
            "LC_ALL": _LOCALE,
        }


def run(command: Sequence[str]) -> int:
    """The exit status of the command, which finds the server's address in TEST_DATABASE_URL."""
    with _cluster() as cluster:
        return process.run(command, {"TEST_DATABASE_URL": cluster.url})


@contextlib.contextmanager
def _cluster() -> Iterator[Cluster]:
    programs = _programs()
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="newsdesk-postgres-"))
    try:
        if user:
            shutil.chown(folder, user)
        cluster = Cluster(programs, folder, _free_port(), secrets.token_hex(16), user)
        _initialise(cluster)
        with _server(cluster):
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of initdb and its kin, of version 15 if there is a choice."""
    programs = _find_programs()
    if not programs and machine.may_install():
        # Debian's package would make, and start, a server of its own.
        machine.apt_install("postgresql-common")
        _forbid_main_cluster()
        machine.apt_install("postgresql")
        programs = _find_programs()
    if not programs:
        raise ScriptError("there is no PostgreSQL on this machine; install it (Debian: apt-get install postgresql-15).")
    return programs


def _find_programs() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version_of)
    chosen = [path for path in installed if path.parts[-3] == _WANTED]
    on_path = shutil.which("initdb")
    candidates = [*chosen, *([Path(on_path)] if on_path else []), *reversed(installed)]
    return candidates[0].parent if candidates else None


def _version_of(initdb: Path) -> tuple[int, str]:
    name = initdb.parts[-3]
    return (int(name) if name.isdecimal() else 0, name)


def _forbid_main_cluster() -> None:
    config = Path("/etc/postgresql-common/createcluster.conf")
    config.write_text(config.read_text(encoding="utf-8") + "\ncreate_main_cluster = false\n", encoding="utf-8")


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((machine.ADDRESS, 0))
        return int(probe.getsockname()[1])


def _initialise(cluster: Cluster) -> None:
    secret = cluster.folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(cluster.password, encoding="ascii")
    if cluster.user:
        shutil.chown(secret, cluster.user)
    options = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8"]
    _ask(cluster, "initdb", *options, f"--locale={_LOCALE}", "--no-sync")


@contextlib.contextmanager
def _server(cluster: Cluster) -> Iterator[None]:
    options = [f"listen_addresses={machine.ADDRESS}", "unix_socket_directories=", *_HASTE]
    server = [str(cluster.programs / "postgres"), *(word for option in options for word in ("-c", option))]
    keeper = subprocess.Popen(  # nosec B603
        ["/bin/sh", "-c", _KEEPER, *server],
        cwd=cluster.folder,
        env=cluster.surroundings,
        user=cluster.user,
        group=_group_of(cluster.user),
        extra_groups=[] if cluster.user else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_ready(cluster)
        yield
    finally:
        keeper.communicate()


def _wait_until_ready(cluster: Cluster) -> None:
    """Ready includes the role of the tests: not a superuser, as in production, but one that may make databases."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while _call(cluster, "pg_isready", "--quiet").returncode:
        if time.monotonic() > deadline:
            log = (cluster.folder / "server.log").read_text(encoding="utf-8", errors="replace")
            raise ScriptError(f"PostgreSQL did not start in {_SECONDS_TO_START} s; its log ends: {log.strip()[-400:]}")
        time.sleep(0.1)
    role = f"CREATE ROLE newsdesk LOGIN CREATEDB PASSWORD '{cluster.password}'"
    statements = (role, "CREATE DATABASE newsdesk OWNER newsdesk", "SHOW server_version")
    version = _ask(cluster, "psql", "-qAt", *(word for statement in statements for word in ("-c", statement)))
    say(f"PostgreSQL {version.split()[0]} on port {cluster.port}, for this command only.")


def _ask(cluster: Cluster, program: str, *arguments: str) -> str:
    done = _call(cluster, program, *arguments)
    if machine.is_disk_full(done.stderr):
        raise machine.disk_full()
    if done.returncode:
        raise ScriptError(f"PostgreSQL's {program} failed: {done.stderr.strip()}")
    return done.stdout


def _call(cluster: Cluster, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # nosec B603
        [str(cluster.programs / program), *arguments],
        cwd=cluster.folder,
        env=cluster.surroundings,
        user=cluster.user,
        group=_group_of(cluster.user),
        extra_groups=[] if cluster.user else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _group_of(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
