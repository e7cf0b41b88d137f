"""Bombs and logs that are too long are refused by their beginning."""

import gzip
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from gru4rec_core.data import preview
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.size_estimates import SURE_BYTES, SURE_ROWS, check_bytes, check_rows
from gru4rec_core.errors import DataError
from tests.data.logs import Write, parquet_bytes

GB = 1_000_000_000


def test_a_packed_file_is_refused_by_its_ratio() -> None:
    with pytest.raises(DataError, match=r"about 1\.3 GB unpacked from 200 MB \(7 times") as caught:
        check_bytes(SURE_BYTES, 10_000_000, 200_000_000, limit=GB, name="log.gz")
    assert "--any-size" in caught.value.remedy
    check_bytes(SURE_BYTES, 10_000_000, 100_000_000, limit=GB, name="log.gz")  # 0.7 GB
    check_bytes(SURE_BYTES - 1, 10_000_000, 200_000_000, limit=GB, name="log.gz")  # not sure yet
    check_bytes(SURE_BYTES, 10_000_000, 10_000_000_000, limit=GB, name="log.gz")


def test_what_has_too_many_bytes_already_needs_no_estimate() -> None:
    with pytest.raises(DataError, match=r"at most 1e-06 GB"):
        check_bytes(1_001, 1_000, 1_000, limit=1_000, name="log.gz")


def test_rows_are_estimated_where_the_size_is_known() -> None:
    with pytest.raises(DataError, match=r"about 50,000,000, judged by the first 1,000,000"):
        check_rows(SURE_ROWS, 20, 1_000, limit=10_000_000, name="log.csv")
    check_rows(SURE_ROWS, 200, 1_000, limit=10_000_000, name="log.csv")
    check_rows(SURE_ROWS - 1, 20, 1_000, limit=10_000_000, name="log.csv")
    check_rows(SURE_ROWS, 20, 0, limit=10_000_000, name="a database")
    with pytest.raises(DataError, match="Found: more"):
        check_rows(3, 1, 1_000, limit=2, name="log.csv")


def test_a_bomb_is_refused_long_before_its_end(tmp_path: Path) -> None:
    rows = b"".join(b"s%d,%d,A\n" % (n // 4, 1_700_000_000 + n) for n in range(100_000))
    piece = gzip.compress(rows, 1)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"session,timestamp,item\n") + piece * 200)  # 20 million rows
    seen: list[int] = []
    with pytest.raises(
        DataError, match=r"at most 5,000,000 rows.*about \d\d,\d\d\d,\d\d\d, judged by the first"
    ) as caught:
        read_log(path, None, lambda done, total: seen.append(done), limits=ReadLimits(rows=5_000_000))
    assert "--any-size" in caught.value.remedy
    assert seen[-1] < path.stat().st_size / 4
    with pytest.raises(DataError, match=r"at most 0\.2 GB"):
        read_log(path, limits=ReadLimits(unpacked_bytes=200_000_000))


def test_any_size_reads_what_is_over_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"session,timestamp,item\n" + b"s,1700000000,A\ns,1700000001,A\n" * 25))
    limits = ReadLimits(rows=10, unpacked_bytes=100)
    with pytest.raises(DataError):
        read_log(path, limits=limits)
    assert read_log(path, limits=limits, options=ReadingOptions(any_size=True)).dataset.n_events == 50


def test_any_size_is_looked_at_too(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(parquet_bytes(pa.table({"session": ["a"] * 9, "timestamp": range(9), "item": list("abcabcabc")})))
    monkeypatch.setattr(preview, "ReadLimits", partial(ReadLimits, rows=8))
    with pytest.raises(DataError, match="at most 8 rows"):
        inspect_log(path)
    assert len(inspect_log(path, options=ReadingOptions(any_size=True)).rows) == 9
