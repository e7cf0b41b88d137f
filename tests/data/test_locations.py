"""Where a log is."""

from pathlib import Path

import pytest

from gru4rec_core.data.locations import DatabaseLog, FolderLog
from gru4rec_core.errors import DataError


@pytest.mark.parametrize(("table", "query", "found"), [("events", "SELECT 1", "both"), (None, None, "neither")])
def test_a_database_is_read_by_a_table_or_a_query(table: str | None, query: str | None, found: str) -> None:
    with pytest.raises(DataError, match="which table or which query") as raised:
        DatabaseLog("sqlite:///shop.db", table, query)
    assert raised.value.found == found


def test_what_is_read_has_a_short_name() -> None:
    assert DatabaseLog("sqlite:///shop.db", table="main.events").title == "events"
    assert DatabaseLog("sqlite:///shop.db", query="SELECT * FROM events").title == "query"


def test_credentials_are_not_in_the_text_of_a_location() -> None:
    text = repr(DatabaseLog("postgresql://reader:geheim@db/shop", table="events", password="geheim2"))
    assert "geheim" not in text


def test_locations_are_named_without_credentials() -> None:
    table = DatabaseLog("postgresql://reader:geheim@db/shop", table="public.events")
    assert str(table) == "table public.events of postgresql://db/shop"
    assert str(DatabaseLog("sqlite:///shop.db", query="SELECT 1")) == "a query of sqlite:///shop.db"
    folder = FolderLog("s3://key:geheim@bucket/logs/day=1/*.parquet?secret_key=geheim")
    assert str(folder) == "s3://bucket/logs/day=1/*.parquet"
    assert "geheim" not in repr(folder)


@pytest.mark.parametrize(
    ("pattern", "title"), [("logs/", "logs"), ("logs/day=1/*.csv", "logs"), ("*.csv", "folder"), ("a/shop.csv", "shop")]
)
def test_a_folder_has_a_short_name(pattern: str, title: str) -> None:
    assert FolderLog(pattern).title == title


def test_a_folder_may_have_signs_of_a_pattern_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "logs [2024]"
    folder.mkdir()
    assert FolderLog(str(folder)).title == "logs [2024]"
    assert FolderLog(f"{tmp_path}/nothing [2024]/*.csv").title == tmp_path.name
