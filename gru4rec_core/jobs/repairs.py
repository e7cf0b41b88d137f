"""How is something damaged repaired: at once, or by a job?"""

from collections.abc import Iterable

from gru4rec_core.access.guard import check, require
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import RunError, WorkbenchError
from gru4rec_core.experiments.baselines import execute_baselines_job
from gru4rec_core.experiments.comparison import ComparisonPart
from gru4rec_core.experiments.repair import prepare_job, repair_now
from gru4rec_core.experiments.reporter import OnChange
from gru4rec_core.jobs import jobs
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import require_idle
from gru4rec_core.workspace.store import Workspace


def repair(workspace: Workspace, damage: Damage) -> None:
    """Repairs it at once, or queues the job that does: a model or a baseline is tested again.

    Raises:
        RunError: it cannot be repaired, or only by training again; a job works on it; or the engine does not start.
    """
    if not _is_repaired_at_once(workspace, damage):
        _submit(workspace, damage, Action.REPAIR)


def repair_all(workspace: Workspace, damages: Iterable[Damage]) -> list[WorkbenchError]:
    """Repairs each as `repair` does, and goes on where one cannot be repaired; returns the errors.

    All are made ready before the first job is queued, because baselines that share one may not be touched during it.
    """
    errors: list[WorkbenchError] = []
    by_job = []
    for damage in damages:
        try:
            if not _is_repaired_at_once(workspace, damage):
                by_job.append(damage)
        except WorkbenchError as error:
            errors.append(error)
    for damage in by_job:
        try:
            _submit(workspace, damage, Action.REPAIR)
        except WorkbenchError as error:
            errors.append(error)
    return errors


def train_again(workspace: Workspace, damage: Damage) -> None:
    """Queues a run to be trained again from the beginning, with its own settings. Raises RunError as `jobs.submit`."""
    check(workspace.root, Action.TRAIN, damage.kind, damage.id, damage.name)  # before anything is taken away
    require_idle(damage)
    prepare_job(workspace, damage, train=True)
    _submit(workspace, damage, Action.TRAIN)


def repair_here(workspace: Workspace, damage: Damage, on_change: OnChange | None = None) -> None:
    """As `repair`, but a job is carried out in this process.

    Raises:
        WorkbenchError: it cannot be repaired, or why the job failed.
    """
    if _is_repaired_at_once(workspace, damage):
        return
    if damage.kind == "run":
        ComparisonPart(damage.name, workspace.root, "", damage.id, damage.folder).execute(on_change)
    else:
        dataset_id, key, _ = damage.id.split("/")
        execute_baselines_job(workspace, dataset_id, key)


def _is_repaired_at_once(workspace: Workspace, damage: Damage) -> bool:
    """Repairs what needs no job and returns True; otherwise prepares the job and returns False."""
    _require_cure(damage)
    if damage.kind != "baseline":  # one taken away meanwhile is computed by the job that is at work on the others
        require_idle(damage)
    require(workspace.root, Action.REPAIR, damage.kind, damage.id, damage.name)
    if damage.cure == "now":
        repair_now(workspace, damage)
        return True
    prepare_job(workspace, damage)
    return False


def _submit(workspace: Workspace, damage: Damage, action: Action) -> None:
    if damage.kind == "run":
        jobs.submit(workspace, "run", damage.id, action=action)
    else:
        jobs.submit(workspace, "baselines", damage.id.rpartition("/")[0], action=action)


def _require_cure(damage: Damage) -> None:
    if damage.cure in ("", "train"):
        raise RunError(damage.title, found=" ".join(damage.file_sentences), remedy=damage.cure_sentence)
