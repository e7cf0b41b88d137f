"""Which files a pattern names."""

from pathlib import Path

import pytest

from gru4rec_core.data.sources.file_listing import list_files
from gru4rec_core.errors import DataError
from tests.data.sources.small_s3 import running_s3

NAMES = ["a.parquet", "b.csv", "10.parquet", "sub/c.parquet", "sub/deep/d.parquet", "_SUCCESS", ".hidden/e.parquet",
         "sub/_metadata", "day=2/f.parquet"]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / name).write_text(name)
    return tmp_path / "logs"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", ["10.parquet", "a.parquet", "b.csv", "day=2/f.parquet", "sub/c.parquet", "sub/deep/d.parquet"]),
        ("/", ["10.parquet", "a.parquet", "b.csv", "day=2/f.parquet", "sub/c.parquet", "sub/deep/d.parquet"]),
        ("/*.parquet", ["10.parquet", "a.parquet"]),
        ("/*/*.parquet", ["day=2/f.parquet", "sub/c.parquet"]),
        ("/**/*.parquet", ["10.parquet", "a.parquet", "day=2/f.parquet", "sub/c.parquet", "sub/deep/d.parquet"]),
        ("/sub/**", ["sub/c.parquet", "sub/deep/d.parquet"]),
        ("/[ab].*", ["a.parquet", "b.csv"]),
        ("/[!a].csv", ["b.csv"]),
        ("/?.csv", ["b.csv"]),
        ("/day=*/f.parquet", ["day=2/f.parquet"]),
        ("/b.csv", ["b.csv"]),
    ],
)
def test_a_pattern_names_files_in_order(pattern: str, expected: list[str], folder: Path) -> None:
    assert [file.path for file in list_files(f"{folder}{pattern}").files] == [f"{folder}/{name}" for name in expected]
    at_address = list_files(f"file://{folder}{pattern}").files
    assert [file.path for file in at_address] == [f"{folder}/{name}" for name in expected]


def test_a_pattern_may_be_relative(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert [file.name for file in list_files("*.csv").files] == ["b.csv"]
    assert [file.name for file in list_files("sub/*.parquet").files] == ["sub/c.parquet"]


def test_what_exists_is_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "logs [2024]"
    folder.mkdir()
    (folder / "a.csv").write_text("a")
    for pattern in ("", "/", "/*.csv", "/a.csv"):
        assert [file.path for file in list_files(f"{folder}{pattern}").files] == [f"{folder}/a.csv"]


def test_a_file_is_listed_once_whatever_links_there_are(folder: Path) -> None:
    expected = [file.path for file in list_files(str(folder)).files]
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "1-latest.csv").symlink_to(folder / "b.csv")
    assert [file.path for file in list_files(str(folder)).files] == expected
    assert [file.name for file in list_files(f"{folder}/1*.csv").files] == [f"{folder}/1-latest.csv"]
    assert len(list_files(f"{folder}/sub/up/*.csv").files) == 1


def test_an_object_store_is_listed_alike(folder: Path) -> None:
    with running_s3(folder) as s3:
        found = list_files(s3.url("sub/**/*.parquet", "anonymous@")).files
        assert [file.name for file in found] == ["s3://logs/sub/c.parquet", "s3://logs/sub/deep/d.parquet"]
        assert set(s3.authorizations) == {None}


def test_folders_of_keys_and_values_are_read(tmp_path: Path) -> None:
    path = tmp_path / "date=2024-05-01" / "shop=a%20b" / "hour=__HIVE_DEFAULT_PARTITION__" / "x.csv"
    path.parent.mkdir(parents=True)
    path.write_text("a")
    (file,) = list_files(str(tmp_path)).files
    assert file.partitions == {"date": "2024-05-01", "shop": "a b", "hour": None}


@pytest.mark.parametrize("pattern", ["nothing", "*.nothing", "nothing/*.csv"])
def test_a_pattern_without_files_is_refused(pattern: str, folder: Path) -> None:
    with pytest.raises(DataError, match="no file in this folder"):
        list_files(f"{folder}/{pattern}")


def test_an_address_that_cannot_be_read_says_so_without_the_key() -> None:
    with pytest.raises(DataError, match="object store could not be read") as raised:
        list_files("s3://key:geheim@bucket/a?nonsense=1")
    assert "geheim" not in str(raised.value)
