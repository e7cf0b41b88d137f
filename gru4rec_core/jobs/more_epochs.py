"""How are finished runs trained for more epochs, and compared again?"""

import re
from collections.abc import Collection

import pandas as pd

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.workspace.job_state import ACTIVE, change_state
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

_EPOCHS_IN_NAME = re.compile(r", [\d,]+( and [\d,]+)* epochs$")


def plan_more_epochs(
    workspace: Workspace, comparison: ComparisonRecord, more: int, run_ids: Collection[str]
) -> ComparisonRecord:
    """Stores a comparison whose runs continue those of another; trains nothing.

    Each new run says which one it continues, and has the same settings but for its epochs. Runs that are not to be
    continued join as they are; so does one with these settings that is done or at work already. One that failed or
    was stopped on the way is used again and waits to be started. List length, margin, level and baselines stay, and so
    does whether they were decided before any result.

    Args:
        workspace: where the comparison is.
        comparison: the finished one.
        more: epochs on top of those each run has.
        run_ids: those of its runs that are to be continued.

    Raises:
        RunError: a run is not done, early stopping ended it, or it is the winner of a tuning, whose number of epochs is
            one of the settings that were found.
        ConfigError: two runs would have the same settings.
    """
    check(workspace.root, Action.TRAIN, "comparison", comparison.id, comparison.name)
    if not run_ids:
        raise RunError("Training goes on with one run at least.", found="none chosen", remedy="Choose a model.")
    if comparison.tuned is not None:
        raise RunError(
            "The number of epochs of tuned models was found on validation data: with more they would be others.",
            found="a comparison of tuned models",
            where=comparison.name,
            remedy="Use these settings (Compare, Details), and choose the epochs in the form.",
        )
    runs = [workspace.run(run_id) for run_id in comparison.run_ids]
    for run in runs:
        if run.id in run_ids:
            _refuse_unfit(workspace, run)
    new = [_continue(workspace, run, more) if run.id in run_ids else run for run in runs]
    epochs = sorted({run.config.epochs for run in new})
    name = f"{_EPOCHS_IN_NAME.sub('', comparison.name)}, {' and '.join(f'{n:,}' for n in epochs)} epochs"
    ids = [run.id for run in new]
    known = workspace.find_comparison(
        comparison.dataset_id, comparison.split, comparison.config, ids, comparison.baselines
    )
    return known or workspace.succeed_comparison(comparison.id, ids, name)


def stopped_early(workspace: Workspace, run: RunRecord) -> bool:
    """Whether early stopping ended a run, be it with its last epoch, so that more epochs would change nothing."""
    if not run.config.early_stopping:
        return False
    epochs = workspace.epochs(run.id)
    return len(epochs) < run.config.epochs or _since_best(run.config, epochs) >= run.config.patience


def _since_best(config: TrainingConfig, epochs: pd.DataFrame) -> int:
    """Epochs after the best one; of equal ones the first is the best, as in training."""
    watched = epochs.get(f"validation_{config.early_stopping_metric}")
    return 0 if watched is None else len(watched) - 1 - int(watched.argmax())


def _refuse_unfit(workspace: Workspace, run: RunRecord) -> None:
    state = workspace.state(run.id).state
    if state != "done":
        raise RunError("A run is trained for more epochs once it is done.", found=f"it is {state}", where=run.name)
    if stopped_early(workspace, run):
        raise RunError(
            "Early stopping ended this run: more epochs would change nothing.",
            found=f"{len(workspace.epochs(run.id))} of {run.config.epochs} epochs, patience {run.config.patience}",
            where=run.name,
            remedy="Train it anew with more patience, or without early stopping.",
        )


def _continue(workspace: Workspace, run: RunRecord, more: int) -> RunRecord:
    config = run.config.replace(epochs=run.config.epochs + more)
    known = workspace.find_run(run.dataset_id, config, run.split, ("done", *ACTIVE))
    known = known or _find_unfinished(workspace, run, config)
    return known or workspace.create_run(run.dataset_id, config, run.split, continues=run.id)


def _find_unfinished(workspace: Workspace, run: RunRecord, config: TrainingConfig) -> RunRecord | None:
    """The newest run that was to continue this one with these settings and came to no end; it can be started again."""
    for known in workspace.runs(run.dataset_id):
        if (known.continues, known.config, known.split) == (run.id, config, run.split):
            state = workspace.state(known.id)
            if state.state != "new":
                change_state(workspace.run_folder(known.id), state="new", reason="", attempt=state.attempt + 1)
            return known
    return None
