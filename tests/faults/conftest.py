"""A small disk of its own for a test, that can be filled and closed."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """A real file system in memory."""

    path: Path

    @property
    def _filler(self) -> Path:
        return self.path / "filler"

    def leave(self, free: int) -> None:
        """Fills it until only these bytes are free."""
        room = shutil.disk_usage(self.path).free - free
        with self._filler.open("ab") as file:
            file.write(bytes(max(room, 0)))

    def empty(self) -> None:
        """Takes the filling away."""
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing on it may be written any more."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.path)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], SmallDisk]]:
    """Makes disks of this many bytes; skipped where the tests may not mount one."""
    mounted = []

    def make(size: int) -> SmallDisk:
        path = tmp_path / f"disk{len(mounted)}"
        path.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("a small disk can be mounted by root alone")
        mounted.append(path)
        return SmallDisk(path)

    yield make
    for path in mounted:
        subprocess.run(["umount", "-l", str(path)], check=True)
