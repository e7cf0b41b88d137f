"""How many workers can this machine or container hold?"""

from pathlib import Path

import psutil

GIGABYTE = 1_000_000_000
"""What a worker with TensorFlow and a small model takes, in bytes."""

_CONTAINER = Path("/sys/fs/cgroup")
"""Where cgroup v2 says how much memory a container may use, and uses."""

_NO_LIMIT = 2**62


def worker_count() -> int:
    """One worker per core that this process may use and per gigabyte of free memory, whichever is less; at least 1."""
    # Takes 0.3 s, and pages that show no estimate do without. It knows affinity and the quotas of containers.
    from dask.system import cpu_count

    memory = min(psutil.virtual_memory().available, _free_container_memory()) // GIGABYTE
    return max(1, min(cpu_count(), memory))


def _free_container_memory() -> int:
    """Bytes that a container may still take. Dask knows the limit only, not what is in use.

    File cache that the container would give up counts as free.
    """
    try:
        limit, used = int(_read("memory.max")), int(_read("memory.current"))
        cache = dict(line.split() for line in _read("memory.stat").splitlines()).get("inactive_file", 0)
        return max(0, limit - used + int(cache))
    except (OSError, ValueError):  # no container, or its limit is "max"
        return _NO_LIMIT


def _read(name: str) -> str:
    return (_CONTAINER / name).read_text(encoding="ascii")
