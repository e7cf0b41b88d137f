"""Damaged files of every format: refused in words, or read as a plain reader reads them; never another exception."""

from collections import Counter
from pathlib import Path

import pytest

from gru4rec_core.workspace.child_process import CallLimits, run_apart
from tests.data.mutations import SEEDS, check_files, mutate, plain_events

N_QUICK, N_LONG, CHUNK = 100, 10_000, 250


def test_the_plain_reader_reads_the_good_files() -> None:
    for kind, content in SEEDS.items():
        events = plain_events(content)
        assert events is not None
        assert events.total() == 60, kind


def test_a_seed_always_damages_a_file_alike() -> None:
    seeds = [seed for seed in range(50) if mutate(seed)[0] not in ("zip", "gzip")]  # these hold the time of packing
    assert [mutate(seed) for seed in seeds] == [mutate(seed) for seed in seeds]


def test_damaged_files_are_refused_or_read_right(tmp_path: Path) -> None:
    counts = check_files(0, N_QUICK, str(tmp_path))
    assert counts["accepted"] + counts["refused"] == N_QUICK
    assert counts["accepted"] * 3 >= N_QUICK, counts
    assert counts["recounted"] * 4 >= N_QUICK, counts


@pytest.mark.fuzz
def test_ten_thousand_damaged_files_are_refused_or_read_right(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    for first in range(0, N_LONG, CHUNK):  # in another process: one that dies is told by its chunk
        counts += run_apart(
            check_files, first, CHUNK, str(tmp_path), what=f"files from {first}", limits=CallLimits(600, 2_000_000_000)
        )
    assert counts["accepted"] + counts["refused"] == N_LONG
    assert counts["accepted"] * 3 >= N_LONG, counts
    assert counts["recounted"] * 3 >= N_LONG, counts
