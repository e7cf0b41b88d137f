"""Fields that Arrow reads, and what it leaves to others."""

import random
from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.data.file_format import open_log
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.sources import delimited
from gru4rec_core.data.sources.plain_fields import read_plain_fields
from gru4rec_core.data.text_records import Records, read_records
from tests.data.logs import Write

COLUMNS = {"owner": 0, "timestamp": 1, "item": 2}
PIECES = ["a", "ü", " ", "7", "1700000000", "2024-01-01", "noon", "NA", "null", "\\", ",", ",", ",", "\n", "\r\n", "\r"]


def records_of(path: Path) -> Records:
    return next(read_records(open_log(path, path.name, "utf-8", 10**9)))


def test_rows_keep_their_lines_around_blank_and_uneven_ones(write: Write) -> None:
    path = write("s,1,A\n\nt,2\n  \nu,3,NA\r\n\r\n,,\nv,4,B,C\nnull,5,\\\n")
    fields = read_plain_fields(records_of(path), COLUMNS, 3, ",")
    assert fields is not None
    assert fields.block["place"].to_pylist() == [1, 5, 7, 9]
    assert fields.block["owner"].to_pylist() == ["s", "u", "", "null"]
    assert fields.block["item"].to_pylist() == ["A", "NA", "", "\\"]
    assert fields.others.tolist() == [2, 3, 7]


def test_a_carriage_return_inside_a_line_is_left_to_others(write: Write) -> None:
    assert read_plain_fields(records_of(write("s,1,A\rt,2,B\nu,3,C\n")), COLUMNS, 3, ",") is None


def test_one_column_may_have_several_roles(write: Write) -> None:
    fields = read_plain_fields(records_of(write("s,1\nt,2\n")), {"owner": 0, "item": 0, "timestamp": 1}, 2, ",")
    assert fields is not None
    assert fields.block["item"].to_pylist() == fields.block["owner"].to_pylist() == ["s", "t"]


@pytest.mark.parametrize("seed", range(15))
def test_the_fast_way_and_the_general_way_give_the_same_log(
    seed: int, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = random.Random(seed)
    rows = ["".join(generator.choices(PIECES, k=generator.randint(1, 12))) for _ in range(20)]
    sound = [f"s{n % 3},{1_700_000_000 + n},i{n % 5}" for n in range(20)]
    lines = [line for pair in zip(rows, sound, strict=True) for line in pair]
    path = write("session,time,item\n" + "\n".join(lines[: generator.randint(20, 40)]))
    fast = read_log(path)
    monkeypatch.setattr(delimited, "read_plain_fields", lambda *_: None)
    general = read_log(path)
    assert fast.summary == general.summary
    pd.testing.assert_frame_equal(fast.summary.rejected, general.summary.rejected)
    pd.testing.assert_frame_equal(fast.dataset.df, general.dataset.df)
