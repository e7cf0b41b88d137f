"""Which rows stand for a file."""

import gzip
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gru4rec_core.data.file_format import LogFile, open_log
from gru4rec_core.data.file_sample import PIECE_BYTES, sample_file
from tests.data.logs import Write

N = 400_000
LINES = "line\n" + "".join(f"{i}\n" for i in range(N))


def log(path: Path, encoding: str = "utf-8") -> LogFile:
    return open_log(path, path.name, encoding, 1 << 30)


def sampled(file: LogFile, encoding: str = "utf-8", head: int = 1 << 16, n_pieces: int = 6) -> list[int]:
    """The numbers in the sample's lines."""
    with sample_file(file, head, n_pieces) as sample, sample.open() as reader:
        return [int(line) for line in reader.read(1 << 30).decode(encoding).splitlines()[1:]]


def test_a_small_file_is_its_own_sample(write: Write) -> None:
    file = log(write("line\n1\n"))
    with sample_file(file) as sample:
        assert sample is file


def test_whole_lines_from_head_middle_and_end(write: Write) -> None:
    found = sampled(log(write(LINES)), n_pieces=2)
    assert found[0] == 0
    assert found[-1] == N - 1
    assert set(found) <= set(range(N))  # a line cut in two would be another number
    breaks = [(a, b) for a, b in pairwise(found) if b != a + 1]
    assert len(breaks) == 2
    assert N / 3 < breaks[1][0] < 2 * N / 3
    assert len(found) < len(LINES) / 7 / 3


def test_no_more_than_the_head_on_request(write: Write) -> None:
    found = sampled(log(write(LINES)), n_pieces=0)
    assert found == list(range(len(found)))
    assert 0 < len(found) < 1 << 14


def test_a_packed_file_gives_its_head_unpacked(write: Write) -> None:
    file = log(write(gzip.compress(LINES.encode(), 1), "log.csv.gz"))
    found = sampled(file)
    assert found == list(range(len(found)))
    assert 0 < len(found) < 1 << 14


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_characters_are_cut_at_line_ends(encoding: str, write: Write) -> None:
    found = sampled(log(write(LINES.encode(encoding)), encoding), encoding, head=(1 << 16) + 1)
    assert found == list(range(len(found)))
    assert len(found) > 1_000


def test_what_is_no_text_further_down_is_left_to_the_reader(write: Write) -> None:
    content = b"line\n" + b"1\n" * PIECE_BYTES + b"\xff\x00\n" * PIECE_BYTES
    with sample_file(log(write(content)), 1 << 16) as sample:
        sample.path.read_text(encoding="utf-8")


def test_parquet_gives_rows_of_several_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    table = pa.table({"n": pa.array(range(N)), "t": pa.array([f"text {i % 9}" for i in range(N)])})
    pq.write_table(table, path, row_group_size=N // 4)
    with sample_file(log(path), 1 << 10) as sample:
        rows = pq.read_table(sample.path)
    assert {n // (N // 4) for n in rows["n"].to_pylist()} == {0, 1, 2, 3}
    assert rows.num_rows == 80_000
    assert rows.schema.types == [pa.int64(), pa.string()]


def test_broken_parquet_is_its_own_sample(write: Write) -> None:
    file = log(write(b"PAR1" + bytes(1 << 16), "log.parquet"))
    with sample_file(file, 1 << 10) as sample:
        assert sample is file
