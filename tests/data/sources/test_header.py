"""A table's first row: names or values, and what the columns are called."""

import pytest

from gru4rec_core.data.sources.header import is_header, name_columns
from gru4rec_core.errors import DataError


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("session timestamp item", True),
        ("wer wann was", True),
        ("user 1 2 3", True),
        ("SessionId Time 2024-01-01", True),
        ("1 2014-04-07T10:51:09.277Z 214536502 0", False),
        ("user_000001 2009-05-04T23:08:57Z f1b1cf71-bd35-4e99-8624-24a6e15f133a Deep", False),
        ("1 1193 5 978300760", False),
        ("s1 10.5 A", False),
        ("anna 31/12/2024 tea", False),
    ],
)
def test_a_header_has_a_usual_name_or_no_value(row: str, expected: bool) -> None:
    assert is_header(row.split()) is expected


def test_columns_without_a_name_are_called_by_their_number() -> None:
    assert name_columns([" a ", "", "b"], True, "log.csv") == ["a", "column 2", "b"]
    assert name_columns(["a", "b"], False, "log.csv") == ["column 1", "column 2"]
    with pytest.raises(DataError, match=r"same name.*b"):
        name_columns(["b", "a", "b"], True, "log.csv")
