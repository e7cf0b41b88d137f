"""One person may keep so much; what was deleted counts no more."""

from pathlib import Path

import pytest

from gru4rec_core.access.quota import bytes_kept, note_owner, require_quota
from gru4rec_core.errors import DataError


def upload(root: Path, who: str, name: str, size: int) -> Path:
    note_owner(root, who, name, size)
    (root / "uploads" / name).touch()
    return root / "uploads" / name


def test_what_one_person_keeps_is_limited_and_says_what_to_do(tmp_path: Path) -> None:
    upload(tmp_path, "ada", "a" * 64, 600)
    upload(tmp_path, "ada", "a" * 64, 600)  # the same file again
    kept = upload(tmp_path, "ada", "b" * 64, 300)
    upload(tmp_path, "eve", "c" * 64, 9_000)
    assert bytes_kept(tmp_path, "ada") == 900
    require_quota(tmp_path, "ada", 100, limit=1_000)
    with pytest.raises(DataError, match=r"1 kB .*yours take 900 bytes, and this one takes 101 bytes.*delete"):
        require_quota(tmp_path, "ada", 101, limit=1_000)
    kept.unlink()
    require_quota(tmp_path, "ada", 101, limit=1_000)
    require_quota(tmp_path, "new", 1_000, limit=1_000)


def test_a_refusal_names_what_can_be_freed_and_how(tmp_path: Path) -> None:
    upload(tmp_path, "ada", "a" * 64, 600)
    upload(tmp_path, "ada", "b" * 64, 300)
    unneeded = ["b" * 64, "c" * 64]
    with pytest.raises(DataError, match=r"900 bytes, 300 bytes of it in .*, and this .*Discard .*a day.*Ask an admin"):
        require_quota(tmp_path, "ada", 101, limit=1_000, unneeded=unneeded)
    with pytest.raises(DataError) as refusal:
        require_quota(tmp_path, "ada", 101, limit=1_000, unneeded=["a" * 64, *unneeded])
    assert "admin" not in str(refusal.value)


def test_a_damaged_line_counts_nothing(tmp_path: Path) -> None:
    upload(tmp_path, "ada", "a" * 64, 600)
    with (tmp_path / "uploads" / "owners.jsonl").open("a") as file:
        file.write("{\n[]\n")
    assert bytes_kept(tmp_path, "ada") == 600


def test_a_line_that_a_full_disk_cut_costs_no_other(tmp_path: Path) -> None:
    upload(tmp_path, "ada", "a" * 64, 600)
    with (tmp_path / "uploads" / "owners.jsonl").open("ab") as file:
        file.write(b'{"who": "ada", "sha256": "bbbb \xff')
    upload(tmp_path, "ada", "c" * 64, 300)
    assert bytes_kept(tmp_path, "ada") == 900
