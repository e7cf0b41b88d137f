"""As many workers as the process may use cores, and the memory holds."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from gru4rec_core.jobs import capacity


def _opener(files: dict[str, str]) -> Callable[[str], io.StringIO]:
    """An `open` that knows these files alone."""

    def open_file(path: str) -> io.StringIO:
        if path not in files:
            raise FileNotFoundError(path)
        return io.StringIO(files[path])

    return open_file


def _grant_cores(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    """Lets the system say that this process may use so many cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setattr(os, "process_cpu_count", lambda: cores, raising=False)
    monkeypatch.setattr(psutil.Process, "cpu_affinity", lambda _: list(range(cores)), raising=False)


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
    files = {"/proc/self/cgroup": "0::/\n"} | ({} if quota is None else {"/sys/fs/cgroup/cpu.max": quota + "\n"})
    monkeypatch.setattr("dask.system.open", _opener(files), raising=False)
    monkeypatch.setattr(capacity, "_CONTAINER", tmp_path)
    _grant_cores(monkeypatch, cores)
    memory = SimpleNamespace(available=int(gigabytes * capacity.GIGABYTE))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    assert capacity.worker_count() == workers


@pytest.mark.parametrize(
    ("files", "workers"),
    [
        ({"memory.max": "4000000000", "memory.current": "1500000000"}, 2),
        (
            {
                "memory.max": "4000000000",
                "memory.current": "3900000000",
                "memory.stat": "anon 1\ninactive_file 3000000000",
            },
            3,
        ),
        ({"memory.max": "4000000000", "memory.current": "4100000000"}, 1),
        ({"memory.max": "max", "memory.current": "1500000000"}, 8),
        ({"memory.max": "4000000000"}, 8),
    ],
)
def test_a_container_may_have_less_memory_than_its_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: dict[str, str], workers: int
) -> None:
    for name, text in ({"memory.stat": "anon 1"} | files).items():
        (tmp_path / name).write_text(text + "\n")
    monkeypatch.setattr(capacity, "_CONTAINER", tmp_path)
    monkeypatch.setattr("dask.system.open", _opener({}), raising=False)
    _grant_cores(monkeypatch, 8)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=100 * capacity.GIGABYTE))
    assert capacity.worker_count() == workers
