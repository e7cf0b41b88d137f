"""What a text names."""

from pathlib import Path

import pytest

from gru4rec_core.data.find_location import find_location
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.locations import DatabaseLog, FolderLog
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, Write
from tests.data.sources.databases import duckdb_log, sqlite_log


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("log.csv", Path("log.csv")),
        ("nothing/there.csv", Path("nothing/there.csv")),
        ("", Path()),
        ("logs/*.parquet", FolderLog("logs/*.parquet")),
        ("s3://bucket/logs", FolderLog("s3://bucket/logs")),
        ("file:///logs/a.csv", FolderLog("file:///logs/a.csv")),
    ],
)
def test_files_folders_and_patterns(text: str, expected: Path | FolderLog) -> None:
    assert find_location(text) == expected


def test_a_folder_is_one_and_a_file_with_signs_of_a_pattern_is_none(write: Write, tmp_path: Path) -> None:
    path = write(CSV, "log[1].csv")
    assert find_location(str(tmp_path)) == FolderLog(str(tmp_path))
    assert find_location(str(path)) == path
    assert read_log(str(tmp_path)).summary.rows_kept == 5


def test_addresses_and_database_files_are_databases(tmp_path: Path) -> None:
    url = "postgresql://reader@db/shop"
    assert find_location(url, "events", None, "geheim") == DatabaseLog(url, "events", None, "geheim")
    for made in (sqlite_log(tmp_path), duckdb_log(tmp_path)):
        path = made.partition("///")[2]
        assert find_location(path, query="SELECT 1") == DatabaseLog(made, None, "SELECT 1")
        assert read_log(find_location(path, "events")).summary.rows_kept == 5


@pytest.mark.parametrize("name", ["we?ird.db", "pct%41.db", "at@x#1.db"])
def test_a_database_file_may_be_called_anything(name: str, tmp_path: Path) -> None:
    logs = (
        [sqlite_log(tmp_path)] if "?" in name else [sqlite_log(tmp_path), duckdb_log(tmp_path)]
    )  # DuckDB opens no "?"
    for made in logs:
        path = Path(made.partition("///")[2]).rename(tmp_path / name)
        assert read_log(find_location(str(path), "events")).summary.rows_kept == 5


def test_an_address_with_an_at_sign_too_many_is_not_asked() -> None:
    for table in ("events", None):
        with pytest.raises(DataError, match="as %40") as raised:
            find_location("postgresql://reader:Pa@geheim@127.0.0.1:9/shop", table)
        assert "geheim" not in str(raised.value)


def test_a_database_without_a_table_is_told_with_its_tables(tmp_path: Path) -> None:
    for url in (sqlite_log(tmp_path), duckdb_log(tmp_path)):
        with pytest.raises(DataError, match="tables there: events"):
            find_location(url.partition("///")[2])


@pytest.mark.parametrize("text", ["log.csv", "logs", "logs/*.csv", "s3://bucket/logs"])
def test_a_table_of_a_file_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text("a,b\n")
    (tmp_path / "logs").mkdir()
    with pytest.raises(DataError, match="are for databases"):
        find_location(text, table="events")


def test_a_database_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file") as raised:
        find_location(f"{tmp_path}/shop.db", table="events")
    assert raised.value.where == f"{tmp_path}/shop.db"


def test_an_address_on_the_web_is_refused() -> None:
    with pytest.raises(DataError, match="Download the file") as raised:
        find_location("https://user:geheim@example.com/log.csv?token=geheim")
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize("text", ["postgresql:/reader:geheim@db/shop", "postgresql:reader:geheim@db/shop"])
def test_a_broken_address_is_not_taken_for_a_path_and_shown(text: str) -> None:
    with pytest.raises(DataError, match="looks like an address, but is not one") as raised:
        find_location(text, table="events")
    assert "geheim" not in str(raised.value)
