"""What a column holds, judged by its values."""

import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data.column_profile import ColumnProfile, profile_column


def profile(values: list[str | None], name: str = "x") -> ColumnProfile:
    return profile_column(name, pa.chunked_array([pa.array(values, pa.string())]))


MANY = range(100)
COLUMNS: dict[str, tuple[str, str, list[str]]] = {
    "seconds": ("time", "seconds since 1970", [str(1_700_000_000 + 7 * i) for i in MANY]),
    "milliseconds": ("time", "milliseconds since 1970", [str(1_700_000_000_000 + 7 * i) for i in MANY]),
    "microseconds": ("time", "microseconds since 1970", [str(1_700_000_000_000_000 + 7 * i) for i in MANY]),
    "ISO": ("time", "dates", [f"2024-05-31T18:{i % 60:02}:00Z" for i in MANY]),
    "days before months": ("time", "dates", [f"{1 + i % 28}/05/2024 18:00" for i in MANY]),
    "days or months": ("time", "dates, day and month unclear", [f"0{1 + i % 9}/05/2024" for i in MANY]),
    "two-digit years": ("time", "dates, day and month unclear", [f"{1 + i % 12:02}/05/14" for i in MANY]),
    "numbers of items": ("id", "whole numbers", [str(214_500_000 + i) for i in MANY]),
    "visitors of Google Analytics": ("id", "numbers", [f"{1_000_000 + i}.{1_700_000_000 + 977 * i}" for i in MANY]),
    "hashes": ("id", "text", [f"{i:032x}" for i in MANY]),
    "kinds of event": ("kinds", "a few recurring words", ["view", "view", "add to cart", "purchase"] * 25),
    "prices": ("price", "decimal numbers, like prices", [f"{i}.99" for i in MANY]),
    "prices with a comma": ("price", "decimal numbers, like prices", [f"{i},99" for i in MANY]),
    "shares": ("decimal", "decimal numbers", [f"0.{i:02}314" for i in MANY]),
    "counts": ("count", "small whole numbers", [str(1 + i % 5) for i in MANY]),
    "constants": ("constant", "text, one value", ["shop"] * 100),
    "nothing": ("empty", "empty", ["", "NULL", "NaN", " "] * 25),
    "sentences": ("text", "longer text", [f"The long and winding road, part {i}" for i in MANY]),
}


@pytest.mark.parametrize("name", list(COLUMNS))
def test_kinds_of_columns_are_told_apart(name: str) -> None:
    kind, description, values = COLUMNS[name]
    found = profile(values)
    assert (found.kind, found.description) == (kind, description)


def test_missing_values_are_no_values() -> None:
    found = profile(["a", None, "", " NULL ", "b", "a"])
    assert found.codes.tolist() == [0, -1, -1, -1, 1, 0]
    assert (found.n_filled, found.n_distinct, found.filled_share, found.rows_per_value) == (3, 2, 0.5, 1.5)


def test_a_few_bad_values_do_not_hide_that_the_others_are_times() -> None:
    found = profile([f"2024-05-{1 + i % 28:02} 10:00:00" for i in MANY] + ["never", "0000-00-00"])
    assert [form.name for form in found.time_formats] == ["iso"]
    assert np.isnan(found.seconds[-1])
    assert found.seconds[0] == 1_714_557_600


def test_one_date_with_a_day_above_twelve_decides_the_order() -> None:
    found = profile([f"{1 + i % 12:02}/05/2024" for i in MANY] + ["31/05/2024"])
    assert [form.name for form in found.time_formats] == ["%d/%m/%Y"]


def test_milliseconds_among_seconds_leave_it_a_time() -> None:
    found = profile([str(1_700_000_000 + i) for i in MANY] + ["1700000000123"] * 3)
    assert [form.name for form in found.time_formats] == ["s"]
