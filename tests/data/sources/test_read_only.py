"""The database itself refuses to write, whatever the query says."""

import hashlib
from pathlib import Path

import pytest

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.locations import DatabaseLog
from gru4rec_core.data.sources import read_only, row_stream
from gru4rec_core.errors import DataError
from tests.data.sources.databases import duckdb_log, postgres_log, sqlite_log
from tests.postgres import PASSWORD, Postgres

WRITES = [
    "DELETE FROM events",
    "DELETE FROM events RETURNING *",
    "SELECT 1; DELETE FROM events",
    "DROP TABLE events",
    "CREATE TABLE other (a INT)",
    "ATTACH 'other.db' AS other",
    "BEGIN",
    "COMMIT",
]
POSTGRES_WRITES = [
    "WITH gone AS (DELETE FROM events RETURNING *) SELECT * FROM gone",
    "SELECT wipe()",
    "SELECT set_config('transaction_read_only', 'off', false), wipe()",
    "SELECT nextval('counter')",
    "SELECT * INTO copied FROM events",
    "COPY events TO PROGRAM 'touch /tmp/written'",
    "COMMIT; DELETE FROM events",
    "SET TRANSACTION READ WRITE",
    "DO $$ BEGIN DELETE FROM events; END $$",
]
SQLITE_WRITES = ["PRAGMA query_only = off", "VACUUM INTO 'other.db'", "REPLACE INTO events VALUES ('a', 1, 'b')"]
DUCKDB_WRITES = [
    "COPY events TO 'other.csv'",
    "SELECT * FROM read_csv('secret.csv')",
    "SELECT * FROM 'secret.csv'",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "WITH gone AS (DELETE FROM events RETURNING *) SELECT * FROM gone",
]


def content(url: str) -> str:
    return hashlib.sha256(Path(url.partition("///")[2]).read_bytes()).hexdigest()


@pytest.mark.parametrize("query", WRITES + SQLITE_WRITES)
def test_sqlite_refuses(query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = sqlite_log(tmp_path)
    before = content(url)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError):
        read_log(DatabaseLog(url, query=query))
    assert content(url) == before
    assert [path.name for path in tmp_path.iterdir()] == ["shop.db"]


@pytest.mark.parametrize("query", WRITES + DUCKDB_WRITES)
def test_duckdb_refuses(query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = duckdb_log(tmp_path)
    before = content(url)
    (tmp_path / "secret.csv").write_text("session,timestamp,item\na,1,b\na,2,c\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError):
        read_log(DatabaseLog(url, query=query))
    assert content(url) == before
    assert {path.name for path in tmp_path.iterdir()} == {"shop.duckdb", "secret.csv"}


@pytest.mark.postgres
@pytest.mark.parametrize("query", WRITES + POSTGRES_WRITES)
def test_postgresql_refuses_even_its_owner(query: str, postgres: Postgres) -> None:
    postgres_log(postgres)
    postgres.execute(
        "CREATE SEQUENCE IF NOT EXISTS counter",
        "CREATE OR REPLACE FUNCTION wipe() RETURNS INT LANGUAGE SQL AS 'DELETE FROM events; SELECT 1'",
    )
    with pytest.raises(DataError):
        read_log(DatabaseLog(postgres.owner_url, query=query, password=PASSWORD))
    assert postgres.execute("SELECT count(*) FROM events") == [(5,)]
    tables = postgres.execute("SELECT relname FROM pg_class WHERE relname IN ('copied', 'other')")
    assert (tables, Path("/tmp/written").exists()) == ([], False)


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    url = sqlite_log(tmp_path)
    before = content(url)
    read_log(DatabaseLog(url, table="events"))
    assert content(url) == before


@pytest.mark.parametrize("url", ["sqlite:///nothing.db", "duckdb:///nothing.duckdb", "sqlite://"])
def test_a_database_that_is_not_there_is_not_made(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="There is no such"):
        read_log(DatabaseLog(url, table="events"))
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_refuse_gets_no_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = sqlite_log(tmp_path)
    monkeypatch.setattr(row_stream, "TAKE_QUERIES", read_only.TAKE_QUERIES - {"sqlite"})
    with pytest.raises(DataError, match="Create a view for the query"):
        read_log(DatabaseLog(url, query="SELECT * FROM events"))
    assert read_log(DatabaseLog(url, table="events")).summary.rows_kept == 5
