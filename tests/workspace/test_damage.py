"""What is said of something damaged: what, since when, and what to do."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gru4rec_core.workspace.damage import (
    Cure,
    Damage,
    DamagedFile,
    describe_check,
    describe_left_out,
    describe_several,
    last_change,
    list_repairable,
)

SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def damaged(cure: Cure, lost: str = "") -> Damage:
    return Damage("run", "bpr-1", "bpr, seed 0", Path(), (DamagedFile("metrics.json", "is empty", SINCE),), cure, lost)


def test_it_is_named_with_its_files_and_since_when() -> None:
    title, file, _ = damaged("now").sentences
    assert title == "Run bpr, seed 0 is damaged."
    assert file.startswith("metrics.json is empty, since 2026-03-01 12:00 UTC (")


@pytest.mark.parametrize(
    ("cure", "lost", "said"),
    [
        ("now", "", "Repair makes it again from undamaged files."),
        ("now", "The curve is lost.", "The curve is lost."),
        ("job", "", "Repair tests the trained model again, with the same result."),
        ("train", "", "Its weights are gone, and every checkpoint is damaged or missing: train the model again."),
        (
            "",
            "",
            "It cannot be repaired: restore it from a copy, or remove the run and train it again.",
        ),
    ],
)
def test_what_to_do_follows_from_the_cure(cure: Cure, lost: str, said: str) -> None:
    assert damaged(cure, lost).cure_sentence == said


def test_several_are_named_in_one_line_of_a_readable_length() -> None:
    one, long = damaged("now"), Damage("dataset", "d", "x" * 200, Path(), (), "now")
    first = "3 things here are damaged: run bpr, seed 0; run bpr, seed 0; dataset xxx"
    assert describe_several([one, one, long]).startswith(first)
    assert describe_several([one, one, long]).endswith("x….")
    assert len(describe_several([long] * 9)) < 200
    assert describe_several([one] * 6).endswith("; run bpr, seed 0; and 3 more.")


def test_what_a_check_found_is_a_sentence() -> None:
    assert describe_check([], 40) == "Nothing in the workspace is damaged (40 things checked)."
    assert describe_check([damaged("now")], 40) == "1 of 40 things checked is damaged."
    assert describe_check([damaged("now")] * 2, 40) == "2 of 40 things checked are damaged."


def test_what_others_are_made_from_is_repaired_first() -> None:
    job, lost, now = damaged("job"), damaged(""), damaged("now")
    assert list_repairable([job, lost, damaged("train"), now]) == [now, job]


def test_left_out_runs_are_named() -> None:
    assert describe_left_out([]) == ""
    assert describe_left_out(["a"]) == "a is damaged and left out."
    assert describe_left_out(["a", "b"]) == "a and b are damaged and left out."


def test_a_file_that_is_gone_is_as_old_as_its_folder(tmp_path: Path) -> None:
    os.utime(tmp_path, (SINCE.timestamp(), SINCE.timestamp()))
    assert last_change(tmp_path / "gone" / "metrics.json") == SINCE
