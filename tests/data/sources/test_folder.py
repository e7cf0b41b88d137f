"""Several files as one log."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.data.locations import FolderLog
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.errors import DataError
from gru4rec_core.workspace.dataset_files import hash_content
from tests.data.logs import CSV, ROWS, Write, sessions
from tests.data.sources.small_s3 import running_s3

COLUMNS = ["session", "timestamp", "item"]
WriteLog = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "logs"
    path.mkdir()
    return path


@pytest.fixture
def write_log(folder: Path) -> WriteLog:
    """Writes rows to a file of the folder, in the form that its name says."""

    def write(name: str, rows: list[Any], columns: list[str] = COLUMNS) -> None:
        frame, path = pd.DataFrame(rows, columns=pd.Index(columns)), folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(path) if name.endswith(".parquet") else frame.to_csv(path, index=False)

    return write


def read(pattern: Path | str, **more: Any) -> ImportedLog:
    return read_log(FolderLog(str(pattern)), **more)


@pytest.mark.parametrize("ending", ["csv", "parquet", "csv.gz"])
def test_a_log_in_parts_is_the_log(ending: str, folder: Path, write_log: WriteLog, write: Write) -> None:
    write_log(f"part-2.{ending}", ROWS[3:])
    write_log(f"part-1.{ending}", ROWS[:3])
    log = read(folder)
    assert hash_content(log.dataset) == hash_content(read_log(write(CSV)).dataset)
    assert log.summary.rows_read == 5
    assert log.summary.format.endswith(", 2 files")
    assert log.summary.location == {"folder": str(folder), "files": "2"}
    assert log.summary.size == sum(path.stat().st_size for path in folder.iterdir())


def test_folders_of_keys_and_values_are_columns(folder: Path, write_log: WriteLog) -> None:
    write_log("date=2024-05-01/a.parquet", [("s1", "A"), ("s1", "B")], ["session", "item"])
    write_log("date=2024-05-02/a.parquet", [("s1", "C"), ("s2", "A")], ["session", "item"])
    preview = inspect_log(FolderLog(str(folder)))
    assert preview.columns == ("session", "item", "date")
    assert preview.rows["date"].tolist() == ["2024-05-01"] * 2
    log = read(folder)
    assert log.summary.columns["timestamp"] == "date"
    assert sessions(log) == {"s1": ["A", "B", "C"], "s2": ["A"]}
    views = ColumnMapping("session", "date", "item", event_column="date", keep_events=("2024-05-01",))
    assert read(folder, mapping=views).summary.rows_filtered == 2


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_rejected_rows_name_their_file_and_the_place_in_it(ending: str, folder: Path, write_log: WriteLog) -> None:
    write_log(f"1.{ending}", [("s1", 1, "A"), ("s1", 2, "B"), (None, 3, "C")])
    write_log(f"2.{ending}", [("s1", 3, "A")])
    write_log(f"3.{ending}", [("s1", 4, "A"), ("s1", 5, None)])
    log = read(folder)
    header = 1 if ending == "csv" else 0
    expected = [(f"{folder}/1.{ending}", 3 + header, "no session"), (f"{folder}/3.{ending}", 2 + header, "no item")]
    rows = log.summary.rejected[["file", "place", "reason"]].itertuples(index=False, name=None)
    assert sorted(rows) == expected
    assert sessions(log) == {"s1": ["A", "B", "A", "A"]}


def test_an_error_about_a_row_names_its_file(folder: Path, write_log: WriteLog) -> None:
    write_log("1.csv", [("s1", 1, None)])
    write_log("2.csv", [("s1", 1, None)])
    with pytest.raises(DataError, match="No row can be used as an event") as raised:
        read(folder)
    assert raised.value.where.startswith(f"{folder}/1.csv, line 2")


@pytest.mark.parametrize(
    ("other", "columns", "what"),
    [
        ([("s1", 5, "A", 1)], [*COLUMNS, "price"], "price"),
        ([("A", 5, "s1")], ["item", "timestamp", "session"], "item, timestamp, session"),
        ([("s1", "2024-05-01", "A")], COLUMNS, "timestamp: text"),
        ([("s1", pd.Timestamp("2024-05-01"), "A")], COLUMNS, "timestamp: dates"),
    ],
)
def test_files_that_differ_are_named(
    other: list[Any], columns: list[str], what: str, folder: Path, write_log: WriteLog
) -> None:
    write_log("1.parquet", ROWS)
    write_log("2.parquet", other, columns)
    with pytest.raises(DataError, match="have the same") as raised:
        inspect_log(FolderLog(str(folder)))
    assert f"{folder}/1.parquet" in raised.value.found
    assert f"{what} in {folder}/2.parquet" in raised.value.found


def test_files_of_another_form_are_named(folder: Path, write_log: WriteLog) -> None:
    write_log("1.csv", ROWS)
    (folder / "README.md").write_text("# What this is\n\nLogs of the shop.\n")
    with pytest.raises(DataError, match="same columns") as raised:
        read(folder)
    assert "README.md" in raised.value.found


def test_a_folder_in_only_one_of_the_files_is_a_difference(folder: Path, write_log: WriteLog) -> None:
    write_log("day=1/1.csv", ROWS)
    write_log("day=2/1.csv", ROWS)
    write_log("month=1/1.csv", ROWS)
    with pytest.raises(DataError, match=r"day in .*but month in"):
        read(folder)


def test_progress_ends_at_the_size_of_all_files(folder: Path, write_log: WriteLog) -> None:
    for i in range(3):
        write_log(f"{i}.parquet", ROWS)
    seen: list[tuple[int, int]] = []
    read(folder, on_progress=lambda *step: seen.append(step))
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_limits_hold_for_all_files_together(folder: Path, write_log: WriteLog) -> None:
    for i in range(3):
        write_log(f"{i}.csv", ROWS)
    with pytest.raises(DataError, match="at most 12 rows"):
        read(folder, limits=ReadLimits(rows=12))


def test_files_without_a_header_are_read_as_the_user_says(folder: Path) -> None:
    (folder / "1.csv").write_text("anna,noon,tea\nanna,1,tea\n")
    (folder / "2.csv").write_text("bob,noon,tea\nbob,1,milk\nanna,2,milk\n")
    columns = ColumnMapping("column 1", "column 2", "column 3", has_header=False)
    assert sessions(read(folder, mapping=columns)) == {"anna": ["tea", "milk"], "bob": ["milk"]}
    assert inspect_log(FolderLog(str(folder)), has_header=False).columns == ("column 1", "column 2", "column 3")


def test_numbers_that_stand_for_times_go_on_from_file_to_file(folder: Path) -> None:
    (folder / "1.csv").write_text("user,item1,item2\nu1,a1,a2\nu2,b1,\n")
    (folder / "2.csv").write_text("user,item1,item2\nu1,z1,z2\n")
    log = read(folder)
    assert sessions(log) == {"u1": ["a1", "a2", "z1", "z2"], "u2": ["b1"]}
    assert log.dataset.timestamps.tolist() == [0, 1, 3, 4, 2]


def test_sessions_without_names_are_one_file(folder: Path) -> None:
    for i in range(2):
        (folder / f"{i}.txt").write_text("1 2 3\n2 3 4\n" * 5)
    with pytest.raises(DataError, match="cannot be read as a folder"):
        read(folder)


def test_an_object_store_is_read_with_the_credentials_of_the_environment(
    folder: Path, write_log: WriteLog, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log("day=1/1.parquet", ROWS[:3])
    (folder / "day=2").mkdir()
    write_log("day=2/1.parquet", ROWS[3:])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KEYID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    expected = hash_content(read_log(write(CSV)).dataset)
    with running_s3(folder) as s3:
        log = read(s3.url("day=*/*.parquet"))
        assert hash_content(log.dataset) == expected
        assert log.summary.file == "s3://logs/day=*/*.parquet"
        assert all(header and "KEYID" in header for header in s3.authorizations)
        s3.authorizations.clear()
        assert hash_content(read(s3.url("", "anonymous@")).dataset) == expected
        assert set(s3.authorizations) == {None}


def test_a_packed_file_from_a_store_is_unpacked_within_its_limit(folder: Path) -> None:
    (folder / "log.csv.gz").write_bytes(gzip.compress(CSV.encode() + b"s3,1,A\n" * 10_000))
    with running_s3(folder) as s3:
        assert read(s3.url("log.csv.gz", "anonymous@")).summary.rows_read == 10_005
        with pytest.raises(DataError, match="may hold at most"):
            read(s3.url("log.csv.gz", "anonymous@"), limits=ReadLimits(unpacked_bytes=10_000))


def test_a_store_without_the_bucket_says_so(folder: Path) -> None:
    with running_s3(folder) as s3, pytest.raises(DataError, match=r"no file in this folder|object store"):
        read(s3.url("x", "anonymous@").replace("/logs/", "/nothing/").replace("@logs", "@nothing"))
