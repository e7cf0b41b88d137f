"""Rows arrive a batch at a time."""

from pathlib import Path

import pytest

from gru4rec_core.data.locations import DatabaseLog
from gru4rec_core.data.sources import row_stream
from gru4rec_core.data.sources.row_stream import list_tables, stream_rows
from gru4rec_core.errors import DataError
from tests.data.sources.databases import duckdb_log, postgres_log, sqlite_log
from tests.postgres import PASSWORD, Postgres


def test_a_batch_has_no_more_rows_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_stream, "BATCH_ROWS", 2)
    for url in (sqlite_log(tmp_path), duckdb_log(tmp_path)):
        with stream_rows(DatabaseLog(url, table="events")) as stream:
            assert [len(batch) for batch in stream.batches] == [2, 2, 1]


def test_of_a_table_only_the_columns_asked_for_are_read(tmp_path: Path) -> None:
    for url in (sqlite_log(tmp_path), duckdb_log(tmp_path)):
        with stream_rows(DatabaseLog(url, table="events"), ["item", "session"]) as stream:
            assert stream.columns == ["item", "session"]
            assert tuple(next(stream.batches)[0]) == ("A", "s1")


def test_signs_that_drivers_take_for_parameters_are_left_alone(tmp_path: Path) -> None:
    query = "SELECT item, '%s :name ? 100%' AS text FROM events WHERE item LIKE '%A%'"
    for url in (sqlite_log(tmp_path), duckdb_log(tmp_path)):
        with stream_rows(DatabaseLog(url, query=query)) as stream:
            assert [tuple(row) for row in next(stream.batches)] == [("A", "%s :name ? 100%")] * 2


@pytest.mark.postgres
def test_signs_are_left_alone_in_postgresql(postgres: Postgres) -> None:
    query = "SELECT item, '%s :name ? 100%' AS text FROM events WHERE item LIKE '%A%'"
    with stream_rows(DatabaseLog(postgres_log(postgres), query=query, password=PASSWORD)) as stream:
        assert [tuple(row) for row in next(stream.batches)] == [("A", "%s :name ? 100%")] * 2


def test_tables_and_views_are_listed(tmp_path: Path) -> None:
    view = "CREATE VIEW buys AS SELECT * FROM events"
    for url in (sqlite_log(tmp_path, view), duckdb_log(tmp_path, view)):
        assert list_tables(url, None) == ["buys", "events"]


def test_names_with_quotes_and_spaces_are_names(tmp_path: Path) -> None:
    make = 'CREATE TABLE "my ""events" AS SELECT session AS "a b", item AS "select" FROM events'
    for url in (sqlite_log(tmp_path, make), duckdb_log(tmp_path, make)):
        with stream_rows(DatabaseLog(url, table='my "events'), ["a b", "select"]) as stream:
            assert tuple(next(stream.batches)[0]) == ("s1", "A")


def test_a_name_with_a_dot_is_written_in_quotes(tmp_path: Path) -> None:
    make = 'CREATE TABLE "Odd.Name" AS SELECT item FROM events'
    for url in (sqlite_log(tmp_path, make), duckdb_log(tmp_path, make)):
        assert list_tables(url, None) == ['"Odd.Name"', "events"]
        for name in ('"Odd.Name"', 'main."Odd.Name"', '"main"."Odd.Name"'):
            log = DatabaseLog(url, table=name)
            assert log.title == "Odd.Name"
            with stream_rows(log) as stream:
                assert tuple(next(stream.batches)[0]) == ("A",)


def test_a_query_that_is_refused_is_shown_without_its_secrets(tmp_path: Path) -> None:
    log = DatabaseLog(duckdb_log(tmp_path), query="ATTACH 'host=h user=u password=geheim' AS other")
    with pytest.raises(DataError, match="it must be one SELECT") as raised, stream_rows(log):
        pass
    assert "password=…" in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_query_without_rows_is_refused(tmp_path: Path) -> None:
    log = DatabaseLog(duckdb_log(tmp_path), query="SELECT 1; SELECT 2")
    with pytest.raises(DataError, match="it must be one SELECT"), stream_rows(log):
        pass
