"""How many workers does this machine hold?"""

import math
import os
from pathlib import Path

import psutil

GIGABYTE = 1_000_000_000
"""What a worker with TensorFlow and a small model takes, in bytes."""

_CONTAINER = Path("/sys/fs/cgroup")
"""Where cgroup v2 says what a container may take."""

_NO_LIMIT = 2**62


def worker_count() -> int:
    """One a core that this process may use and one a gigabyte of free memory, whichever is less; at least 1."""
    memory = min(psutil.virtual_memory().available, _memory_left()) // GIGABYTE
    return max(1, min(_cores(), _quota(), memory))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on Windows and macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota() -> int:
    """Cores that a container grants, rounded up."""
    try:
        granted, period = _told("cpu.max").split()
        return math.ceil(int(granted) / int(period))
    except (OSError, ValueError):  # none, or "max"
        return _NO_LIMIT


def _memory_left() -> int:
    """Bytes that a container may still take; file cache that it would give up counts as free."""
    try:
        limit, used = int(_told("memory.max")), int(_told("memory.current"))
        cache = dict(line.split() for line in _told("memory.stat").splitlines()).get("inactive_file", 0)
        return max(0, limit - used + int(cache))
    except (OSError, ValueError):  # none, or "max"
        return _NO_LIMIT


def _told(name: str) -> str:
    return (_CONTAINER / name).read_text(encoding="ascii")
