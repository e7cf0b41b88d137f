"""Where a log is."""

import pytest

from gru4rec_core.data.locations import DatabaseLog
from gru4rec_core.errors import DataError


@pytest.mark.parametrize(("table", "query", "found"), [("events", "SELECT 1", "both"), (None, None, "neither")])
def test_a_database_is_read_by_a_table_or_a_query(table: str | None, query: str | None, found: str) -> None:
    with pytest.raises(DataError, match="a table or a query") as raised:
        DatabaseLog("sqlite:///shop.db", table, query)
    assert raised.value.found == found


def test_what_is_read_has_a_short_name() -> None:
    assert DatabaseLog("sqlite:///shop.db", table="main.events").title == "events"
    assert DatabaseLog("sqlite:///shop.db", query="SELECT * FROM events").title == "query"


def test_credentials_are_not_in_the_text_of_a_location() -> None:
    text = repr(DatabaseLog("postgresql://reader:geheim@db/shop", table="events", password="geheim2"))
    assert "geheim" not in text
