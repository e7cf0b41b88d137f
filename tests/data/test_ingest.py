"""Reading and previewing a whole file."""

import gzip
import hashlib
from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.data import ingest
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.sessions import SessionDataset
from tests.data.logs import CSV, FORMATS, Write, sessions


def test_the_callers_data_frame_route_and_the_file_route_agree(write: Write) -> None:
    frame = pd.DataFrame({
        "session": ["b", "a", "b", "a", "c"], "timestamp": [5, 3, 1, 3, 2], "item": ["x", "y", "z", "w", "x"]
    })  # fmt: skip
    log = read_log(write(frame.to_csv(index=False)))
    expected = SessionDataset(frame)
    for i, name in enumerate(expected.session_ids):
        assert sessions(log)[name] == expected.extract_session(i, one_hot_encoded=False)


def test_progress_ends_at_the_size_of_the_file(write: Write) -> None:
    for content in (CSV.encode(), gzip.compress(CSV.encode()), FORMATS["Parquet"]):
        seen: list[tuple[int, int]] = []
        path = write(content)
        read_log(path, on_progress=lambda done, total, seen=seen: seen.append((done, total)))
        assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_the_real_log(real_log: Path) -> None:
    log = read_log(real_log)
    assert (log.dataset.n_events, log.dataset.n_sessions, log.dataset.n_items) == (160_432, 18_984, 217)
    assert sum(log.summary.rejected_counts.values()) == 0
    assert log.summary.time_unit == "s"


def test_a_file_is_hashed_once_or_not_at_all(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(CSV)
    assert read_log(path).summary.sha256 == hashlib.sha256(CSV.encode()).hexdigest()

    def refuse(path: Path) -> str:
        raise AssertionError("the hash is known already")

    monkeypatch.setattr(ingest, "hash_file", refuse)
    assert read_log(path, sha256="known").summary.sha256 == "known"
