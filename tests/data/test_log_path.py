"""What is at a path is said: a file, a folder, a pipe, nothing."""

import os
from pathlib import Path

import pytest

from gru4rec_core.data.log_path import require_file
from gru4rec_core.errors import DataError


def test_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("x")
    require_file(tmp_path / "log.csv")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "a folder"),
        (make_pipe, "a pipe"),
        (make_link_to_itself, "too many levels of symbolic links"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: None, "there is no file at this path"),
    ],
)
def test_what_is_there_instead_is_named(tmp_path: Path, make, words: str) -> None:
    path = tmp_path / "log.csv"
    make(path)
    with pytest.raises(DataError) as caught:
        require_file(path)
    assert caught.value.found == words
    assert caught.value.where == str(path)
    assert caught.value.remedy


@pytest.mark.parametrize(("path", "words"), [("x" * 5_000, "file name too long"), ("a\0b", "null")])
def test_impossible_paths_are_refused(path: str, words: str) -> None:
    with pytest.raises(DataError, match="file cannot be read") as caught:
        require_file(Path(path))
    assert words in caught.value.found or caught.value.found == "there is no file at this path"


def test_a_file_of_someone_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv"
    path.write_text("x")
    path.chmod(0)
    if os.geteuid() == 0:  # root may read everything
        monkeypatch.setattr(Path, "open", _refuse)
    with pytest.raises(DataError) as caught:
        require_file(path)
    assert caught.value.found == "permission denied"


def _refuse(*_: object) -> None:
    raise PermissionError(13, "Permission denied")
