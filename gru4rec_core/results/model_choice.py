"""Which trained models of a dataset can be set side by side, and why not?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import Obstacle
from gru4rec_core.results.model_table import group_by_model, label_model
from gru4rec_core.words import counted
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class TrainedModel:
    """A model of a dataset: its finished runs, which differ in their seed alone.

    Attributes:
        label: what people call it among the models under its test rule: "TOP1", "TOP1 epochs=20".
        config: its settings, with seed 0.
        split: the test rule.
        run_ids: one per seed, in the order of the seeds.
        created: when the newest of them was.
    """

    label: str
    config: TrainingConfig
    split: SplitConfig
    run_ids: tuple[str, ...]
    created: datetime

    @property
    def key(self) -> str:
        """Tells it from all others: the id of its first run."""
        return self.run_ids[0]


def list_trained_models(workspace: Workspace, dataset_id: str) -> list[TrainedModel]:
    """The models of a dataset that have finished runs, newest first; of runs with the same settings, the newest."""
    by_rule: dict[SplitConfig, dict[TrainingConfig, RunRecord]] = {}
    for run in workspace.runs(dataset_id):
        if workspace.state(run.id).state == "done":
            by_rule.setdefault(run.split, {}).setdefault(run.config, run)
    models = [
        _as_model(name, runs)
        for found in by_rule.values()
        for name, runs in group_by_model(list(found.values())).items()
    ]
    return sorted(models, key=lambda model: model.created, reverse=True)


def _as_model(name: str, runs: Sequence[RunRecord]) -> TrainedModel:
    ordered = sorted(runs, key=lambda run: run.config.seed)
    config = ordered[0].config
    return TrainedModel(
        label=label_model(name, config),
        config=config.replace(seed=0),
        split=ordered[0].split,
        run_ids=tuple(run.id for run in ordered),
        created=max(run.created for run in ordered),
    )


def find_refusal(a: TrainedModel, b: TrainedModel) -> Obstacle | None:
    """Why two models of a dataset cannot be compared, or None."""
    names = (a.label, b.label)
    if a.split != b.split:
        return Obstacle(
            f"These two cannot be compared. {b.label} was tested on {describe_test(b.split)}, {a.label} on"
            f" {describe_test(a.split)}{_other_differences(a.split, b.split)}.",
            "Train one of them again under the other's test rule.",
            names,
        )
    if a.config == b.config:
        return Obstacle(
            "These are the same model: runs that differ in their seed alone belong together.",
            "Choose two models that differ in a setting.",
            names,
        )
    return None


def describe_test(rule: SplitConfig) -> str:
    """What a test rule tests on, as the end of "was tested on …"."""
    if rule.protocol == "last-item":
        return "each session's last item"
    if rule.protocol == "session-holdout":
        return f"{100 * rule.test_fraction:g} % of the sessions, drawn at random"
    if rule.test_from is not None:
        end = "on" if rule.test_until is None else f"until {rule.test_until}"
        return f"sessions from {rule.test_from} {end}"
    return f"the last {counted(rule.test_days, 'day')}" if rule.test_days else "later days"


def _other_differences(a: SplitConfig, b: SplitConfig) -> str:
    """The settings in which two rules differ, where their words are the same."""
    if describe_test(a) != describe_test(b):
        return ""
    values = a.model_dump(), b.model_dump()
    differing = [
        f"{name} {values[1][name]} and {values[0][name]}" for name in values[0] if values[0][name] != values[1][name]
    ]
    return f", with {', '.join(differing)}"


def compare_two(workspace: Workspace, a: TrainedModel, b: TrainedModel, judging: ComparisonConfig) -> ComparisonRecord:
    """The comparison of two finished models beside the baselines that are computed; stored unless it is there already.

    Args:
        workspace: where both are.
        a: the base.
        b: the model against it.
        judging: what decides. The results are known by now, so the verdict says that it explores.

    Raises:
        RunError: they cannot be compared.
    """
    refusal = find_refusal(a, b)
    if refusal:
        raise RunError(refusal.sentence, remedy=refusal.remedy)
    run_ids, dataset_id = (*a.run_ids, *b.run_ids), workspace.run(a.run_ids[0]).dataset_id
    missing = workspace.missing_baselines(dataset_id, a.split, DEFAULT_BASELINES)
    baselines = [name for name in DEFAULT_BASELINES if name not in missing]
    judged = (dataset_id, a.split, judging, run_ids)
    return workspace.find_comparison(*judged, baselines) or workspace.create_comparison(
        *judged, name=f"{a.label} against {b.label}", baselines=baselines
    )
