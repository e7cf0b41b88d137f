"""How many workers does this machine hold?"""

import math
import os
from pathlib import Path

import psutil

GIGABYTE = 1_000_000_000
"""What a worker with TensorFlow and a small model takes, in bytes."""

_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def worker_count() -> int:
    """One a core that this process may use and one a gigabyte of free memory, whichever is less; at least 1."""
    memory = psutil.virtual_memory().available // GIGABYTE
    return max(1, min(_cores(), _quota(), int(memory)))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on Windows and macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota() -> int:
    """Cores that a container (cgroup v2) grants, rounded up; very many where there is no such limit."""
    try:
        granted, period = _CPU_QUOTA.read_text(encoding="ascii").split()
        return math.ceil(int(granted) / int(period))
    except (OSError, ValueError):  # none, or "max"
        return 2**16
