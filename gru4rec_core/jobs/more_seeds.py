"""How are the models of a comparison trained with further seeds, and compared again?"""

from collections.abc import Mapping, Sequence

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.results.model_table import group_by_model
from gru4rec_core.results.reproduction import reproduce_command
from gru4rec_core.workspace.job_state import ACTIVE
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

_IN_NAME = ", more seeds"


def plan_more_seeds(workspace: Workspace, comparison: ComparisonRecord, further: Mapping[str, int]) -> ComparisonRecord:
    """Stores a comparison with further runs of some models; trains nothing.

    Further runs have the next seeds. One with these settings that is done or at work already is taken as it is. List
    length, margin, level and baselines stay, and so does whether they were decided before any result.

    Args:
        workspace: where the comparison is.
        comparison: the finished one.
        further: how many more runs, by the model's name (`TrainedAgain.further_seeds`).

    Raises:
        RunError: no model is named, or one that the comparison does not have.
    """
    check(workspace.root, Action.TRAIN, "comparison", comparison.id, comparison.name)
    groups = group_by_model([workspace.run(run_id) for run_id in comparison.run_ids])
    if not further or not set(further) <= set(groups):
        raise RunError(
            "Further seeds are of models that the comparison has.",
            found=", ".join(further) or "none chosen",
            where=comparison.name,
            remedy=f"Its models are {', '.join(groups)}.",
        )
    run_ids = []
    for name, runs in groups.items():
        run_ids += [run.id for run in runs]
        for config in next_seeds([run.config for run in runs], further.get(name, 0)):
            run_ids.append(_find_or_create(workspace, runs[0], config))
    known = workspace.find_comparison(
        comparison.dataset_id, comparison.split, comparison.config, run_ids, comparison.baselines, comparison.tuned
    )
    return known or workspace.succeed_comparison(
        comparison.id, run_ids, f"{comparison.name.removesuffix(_IN_NAME)}{_IN_NAME}"
    )


def next_seeds(configs: Sequence[TrainingConfig], count: int) -> list[TrainingConfig]:
    """The settings of one model's further runs: those of its runs, with the seeds after its largest."""
    last = max(config.seed for config in configs)
    return [configs[0].replace(seed=last + i) for i in range(1, count + 1)]


def more_seeds_command(comparison: ComparisonRecord, runs: Sequence[RunRecord], count: int) -> str:
    """The command that trains so many more seeds of each model and compares again (see `reproduce_command`)."""
    groups = group_by_model(runs).values()
    configs = [[run.config for run in group] for group in groups]
    return reproduce_command(comparison, [one for group in configs for one in (*group, *next_seeds(group, count))])


def _find_or_create(workspace: Workspace, sibling: RunRecord, config: TrainingConfig) -> str:
    known = workspace.find_run(sibling.dataset_id, config, sibling.split, ("done", "new", *ACTIVE))
    return (known or workspace.create_run(sibling.dataset_id, config, sibling.split)).id
