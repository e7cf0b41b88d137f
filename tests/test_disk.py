"""What the system says of a full or closed disk becomes a message that says what to do."""

import errno
import os
import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core import disk
from gru4rec_core.errors import DiskError, DiskFull

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """3 MB are free."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100, 97, 3_000_000))


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "Your quota on this disk is used up."),
        (OSError("Not enough free space to write 24000000 bytes after offset 128"), "The disk is full."),
        (OSError("3000000 requested and 12 written"), "The disk is full."),
        (RuntimeError("IO Error: Could not write file: No space left on device"), "The disk is full."),
    ],
)
def test_a_full_disk_is_told_with_what_was_written_and_what_is_free(
    nearly_full: None, tmp_path: Path, error: Exception, rule: str
) -> None:
    with pytest.raises(DiskFull) as raised, disk.plain_errors(tmp_path / "weights.npz", 24_000_000):
        raise error
    assert raised.value.rule == rule
    assert raised.value.found == "3 MB free while weights.npz was being written, which takes 24 MB"
    assert raised.value.where == str(tmp_path / "weights.npz")
    assert "Delete what is no longer needed" in raised.value.remedy


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_closed_disk_is_told_and_is_not_called_full(tmp_path: Path, number: int) -> None:
    with pytest.raises(DiskError) as raised, disk.plain_errors(tmp_path / "state.json"):
        raise OSError(number, "closed by somebody")
    assert not isinstance(raised.value, DiskFull)
    assert raised.value.found == f"{os.strerror(number)} while state.json was being written"
    assert "You can still look at a read-only workspace" in raised.value.remedy


def test_any_other_error_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), disk.plain_errors(tmp_path):
        (tmp_path / "gone").read_text()
    with pytest.raises(ValueError, match="fixed"), disk.plain_errors(tmp_path):
        raise ValueError("fixed")


def test_work_that_does_not_fit_is_refused_before_it_begins(nearly_full: None, tmp_path: Path) -> None:
    with pytest.raises(DiskFull) as raised:
        disk.require_room(tmp_path / "not there yet", 120_000_000, "To train 2 runs")
    assert raised.value.found == "To train 2 runs takes about 120 MB, 10 MB must stay free, and 3 MB are free"
    with pytest.raises(DiskFull):  # it would fit, but nothing else would
        disk.require_room(tmp_path, 1, "A byte")


def test_work_that_fits_goes_on(tmp_path: Path) -> None:
    disk.require_room(tmp_path, 1, "A byte")


def test_a_folder_is_as_large_as_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    np.save(tmp_path / "deep" / "er" / "a.npy", np.zeros(100, np.int8))
    (tmp_path / "b.txt").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("/dev/zero")
    size = (tmp_path / "deep" / "er" / "a.npy").stat().st_size
    assert disk.folder_size(tmp_path) == size + 5 + len("/dev/zero")
    assert disk.folder_size(tmp_path / "b.txt") == 5
    assert disk.folder_size(tmp_path / "gone") == 0
