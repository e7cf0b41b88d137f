"""Where do datasets, runs and comparisons live, and how are they found again?

    datasets/<id>/     dataset.json, the arrays, rejected.parquet, splits/<key>/ (test events, baselines/)
    runs/<id>/         run.json, config.json, split.json, state.json, and what the run left
    comparisons/<id>/  comparison.json
    uploads/<sha256>   files as they came
    engine/            the local job engine's address and log

Every folder is written under a temporary name and renamed. The records (dataset.json, run.json, comparison.json,
state.json, the engine's address.json) carry their schema version; what lies beside them is of the same version.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import pandas as pd

from gru4rec_core.baselines.registry import DEFAULT_BASELINES
from gru4rec_core.config import LOSS_LABELS, ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.storage import delete_folder, new_folder, new_id
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.dataset_store import DatasetShelf, some
from gru4rec_core.workspace.job_state import JobState, damage, read_state
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, RunRecord
from gru4rec_core.workspace.request_validation import check_baselines, check_configs

PROJECT_ROOT = Path(__file__).resolve().parents[2]


class Workspace(DatasetShelf):
    """A folder of datasets, runs and comparisons."""

    @classmethod
    def default(cls) -> Self:
        """The workspace that GRU4REC_HOME names; else `workspace/` beside app.py, or, where the library was
        installed without the dashboard, in the current folder."""
        if home := os.environ.get("GRU4REC_HOME"):
            return cls(home)
        parent = PROJECT_ROOT if (PROJECT_ROOT / "app.py").exists() else Path.cwd()
        return cls(parent / "workspace")

    def problems(self) -> list[RunError]:
        """What in this workspace cannot be read: it is in no list, or (a job's state) shown as failed."""
        kinds: list[tuple[str, str, Callable[[Path], object]]] = [
            ("datasets", "dataset.json", DatasetRecord.read),
            ("runs", "run.json", RunRecord.read_from),
            ("comparisons", "comparison.json", ComparisonRecord.read),
        ]
        broken = [error for kind in kinds for error in self.records(*kind)[1]]
        jobs = [self.run_folder(run.id) for run in self.runs()]
        jobs += sorted((self.root / "datasets").glob("*/splits/*/baselines"))
        return broken + [error for folder in jobs if (error := damage(folder)) is not None]

    def delete_dataset(self, dataset_id: str, *, with_runs: bool = False) -> None:
        """Removes a dataset, its splits, and the file it was uploaded as unless another dataset came from it.

        Raises:
            RunError: runs use it, unless `with_runs`: then they and its comparisons go too; a run that still
                works is never removed.
        """
        record = self.dataset(dataset_id)
        runs = self.runs(record.id)
        if runs and not with_runs:
            raise RunError(
                "A dataset is deleted once no run uses it.",
                found=f"{len(runs)} runs: {some(run.name for run in runs)}",
                where=str(record),
                remedy="Delete these runs first, or delete the dataset with its runs.",
            )
        self._refuse_active(runs)
        for comparison in self.comparisons(record.id):
            delete_folder(self.comparison_folder(comparison.id))
        for run in runs:
            delete_folder(self.run_folder(run.id))
        delete_folder(self.dataset_folder(record.id))
        sha = record.file_sha256
        if re.fullmatch("[0-9a-f]{64}", sha) and all(one.file_sha256 != sha for one in self.datasets()):
            (self.root / "uploads" / sha).unlink(missing_ok=True)

    def runs(self, dataset_id: str | None = None) -> list[RunRecord]:
        """All runs, or those of a dataset, newest first."""
        records, _ = self.records("runs", "run.json", RunRecord.read_from)
        wanted = [one for one in records if dataset_id in (None, one.dataset_id)]
        return sorted(wanted, key=lambda record: record.created, reverse=True)

    def run(self, run_id: str) -> RunRecord:
        """Raises RunError: no such run, or a folder of another schema."""
        folder = self.run_folder(run_id)
        if not folder.exists():
            raise RunError(
                "A run is named by its id.",
                found=f"{run_id!r}; there are: {some(run.id for run in self.runs())}",
                where=str(self.root / "runs"),
                remedy="Take an id from the list of runs.",
            )
        return RunRecord.read_from(folder / "run.json")

    def create_run(
        self,
        dataset_id: str,
        config: TrainingConfig,
        split: SplitConfig,
        *,
        comparison_id: str | None = None,
        name: str | None = None,
    ) -> RunRecord:
        """A run that has not started: its folder with the settings."""
        dataset = self.dataset(dataset_id)
        run_id = new_id(config.loss)
        record = RunRecord(
            id=run_id,
            name=name or f"{config.loss}, seed {config.seed}",
            dataset_id=dataset.id,
            dataset_hash=dataset.content_hash,
            config=config,
            split=split,
            comparison_id=comparison_id,
        )
        with new_folder(self.run_folder(run_id)) as folder:
            record.write_to(folder)
        return record

    def find_run(
        self, dataset_id: str, config: TrainingConfig, split: SplitConfig, states: Sequence[str] = ("done",)
    ) -> RunRecord | None:
        """The newest run on this dataset with exactly these settings whose state is one of `states`."""
        for run in self.runs(dataset_id):
            if run.config == config and run.split == split and self.state(run.id).state in states:
                return run
        return None

    def delete_run(self, run_id: str) -> None:
        """Raises RunError: the run still works, or a comparison needs it."""
        run = self.run(run_id)
        self._refuse_active([run])
        users = [one.name for one in self.comparisons(run.dataset_id) if run.id in one.run_ids]
        if users:
            raise RunError(
                "A run is deleted once no comparison uses it.",
                found=some(users),
                where=f"run {run.id}",
                remedy="Delete the comparison first.",
            )
        delete_folder(self.run_folder(run.id))

    def state(self, run_id: str) -> JobState:
        return read_state(self.run_folder(run_id))

    def epochs(self, run_id: str) -> pd.DataFrame:
        """One row an epoch: EpochReport, validation metrics as `validation_accuracy@1` …; maybe empty."""
        return run_folder.read_epochs(self.run_folder(run_id))

    def metrics(self, run_id: str) -> dict[str, Any]:
        """Test metrics by name ("accuracy@1", "mrr@20" …). Raises RunError when the run has none yet."""
        return run_folder.read_metrics(self.run_folder(run_id))

    def log(self, run_id: str, tail: int | None = None) -> str:
        """The run's log, or its last `tail` lines; empty when there is none."""
        return run_folder.read_log(self.run_folder(run_id), tail)

    def comparisons(self, dataset_id: str | None = None) -> list[ComparisonRecord]:
        """All comparisons, or those on a dataset, newest first."""
        records, _ = self.records("comparisons", "comparison.json", ComparisonRecord.read)
        wanted = [one for one in records if dataset_id in (None, one.dataset_id)]
        return sorted(wanted, key=lambda record: record.created, reverse=True)

    def comparison(self, comparison_id: str) -> ComparisonRecord:
        """Raises RunError: no such comparison."""
        return ComparisonRecord.read(self.comparison_folder(comparison_id) / "comparison.json")

    def missing_baselines(self, dataset_id: str, split: SplitConfig, names: Iterable[str]) -> list[str]:
        """Those of these baselines that were not computed yet on a split."""
        folder = self.split_folder(dataset_id, split) / "baselines"
        return [name for name in names if not (folder / f"{name}.json").exists()]

    def create_comparison(
        self,
        dataset_id: str,
        split: SplitConfig,
        config: ComparisonConfig,
        run_ids: Sequence[str],
        *,
        name: str | None = None,
        baselines: Sequence[str] = DEFAULT_BASELINES,
    ) -> ComparisonRecord:
        """Stores what is compared and the metric that decides, before the runs train.

        Raises:
            RunError: no run, or a run on another dataset or under another test rule.
            ConfigError: unknown baselines, or two runs with the same settings.
        """
        check_baselines(baselines)
        dataset = self.dataset(dataset_id)
        runs = [self.run(run_id) for run_id in run_ids]
        if not runs:
            raise RunError("A comparison has at least one run.", found="none")
        for run in runs:
            if run.dataset_id != dataset.id or run.split != split:
                raise RunError(
                    "Compared runs share their dataset and test rule.",
                    found=f"run {run.id} on {run.dataset_id} ({run.split.protocol})",
                    remedy="Train it again on this dataset with this test rule.",
                )
        check_configs([run.config for run in runs])
        losses = list(dict.fromkeys(run.config.loss for run in runs))
        comparison_id = new_id("-".join(losses))
        record = ComparisonRecord(
            id=comparison_id,
            name=name or " against ".join(LOSS_LABELS[loss] for loss in losses),
            dataset_id=dataset.id,
            dataset_hash=dataset.content_hash,
            split=split,
            config=config,
            run_ids=tuple(run_ids),
            baselines=tuple(baselines),
            decided_before_results=all(self.state(run.id).state != "done" for run in runs),
        )
        with new_folder(self.comparison_folder(comparison_id)) as folder:
            record.write(folder / "comparison.json")
        return record

    def delete_comparison(self, comparison_id: str) -> None:
        """Removes a comparison; its runs stay."""
        delete_folder(self.comparison_folder(self.comparison(comparison_id).id))

    def _refuse_active(self, runs: Iterable[RunRecord]) -> None:
        active = [run.name for run in runs if self.state(run.id).is_active]
        if active:
            raise RunError(
                "A run is deleted once it has ended.",
                found=f"still at work: {some(active)}",
                remedy="Cancel it first.",
            )
