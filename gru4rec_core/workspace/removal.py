"""What goes when something damaged is removed?"""

from pathlib import Path

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.disk import folder_size
from gru4rec_core.storage import delete_folder
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.decisions import (
    describe_deleted_comparison,
    describe_deleted_runs,
    list_decisions,
    list_resting_decisions,
)
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Dependents, Workspace


def find_dependents(workspace: Workspace, damage: Damage) -> Dependents:
    """What cannot stay without it, the room that all this frees, and what becomes of the decisions that rest on it."""
    runs: tuple[RunRecord, ...] = ()
    comparisons: tuple[ComparisonRecord, ...] = ()
    kept = ""
    if damage.kind == "dataset":
        runs, comparisons = tuple(workspace.runs(damage.id)), tuple(workspace.comparisons(damage.id))
        kept = describe_deleted_runs(list_resting_decisions(workspace, [run.id for run in runs]))
    elif damage.kind == "run":
        comparisons = tuple(one for one in workspace.comparisons() if damage.id in one.run_ids)
        kept = describe_deleted_runs(list_resting_decisions(workspace, [damage.id]))
    elif damage.kind == "comparison":
        decisions = [one for one in list_decisions(workspace) if one.comparison_id == damage.id]
        kept = describe_deleted_comparison(decisions)
    along = [*(workspace.run_folder(run.id) for run in runs)]
    along += [workspace.comparison_folder(comparison.id) for comparison in comparisons]
    return Dependents(runs, comparisons, sum(map(folder_size, (*_files_of(damage), *along))), kept)


def remove_damaged(workspace: Workspace, damage: Damage) -> None:
    """Removes what is damaged, readable or not, with what cannot stay without it.

    Raises:
        RunError: a run that would go along is still at work.
    """
    dependents = find_dependents(workspace, damage)
    workspace.refuse_active(dependents.runs)
    require(workspace.root, Action.DELETE, damage.kind, damage.id, damage.name)
    for comparison in dependents.comparisons:
        delete_folder(workspace.comparison_folder(comparison.id))
    for run in dependents.runs:
        delete_folder(workspace.run_folder(run.id))
    if damage.kind == "baseline":
        _remove_baseline(damage)
    elif damage.folder.exists():
        delete_folder(damage.folder)


def _files_of(damage: Damage) -> list[Path]:
    """What goes of the thing itself: its folder; of a baseline, its files in the folder of all baselines."""
    if damage.kind != "baseline":
        return [damage.folder]
    return list(damage.folder.glob(f"{damage.id.rpartition('/')[2]}.*"))


def _remove_baseline(damage: Damage) -> None:
    files = _files_of(damage)
    for path in files:
        path.unlink(missing_ok=True)
    write_checksums(damage.folder, {*damage.names(), *(path.name for path in files)})
