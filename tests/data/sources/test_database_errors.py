"""What a database's refusal says, and never says."""

from pathlib import Path

import pytest

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.locations import DatabaseLog
from gru4rec_core.errors import DataError
from tests.data.sources.databases import sqlite_log
from tests.postgres import PASSWORD, Postgres


def message(log: DatabaseLog) -> str:
    with pytest.raises(DataError) as raised:
        read_log(log)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    return str(raised.value)


@pytest.mark.postgres
def test_a_wrong_password_is_told_without_it(postgres: Postgres) -> None:
    for log in (
        DatabaseLog(postgres.url, table="events", password="Falsches-Wort"),
        DatabaseLog(postgres.url.replace("reader@", "reader:Falsches-Wort@"), table="events"),
    ):
        text = message(log)
        assert "password authentication failed" in text
        assert "--password-env" in text
        assert "Falsches" not in text


@pytest.mark.postgres
def test_a_database_that_repeats_the_password_is_not_believed(postgres: Postgres) -> None:
    text = message(DatabaseLog(postgres.url, query=f"SELECT CAST('{PASSWORD}' AS int)", password=PASSWORD))
    assert "invalid input syntax" in text
    assert PASSWORD not in text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://reader:geheim@db/shop", 'pip install "mysqlclient"'),
        ("nothing://reader:geheim@db/shop", "does not know this kind of database"),
        ("postgresql+psycopg://reader:geheim@nowhere.invalid/shop", "resolve"),
        ("postgresql+psycopg://reader:geheim@db:port/shop", "database could not be read"),
        ("postgresql+asyncpg://reader:geheim@127.0.0.1:1/shop", "asyncpg"),
    ],
)
def test_what_cannot_be_opened_says_why_without_the_password(url: str, told: str) -> None:
    text = message(DatabaseLog(url, table="events"))
    assert told in text
    assert "geheim" not in text


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_text("session,timestamp,item\n" * 100)
    assert "file is not a database" in message(DatabaseLog(f"sqlite:///{path}", table="events"))
    assert "DuckDB" in message(DatabaseLog(f"duckdb:///{path}", table="events"))


def test_a_mistake_in_the_query_is_told_in_the_databases_words(tmp_path: Path) -> None:
    assert "no such column: visit" in message(DatabaseLog(sqlite_log(tmp_path), query="SELECT visit FROM events"))
