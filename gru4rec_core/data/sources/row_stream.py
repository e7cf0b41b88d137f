"""How are the rows of a table or a query streamed, a batch at a time?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import duckdb
import sqlalchemy as sa

from gru4rec_core.data.addresses import hide_secrets, show_url
from gru4rec_core.data.locations import DatabaseLog
from gru4rec_core.data.sources.database_errors import explain_database_errors
from gru4rec_core.data.sources.read_only import BATCH_ROWS, TAKE_QUERIES, open_connection, open_duckdb_file
from gru4rec_core.errors import DataError


class RowStream(NamedTuple):
    """The columns of a table or query, and its rows in batches."""

    columns: list[str]
    batches: Iterator[Sequence[Sequence[Any]]]


@contextmanager
def stream_rows(log: DatabaseLog, columns: Sequence[str] | None = None) -> Iterator[RowStream]:
    """Opens a table or a query; its rows arrive as they are asked for, at most `BATCH_ROWS` at a time.

    Args:
        log: The table or query.
        columns: Those to read of a table; None for all. Of a query all are read.

    Raises:
        DataError: The database cannot be opened, or refuses.
    """
    with explain_database_errors(log.url, log.password):
        if log.url.startswith("duckdb:"):
            with open_duckdb_file(log.url) as connection:
                yield _run_duckdb(connection, log, columns)
            return
        with open_connection(log.url, log.password) as connection:
            yield _run(connection, log, columns)


def list_tables(url: str, password: str | None) -> list[str]:
    """The tables and views of a database, by name, as `DatabaseLog.table` takes it: a name with a dot in quotes.

    Raises:
        DataError: The database cannot be opened.
    """
    with explain_database_errors(url, password):
        if url.startswith("duckdb:"):
            with open_duckdb_file(url) as duck:
                return [
                    _name(name) for (name,) in duck.execute("SELECT name FROM (SHOW TABLES) ORDER BY name").fetchall()
                ]
        with open_connection(url, password) as connection:
            inspector = sa.inspect(connection)
            return [_name(name) for name in sorted([*inspector.get_table_names(), *inspector.get_view_names()])]


def _run(connection: sa.Connection, log: DatabaseLog, columns: Sequence[str] | None) -> RowStream:
    if log.query:
        _check_takes_query(connection, log)
        # The driver must take a percent sign or a colon in the query for what it is.
        result = connection.execution_options(no_parameters=True).exec_driver_sql(log.query.strip().rstrip(";"))
        if not result.returns_rows:
            raise _no_rows(log)
    else:
        *before, name = log.name_parts
        chosen: list[Any] = [sa.column(column) for column in columns] if columns else [sa.text("*")]
        result = connection.execute(sa.select(*chosen).select_from(sa.table(name, schema=".".join(before) or None)))
    return RowStream(list(result.keys()), result.partitions(BATCH_ROWS))


def _check_takes_query(connection: sa.Connection, log: DatabaseLog) -> None:
    if connection.dialect.name not in TAKE_QUERIES:
        raise DataError(
            "A query runs only where the database itself refuses to write: PostgreSQL, MySQL, MariaDB, Oracle, SQLite "
            "or DuckDB.",
            found=f"a query for {connection.dialect.name}",
            where=show_url(log.url),
            remedy="Create a view for the query, and read it with --table.",
        )


def _no_rows(log: DatabaseLog) -> DataError:
    return DataError(
        "The query returns no rows: it must be one SELECT.",
        found=hide_secrets(log.query or "")[:200],
        where=show_url(log.url),
        remedy="Write a SELECT with one row per event.",
    )


def _run_duckdb(connection: duckdb.DuckDBPyConnection, log: DatabaseLog, columns: Sequence[str] | None) -> RowStream:
    query = log.query
    if not query:
        chosen = ", ".join(map(_quote, columns)) if columns else "*"
        query = f"SELECT {chosen} FROM {'.'.join(map(_quote, log.name_parts))}"
    statements = connection.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise _no_rows(log)
    cursor = connection.execute(statements[0])
    names = [column[0] for column in cursor.description or ()]
    return RowStream(names, iter(lambda: cursor.fetchmany(BATCH_ROWS), []))


def _name(table: str) -> str:
    return _quote(table) if "." in table else table


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
