"""A PostgreSQL for the tests: one server, started when a test first asks for it, with nothing but temporary files."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

PASSWORD = "Geheimes-Wort/7%"  # with characters that an address must escape


def find_programs() -> Path | None:
    """The folder of PostgreSQL's programs, if they are on this machine. Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "postgres").exists()), None)


@dataclass(frozen=True)
class Postgres:
    """A running server with the database `shop`, a `reader` who has `PASSWORD`, and an owner who may write."""

    port: int

    @property
    def url(self) -> str:
        """As the reader, without the password."""
        return f"postgresql+psycopg://reader@127.0.0.1:{self.port}/shop"

    @property
    def owner_url(self) -> str:
        return self.url.replace("reader", "owner")

    def execute(self, *statements: str) -> list[tuple]:
        """Runs statements as the owner; returns the rows of the last one."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="owner", password=PASSWORD, dbname="shop", autocommit=True
        ) as connection:
            for statement in statements:
                cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """Starts a server that listens on this machine alone; it does not run as root, so it is given another user."""
    folder = Path(tempfile.mkdtemp(prefix="gru4rec-postgres-"))
    as_user = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    password_file = folder / "password"
    password_file.write_text(PASSWORD)
    for path in (folder, password_file):
        shutil.chown(path, as_user.get("user") or os.getuid())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    make = [programs / "initdb", "--pgdata", data, "--username=owner", "--auth=scram-sha-256", "--encoding=UTF8"]
    make += [f"--pwfile={password_file}", "--no-sync", "--no-instructions", "--no-locale"]
    serve = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-F"]
    try:
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **as_user)
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, **as_user)
        try:
            _make_database(port)
            yield Postgres(port)
        finally:
            server.send_signal(signal.SIGINT)  # ends at once; SIGTERM would wait for clients
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_database(port: int) -> None:
    """Waits until the server answers, then makes the database and its reader."""
    for attempt in range(200):
        try:
            connection = psycopg.connect(
                host="127.0.0.1", port=port, user="owner", password=PASSWORD, dbname="postgres", autocommit=True
            )
            break
        except psycopg.OperationalError:
            if attempt == 199:
                raise
            time.sleep(0.05)
    with connection:
        connection.execute("CREATE DATABASE shop TEMPLATE template0")
        connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
