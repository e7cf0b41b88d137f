"""How is a comparison completed: the unfinished runs and the missing baselines, one after another or side by side?"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.experiments.reporter import OnChange, OnPart
from gru4rec_core.experiments.side_by_side import LOOK_EVERY, work_side_by_side
from gru4rec_core.workspace.job_state import clear_cancel, read_state
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class ComparisonPart:
    """A run of a comparison, or its baselines.

    Attributes:
        name: for people.
        root: the workspace's folder.
        comparison_id: of the comparison.
        run_id: of the run; None for the baselines.
        folder: where the state of this part is.
    """

    name: str
    root: Path
    comparison_id: str
    run_id: str | None
    folder: Path

    def execute(self, on_change: OnChange | None = None) -> None:
        """Carries it out in this process."""
        workspace = Workspace(self.root)
        if self.run_id is not None:
            from gru4rec_core.experiments.run import execute_run  # here, because it loads TensorFlow

            execute_run(workspace, self.run_id, on_change=on_change)
        else:
            record = workspace.comparison(self.comparison_id)
            execute_baselines(workspace, record.dataset_id, record.split, record.baselines, on_change=on_change)


def missing_parts(workspace: Workspace, comparison: ComparisonRecord) -> list[ComparisonPart]:
    """What a comparison lacks: its runs that are not done, then its baselines, where one is missing."""
    root, dataset_id, test_rule = workspace.root, comparison.dataset_id, comparison.split
    parts = [
        ComparisonPart(workspace.run(run_id).name, root, comparison.id, run_id, workspace.run_folder(run_id))
        for run_id in comparison.run_ids
        if workspace.state(run_id).state != "done"
    ]
    if workspace.missing_baselines(dataset_id, test_rule, comparison.baselines):
        folder = workspace.split_folder(dataset_id, test_rule) / "baselines"
        parts.append(ComparisonPart("baselines", root, comparison.id, None, folder))
    return parts


def load_tensorflow() -> None:
    """Loads what runs in this process need, which takes seconds; without it the first run does."""
    import gru4rec_core.experiments.run  # noqa: F401


def execute_comparison(
    workspace: Workspace,
    comparison_id: str,
    *,
    n_processes: int = 1,
    on_change: OnPart | None = None,
    while_waiting: Callable[[], object] | None = None,
) -> None:
    """Carries out the runs of a comparison that are not done, and computes its missing baselines.

    A part that is queued, or that another process works on, is waited for; one that ended there without a result is
    continued here, and an old request to stop it does not count. All this, and the results bit for bit, is the same
    whatever `n_processes` is.

    Args:
        workspace: where the comparison is.
        comparison_id: of a stored comparison.
        n_processes: how many parts are carried out at a time, each in a process of its own; with 1 all in this one.
        on_change: called with each part's name and state, another process's too.
        while_waiting: called once a second while another process has a part; may mark it as lost.

    Raises:
        WorkbenchError: why a run or a baseline failed, or Cancelled; what else was under way is stopped then.
    """
    comparison = workspace.comparison(comparison_id)
    check(workspace.root, Action.TRAIN, "comparison", comparison.id, comparison.name)
    parts = missing_parts(workspace, comparison)
    if min(n_processes, len(parts)) > 1:
        work_side_by_side(parts, n_processes, on_change, while_waiting)
        return
    for part in parts:
        report = partial(on_change, part.name) if on_change else None
        _wait_for(part.folder, report, while_waiting)
        clear_cancel(part.folder)
        part.execute(report)


def _wait_for(folder: Path, on_change: OnChange | None, while_waiting: Callable[[], object] | None) -> None:
    """Returns once nothing works on a part any more: its state alone says so."""
    while (state := read_state(folder)).is_active:
        if on_change:
            on_change(state)
        time.sleep(LOOK_EVERY)
        if while_waiting:
            while_waiting()
