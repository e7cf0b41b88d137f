"""The small log of tests/data/logs.py as a table of a database."""

import sqlite3
from pathlib import Path

import duckdb

from tests.data.logs import ROWS
from tests.postgres import Postgres

VALUES = ", ".join(f"('{session}', {time}, '{item}')" for session, time, item in ROWS)
MAKE = "CREATE TABLE {} (session VARCHAR(20), timestamp BIGINT, item VARCHAR(20))"


def sqlite_log(folder: Path, *statements: str) -> str:
    """The address of an SQLite database with the table events."""
    path = folder / "shop.db"
    with sqlite3.connect(path) as connection:
        for statement in (MAKE.format("events"), f"INSERT INTO events VALUES {VALUES}", *statements):
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


def duckdb_log(folder: Path, *statements: str) -> str:
    """The address of a DuckDB file with the table events."""
    path = folder / "shop.duckdb"
    with duckdb.connect(path) as connection:
        for statement in (MAKE.format("events"), f"INSERT INTO events VALUES {VALUES}", *statements):
            connection.execute(statement)
    return f"duckdb:///{path}"


def postgres_log(server: Postgres, table: str = "events") -> str:
    """Makes the table anew, for the reader to read; returns the address without the password."""
    server.execute(
        f"DROP TABLE IF EXISTS {table}", MAKE.format(table), f"INSERT INTO {table} VALUES {VALUES}",
        f"GRANT SELECT ON {table} TO reader",
    )  # fmt: skip
    return server.url
