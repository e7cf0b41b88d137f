"""How is a database opened so that nothing in it can change?

The database itself refuses to write: PostgreSQL, MySQL, MariaDB and Oracle by a read-only transaction, SQLite and
DuckDB because the file is opened for reading alone. For any other database we know no such way; there we send no SQL
but our own.

One way around it remains in PostgreSQL: a function that opens a connection of its own, as dblink_exec does, may write
through that. A user who may only read, and may not call such functions, closes it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from gru4rec_core.errors import DataError

BATCH_ROWS = 50_000
_CONNECT_SECONDS = 10
_BEGIN = {
    # A scan that starts where another one is, or in several processes, gives the same table's rows in another order.
    "postgresql": "SELECT set_config(name, CASE vartype WHEN 'bool' THEN 'off' ELSE '0' END, true) FROM pg_settings "
    "WHERE name IN ('synchronize_seqscans', 'max_parallel_workers_per_gather')",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}
"""What is sent before the query, by dialect."""
TAKE_QUERIES = {*_BEGIN, "sqlite"}
"""The dialects of databases that refuse to write."""
_SQLITE_ALLOWED = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_TRANSACTION,
}  # fmt: skip


@contextmanager
def open_connection(url: str, password: str | None) -> Iterator[sa.Connection]:
    """A connection that only reads, where its database has such a thing (see `_BEGIN`)."""
    address = sa.make_url(url)
    if password is not None:
        address = address.set(password=password)
    backend = address.get_backend_name()
    if backend == "sqlite":
        engine = sa.create_engine("sqlite://", creator=lambda: _open_sqlite(address.database), poolclass=NullPool)
    else:
        patience = {"connect_timeout": _CONNECT_SECONDS} if backend == "postgresql" else {}
        patience = {name: value for name, value in patience.items() if name not in address.query}
        engine = sa.create_engine(address, connect_args=patience, poolclass=NullPool)
    options: dict[str, Any] = {"stream_results": True, "yield_per": BATCH_ROWS}
    if backend == "postgresql":
        options["postgresql_readonly"] = True
    with engine.connect() as connection:
        connection = connection.execution_options(**options)
        if backend == "sqlite":
            _allow_reading_alone(connection.connection.driver_connection)
        elif begin := _BEGIN.get(backend):
            connection.exec_driver_sql(begin, execution_options={"stream_results": False}).close()
        if address.get_driver_name() == "psycopg":
            _read_odd_times_as_text(connection.connection.driver_connection)
        yield connection


def _read_odd_times_as_text(connection: Any) -> None:
    """A moment that Python has no value for, such as infinity, costs its row, not the whole log."""
    import psycopg
    from psycopg.adapt import Loader

    def tolerant(strict: type[Any]) -> type[Loader]:
        class Tolerant(Loader):
            def __init__(self, oid: int, context: Any = None) -> None:
                super().__init__(oid, context)
                self._strict = strict(oid, context)

            def load(self, data: Any) -> Any:
                try:
                    return self._strict.load(data)
                except psycopg.DataError:
                    return bytes(data).decode()

        return Tolerant

    for kind in ("date", "timestamp", "timestamptz"):
        oid = connection.adapters.types[kind].oid
        strict = connection.adapters.get_loader(oid, Loader.format)
        connection.adapters.register_loader(oid, tolerant(strict))


def _open_sqlite(path: str | None) -> sqlite3.Connection:
    if not path or not Path(path).is_file():
        raise DataError(
            "There is no such SQLite file.",
            found="no file at this path" if path else "no path",
            where=f"sqlite:///{path or ''}",
            remedy="Check the path: three slashes mean a path relative to the current folder, four an absolute path.",
        )
    return sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)


def _allow_reading_alone(connection: Any) -> None:
    """A file opened for reading would still let ATTACH make another one."""
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _SQLITE_ALLOWED else sqlite3.SQLITE_DENY
    )


@contextmanager
def open_duckdb_file(url: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB file, opened for reading; its SQL reaches no other file and loads no extension."""
    path = sa.make_url(url).database
    if not path or not Path(path).is_file():
        raise DataError(
            "There is no such DuckDB file.",
            found="no file at this path" if path else "no path",
            where=f"duckdb:///{path or ''}",
            remedy="Check the path: three slashes mean a path relative to the current folder, four an absolute path.",
        )
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
        "memory_limit": "1GB",
    }
    with duckdb.connect(path, read_only=True, config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
