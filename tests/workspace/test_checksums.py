"""A folder's checksums tell how a file differs, and keep the text of the small ones."""

import json
from pathlib import Path

import pytest

from gru4rec_core.workspace.checksums import (
    FILE,
    LARGEST_COPY,
    find_difference,
    kept_text,
    read_checksums,
    restore_text,
    write_checksums,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "record.json").write_text('{"name": "Ünïcode"}\n', encoding="utf-8")
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "numbers.npy").write_bytes(bytes(range(100)))
    for name in ("state.json", "log.txt", "run.lock", "reserve", ".new-1-x.json"):
        (tmp_path / name).write_text("changes", encoding="utf-8")
    write_checksums(tmp_path)
    return tmp_path


def test_all_files_have_a_sum_but_those_that_change(folder: Path) -> None:
    assert list(read_checksums(folder)) == ["part/numbers.npy", "record.json"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (bytes(range(100)), ""),
        (bytes(range(50)), "is cut short (50 of 100 bytes)"),
        (b"", "is empty"),
        (bytes(range(99, -1, -1)), "is not what was written"),
        (bytes(101), "is not what was written"),
    ],
)
def test_a_difference_is_told_in_words(folder: Path, content: bytes, what: str) -> None:
    path = folder / "part" / "numbers.npy"
    path.write_bytes(content)
    assert find_difference(path, read_checksums(folder)["part/numbers.npy"]) == what


def test_a_small_text_comes_back_letter_by_letter(folder: Path) -> None:
    before = (folder / "record.json").read_bytes()
    (folder / "record.json").unlink()
    assert restore_text(folder, "record.json")
    assert (folder / "record.json").read_bytes() == before
    assert not restore_text(folder, "part/numbers.npy")


def test_a_large_text_is_not_kept(folder: Path) -> None:
    (folder / "large.json").write_text('"' + "x" * LARGEST_COPY + '"', encoding="utf-8")
    write_checksums(folder, ["large.json"])
    assert kept_text(folder, "large.json") is None
    assert set(read_checksums(folder)) == {"record.json", "part/numbers.npy", "large.json"}


def test_a_kept_text_that_was_changed_is_not_used(folder: Path) -> None:
    path = folder / FILE
    path.write_text(path.read_text(encoding="utf-8").replace("code", "kode"), encoding="utf-8")
    assert kept_text(folder, "record.json") is None


def test_a_file_that_is_gone_loses_its_sum_when_it_is_named(folder: Path) -> None:
    (folder / "record.json").unlink()
    write_checksums(folder, ["record.json"])
    assert list(read_checksums(folder)) == ["part/numbers.npy"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": []}', '{"files": {"a": {"bytes": 1}}}'])
def test_damaged_checksums_are_none(folder: Path, content: str) -> None:
    (folder / FILE).write_text(content, encoding="utf-8")
    assert read_checksums(folder) == {}


@pytest.mark.parametrize("size", ['"many"', "1e999", "NaN"])
def test_a_size_that_is_no_number_makes_them_none(folder: Path, size: str) -> None:
    (folder / FILE).write_text(f'{{"files": {{"a": {{"sha256": "", "bytes": {size}}}}}}}', encoding="utf-8")
    assert read_checksums(folder) == {}


@pytest.mark.parametrize("name", ["/etc/precious.npy", "../precious.npy", "part/../../precious.npy"])
def test_no_sum_names_a_file_outside_its_folder(folder: Path, name: str) -> None:
    """A workspace that came from others is repaired, too: what its sums name may be removed."""
    values = json.loads((folder / FILE).read_text(encoding="utf-8"))
    known = dict(values["files"])
    values["files"][name] = {"sha256": "", "bytes": 0}
    (folder / FILE).write_text(json.dumps(values), encoding="utf-8")
    assert set(read_checksums(folder)) == set(known)
