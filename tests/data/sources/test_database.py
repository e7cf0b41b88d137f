"""Tables and queries as logs."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.data.locations import DatabaseLog
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.data.sources.database import as_text, as_texts
from gru4rec_core.errors import DataError
from gru4rec_core.workspace.dataset_files import hash_content
from tests.data.logs import CSV, Write, list_rejected, sessions
from tests.data.sources.databases import duckdb_log, postgres_log, sqlite_log
from tests.postgres import PASSWORD, Postgres


def test_a_table_a_query_and_a_file_of_the_same_events_are_one_dataset(tmp_path: Path, write: Write) -> None:
    expected = hash_content(read_log(write(CSV)).dataset)
    for url in (sqlite_log(tmp_path), duckdb_log(tmp_path)):
        for log in (DatabaseLog(url, table="events"), DatabaseLog(url, query="SELECT * FROM events;")):
            assert hash_content(read_log(log).dataset) == expected


@pytest.mark.postgres
def test_postgresql_gives_the_same_dataset(postgres: Postgres, write: Write) -> None:
    url = postgres_log(postgres)
    expected = hash_content(read_log(write(CSV)).dataset)
    for log in (DatabaseLog(url, table="public.events", password=PASSWORD),
                DatabaseLog(url, query="SELECT * FROM events", password=PASSWORD)):  # fmt: skip
        read = read_log(log)
        assert hash_content(read.dataset) == expected
        assert read.summary.format == "PostgreSQL"


@pytest.mark.postgres
def test_types_of_postgresql_become_what_a_file_would_have(postgres: Postgres) -> None:
    postgres.execute(
        "DROP TABLE IF EXISTS typed",
        'CREATE TABLE typed ("Session Id" uuid, "clicked%at" timestamptz, item numeric(8, 2), kind text[])',
        "INSERT INTO typed SELECT ('00000000-0000-0000-0000-00000000000' || i / 2)::uuid, "
        "timestamptz '2024-05-31 18:00:00+02' + i * interval '1 second', i, '{a}' FROM generate_series(0, 3) i",
        "INSERT INTO typed VALUES (NULL, now(), 1), (gen_random_uuid(), NULL, 2)",
        "GRANT SELECT ON typed TO reader",
    )
    mapping = ColumnMapping("Session Id", "clicked%at", "item")
    log = read_log(DatabaseLog(postgres.url, table="typed", password=PASSWORD), mapping)
    first = "00000000-0000-0000-0000-000000000000"
    assert sessions(log)[first] == ["0", "1"]
    assert log.dataset.timestamps[0] == datetime(2024, 5, 31, 16, tzinfo=UTC).timestamp()
    assert list_rejected(log) == [(5, "no session"), (6, "no timestamp")]


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["timestamptz", "timestamp", "date"])
def test_a_time_without_end_costs_its_row(kind: str, postgres: Postgres) -> None:
    url = postgres_log(postgres)
    query = f"""SELECT session, item, CASE WHEN item = 'C' THEN {kind} 'infinity' WHEN session = 's1'
        THEN {kind} '2024-05-31 10:00' ELSE {kind} '2024-06-01 10:00' END AS timestamp FROM events"""
    log = read_log(DatabaseLog(url, query=query, password=PASSWORD), ColumnMapping("session", "timestamp", "item"))
    assert list_rejected(log) == [(4, "the timestamp is not a finite number")]
    assert log.summary.rows_kept == 4


def test_the_form_is_shown_the_columns_and_first_rows(tmp_path: Path) -> None:
    preview = inspect_log(DatabaseLog(sqlite_log(tmp_path), table="events"))
    assert preview.columns == ("session", "timestamp", "item")
    assert preview.format == "SQLite"
    assert preview.rows["item"].tolist() == ["A", "B", "B", "C", "A"]


def test_the_origin_says_where_and_what(tmp_path: Path) -> None:
    url = sqlite_log(tmp_path)
    table = read_log(DatabaseLog(url, table="events")).summary
    assert table.file == f"table events of {url}"
    assert table.location == {"database": url, "table": "events"}
    query = read_log(DatabaseLog(url, query="SELECT * FROM events")).summary
    assert query.location == {"database": url, "query": "SELECT * FROM events"}


def test_progress_counts_rows_for_nobody_knows_how_many_there_are(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_log(DatabaseLog(sqlite_log(tmp_path), table="events"), on_progress=lambda *step: seen.append(step))
    assert seen == [(5, 0)]


def test_rejected_rows_are_numbered_as_they_came(tmp_path: Path) -> None:
    url = sqlite_log(tmp_path, "INSERT INTO events VALUES ('s1', NULL, 'A'), (x'ff00', 5, 'A'), ('s1', 50, NULL)")
    log = read_log(DatabaseLog(url, table="events"))
    assert list_rejected(log) == [(6, "no timestamp"), (8, "no item")]
    assert sessions(log)["ff00"] == ["A"]


def test_a_table_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    for url in (sqlite_log(tmp_path), duckdb_log(tmp_path)):
        with pytest.raises(DataError, match=r"no such table.*clicks; tables there: events"):
            read_log(DatabaseLog(url, table="clicks"))


def test_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    query = "SELECT session, timestamp, item, session FROM events"
    with pytest.raises(DataError, match=r"same name.*session"):
        read_log(DatabaseLog(sqlite_log(tmp_path), query=query))


def test_rows_are_streamed_so_an_endless_query_ends_at_the_limit(tmp_path: Path) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i / 3 AS session, i AS timestamp, "
        "i % 7 AS item FROM n"
    )
    with pytest.raises(DataError, match="at most 60,000 rows"):
        read_log(DatabaseLog(sqlite_log(tmp_path), query=endless), limits=ReadLimits(rows=60_000))


@pytest.mark.postgres
def test_postgresql_streams_too(postgres: Postgres) -> None:
    count = "generate_series(1, 1000000000000)"
    endless = f"SELECT {count} / 3 AS session, {count} AS timestamp, 2 AS item"
    with pytest.raises(DataError, match="at most 60,000 rows"):
        read_log(DatabaseLog(postgres.url, query=endless, password=PASSWORD), limits=ReadLimits(rows=60_000))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None), ("a", "a"), ("", ""), (7, "7"), (10**30, str(10**30)), (True, "true"), (12.0, "12"),
        (1.5, "1.5"), (float("nan"), "nan"), (1e300, "1e+300"), (Decimal("12.00"), "12"), (Decimal("1.50"), "1.50"),
        (Decimal("NaN"), "NaN"), (date(2024, 5, 31), "2024-05-31"), (datetime(2024, 5, 31, 18), "2024-05-31T18:00:00"),
        (datetime(2024, 5, 31, 18, tzinfo=UTC), "2024-05-31T18:00:00+00:00"), (b"abc", "abc"), (b"\xff\x00", "ff00"),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"), ({"a": 1}, '{"a": 1}'), (["x"], '["x"]'),
    ],
)  # fmt: skip
def test_values_become_the_text_that_a_file_would_have(value: Any, text: str | None) -> None:
    assert as_text(value) == text
    assert as_texts([value, None]).to_pylist() == [text, None]


def test_a_column_may_mix_types_as_sqlite_allows() -> None:
    assert as_texts([1, "b", 2.0, None, 10**25]).to_pylist() == ["1", "b", "2", None, str(10**25)]
