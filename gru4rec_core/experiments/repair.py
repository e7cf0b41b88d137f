"""How are damaged files made again from undamaged ones?

Nothing is guessed: a file is written again from the text kept beside its checksum, from another file that says the
same, or by the computation that made it. A model or a baseline is tested again by an ordinary job, which `prepare_job`
prepares.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gru4rec_core.data.split_types import Split
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation import metrics
from gru4rec_core.experiments.continuing import restore_epochs
from gru4rec_core.experiments.tuning_repair import repair_tuning
from gru4rec_core.storage import delete_folder, write_json, write_text
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.checksums import restore_text, write_checksums
from gru4rec_core.workspace.damage import Damage, last_change
from gru4rec_core.workspace.dataset_reread import restore_dataset
from gru4rec_core.workspace.integrity import RUN_RECORDS, find_split_rule, find_test_rule
from gru4rec_core.workspace.job_state import JobState, read_state, write_state
from gru4rec_core.workspace.run_folder import read_epochs
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace

_RESULTS = ("metrics.json", "predictions.parquet", "predictions.top_items.npy", "predictions.top_scores.npy")
_WEIGHTS = ("weights.npz", "weights.weights.h5")
_CHECKPOINT = "checkpoint"


def repair_now(workspace: Workspace, damage: Damage) -> None:
    """Makes the damaged files again, where that needs no job (cure "now").

    Raises:
        RunError: what they are made from is damaged too, or is not what it was.
    """
    if damage.kind == "run":
        _repair_run_files(workspace, damage)
        return
    repairs: dict[str, Callable[[], object]] = {
        "dataset": lambda: restore_dataset(workspace, damage.id, damage.names()),
        "split": lambda: _repair_split(workspace, damage),
        "baseline": lambda: _remove_files(damage.folder, damage.names()),  # lists: written when they are next read
        "order-test": lambda: delete_folder(damage.folder),  # a test starts it anew
        "tuning": lambda: repair_tuning(workspace, damage),
    }
    repairs.get(damage.kind, lambda: _repair_record(damage))()


def prepare_job(workspace: Workspace, damage: Damage, *, train: bool = False) -> None:
    """Removes what a job is to make again, and repairs what the job needs.

    Args:
        workspace: where it is.
        damage: of a run or a baseline.
        train: also remove all that the run has learnt; otherwise the model is tested again as it is.
    """
    if damage.kind == "baseline":
        name = damage.id.rpartition("/")[2]
        _remove_files(damage.folder, {path.name for path in damage.folder.glob(f"{name}.*")})
        return
    folder = damage.folder
    _restore_records(workspace, folder, damage.id, damage.names())
    if train:
        _remove_files(folder, {*_WEIGHTS, "vocabulary.json", "epochs.jsonl", "environment.json"})
        _remove_checkpoint(folder)
    else:
        _prepare_test(workspace, damage)
    _remove_files(folder, set(_RESULTS))
    before = read_state(folder)
    write_state(
        folder,
        JobState(state="lost", reason="Its files were damaged.", epochs=before.epochs, attempt=before.attempt),
    )


def _prepare_test(workspace: Workspace, damage: Damage) -> None:
    """Prepares testing the trained model again: from its files, or, if they are damaged, from its last checkpoint."""
    folder, names = damage.folder, damage.names()
    for name in names & {"vocabulary.json", "epochs.jsonl", "environment.json"}:
        _remake(workspace, folder, damage.id, name)
    if names & {*_WEIGHTS}:
        _remove_files(folder, set(_WEIGHTS) if "weights.npz" in names else names & {*_WEIGHTS})
    if any(name.startswith(f"{_CHECKPOINT}/") for name in names):
        _remove_checkpoint(folder)


def _repair_run_files(workspace: Workspace, damage: Damage) -> None:
    folder, names = damage.folder, damage.names()
    _restore_records(workspace, folder, damage.id, names)
    if any(name.startswith(f"{_CHECKPOINT}/") for name in names):
        _remove_checkpoint(folder)
    if lists := {name for name in names if name.endswith(".npy")}:
        _remove_files(folder, lists)
        run_folder.load_evaluation(folder, n_items=0)  # writes them anew
    # In this order: the metrics need the vocabulary's split, the state needs the time of the metrics.
    for name in ("vocabulary.json", "epochs.jsonl", "environment.json", "metrics.json", "state.json"):
        if name in names:
            _remake(workspace, folder, damage.id, name)
    write_checksums(folder, names - {"state.json"})


def _restore_records(workspace: Workspace, folder: Path, run_id: str, names: set[str]) -> None:
    for name in names.intersection(RUN_RECORDS):
        if restore_text(folder, name):
            continue
        rule = find_test_rule(workspace, run_id) if name == "split.json" else None
        if rule is None:
            raise _cannot(folder / name)
        write_text(folder / name, rule.to_json() + "\n")


def _remake(workspace: Workspace, folder: Path, run_id: str, name: str) -> None:
    if restore_text(folder, name):
        return
    if name == "vocabulary.json":
        write_text(folder / name, _load_split(workspace, run_id).train.vocabulary.to_json())
    elif name == "epochs.jsonl":
        _remake_epochs(folder)
    elif name == "environment.json":
        write_json(folder / name, {"seconds": {"training": _seconds_of_epochs(folder)}})
    elif name == "metrics.json":
        _remake_metrics(workspace, folder, run_id)
    else:
        _remake_state(folder)


def _load_split(workspace: Workspace, run_id: str) -> Split:
    run = workspace.run(run_id)
    return load_split(workspace, run.dataset_id, run.split)


def _remake_epochs(folder: Path) -> None:
    """From the reports in the last checkpoint; without one, the lines that can be read."""
    with suppress(RunError, KeyError, TypeError):  # the checkpoint is damaged too
        if restore_epochs(folder):
            return
    lines = run_folder.read_epoch_lines(folder)
    write_text(folder / "epochs.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def _seconds_of_epochs(folder: Path) -> float:
    epochs = read_epochs(folder)
    return float(epochs["seconds"].sum()) if "seconds" in epochs else 0.0


def _remake_metrics(workspace: Workspace, folder: Path, run_id: str) -> None:
    split = _load_split(workspace, run_id)
    evaluation = run_folder.load_evaluation(folder, split.test.dataset.n_items)
    values = metrics.summarise(evaluation, events=split.test, train_counts=split.train.counts())
    write_json(folder / "metrics.json", values)


def _remake_state(folder: Path) -> None:
    """Done if the results are there; otherwise lost, so that the run can be tried again."""
    if not (folder / "metrics.json").exists():
        write_state(folder, JobState(state="lost", reason="Its state was damaged."))
        return
    ended = (folder / "metrics.json").stat().st_mtime
    seconds = run_folder.read_training_seconds(folder) or _seconds_of_epochs(folder)
    epochs = len(read_epochs(folder))
    write_state(
        folder,
        JobState(state="done", started=ended - seconds, ended=ended, heartbeat=ended, epoch=epochs, epochs=epochs),
    )


def _repair_split(workspace: Workspace, damage: Damage) -> None:
    dataset_id = damage.id.partition("/")[0]
    rule = find_split_rule(workspace, dataset_id, damage.folder)
    if rule is None:
        raise _cannot(damage.folder / "split.json")
    workspace.open_dataset(dataset_id)  # raises if the log is damaged, before anything is removed
    if "split.json" in damage.names():
        write_text(damage.folder / "split.json", rule.to_json() + "\n")
        write_checksums(damage.folder, ["split.json"])
    if "baselines/state.json" in damage.names():
        ended = last_change(damage.folder / "baselines").timestamp()
        write_state(damage.folder / "baselines", JobState(state="done", ended=ended, heartbeat=ended))
    for part in {name.partition("/")[0] for name in damage.names() if "/" in name} - {"baselines"}:
        delete_folder(damage.folder / part)
    load_split(workspace, dataset_id, rule)


def _repair_record(damage: Damage) -> None:
    """A record from the text kept of it; statistics are computed again when they are next asked for."""
    for name in damage.names():
        if name in ("statistics.json", "summary.json"):
            (damage.folder / name).unlink(missing_ok=True)
        elif not restore_text(damage.folder, name):
            raise _cannot(damage.folder / name)


def _remove_files(folder: Path, names: set[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
    write_checksums(folder, names)


def _remove_checkpoint(folder: Path) -> None:
    if (folder / _CHECKPOINT).exists():
        delete_folder(folder / _CHECKPOINT)


def _cannot(path: Path) -> RunError:
    return RunError(
        f"{path.name} cannot be made again: no other file holds what it said.",
        where=str(path),
        remedy="Restore the file from a copy, or remove what it belongs to.",
    )
