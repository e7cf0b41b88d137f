"""How are damaged files of a tuning made again?

What was finished stays: a file is what it was where its text was kept; else the trials that can be read are kept, and
the others are tried again when the tuning goes on.
"""

import time
from pathlib import Path

from gru4rec_core.storage import write_json
from gru4rec_core.workspace.checksums import read_checksums, remove_checksums, restore_text, write_checksums
from gru4rec_core.workspace.damage import Damage, last_change
from gru4rec_core.workspace.interrupted import INTERRUPTED
from gru4rec_core.workspace.job_state import JobState, read_state, write_state
from gru4rec_core.workspace.refused_baselines import is_refusal
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    COMPARISON,
    IMPORTANCES,
    QUEUED,
    RECORD,
    TRIALS,
    TuningRecord,
    method_folder,
    planned_comparison,
    read_trial_lines,
    read_trials,
    read_tuning,
    store_trials,
)


def repair_tuning(workspace: Workspace, damage: Damage) -> None:
    """Makes the damaged files of a tuning again.

    Raises:
        RunError: the record is damaged, and its text was not kept.
    """
    folder, names = damage.folder, damage.names()
    if RECORD in names:
        restore_text(folder, RECORD)
    tuning = read_tuning(workspace, *damage.id.split("/"))
    if COMPARISON in names:
        _find_comparison_again(workspace, folder, tuning)
    if QUEUED in names:  # that it is there says that nothing is to be queued any more
        comparison = planned_comparison(workspace, tuning)
        write_json(folder / QUEUED, {"comparison": comparison.id if comparison else None})
    for method in sorted({name.partition("/")[0] for name in names if "/" in name}):
        of_method = {name.partition("/")[2] for name in names if name.startswith(f"{method}/")}
        _repair_method(folder / method, of_method)
        _settle(workspace, tuning, method, rebuild="state.json" in of_method)


def _find_comparison_again(workspace: Workspace, folder: Path, tuning: TuningRecord) -> None:
    """The comparisons of its winners say which tuning they are of; without one, the winners are still to be planned."""
    known = (one for one in workspace.comparisons(tuning.dataset_id) if one.tuned and one.tuned.tuning_id == tuning.id)
    newest = next(known, None)
    if newest is None:
        (folder / COMPARISON).unlink(missing_ok=True)
    else:
        write_json(folder / COMPARISON, {"comparison": newest.id})


def _repair_method(folder: Path, names: set[str]) -> None:
    for name in names - {"state.json"}:
        if restore_text(folder, name):
            continue
        if name == TRIALS:
            store_trials(folder, read_trial_lines(folder / TRIALS)[0])
        elif name in (IMPORTANCES, INTERRUPTED) or is_refusal(folder / name):
            (folder / name).unlink(missing_ok=True)


def _settle(workspace: Workspace, tuning: TuningRecord, method: str, *, rebuild: bool) -> None:
    """Whether its budget is used up with what there is now: a method of which something is left can be tried again."""
    folder = method_folder(workspace, tuning, method)
    if read_trials(workspace, tuning, method).is_complete(tuning):
        if read_checksums(folder):
            write_checksums(folder)
        if rebuild:
            ended = last_change(folder / TRIALS).timestamp()
            write_state(folder, JobState(state="done", ended=ended, heartbeat=ended))
        return
    remove_checksums(folder)
    if rebuild or read_state(folder).state == "done":
        before = JobState() if rebuild else read_state(folder)
        changes = {"state": "lost", "reason": "Its files were damaged.", "ended": time.time()}
        write_state(folder, before.model_copy(update=changes))
