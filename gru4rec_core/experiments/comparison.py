"""How is a comparison completed in this process: the missing baselines, then the unfinished runs?"""

import time
from collections.abc import Callable

from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.experiments.reporter import OnChange
from gru4rec_core.experiments.run import execute_run
from gru4rec_core.workspace.store import Workspace

_LOOK_EVERY = 1.0  # seconds between two looks at a run that another process works on


def execute_comparison(
    workspace: Workspace,
    comparison_id: str,
    *,
    on_change: OnChange | None = None,
    while_waiting: Callable[[], object] | None = None,
) -> None:
    """Computes the missing baselines, then carries out the runs one after the other.

    A run that is queued, or that another process works on, is waited for; one that ended there without a result is
    continued here.

    Args:
        workspace: where the comparison is.
        comparison_id: of a stored comparison.
        on_change: called with the state of the job that is under way, another process's too.
        while_waiting: called once a second while another process has a run; may mark it as lost.

    Raises:
        WorkbenchError: why a run or a baseline failed, or Cancelled.
    """
    comparison = workspace.comparison(comparison_id)
    execute_baselines(workspace, comparison.dataset_id, comparison.split, comparison.baselines, on_change=on_change)
    for run_id in comparison.run_ids:
        _wait_for(workspace, run_id, on_change, while_waiting)
        execute_run(workspace, run_id, on_change=on_change)


def _wait_for(
    workspace: Workspace, run_id: str, on_change: OnChange | None, while_waiting: Callable[[], object] | None
) -> None:
    """Returns once nothing works on the run any more: its state alone says so."""
    while (state := workspace.state(run_id)).is_active:
        if on_change:
            on_change(state)
        time.sleep(_LOOK_EVERY)
        if while_waiting:
            while_waiting()
