"""What are the results of a comparison?

The result is read from the files of its runs and baselines; no model is loaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.many_pairs import adjust_many_pairs
from gru4rec_core.evaluation.verdict import Verdict, build_verdict, compare_with_baselines
from gru4rec_core.results.care import describe_care
from gru4rec_core.results.model_table import row_to_json
from gru4rec_core.results.statistics_cache import load_statistics
from gru4rec_core.results.whole_models import is_unfinished, load_whole
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.damage import Damage, describe_left_out
from gru4rec_core.workspace.job_state import read_state
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, RunRecord
from gru4rec_core.workspace.run_folder import list_files
from gru4rec_core.workspace.split_store import StoredSplit, open_split
from gru4rec_core.workspace.store import Workspace

DECIDED_LATE = "The results were already known when this comparison was set up: exploratory."

Pair = tuple[ModelResults, ModelResults]
"""Two contenders side by side, base first."""


@dataclass(frozen=True)
class ComparisonResult:
    """A comparison whose runs are done.

    Attributes:
        record, dataset: what was compared on which data.
        comparison: the models (trained ones first, then baselines) and the paired statistics.
        verdict: None with fewer than two trained models.
        warnings: worst first.
        models: one row per model: name, label, kind, n_seeds, then means over seeds for k of `DEFAULT_KS` and the
            deciding k: accuracy@k, accuracy_conservative@k, accuracy_optimistic@k, mrr@k, ndcg@k, coverage@k,
            mean_popularity@k, repeat_share@k; seconds (training time of one run).
        run_ids: the runs of each trained model by its name, one per seed.
        split: the test part.
        limits: what limits every verdict on these models besides what it finds itself, each a sentence.
        care: how the models were tuned, as a sentence; "" where they were not.
        damages: what is damaged of its runs and baselines, and of its log where that was needed; the result is that
            of the rest.
    """

    record: ComparisonRecord
    dataset: DatasetRecord
    comparison: Comparison
    verdict: Verdict | None
    warnings: list[DiagnosticWarning]
    models: pd.DataFrame
    run_ids: dict[str, tuple[str, ...]]
    split: StoredSplit
    limits: tuple[str, ...] = ()
    care: str = ""
    damages: tuple[Damage, ...] = ()

    @property
    def left_out(self) -> str:
        """Which of its runs the result is without, as a sentence; "" where it has all."""
        used = {run_id for run_ids in self.run_ids.values() for run_id in run_ids}
        return describe_left_out(one.name for one in self.damages if one.kind == "run" and one.id not in used)

    @property
    def contenders(self) -> tuple[ModelResults, ...]:
        """The trained models, in the order they were given."""
        return tuple(model for model in self.comparison.models if model.kind == "gru4rec")

    @property
    def pair(self) -> Pair | None:
        """The two contenders that the verdict speaks of, in the order they were given.

        None where there are fewer than two, or they cannot be compared.
        """
        if len(self.contenders) < 2 or self.comparison.obstacle:
            return None
        numbers = self.verdict.numbers if self.verdict else {}
        mentioned = {numbers.get("leader"), numbers.get("other")}
        base, other = sorted(self.contenders, key=lambda model: model.name not in mentioned)[:2]
        return base, other

    def verdict_on(self, pair: Pair) -> Verdict | None:
        """The verdict on two of the contenders beside the baselines, whoever else was compared; None without one."""
        if self.verdict is None or len(self.contenders) == 2:
            return self.verdict
        names = {model.name for model in self.comparison.models if model in pair or model.kind == "baseline"}
        narrowed = replace(
            self.comparison,
            models=tuple(model for model in self.comparison.models if model.name in names),
            pairs=tuple(one for one in self.comparison.pairs if {one.a.name, one.b.name} <= names),
        )
        return limited_verdict(narrowed, self.limits, self.care)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that the comparison says, line by line: the verdict, what limits it, what to do now."""
        if self.verdict:
            steps = (step.sentence for step in self.verdict.next_steps)
            again = filter(None, (self.verdict.trained_again_sentence,))
            return (*self.verdict.sentences, *again, *self.verdict.limits, *steps)
        if self.comparison.obstacle:
            return (self.comparison.obstacle.sentence, self.comparison.obstacle.remedy)
        # A single model without baselines meets nobody.
        found = (compare_with_baselines(self.comparison).sentence,) if self.comparison.pairs else ()
        return (*found, *filter(None, (self.left_out,)))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `compare --json` prints."""
        return {
            "comparison": self.record.id,
            "dataset": self.dataset.name,
            "dataset_id": self.dataset.id,
            "protocol": self.record.split.protocol,
            "decided_before_results": self.record.decided_before_results,
            "tuned": self.record.tuned.model_dump(mode="json") if self.record.tuned else None,
            "deciding_metric": f"accuracy@{self.record.config.deciding_k}",
            "n_test": self.comparison.models[0].n_events,
            "n_test_sessions": self.comparison.models[0].n_sessions,
            "models": [self._model_to_json(row) for row in self.models.to_dict("records")],
            "verdict": self.verdict.to_json() if self.verdict else None,
            "adjusted_pairs": [pair.to_json() for pair in adjust_many_pairs(self.comparison)],
            "warnings": [warning.to_json() for warning in self.warnings],
            "damaged": [damage.to_json() for damage in self.damages],
        }

    def _model_to_json(self, row: dict[Any, Any]) -> dict[str, Any]:
        seconds = None if pd.isna(row["seconds"]) else row["seconds"]
        return {**row_to_json(row), "seconds": seconds, "runs": list(self.run_ids.get(row["name"], ()))}


def seed_names(result: ComparisonResult, runs: Sequence[RunRecord], models: Sequence[ModelResults]) -> list[str]:
    """What each seed is called: the number it was trained with, "0 / 7" where the models' numbers differ.

    Args:
        result: the comparison.
        runs: its runs.
        models: the trained models that are shown side by side.
    """
    seed_of_run = {run.id: run.config.seed for run in runs}
    by_model = [[seed_of_run[run_id] for run_id in result.run_ids[model.name]] for model in models]
    longest = max(map(len, by_model))
    return [
        " / ".join(dict.fromkeys(str(seeds[index]) for seeds in by_model if index < len(seeds)))
        for index in range(longest)
    ]


@dataclass(frozen=True)
class MissingParts:
    """What a comparison still lacks.

    Attributes:
        run_ids: runs that are not done.
        baselines: names of baselines that are not computed.
        baselines_at_work: whether a job that computes baselines is queued or running.
    """

    run_ids: tuple[str, ...]
    baselines: tuple[str, ...]
    baselines_at_work: bool

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.run_ids and not self.baselines

    @property
    def has_result(self) -> bool:
        """Whether there is a result to show: all runs are done or damaged, and no baseline is about to join."""
        return not self.run_ids and not self.baselines_at_work


def find_missing(workspace: Workspace, record: ComparisonRecord) -> MissingParts:
    """What a comparison still waits for, read from the states of its jobs; nobody waits for a damaged run."""
    baselines = workspace.split_folder(record.dataset_id, record.split) / "baselines"
    return MissingParts(
        run_ids=tuple(run_id for run_id in record.run_ids if is_unfinished(workspace, run_id)),
        baselines=tuple(workspace.missing_baselines(record.dataset_id, record.split, record.baselines)),
        baselines_at_work=bool(record.baselines) and read_state(baselines).is_active,
    )


def list_result_files(workspace: Workspace, record: ComparisonRecord) -> list[Path]:
    """The files that appear, or change, with the results of a comparison: one per run and baseline, its metrics.

    Whoever sees one can read the predictions beside it too (`run_folder.save_evaluation`).
    """
    baselines = workspace.split_folder(record.dataset_id, record.split) / "baselines"
    runs = [workspace.run_folder(run_id) / "metrics.json" for run_id in record.run_ids]
    return [*runs, *(baselines / f"{name}.json" for name in record.baselines)]


def list_read_files(workspace: Workspace, record: ComparisonRecord) -> list[Path]:
    """All files that a comparison's result is read from: the result changes when one of them is damaged or repaired."""
    names = ("run.json", "config.json", "split.json", "state.json", "predictions.parquet", "epochs.jsonl")
    files = [workspace.run_folder(run_id) / name for run_id in record.run_ids for name in names]
    baselines = workspace.split_folder(record.dataset_id, record.split) / "baselines"
    files += [baselines / f"{name}.parquet" for name in record.baselines]
    files += [workspace.dataset_folder(record.dataset_id) / name for name in dataset_files.NAMES]
    return [*list_result_files(workspace, record), *files]


def list_mapped_files(workspace: Workspace, record: ComparisonRecord) -> list[Path]:
    """The arrays that a comparison's result keeps memory-mapped.

    One that is cut while it is mapped ends the process that reads on (SIGBUS): who keeps a result looks whether they
    are as they were.
    """
    folder = workspace.split_folder(record.dataset_id, record.split)
    predictions = [workspace.run_folder(run_id) / "predictions.parquet" for run_id in record.run_ids]
    predictions += [folder / "baselines" / f"{name}.parquet" for name in record.baselines]
    names = ("items", "timestamps", "offsets", "session_ids", "predicted", "trained", "train_counts")
    return [
        *(file for path in predictions for file in list_files(path)),
        *(folder / "test" / f"{name}.npy" for name in names),
    ]


def build_comparison_result(workspace: Workspace, comparison_id: str) -> ComparisonResult:
    """The result of a comparison; its statistics are computed and stored if they are not there yet.

    Baselines that are not there (yet) are left out, and so is a run or a baseline whose files are damaged. Where the
    log is damaged and the statistics are not stored, the warnings about the log are left out.

    Raises:
        RunError: a run is not done, all runs are damaged, or the log is and its stored split too.
    """
    record = workspace.comparison(comparison_id)
    missing = find_missing(workspace, record).run_ids
    if missing:
        raise RunError(
            "A comparison has no result until all its runs are done.",
            found=f"{len(missing)} of {len(record.run_ids)} not done: {', '.join(missing)}",
            where=f"comparison {comparison_id}",
            remedy="Wait for them, or start those again that failed.",
        )
    split, dataset = open_split(workspace, record.dataset_id, record.split), workspace.dataset(record.dataset_id)
    loaded = load_whole(workspace, record, split)
    statistics = load_statistics(workspace, record, loaded.groups, loaded.models)
    damages = (*loaded.damages, *filter(None, (statistics.log_damage,)))
    result = ComparisonResult(
        record=record,
        dataset=dataset,
        comparison=statistics.comparison,
        verdict=None,
        warnings=statistics.warnings,
        models=pd.DataFrame(loaded.rows),
        run_ids={name: tuple(run.id for run in runs) for name, runs in loaded.groups.items()},
        split=split,
        damages=damages,
    )
    late = () if record.decided_before_results else (DECIDED_LATE,)
    by_label = {model.label: result.run_ids[model.name] for model in result.contenders}
    care = describe_care(record, by_label, workspace.comparisons(record.dataset_id))
    limits = (*late, *filter(None, (care.limit, result.left_out)))
    verdict = limited_verdict(statistics.comparison, limits, care.sentence) if len(loaded.groups) > 1 else None
    return replace(result, verdict=verdict, limits=limits, care=care.sentence)


def limited_verdict(comparison: Comparison, limits: tuple[str, ...], care: str = "") -> Verdict:
    """The verdict on a comparison, with these sentences on top of the limits that it finds itself.

    Args:
        comparison: what was compared.
        limits: what else limits it.
        care: how the models were tuned; the last of its sentences.
    """
    verdict = build_verdict(comparison)
    sentences = (*verdict.sentences, *filter(None, (care,)))
    # Tuning has found out how many epochs are best, and all other settings.
    steps = tuple(step for step in verdict.next_steps if not care or step.kind not in ("more-epochs", "settings"))
    return replace(verdict, sentences=sentences, limits=(*verdict.limits, *limits), next_steps=steps)
