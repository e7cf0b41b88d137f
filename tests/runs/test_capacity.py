"""As many workers as the process may use cores, and the memory holds."""

import os
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from gru4rec_core.runs import capacity


@pytest.mark.parametrize(
    ("cores", "quota", "gigabytes", "workers"),
    [
        (8, "max 100000", 100, 8),
        (8, "250000 100000", 100, 3),
        (8, None, 3.5, 3),
        (8, None, 0.2, 1),
        (2, "800000 100000", 100, 2),
        (4, "50000 100000", 100, 1),
        (4, "nonsense", 100, 4),
    ],
)
def test_the_scarcest_decides(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cores: int, quota: str | None, gigabytes: float, workers: int
) -> None:
    if quota is not None:
        (tmp_path / "cpu.max").write_text(quota + "\n")
    monkeypatch.setattr(capacity, "_CPU_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    memory = SimpleNamespace(available=int(gigabytes * capacity.GIGABYTE))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    assert capacity.worker_count() == workers
