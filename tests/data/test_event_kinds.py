"""Kinds of event are counted in the whole file."""

import io

import pandas as pd
import pytest

from gru4rec_core.data import event_kinds
from gru4rec_core.data.event_kinds import count_event_kinds
from gru4rec_core.errors import DataError
from tests.data.logs import Write

ROWS = "event,item\n" + "view,a\n" * 50_000 + " buy ,a\nbuy,b\n,c\n" + "cart,a\ntoo,many,fields\n"


def test_a_kind_that_comes_late_is_counted_too(write: Write) -> None:
    counts = count_event_kinds(write(ROWS), "event")
    assert list(counts.items()) == [("view", 50_000), ("buy", 2), ("cart", 1)]


def test_parquet_and_files_without_a_header(write: Write) -> None:
    parquet = io.BytesIO()
    pd.DataFrame({"kind": ["a", "b", "a", None]}).to_parquet(parquet)
    assert count_event_kinds(write(parquet.getvalue(), "log.parquet"), "kind") == {"a": 2, "b": 1}
    assert count_event_kinds(write("x,1\ny,2\nx,3\n"), "column 1", has_header=False) == {"x": 2, "y": 1}


def test_a_column_of_too_many_values_tells_no_kinds(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_kinds, "MOST_KINDS", 2)
    with pytest.raises(DataError, match=r"at most 2 different values.*column event"):
        count_event_kinds(write(ROWS), "event")
