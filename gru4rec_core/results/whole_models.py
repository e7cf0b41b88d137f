"""Which models of a comparison are whole, and what is damaged of the others?

A damaged run costs that run: the comparison goes on with the rest. Nothing is checked that can be read, so this costs
no more than reading the results.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.results.model_table import Row, group_by_model, load_baselines, load_trained_models
from gru4rec_core.workspace.checksums import read_checksums
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import check_baseline, check_run, has_ended
from gru4rec_core.workspace.job_state import read_state
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.split_store import StoredSplit
from gru4rec_core.workspace.store import Workspace

Loaded = TypeVar("Loaded")

_NEEDED = ("run.json", "config.json", "split.json", "state.json", "metrics.json", "predictions.parquet")
"""Files of a run without which it has no results."""

_BESIDE = ("environment.json", "epochs.jsonl")
"""Files whose loss costs a run its time or its curve."""

_FAULTS = (RunError, KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True)
class WholeModels:
    """The models of a comparison that can be read.

    Attributes:
        groups: the runs of each trained model by its name.
        rows: of the table of models, trained ones first.
        models: their results.
        damages: what is damaged of the other runs and baselines, or beside the results of these.
    """

    groups: dict[str, list[RunRecord]]
    rows: list[Row]
    models: list[ModelResults]
    damages: list[Damage]


def is_unfinished(workspace: Workspace, run_id: str) -> bool:
    """Whether a run is still waited for: it is not done, and that is not because its files are damaged."""
    folder = workspace.run_folder(run_id)
    if workspace.state(run_id).state == "done":
        return False
    return (folder / "run.json").exists() and not has_ended(folder)


def load_whole(workspace: Workspace, record: ComparisonRecord, split: StoredSplit) -> WholeModels:
    """Loads the models of a comparison that are whole.

    Args:
        workspace: where it is.
        record: the comparison; none of its runs is unfinished.
        split: what they were tested on.

    Raises:
        RunError: all of its runs are damaged.
    """
    k = record.config.deciding_k
    runs, damages = _read_runs(workspace, record)

    def load_trained(left: Sequence[RunRecord]) -> tuple[dict[str, list[RunRecord]], list[Row], list[ModelResults]]:
        groups = group_by_model(left)
        return groups, *load_trained_models(workspace, groups, split, k)

    def check(run: RunRecord) -> Damage | None:
        return check_run(workspace, run.id, names=_NEEDED)

    (groups, rows, models), found = _load_rest(load_trained, runs, check)
    damages += found
    used = (run.id for of_model in groups.values() for run in of_model)
    damages += [one for run_id in used if (one := check_run(workspace, run_id, names=_BESIDE)) is not None]
    names, found = _find_baselines(workspace, record)
    damages += found
    like = models[0].evaluations[0]
    (baseline_rows, baselines), found = _load_rest(
        lambda left: load_baselines(workspace, record.dataset_id, left, split, k, like),
        names,
        lambda name: check_baseline(workspace, _baseline_id(record, name)),
    )
    return WholeModels(groups, [*rows, *baseline_rows], [*models, *baselines], damages + found)


def find_comparison_damage(workspace: Workspace, record: ComparisonRecord) -> list[Damage]:
    """What is damaged of a comparison's runs and baselines, of the files that their results are read from."""
    checked = [check_run(workspace, run_id, names=_NEEDED) for run_id in record.run_ids]
    checked += [check_baseline(workspace, _baseline_id(record, name)) for name in _find_baselines(workspace, record)[0]]
    return [one for one in checked if one is not None]


Part = TypeVar("Part")


def _load_rest(
    load: Callable[[Sequence[Part]], Loaded], parts: Sequence[Part], check: Callable[[Part], Damage | None]
) -> tuple[Loaded, list[Damage]]:
    """What is loaded of all parts; where that fails, of those that are whole, with what is damaged of the others."""
    try:
        return load(parts), []
    except _FAULTS as error:
        checked = [(part, check(part)) for part in parts]
        damages = [damage for _, damage in checked if damage is not None]
        whole = [part for part, damage in checked if damage is None]
        if not damages or (not whole and isinstance(parts[0], RunRecord)):
            raise error if isinstance(error, RunError) else _all_damaged(str(error)) from error
        return load(whole), damages


def _all_damaged(found: str) -> RunError:
    return RunError(
        "The results of this comparison cannot be read.",
        found=found,
        remedy="Check the workspace (command: check), or train the models again.",
    )


def _read_runs(workspace: Workspace, record: ComparisonRecord) -> tuple[list[RunRecord], list[Damage]]:
    """The runs whose record and state can be read, and what is damaged of the others."""
    runs, damages = [], []
    for run_id in record.run_ids:
        try:
            run = workspace.run(run_id)
            if read_state(workspace.run_folder(run_id)).state == "done":
                runs.append(run)
                continue
        except RunError:
            pass
        damage = check_run(workspace, run_id)
        if damage is not None:
            damages.append(damage)
    if not runs:
        raise _all_damaged(f"none of {len(record.run_ids)} runs is whole")
    return runs, damages


def _find_baselines(workspace: Workspace, record: ComparisonRecord) -> tuple[list[str], list[Damage]]:
    """The baselines that are there, and what is damaged of those that were."""
    folder = workspace.split_folder(record.dataset_id, record.split) / "baselines"
    names = [name for name in record.baselines if (folder / f"{name}.json").exists()]
    sums = read_checksums(folder) if len(names) < len(record.baselines) else {}
    gone = [
        name
        for name in record.baselines
        if name not in names and ((folder / f"{name}.parquet").exists() or f"{name}.json" in sums)
    ]
    checked = (check_baseline(workspace, _baseline_id(record, name)) for name in gone)
    return names, [damage for damage in checked if damage is not None]


def _baseline_id(record: ComparisonRecord, name: str) -> str:
    return f"{record.dataset_id}/{record.split.key()}/{name}"
