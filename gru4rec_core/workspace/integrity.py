"""Which files of the workspace are damaged?

For each kind of thing (dataset, split, run …): which files it has, what is wrong with them, and how to repair it.
A page, which may not take long, reads files; a check of the workspace compares them with their checksums
(file_checks.py).
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from gru4rec_core.baselines.names import RETIRED_LABELS, is_known, label_of
from gru4rec_core.config import SplitConfig, label_run
from gru4rec_core.errors import RunError
from gru4rec_core.model.checkpoint import read_newest
from gru4rec_core.storage import is_id
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.backtests import FILE, backtest_folder
from gru4rec_core.workspace.checksums import Checksum, kept_text, read_checksums
from gru4rec_core.workspace.damage import Cure, Damage, DamagedFile, Kind, last_change
from gru4rec_core.workspace.file_checks import FAULTS, open_folder, read_name
from gru4rec_core.workspace.job_state import JobState, read_state
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.refused_baselines import is_refusal
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tuning_checks import check_tuning, list_method_folders, list_tuning_ids

OnProgress = Callable[[int, int], object]
"""Called with how many things have been checked, and how many there are."""

RUN_RECORDS = ("run.json", "config.json", "split.json")

ORDER_RESULT = "result.json"
"""What an order test found, in the folder of the test (`Workspace.order_test_folder`)."""

_LOST_FILES = {
    "epochs.jsonl": "The epochs that cannot be read are left out of the training curve.",
    "environment.json": "The versions it was trained with are lost; its time is added up from its epochs.",
    "items.parquet": "What the item file said about the items is lost: add it again on Data.",
    "rejected.parquet": "The list of rows that the import left out is lost.",
}


_PART_FILES: dict[str, tuple[str, ...]] = {
    "train": (),
    "validation": ("predicted.npy",),
    "test": ("predicted.npy", "trained.npy", "train_counts.npy", "info.json"),
}
"""What a part of a split has beside the log itself (see split_store.py)."""


def find_damage(workspace: Workspace, on_progress: OnProgress | None = None) -> list[Damage]:
    """Everything that is damaged in a workspace; every file is compared with its checksum, or read.

    Args:
        workspace: to check.
        on_progress: see `OnProgress`.
    """
    checks = list(_list_checks(workspace))
    found: list[Damage] = []
    for number, check in enumerate(checks):
        if on_progress is not None:
            on_progress(number, len(checks))
        damage = check()
        # What was removed meanwhile is not damaged.
        if damage is not None and damage.folder.exists():
            found.append(damage)
    return found


def _list_checks(workspace: Workspace) -> Iterator[Callable[[], Damage | None]]:
    for dataset_id in _list_ids(workspace, "dataset"):
        yield partial(check_dataset, workspace, dataset_id, thorough=True)
        # Names that begin with a dot are being written or removed.
        for folder in sorted((workspace.root / "datasets" / dataset_id / "splits").glob("[!.]*")):
            yield partial(_check_split, workspace, dataset_id, folder)
            for name in _list_baselines(folder / "baselines"):
                yield partial(check_baseline, workspace, f"{dataset_id}/{folder.name}/{name}", thorough=True)
        if workspace.order_test_folder(dataset_id).is_dir():
            yield partial(_check_order_test, workspace, dataset_id)
        for tuning_id in list_tuning_ids(workspace, dataset_id):
            yield partial(check_tuning, workspace, tuning_id, thorough=True)
    for run_id in _list_ids(workspace, "run"):
        yield partial(check_run, workspace, run_id, thorough=True)
    for comparison_id in _list_ids(workspace, "comparison"):
        yield partial(check_comparison, workspace, comparison_id, thorough=True)
    for backtest_id in _list_ids(workspace, "backtest"):
        yield partial(check_backtest, workspace, backtest_id, thorough=True)
    kinds: tuple[Kind, ...] = ("decision", "gate")
    for kind in kinds:
        for decision_id in _list_ids(workspace, kind):
            yield partial(check_decision, workspace, kind, decision_id)


def _list_ids(workspace: Workspace, kind: Kind) -> list[str]:
    """The ids of all things of a kind; other folders beside them are not ours."""
    return [name for name in workspace.list_folders(f"{kind}s") if is_id(name)]


def check_again(workspace: Workspace, damages: Iterable[Damage]) -> list[Damage]:
    """Of what was damaged, what still is."""
    there = [one for one in damages if one.folder.exists() and not _is_taken_away(one)]
    found = [_check_one(workspace, damage) for damage in there]
    return [damage for damage in found if damage is not None]


def _is_taken_away(damage: Damage) -> bool:
    """Whether it is a baseline that a repair has removed, and a job makes again."""
    return damage.kind == "baseline" and not (damage.folder / f"{damage.id.rpartition('/')[2]}.json").exists()


def require_damaged(workspace: Workspace, damage: Damage) -> None:
    """Raises RunError if it was repaired since it was found: its damaged files are looked at as they were then."""
    names = tuple(damage.names() - {"."})
    if _check_one(workspace, damage, names) is None:
        raise RunError(
            "What is removed as damaged is still damaged.",
            found=f"{damage.name} is not damaged any more",
            remedy="Nothing was removed: somebody repaired it meanwhile. Reload the page to see it.",
        )


def _check_one(workspace: Workspace, damage: Damage, names: Sequence[str] = ()) -> Damage | None:
    """Looks again with the kind of check that found it; at a run's files of these names alone where some are given."""
    if damage.kind == "run":
        return check_run(workspace, damage.id, thorough=damage.thorough, names=names)
    if damage.kind == "dataset":
        return check_dataset(workspace, damage.id, thorough=damage.thorough)
    if damage.kind == "split":
        return _check_split(workspace, damage.id.partition("/")[0], damage.folder)
    if damage.kind == "baseline":
        return check_baseline(workspace, damage.id, thorough=damage.thorough)
    if damage.kind == "comparison":
        return check_comparison(workspace, damage.id, thorough=damage.thorough)
    if damage.kind == "backtest":
        return check_backtest(workspace, damage.id, thorough=damage.thorough)
    if damage.kind == "order-test":
        return _check_order_test(workspace, damage.id)
    if damage.kind == "tuning":
        return check_tuning(workspace, damage.id, thorough=damage.thorough)
    return check_decision(workspace, damage.kind, damage.id)


def require_idle(damage: Damage) -> None:
    """Raises RunError while a job works on what is damaged, so that nothing is removed that it needs."""
    own: tuple[Kind, ...] = ("run", "baseline", "order-test")
    folders = [damage.folder] if damage.kind in own else []
    if damage.kind == "split":
        folders = [damage.folder / "baselines"]
    elif damage.kind == "tuning":
        folders = list_method_folders(damage.folder)
    if any(read_state(folder).is_active for folder in folders):
        raise RunError(
            "What a job works on can be repaired or removed only once it has ended.",
            found=f"still at work: {damage.name}",
            remedy="Wait until it ends, or cancel it first.",
        )


def check_unreadable(workspace: Workspace, kind: Kind, readable: Collection[str]) -> list[Damage]:
    """What is damaged of the things of a kind that a list leaves out, because their record cannot be read.

    Args:
        workspace: where they are.
        kind: "dataset", "run", "comparison", "backtest", "decision" or "gate".
        readable: ids of what the list has.
    """
    checks: dict[Kind, Callable[[str], Damage | None]] = {
        "dataset": partial(check_dataset, workspace),
        "run": partial(check_run, workspace),
        "comparison": partial(check_comparison, workspace),
        "backtest": partial(check_backtest, workspace),
        "decision": partial(check_decision, workspace, "decision"),
        "gate": partial(check_decision, workspace, "gate"),
    }
    left_out = [name for name in _list_ids(workspace, kind) if name not in readable]
    return [damage for name in left_out if (damage := checks[kind](name)) is not None]


def check_run(workspace: Workspace, run_id: str, *, thorough: bool = False, names: Sequence[str] = ()) -> Damage | None:
    """What is damaged in a run; None if nothing is.

    Args:
        workspace: where it is.
        run_id: its id.
        thorough: compare with the checksums; otherwise the files are only read.
        names: the files to look at; by default all.
    """
    folder = workspace.run_folder(run_id)
    if not folder.is_dir():
        return Damage("run", run_id, run_id, folder, (DamagedFile(".", "is missing", last_change(folder)),), "")
    opened = open_folder(folder, thorough)
    files = opened.check(tuple(names) or tuple(_run_files(folder, opened.sums)))
    if not files:
        return None
    cure = _cure_run(workspace, folder, {file.name for file in files})
    return Damage("run", run_id, _name_run(folder), folder, tuple(files), cure, _lost(folder, files), thorough)


def has_ended(folder: Path) -> bool:
    """Whether a run has results, or had some: by its state; if that is damaged, by the files that it left."""
    path = folder / "state.json"
    try:
        return JobState.read(path).state == "done"
    except RunError:
        return any((folder / name).exists() for name in ("metrics.json", "weights.npz", "environment.json"))


def _run_files(folder: Path, sums: Mapping[str, Checksum]) -> Iterator[str]:
    yield from RUN_RECORDS
    ended = has_ended(folder)
    if ended or (folder / "state.json").exists():
        yield "state.json"
    if not ended:
        return
    needed = (
        "metrics.json",
        "predictions.parquet",
        "weights.npz",
        "vocabulary.json",
        "environment.json",
        "epochs.jsonl",
    )
    yield from needed
    lists = (f"predictions.{column}.npy" for column in ("top_items", "top_scores"))
    yield from (name for name in lists if name not in sums and (folder / name).exists())
    yield from (name for name in sums if name not in (*needed, *RUN_RECORDS))


def _name_run(folder: Path) -> str:
    return label_run(read_name(folder, "run.json")) or folder.name


def _lost(folder: Path, files: list[DamagedFile]) -> str:
    """What a repair does not bring back: nothing if the text of the file was kept."""
    names = (file.name for file in files if file.name in _LOST_FILES)
    return " ".join(_LOST_FILES[name] for name in names if kept_text(folder, name) is None)


def _cure_run(workspace: Workspace, folder: Path, names: set[str]) -> Cure:
    for name in names.intersection(RUN_RECORDS):
        is_known = kept_text(folder, name) is not None
        if not is_known and not (name == "split.json" and find_test_rule(workspace, folder.name)):
            return ""
    if "weights.npz" in names and not _has_whole_checkpoint(folder):
        return "train"
    needs_test = {"weights.npz", "weights.weights.h5", "predictions.parquet"}
    return "job" if names & needs_test else "now"


def _has_whole_checkpoint(folder: Path) -> bool:
    """Whether the last checkpoint that a run keeps can be read."""
    try:
        return read_newest(folder / "checkpoint") is not None
    except RunError:
        return False


def find_test_rule(workspace: Workspace, run_id: str) -> SplitConfig | None:
    """The test rule of a run, from its comparison; None if it is in none."""
    return next((one.split for one in workspace.comparisons() if run_id in one.run_ids), None)


def check_dataset(workspace: Workspace, dataset_id: str, *, thorough: bool = False) -> Damage | None:
    """What is damaged in a dataset; None if nothing is. The arguments are those of `check_run`."""
    folder = workspace.dataset_folder(dataset_id)
    opened = open_folder(folder, thorough)
    needed = ["dataset.json", *_name_arrays(folder)]
    optional = ("rejected.parquet", "item_names.json", "items.parquet")
    needed += [name for name in optional if (folder / name).exists() or name in opened.sums]
    files = opened.check(tuple(needed))
    if not files:
        return None
    cure = _cure_dataset(workspace, folder, {file.name for file in files})
    name = read_name(folder, "dataset.json") or dataset_id
    return Damage("dataset", dataset_id, name, folder, tuple(files), cure, _lost(folder, files), thorough)


def _name_arrays(folder: Path) -> list[str]:
    """The files of the log itself, in the folder of a dataset or of a part of a split."""
    numbers, texts = dataset_files.SESSION_NUMBERS, dataset_files.SESSION_TEXTS
    is_numbers = not (folder / texts).exists() and ((folder / numbers).exists() or numbers in read_checksums(folder))
    return [name for name in dataset_files.NAMES if name != (texts if is_numbers else numbers)]


def _cure_dataset(workspace: Workspace, folder: Path, names: set[str]) -> Cure:
    if "dataset.json" in names and kept_text(folder, "dataset.json") is None:
        return ""
    unknown = [name for name in names - {"dataset.json", *_LOST_FILES} if kept_text(folder, name) is None]
    if not unknown:
        return "now"
    return "now" if _is_source_there(workspace, folder) else ""


def _is_source_there(workspace: Workspace, folder: Path) -> bool:
    """Whether a log can be read again: from its upload, as a sample, or from the log it was made from."""
    record = read_dataset_record(folder)
    if record is None:
        return False
    if record.made_from is not None:
        return check_dataset(workspace, record.made_from.parent_id) is None
    if record.source == "sample":
        return True
    return bool(record.file_sha256) and (workspace.root / "uploads" / record.file_sha256).exists()


def read_dataset_record(folder: Path) -> DatasetRecord | None:
    """A dataset's record; where it is damaged, as it was when its checksum was taken; None if that was not kept."""
    try:
        return DatasetRecord.read(folder / "dataset.json")
    except RunError:
        pass
    try:
        text = kept_text(folder, "dataset.json")
        return DatasetRecord.from_values(json.loads(text), folder / "dataset.json") if text else None
    except RunError:
        return None


def _check_split(workspace: Workspace, dataset_id: str, folder: Path) -> Damage | None:
    opened = open_folder(folder, thorough=True)
    files = opened.check(("split.json", *(["baselines/state.json"] if _list_baselines(folder / "baselines") else [])))
    for part in ("train", "validation", "test"):
        if (folder / part).is_dir():
            of_part = open_folder(folder / part, thorough=True)
            names = tuple(of_part.sums) or (*_name_arrays(folder / part), *_PART_FILES[part])
            found = of_part.check(names)
            files += [DamagedFile(f"{part}/{file.name}", file.what, file.since) for file in found]
    if not files:
        return None
    name = read_name(workspace.dataset_folder(dataset_id), "dataset.json") or dataset_id
    is_known = find_split_rule(workspace, dataset_id, folder) is not None
    lost = "Repair cuts the log again, with the same result."
    cure: Cure = "now" if is_known else ""
    return Damage("split", f"{dataset_id}/{folder.name}", name, folder, tuple(files), cure, lost, True)


def find_split_rule(workspace: Workspace, dataset_id: str, folder: Path) -> SplitConfig | None:
    """The test rule of a stored split, from its own file or anything else that has it; None if nothing does."""
    rules = [] if (own := _read_split_rule(folder)) is None else [own]
    rules += [run.split for run in workspace.runs(dataset_id)]
    rules += [one.split for one in workspace.comparisons(dataset_id)]
    # A damaged file may hold another rule than it did: the folder's name says which it was.
    return next((rule for rule in rules if rule.key() == folder.name), None)


def _read_split_rule(folder: Path) -> SplitConfig | None:
    """The rule in split.json, from its kept text, otherwise from the file; None if neither can be read."""
    try:
        return SplitConfig.from_json(kept_text(folder, "split.json") or (folder / "split.json").read_text("utf-8"))
    except FAULTS:
        return None


def _list_baselines(folder: Path) -> list[str]:
    files = [path for path in folder.glob("*") if path.suffix in (".json", ".parquet")]
    names = {path.name.split(".")[0] for path in files} | {name.split(".")[0] for name in read_checksums(folder)}
    refused = {path.name.split(".")[0] for path in files if is_refusal(path)}
    return sorted(name for name in names - refused if is_known(name) or name in RETIRED_LABELS)


def check_baseline(workspace: Workspace, baseline_id: str, *, thorough: bool = False) -> Damage | None:
    """What is damaged in a baseline of a split; None if nothing is.

    Args:
        workspace: where it is.
        baseline_id: DATASET/KEY/NAME.
        thorough: see `check_run`.
    """
    dataset_id, key, name = baseline_id.split("/")
    folder = workspace.dataset_folder(dataset_id) / "splits" / key / "baselines"
    if not (folder / f"{name}.json").exists() and read_state(folder).is_active:
        return None  # being computed: this file is written last
    opened = open_folder(folder, thorough)
    files = opened.check((f"{name}.json", f"{name}.parquet"))
    files += opened.check(tuple(one for one in opened.sums if one.startswith(f"{name}.") and one.endswith(".npy")))
    if not files:
        return None
    only_lists = all(file.name.endswith(".npy") for file in files)
    by_job: Cure = "" if name in RETIRED_LABELS else "job"
    cure = "now" if only_lists else by_job
    return Damage("baseline", baseline_id, label_of(name), folder, tuple(files), cure, thorough=thorough)


def _check_order_test(workspace: Workspace, dataset_id: str) -> Damage | None:
    """What is damaged in the order test of a log; None if nothing is, or while its job writes there."""
    folder = workspace.order_test_folder(dataset_id)
    if read_state(folder).is_active:
        return None
    opened = open_folder(folder, thorough=True)
    files = opened.check(
        name for name in ("state.json", ORDER_RESULT) if (folder / name).exists() or name in opened.sums
    )
    if not files:
        return None
    name = read_name(workspace.dataset_folder(dataset_id), "dataset.json") or dataset_id
    lost = "Repair removes what is left of it: start the test again on Data, with the same result."
    return Damage("order-test", dataset_id, name, folder, tuple(files), "now", lost, True)


def check_comparison(workspace: Workspace, comparison_id: str, *, thorough: bool = False) -> Damage | None:
    """Which of a comparison's own files are damaged; None if none is. The arguments are those of `check_run`."""
    folder = workspace.comparison_folder(comparison_id)
    opened = open_folder(folder, thorough)
    files = opened.check(("comparison.json",))
    files += opened.check(tuple(name for name in ("statistics.json", "summary.json") if (folder / name).exists()))
    return _of_record("comparison", folder, files, "comparison.json", thorough)


def check_backtest(workspace: Workspace, backtest_id: str, *, thorough: bool = False) -> Damage | None:
    """Which of a backtest's own files are damaged; None if none is. The arguments are those of `check_run`."""
    folder = backtest_folder(workspace, backtest_id)
    opened = open_folder(folder, thorough)
    files = opened.check((FILE,))
    files += opened.check(("statistics.json",) if (folder / "statistics.json").exists() else ())
    return _of_record("backtest", folder, files, FILE, thorough)


def check_decision(workspace: Workspace, kind: Kind, decision_id: str) -> Damage | None:
    """What is damaged in a decision of people or (kind "gate") of the gate; None if nothing is."""
    folder = workspace.root / f"{kind}s" / decision_id
    return _of_record(kind, folder, open_folder(folder, thorough=True).check((f"{kind}.json",)), f"{kind}.json", True)


def _of_record(kind: Kind, folder: Path, files: list[DamagedFile], record: str, thorough: bool) -> Damage | None:
    if not files:
        return None
    is_lost = any(file.name == record for file in files) and kept_text(folder, record) is None
    cure: Cure = "" if is_lost else "now"
    name = read_name(folder, record) or folder.name
    return Damage(kind, folder.name, name, folder, tuple(files), cure, thorough=thorough)
