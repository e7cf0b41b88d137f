"""A file is compared with its checksum where that is known, and read where it is not."""

from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.storage import save_array, write_json, write_text
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.file_checks import open_folder

NAMES = ("numbers.npy", "info.json", "epochs.jsonl", "note.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_array(tmp_path / "numbers.npy", np.arange(5))
    write_json(tmp_path / "info.json", {"a": 1})
    write_text(tmp_path / "epochs.jsonl", '{"epoch": 1}\n')
    write_text(tmp_path / "note.txt", "hello")
    write_checksums(tmp_path, NAMES)
    return tmp_path


@pytest.mark.parametrize("thorough", [False, True])
def test_files_that_are_as_they_were_written_are_not_named(folder: Path, thorough: bool) -> None:
    assert open_folder(folder, thorough).check(NAMES) == []


@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize(
    ("name", "content", "read", "compared"),
    [
        ("numbers.npy", b"", "is empty", "is empty"),
        ("numbers.npy", b"\x93NUMPY", "cannot be read", "is cut short (6 of 168 bytes)"),
        ("info.json", b"[1]", "cannot be read", "is cut short (3 of 13 bytes)"),
        ("epochs.jsonl", b'{"other": 1}\n', "cannot be read", "is not what was written"),
        ("info.json", b'{"a": 2.000}\n', "", "is not what was written"),  # it can be read all the same
        ("note.txt", b"HELLO", "", "is not what was written"),  # nobody reads it
    ],
)
def test_a_damaged_file_says_what_is_wrong_with_it(
    folder: Path, name: str, content: bytes, read: str, compared: str, thorough: bool
) -> None:
    (folder / name).write_bytes(content)
    said = [file.what for file in open_folder(folder, thorough).check(NAMES)]
    assert said == [one for one in [compared if thorough else read] if one]


@pytest.mark.parametrize("thorough", [False, True])
def test_a_file_that_is_gone_is_missing(folder: Path, thorough: bool) -> None:
    (folder / "info.json").unlink()
    (found,) = open_folder(folder, thorough).check(NAMES)
    assert (found.name, found.what) == ("info.json", "is missing")


def test_what_people_rewrite_is_read_and_not_compared(folder: Path) -> None:
    write_json(folder / "item_names.json", {"a": "Apple"})
    write_checksums(folder, ["item_names.json"])
    write_json(folder / "item_names.json", {"a": "Pear"})
    assert open_folder(folder, True).check(["item_names.json"]) == []
