"""Which files of a tuning are damaged, and what can be done about it?"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from gru4rec_core.errors import RunError
from gru4rec_core.storage import is_id, read_json
from gru4rec_core.words import counted
from gru4rec_core.workspace.checksums import kept_text
from gru4rec_core.workspace.damage import Cure, Damage, DamagedFile, last_change
from gru4rec_core.workspace.file_checks import Read, open_folder, read_name
from gru4rec_core.workspace.interrupted import INTERRUPTED
from gru4rec_core.workspace.job_state import ACTIVE, JobState, read_state
from gru4rec_core.workspace.refused_baselines import is_refusal
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    COMPARISON,
    IMPORTANCES,
    QUEUED,
    RECORD,
    TRIALS,
    TuningRecord,
    list_tunings,
    read_trial_lines,
    read_trials,
    tuning_folder,
    tunings_folder,
)

_TRIED_AGAIN = (
    "Repair keeps the trials that can be read; the others are tried again, with the same settings, when the tuning"
    " goes on."
)
_LOST = {
    TRIALS: _TRIED_AGAIN,
    IMPORTANCES: "Which settings mattered most is lost.",
    INTERRUPTED: "How long interrupted trials had taken is lost, and not charged to the budget.",
}
"""What a repair does not bring back where the text of a file was not kept, by its name."""

_REFUSAL_LOST = "Why a baseline does not take the log is found out again when the tuning goes on."


def _read_marker(path: Path) -> None:
    comparison_id = read_json(path, "a tuning")["comparison"]
    if not isinstance(comparison_id, str | None):
        raise TypeError(f"no id: {comparison_id!r}")


def _read_numbers(path: Path) -> None:
    for value in dict(read_json(path, "a tuning")).values():
        if not math.isfinite(value):
            raise ValueError(f"no number: {value!r}")


def _read_trials(path: Path) -> None:
    _, n_unreadable = read_trial_lines(path)
    # A killed process may leave half a line, but none that came to its end.
    is_cut = read_state(path.parent).state == "done" and not path.read_bytes().endswith(b"\n")
    if n_unreadable or is_cut:
        raise ValueError("lines that cannot be read")


_READERS: dict[str, Read] = {
    RECORD: TuningRecord.read,
    COMPARISON: _read_marker,
    QUEUED: _read_marker,
    "state.json": JobState.read,
    TRIALS: _read_trials,
    IMPORTANCES: _read_numbers,
    INTERRUPTED: _read_numbers,
}


def list_tuning_ids(workspace: Workspace, dataset_id: str) -> list[str]:
    """DATASET/TUNING of all tunings of a log, readable or not; other folders beside them are not ours."""
    folders = sorted(tunings_folder(workspace, dataset_id).glob("[!.]*"))
    return [f"{dataset_id}/{folder.name}" for folder in folders if folder.is_dir() and is_id(folder.name)]


def check_tuning(workspace: Workspace, tuning_id: str, *, thorough: bool = False) -> Damage | None:
    """What is damaged in a tuning; None if nothing is, or it was removed. Methods at work are not looked at.

    Args:
        workspace: where it is.
        tuning_id: DATASET/TUNING.
        thorough: compare with the checksums; otherwise the files are only read.
    """
    dataset_id, _, own_id = tuning_id.partition("/")
    folder = tuning_folder(workspace, dataset_id, own_id)
    if not folder.is_dir():
        return None
    names = [RECORD, *(name for name in (COMPARISON, QUEUED) if (folder / name).exists())]
    files = open_folder(folder, thorough, _READERS).check(names)
    for method in list_method_folders(folder):
        state = read_state(method).state  # first: one that ends meanwhile has all its trials
        found = [] if state in ACTIVE else _check_method(method, thorough)
        if state == "done" and not found and not _has_all_trials(workspace, folder, method.name):
            what = "lacks trials" if (method / TRIALS).exists() else "is missing"
            found = [DamagedFile(TRIALS, what, last_change(method / TRIALS))]
        files += [DamagedFile(f"{method.name}/{file.name}", file.what, file.since) for file in found]
    if not files:
        return None
    is_lost = any(file.name == RECORD for file in files) and kept_text(folder, RECORD) is None
    cure: Cure = "" if is_lost else "now"
    name = f"{read_name(workspace.dataset_folder(dataset_id), 'dataset.json') or dataset_id} ({own_id})"
    return Damage(
        "tuning", tuning_id, name, folder, tuple(files), cure, "" if is_lost else _lost(folder, files), thorough
    )


def list_method_folders(folder: Path) -> list[Path]:
    """The folders of the methods of a tuning, as far as they were begun."""
    return sorted(path for path in folder.glob("[!.]*") if path.is_dir())


def _check_method(folder: Path, thorough: bool) -> list[DamagedFile]:
    opened = open_folder(folder, thorough, _READERS)
    known = {name for name in ("state.json", TRIALS, IMPORTANCES, INTERRUPTED) if (folder / name).exists()}
    names = known | opened.sums.keys() | {path.name for path in folder.glob("*.json") if is_refusal(path)}
    return opened.check(sorted(names))


def _has_all_trials(workspace: Workspace, folder: Path, method: str) -> bool:
    """Whether a method's budget is used up; True where that cannot be told, because the record is damaged."""
    try:
        tuning = TuningRecord.read(folder / RECORD)
    except RunError:
        return True
    return method not in tuning.methods or read_trials(workspace, tuning, method).is_complete(tuning)


def _lost(folder: Path, files: Sequence[DamagedFile]) -> str:
    """What a repair does not bring back, as sentences."""

    def tell() -> Iterator[str]:
        for path in (folder / file.name for file in files):
            if kept_text(path.parent, path.name) is None:
                yield _REFUSAL_LOST if is_refusal(path) else _LOST.get(path.name, "")

    return " ".join(dict.fromkeys(filter(None, tell())))


def find_unreadable_tunings(workspace: Workspace, dataset_id: str) -> list[Damage]:
    """What is damaged of the tunings of a log that lists leave out, because their record cannot be read."""
    readable = {f"{dataset_id}/{tuning.id}" for tuning in list_tunings(workspace, dataset_id)}
    left_out = [name for name in list_tuning_ids(workspace, dataset_id) if name not in readable]
    return [damage for name in left_out if (damage := check_tuning(workspace, name)) is not None]


def find_tuning_problems(workspace: Workspace) -> list[RunError]:
    """Why tunings cannot be read, which lists leave out."""
    problems = []
    for dataset_id in workspace.list_folders("datasets"):
        for name in list_tuning_ids(workspace, dataset_id) if is_id(dataset_id) else ():
            try:
                TuningRecord.read(tuning_folder(workspace, *name.split("/")) / RECORD)
            except RunError as error:
                problems.append(error)
    return problems


def describe_comparisons_left(workspace: Workspace, tuning_id: str) -> str:
    """What becomes of the comparisons of a tuning's winners once it is removed; "" where there are none."""
    dataset_id, _, own_id = tuning_id.partition("/")
    users = [one for one in workspace.comparisons(dataset_id) if one.tuned and one.tuned.tuning_id == own_id]
    if not users:
        return ""
    stay = "stays, with its results" if len(users) == 1 else "stay, with their results"
    return f"{counted(len(users), 'comparison')} of its winners {stay}; the search, and the way to repeat it, are gone."
