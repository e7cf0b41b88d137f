"""After a power cut at any moment, what says that it is there is there.

A stand-in for the disk remembers what was flushed (fsync) and forgets the rest. Two kinds of disks are tried: one that
keeps nothing that was not flushed, and one that keeps every name, but not the content behind it.
"""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.experiments.run import execute_run
from gru4rec_core.model.checkpoint import read_newest
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.workspace.run_folder import load_evaluation
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace

pytestmark = pytest.mark.faults


@dataclass
class Disk:
    """What of a folder has been flushed.

    Attributes:
        root: the folder.
        contents: of files, by inode.
        names: what each folder held when it was flushed, by the folder's inode: name to inode and whether a folder.
    """

    root: Path
    contents: dict[int, bytes] = field(default_factory=dict)
    names: dict[int, dict[str, tuple[int, bool]]] = field(default_factory=dict)

    def flush(self, path: Path) -> None:
        if path.is_dir():
            self.names[path.stat().st_ino] = _list(path)
        else:
            self.contents[path.stat().st_ino] = path.read_bytes()

    def survive(self, target: Path, *, keeps_names: bool) -> None:
        """Writes into `target` what a power cut now would leave."""
        self._copy(self.root, self.root.stat().st_ino, target, keeps_names)

    def _copy(self, source: Path | None, inode: int, target: Path, keeps_names: bool) -> None:
        target.mkdir()
        if keeps_names:
            assert source is not None
            held = _list(source)
        else:
            held = self.names.get(inode, {})
        for name, (child, is_folder) in held.items():
            if is_folder:
                self._copy(source / name if keeps_names and source else None, child, target / name, keeps_names)
            else:
                (target / name).write_bytes(self.contents.get(child, b""))


def _list(folder: Path) -> dict[str, tuple[int, bool]]:
    return {entry.name: (entry.inode(), entry.is_dir()) for entry in os.scandir(folder)}


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Disk], None]], Disk]:
    """Stands between the workspace and the disk; calls back after each rename, a moment at which the power may go."""
    root = tmp_path / "home"
    root.mkdir()
    disk = Disk(root)
    fsync, replace, lock = os.fsync, os.replace, threading.Lock()

    def flush(descriptor: int) -> None:
        fsync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        if path.is_relative_to(root):
            disk.flush(path)

    def start(look: Callable[[Disk], None]) -> Disk:
        def rename(source: Path, target: Path) -> None:
            replace(source, target)
            if Path(target).is_relative_to(root):
                with lock:  # a job's heartbeat is a thread of its own
                    look(disk)

        monkeypatch.setattr(os, "fsync", flush)
        monkeypatch.setattr(os, "replace", rename)
        return disk

    return start


def check(root: Path) -> dict[str, int]:
    """Opens all that a workspace says it has; returns how much of each there was."""
    workspace = Workspace(root)
    assert workspace.problems() == []
    for dataset in workspace.datasets():
        assert workspace.open_dataset(dataset.id).n_events == dataset.n_events
    done = 0
    for run in workspace.runs():
        folder = workspace.run_folder(run.id)
        read_newest(folder / "checkpoint")
        if workspace.state(run.id).state == "done":
            done += 1
            n_events = workspace.metrics(run.id)["n_events"]
            assert len(load_evaluation(folder, 8).target) == n_events
            assert NumpyGru4Rec.load(folder).recommend(["a"], 3)
            assert load_split(workspace, run.dataset_id, run.split).test.n_predicted == n_events
    return {"datasets": len(workspace.datasets()), "runs": len(workspace.runs()), "done": done}


def test_whatever_says_it_is_there_survives_a_power_cut(
    tmp_path: Path, watch: Callable[[Callable[[Disk], None]], Disk], letters_log
) -> None:
    seen: list[dict[str, int]] = []

    def look(disk: Disk) -> None:
        for keeps_names in (False, True):
            target = tmp_path / f"after-{len(seen)}"
            disk.survive(target, keeps_names=keeps_names)
            seen.append(check(target))
            shutil.rmtree(target)

    disk = watch(look)
    workspace = Workspace(disk.root)
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    run = workspace.create_run(record.id, TrainingConfig(n_hidden=(4,), batch_size=8, epochs=2), SplitConfig())
    execute_run(workspace, run.id)
    look(disk)
    assert len(seen) > 30
    # What was finished before is never lost again, and at the end nothing is missing.
    for one, later in zip(seen[::2], seen[2::2], strict=False):
        assert all(later[kind] >= one[kind] for kind in one)
    assert seen[-1] == seen[-2] == {"datasets": 1, "runs": 1, "done": 1}
