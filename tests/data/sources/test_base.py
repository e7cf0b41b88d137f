"""What every kind of source gives."""

import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from gru4rec_core.data.file_format import open_log
from gru4rec_core.data.sources.base import ReadRequest, check_columns, run_query
from gru4rec_core.data.sources.opening import open_source
from gru4rec_core.errors import DataError
from tests.data.logs import FORMATS, Write

ROLES = {"owner": "session", "timestamp": "timestamp", "item": "item"}


def test_a_query_sees_its_block() -> None:
    with duckdb.connect() as connection:
        block = pa.table({"a": [1, 2]})
        assert run_query(connection, block, "SELECT sum(a) AS total FROM block").to_pylist() == [{"total": 3}]


@pytest.mark.parametrize("form", FORMATS)
def test_every_kind_gives_the_same_blocks(form: str, write: Write) -> None:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        source = open_source(open_log(write(FORMATS[form]), "log", "utf-8", 1 << 20), 100, Path(folder))
        columns = source.columns(True)
        assert columns == ["session", "timestamp", "item"]
        assert source.head(True)["item"].tolist() == ["A", "B", "B", "C", "A"]
        (block,) = [block for block in source.blocks(ReadRequest(connection, ROLES, True)) if block.num_rows]
    assert block.column_names == ["place", "owner", "timestamp", "item", "fault", "raw"]
    assert block["owner"].to_pylist() == ["s1", "s1", "s2", "s2", "s2"]
    assert block["fault"].null_count == 5


@pytest.mark.parametrize(
    ("columns", "words"), [(["a", "b", "a"], "same name"), (list(map(str, range(10_001))), "10,001")]
)
def test_columns_have_names_of_their_own_and_are_not_too_many(columns: list[str], words: str) -> None:
    with pytest.raises(DataError) as caught:
        check_columns(columns, "log.csv")
    assert words in str(caught.value)
    check_columns(["a", "A", ""], "log.csv")
