"""The workspace as a whole: creates, lists, finds and deletes datasets, runs and comparisons.

    workspace.json     the schema of the whole
    datasets/<id>/     dataset.json, the arrays, rejected.parquet, splits/<key>/ (train/, test/, baselines/),
                       order-test/
    runs/<id>/         run.json, config.json, split.json, state.json, and the results of the run
    comparisons/<id>/  comparison.json, statistics.json, summary.json
    backtests/<id>/    backtest.json, which comparisons are the windows of one backtest
    decisions/<id>/    decision.json, what people decided on a comparison
    gates/<id>/        gate.json, what the gate decided on two runs
    uploads/<sha256>   files as they came
    engine/            the local job engine's address and log
    access.toml        who has which role, where a login is required (access/roles.py)
    audit.jsonl        who did what, where a login is required (access/audit.py)

Every folder is written under a temporary name and renamed. Folders and files are open to their owner alone, or to the
owner's group with GRU4REC_SHARE=group. The records (dataset.json, run.json, comparison.json, state.json,
backtest.json, decision.json, gate.json) say their schema version; the files beside them have the same version.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Self

import pandas as pd

from gru4rec_core.access.guard import check, require
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import DEFAULT_BASELINES, is_tuned, without_retired
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, name_comparison
from gru4rec_core.disk import folder_size
from gru4rec_core.errors import RunError
from gru4rec_core.storage import delete_folder, is_id, new_folder, new_id
from gru4rec_core.words import bytes_text, counted
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.backtests import (
    BacktestRecord,
    backtest_folder,
    find_backtest_problems,
    list_backtests,
    list_backtests_of,
    read_backtest,
)
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.dataset_store import DatasetStore, list_names
from gru4rec_core.workspace.decisions import (
    describe_deleted_comparison,
    describe_deleted_runs,
    find_decision_problems,
    list_decisions,
    list_resting_decisions,
)
from gru4rec_core.workspace.job_state import JobState, find_damage, read_state
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, RunRecord, TunedWith, now
from gru4rec_core.workspace.refused_baselines import is_settled
from gru4rec_core.workspace.request_validation import validate_baselines, validate_configs

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Dependents:
    """What a dataset, a run or a comparison takes along when it is deleted.

    Attributes:
        runs, comparisons, backtests: cannot stay.
        paths: all folders and files that go, its own too, in the order in which they are removed.
        kept: what becomes of the decisions that rest on it, which stay, as a sentence; "" where there are none.
    """

    runs: tuple[RunRecord, ...]
    comparisons: tuple[ComparisonRecord, ...]
    paths: tuple[Path, ...]
    kept: str = ""
    backtests: tuple[BacktestRecord, ...] = ()

    @property
    def frees(self) -> int:
        """Bytes on disk that go."""
        return sum(map(folder_size, self.paths))

    def describe_removal(self, verb: str, named: str) -> str:
        """ "Deletes shop log with 2 runs from this workspace. This frees 35.4 MB."."""
        along = self.describe()
        also = f" with {along}" if along else ""
        return f"{verb} {named}{also} from this workspace. This frees {bytes_text(self.frees)}."

    def describe(self) -> str:
        """How many there are, in words ("4 runs, 2 comparisons and 1 backtest"); "" when there are none."""
        counts = (len(self.runs), "run"), (len(self.comparisons), "comparison"), (len(self.backtests), "backtest")
        *first, last = [counted(count, word) for count, word in counts if count] or [""]
        return f"{', '.join(first)} and {last}" if first else last


class Workspace(DatasetStore):
    """A folder of datasets, runs and comparisons."""

    @classmethod
    def default(cls) -> Self:
        """The workspace in `default_root`. Raises RunError when a newer version of the workbench wrote it."""
        return cls(cls.default_root())

    @staticmethod
    def default_root() -> Path:
        """The folder that GRU4REC_HOME names; else `workspace/` beside app.py, or, where the library was installed
        without the dashboard, in the current folder."""
        if home := os.environ.get("GRU4REC_HOME"):
            return Path(home).expanduser().resolve()
        parent = PROJECT_ROOT if (PROJECT_ROOT / "app.py").exists() else Path.cwd()
        return parent / "workspace"

    def problems(self) -> list[RunError]:
        """What cannot be read in this workspace: it is left out of lists, or (a job's state) shown as failed."""
        kinds: list[tuple[str, str, Callable[[Path], object]]] = [
            ("datasets", "dataset.json", DatasetRecord.read),
            ("runs", "run.json", RunRecord.read_from),
            ("comparisons", "comparison.json", ComparisonRecord.read),
        ]
        errors = [error for kind in kinds for error in self.read_records(*kind)[1]]
        errors += [*find_backtest_problems(self), *find_decision_problems(self)]
        jobs = [self.run_folder(run.id) for run in self.runs()]
        jobs += sorted((self.root / "datasets").glob("*/splits/*/baselines"))
        jobs += sorted(path.parent for path in (self.root / "datasets").glob("*/tunings/*/*/state.json"))
        jobs += sorted((self.root / "datasets").glob("*/order-test"))
        return errors + [error for folder in jobs if (error := find_damage(folder)) is not None]

    def dataset_dependents(self, dataset_id: str, record: DatasetRecord | None = None) -> Dependents:
        """The runs and comparisons that are deleted together with a dataset, and its upload if no other came from it.

        Args:
            dataset_id: its id.
            record: of the dataset, where its file is damaged and something else knows it.
        """
        runs, comparisons = tuple(self.runs(dataset_id)), tuple(self.comparisons(dataset_id))
        backtests = tuple(list_backtests(self, dataset_id))
        kept = describe_deleted_runs(list_resting_decisions(self, [run.id for run in runs]))
        paths = [backtest_folder(self, backtest.id) for backtest in backtests]
        paths += [self.comparison_folder(comparison.id) for comparison in comparisons]
        paths += [*(self.run_folder(run.id) for run in runs), self.dataset_folder(dataset_id)]
        with suppress(RunError):
            paths += self._own_upload(record or self.dataset(dataset_id))
        return Dependents(runs, comparisons, tuple(paths), kept, backtests)

    def run_dependents(self, run_id: str) -> Dependents:
        """The comparisons that are deleted together with a run, and the backtests that these are part of."""
        users = tuple(one for one in self.comparisons() if run_id in one.run_ids)
        backtests = tuple(list_backtests_of(self, [one.id for one in users]))
        kept = describe_deleted_runs(list_resting_decisions(self, [run_id]))
        folders = [*(backtest_folder(self, one.id) for one in backtests)]
        paths = (*folders, *(self.comparison_folder(one.id) for one in users), self.run_folder(run_id))
        return Dependents((), users, paths, kept, backtests)

    def comparison_dependents(self, comparison_id: str) -> Dependents:
        """The backtests that are deleted together with a comparison; decisions lose the way to it."""
        backtests = tuple(list_backtests_of(self, [comparison_id]))
        decisions = [one for one in list_decisions(self) if one.comparison_id == comparison_id]
        paths = (*(backtest_folder(self, one.id) for one in backtests), self.comparison_folder(comparison_id))
        return Dependents((), (), paths, describe_deleted_comparison(decisions), backtests)

    def backtest_dependents(self, backtest_id: str) -> Dependents:
        """The comparisons of its windows, which are deleted together with a backtest unless another tests on them too.

        Their runs stay; decisions lose the way to them.
        """
        others = {one for each in list_backtests(self) if each.id != backtest_id for one in each.comparison_ids}
        ids = [one for one in read_backtest(self, backtest_id).comparison_ids if one not in others]
        comparisons = tuple(one for one in self.comparisons() if one.id in ids)
        decisions = [one for one in list_decisions(self) if one.comparison_id in ids]
        paths = (backtest_folder(self, backtest_id), *(self.comparison_folder(one) for one in ids))
        found = tuple(path for path in paths if path.exists())
        return Dependents((), comparisons, found, describe_deleted_comparison(decisions))

    def _own_upload(self, record: DatasetRecord) -> list[Path]:
        """The file that a dataset came from, where it is kept and no other dataset came from it; at most one."""
        sha = record.file_sha256
        if not re.fullmatch("[0-9a-f]{64}", sha):
            return []
        is_shared = any(other.file_sha256 == sha and other.id != record.id for other in self.datasets())
        path = self.root / "uploads" / sha
        return [path] if path.exists() and not is_shared else []

    def remove(self, dependents: Dependents) -> None:
        """Removes all that goes. Whether it may is for the caller to ask first (`refuse_active`, the guard)."""
        for path in dependents.paths:
            if path.is_dir():
                delete_folder(path)
            else:
                path.unlink(missing_ok=True)

    def delete_dataset(self, dataset_id: str, *, with_runs: bool = False) -> None:
        """Removes a dataset with its splits and comparisons, and its upload unless another dataset came from it.

        Args:
            dataset_id: id or name.
            with_runs: remove its runs too.

        Raises:
            RunError: runs use it and `with_runs` is False, or a run is still at work.
        """
        record = self.dataset(dataset_id)
        check(self.root, Action.DELETE, "dataset", record.id, record.name)
        if any(read_state(path.parent).is_active for path in self.dataset_folder(record.id).rglob("state.json")):
            raise RunError(
                "A dataset can be deleted only once nothing works on it.",
                found="a tuning, baselines or a test of it are still at work",
                remedy="Cancel it first.",
            )
        dependents = self.dataset_dependents(record.id)
        if dependents.runs and not with_runs:
            raise RunError(
                "A dataset can be deleted only once no run uses it.",
                found=f"{len(dependents.runs)} runs: {list_names(run.name for run in dependents.runs)}",
                where=str(record),
                remedy="Delete these runs first, or delete the dataset with its runs.",
            )
        self.refuse_active(dependents.runs)
        require(self.root, Action.DELETE, "dataset", record.id, record.name)
        self.remove(dependents)

    def runs(self, dataset_id: str | None = None) -> list[RunRecord]:
        """All runs, or those of a dataset, newest first."""
        records, _ = self.read_records("runs", "run.json", RunRecord.read_from)
        matching = [record for record in records if dataset_id in (None, record.dataset_id)]
        return sorted(matching, key=lambda record: record.created, reverse=True)

    def run_ids(self) -> list[str]:
        """The ids of all runs, in alphabetical order; none of their files is read."""
        return [name for name in self.list_folders("runs") if is_id(name)]

    def run(self, run_id: str) -> RunRecord:
        """A run's record.

        Raises:
            RunError: there is no such run, or its record is damaged.
        """
        folder = self.run_folder(run_id)
        if not folder.exists():
            raise RunError(
                "There is no run of this id.",
                found=f"{run_id!r}; there are: {list_names(run.id for run in self.runs())}",
                where=str(self.root / "runs"),
                remedy="Take an id from the list of runs.",
            )
        return RunRecord.read_from(folder / "run.json")

    def readable_runs(self, run_ids: Iterable[str]) -> list[RunRecord]:
        """The records of these runs, in their order, without those that are damaged or gone."""
        records = []
        for run_id in run_ids:
            with suppress(RunError):
                records.append(self.run(run_id))
        return records

    def create_run(
        self,
        dataset_id: str,
        config: TrainingConfig,
        split: SplitConfig,
        *,
        comparison_id: str | None = None,
        name: str | None = None,
        continues: str | None = None,
    ) -> RunRecord:
        """Makes a run that has not started: its folder with the settings.

        With `continues` it begins with the last checkpoint of the run of this id (see experiments/continuing.py).
        """
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
            continues=continues,
        )
        require(self.root, Action.TRAIN, "run", run_id, record.name)
        with new_folder(self.run_folder(run_id)) as folder:
            record.write_to(folder)
            write_checksums(folder)
        return record

    def find_run(
        self, dataset_id: str, config: TrainingConfig, split: SplitConfig, states: Sequence[str] = ("done",)
    ) -> RunRecord | None:
        """The newest run on this dataset with exactly these settings whose state is one of `states`."""
        for run in self.runs(dataset_id):
            if run.config == config and run.split == split and self.state(run.id).state in states:
                return run
        return None

    def delete_run(self, run_id: str, *, with_comparisons: bool = False) -> None:
        """Removes a run.

        Args:
            run_id: its id.
            with_comparisons: remove the comparisons that use it too.

        Raises:
            RunError: the run is still at work, or comparisons use it and `with_comparisons` is False.
        """
        run = self.run(run_id)
        check(self.root, Action.DELETE, "run", run.id, run.name)
        self.refuse_active([run])
        dependents = self.run_dependents(run.id)
        if dependents.comparisons and not with_comparisons:
            raise RunError(
                "A run can be deleted only once no comparison uses it.",
                found=list_names(comparison.name for comparison in dependents.comparisons),
                where=f"run {run.id}",
                remedy="Delete the comparison first.",
            )
        require(self.root, Action.DELETE, "run", run.id, run.name)
        self.remove(dependents)

    def state(self, run_id: str) -> JobState:
        return read_state(self.run_folder(run_id))

    def epochs(self, run_id: str) -> pd.DataFrame:
        """One row per epoch: EpochReport, validation metrics as `validation_accuracy@1` …; empty before the first."""
        return run_folder.read_epochs(self.run_folder(run_id))

    def metrics(self, run_id: str) -> dict[str, Any]:
        """Test metrics by name ("accuracy@1", "mrr@20" …). Raises RunError when the run has none yet."""
        return run_folder.read_metrics(self.run_folder(run_id))

    def log(self, run_id: str, tail: int | None = None) -> str:
        """The run's log, or its last `tail` lines; empty when there is none."""
        return run_folder.read_log(self.run_folder(run_id), tail)

    def comparisons(self, dataset_id: str | None = None) -> list[ComparisonRecord]:
        """All comparisons, or those on a dataset, newest first."""
        records, _ = self.read_records("comparisons", "comparison.json", ComparisonRecord.read)
        matching = [record for record in records if dataset_id in (None, record.dataset_id)]
        return sorted(matching, key=lambda record: record.created, reverse=True)

    def comparison(self, comparison_id: str) -> ComparisonRecord:
        """A comparison's record. Raises RunError when there is none, or it is damaged."""
        return ComparisonRecord.read(self.comparison_folder(comparison_id) / "comparison.json")

    def missing_baselines(self, dataset_id: str, split: SplitConfig, names: Iterable[str]) -> list[str]:
        """The names, of those given, of baselines that are still to be computed on a split."""
        folder = self.split_folder(dataset_id, split) / "baselines"
        return [name for name in without_retired(names) if not is_settled(folder, name)]

    def wanted_baselines(self, dataset_id: str, key: str) -> tuple[str, ...]:
        """The baselines that the job of a split computes: the usual ones, and those that a comparison on it names.

        Args:
            dataset_id: of the log.
            key: of the test rule (`SplitConfig.key`).
        """
        named = (one.baselines for one in self.comparisons(dataset_id) if one.split.key() == key)
        explained = (one.tuned.baseline_settings for one in self.comparisons() if one.tuned is not None)
        known = set(chain.from_iterable(explained))
        wanted = dict.fromkeys((*DEFAULT_BASELINES, *chain.from_iterable(named)))
        return without_retired(name for name in wanted if not is_tuned(name) or name in known)

    def baseline_settings(self, name: str) -> dict[str, Any]:
        """The settings of a tuned baseline, as a comparison that has it says; {} for one with its usual settings.

        Raises:
            RunError: no comparison says what they are.
        """
        if not is_tuned(name):
            return {}
        for one in self.comparisons():
            if one.tuned is not None and name in one.tuned.baseline_settings:
                return one.tuned.baseline_settings[name]
        raise RunError(
            "A comparison says which settings a tuned baseline has.",
            found=f"none that has {name}",
            remedy="Compare the winners of its tuning again.",
        )

    def create_comparison(
        self,
        dataset_id: str,
        split: SplitConfig,
        config: ComparisonConfig,
        run_ids: Sequence[str],
        *,
        name: str | None = None,
        baselines: Sequence[str] = DEFAULT_BASELINES,
        tuned: TunedWith | None = None,
    ) -> ComparisonRecord:
        """Stores what is compared and the metric that decides, before the runs train.

        Raises:
            RunError: there is no run, or one on another dataset or under another test rule.
            ConfigError: unknown baselines, or two runs with the same settings.
        """
        validate_baselines(baselines, tuned.baseline_settings if tuned else ())
        dataset = self.dataset(dataset_id)
        runs = [self.run(run_id) for run_id in run_ids]
        if not runs:
            raise RunError("A comparison needs at least one run.", found="none")
        for run in runs:
            if run.dataset_id != dataset.id or run.split != split:
                raise RunError(
                    "Compared runs must share their dataset and test rule.",
                    found=f"run {run.id} on {run.dataset_id} ({run.split.protocol})",
                    remedy="Train it again on this dataset with this test rule.",
                )
        validate_configs([run.config for run in runs])
        losses = list(dict.fromkeys(run.config.loss for run in runs))
        record = ComparisonRecord(
            id=new_id("-".join(losses)),
            name=name or name_comparison(losses),
            dataset_id=dataset.id,
            dataset_hash=dataset.content_hash,
            split=split,
            config=config,
            run_ids=tuple(run_ids),
            baselines=tuple(baselines),
            decided_before_results=all(self.state(run.id).state != "done" for run in runs),
            tuned=tuned,
        )
        return self._store_comparison(record)

    def find_comparison(
        self,
        dataset_id: str,
        split: SplitConfig,
        config: ComparisonConfig,
        run_ids: Sequence[str],
        baselines: Sequence[str],
        tuned: TunedWith | None = None,
    ) -> ComparisonRecord | None:
        """The newest comparison of exactly these runs beside these baselines, tuned and judged in the same way."""
        wanted = (split, config, tuple(run_ids), tuple(baselines), tuned)
        for known in self.comparisons(dataset_id):
            if (known.split, known.config, known.run_ids, known.baselines, known.tuned) == wanted:
                return known
        return None

    def narrow_comparison(self, comparison_id: str, run_ids: Sequence[str]) -> ComparisonRecord:
        """Stores a comparison of some of another's runs, judged as was decided for that one. Both stay.

        Raises:
            RunError: there is no run, or one that the comparison does not have.
        """
        whole = self.comparison(comparison_id)
        kept = tuple(run_id for run_id in whole.run_ids if run_id in run_ids)
        if not kept or len(kept) != len(run_ids):
            raise RunError(
                "A comparison is narrowed to some of its own runs.",
                found=", ".join(run_ids) or "none",
                where=f"comparison {comparison_id}",
            )
        return self._follow(whole, kept, f"{whole.name}, {len(kept)} of {len(whole.run_ids)} runs")

    def succeed_comparison(self, comparison_id: str, run_ids: Sequence[str], name: str) -> ComparisonRecord:
        """Stores a comparison of runs that take the places of another's, judged as was decided for that one. Both stay.

        Raises:
            ConfigError: two runs with the same settings.
        """
        validate_configs([self.run(run_id).config for run_id in run_ids])
        return self._follow(self.comparison(comparison_id), tuple(run_ids), name)

    def _follow(self, before: ComparisonRecord, run_ids: tuple[str, ...], name: str) -> ComparisonRecord:
        """Stores a comparison that differs from the one before in its runs and its name alone."""
        new = new_id("-".join(dict.fromkeys(self.run(run_id).config.loss for run_id in run_ids)))
        return self._store_comparison(
            before.model_copy(update={"id": new, "name": name, "run_ids": run_ids, "created": now()})
        )

    def _store_comparison(self, record: ComparisonRecord) -> ComparisonRecord:
        require(self.root, Action.COMPARE, "comparison", record.id, record.name)
        with new_folder(self.comparison_folder(record.id)) as folder:
            record.write(folder / "comparison.json")
            write_checksums(folder)
        return record

    def delete_comparison(self, comparison_id: str) -> None:
        """Removes a comparison; its runs stay."""
        record = self.comparison(comparison_id)
        require(self.root, Action.DELETE, "comparison", record.id, record.name)
        self.remove(self.comparison_dependents(record.id))

    def delete_backtest(self, backtest_id: str) -> None:
        """Removes a backtest with the comparisons of its windows (see `backtest_dependents`); their runs stay.

        Raises:
            RunError: there is no such backtest, or its record is damaged.
        """
        record = read_backtest(self, backtest_id)
        require(self.root, Action.DELETE, "backtest", record.id, record.name)
        self.remove(self.backtest_dependents(record.id))

    def refuse_active(self, runs: Iterable[RunRecord]) -> None:
        """Raises RunError when one of these runs is still at work."""
        active = [run.name for run in runs if self.state(run.id).is_active]
        if active:
            raise RunError(
                "A run can be deleted only once it has ended.",
                found=f"still at work: {list_names(active)}",
                remedy="Cancel it first.",
            )
