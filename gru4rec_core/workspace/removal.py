"""What is removed along with something damaged?"""

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import read_dataset_record, require_damaged, require_idle
from gru4rec_core.workspace.store import Dependents, Workspace
from gru4rec_core.workspace.tuning_checks import describe_comparisons_left


def find_dependents(workspace: Workspace, damage: Damage) -> Dependents:
    """What cannot stay without it, readable or not, and what happens to the decisions that rest on it."""
    if damage.kind == "dataset":
        return workspace.dataset_dependents(damage.id, read_dataset_record(damage.folder))
    if damage.kind == "run":
        return workspace.run_dependents(damage.id)
    if damage.kind == "comparison":
        return workspace.comparison_dependents(damage.id)
    if damage.kind == "baseline":  # its files in the folder of all baselines
        return Dependents((), (), tuple(damage.folder.glob(f"{damage.id.rpartition('/')[2]}.*")))
    kept = describe_comparisons_left(workspace, damage.id) if damage.kind == "tuning" else ""
    return Dependents((), (), (damage.folder,), kept)


def remove_damaged(workspace: Workspace, damage: Damage) -> None:
    """Removes what is damaged, readable or not, with what cannot stay without it.

    Raises:
        RunError: it, or a run that would be removed too, is still queued or running, or it was repaired meanwhile.
        AccessError: the current actor may not delete.
    """
    dependents = find_dependents(workspace, damage)
    workspace.refuse_active(dependents.runs)
    require_idle(damage)
    require_damaged(workspace, damage)
    require(workspace.root, Action.DELETE, damage.kind, damage.id, damage.name)
    workspace.remove(dependents)
    if damage.kind == "baseline":
        write_checksums(damage.folder, {*damage.names(), *(path.name for path in dependents.paths)})
