"""Which runs does a comparison need, and which of them are there already?"""

from collections.abc import Sequence

from gru4rec_core.baselines.registry import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.request_validation import check_baselines, check_configs
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace


def plan_comparison(
    workspace: Workspace,
    dataset_id: str,
    configs: Sequence[TrainingConfig],
    split: SplitConfig,
    judging: ComparisonConfig,
    *,
    baselines: Sequence[str] = DEFAULT_BASELINES,
    name: str | None = None,
    reuse: bool = True,
) -> ComparisonRecord:
    """Stores a comparison of these settings, seeds being settings too; trains nothing.

    Args:
        configs: one run each.
        reuse: take runs with exactly these settings that are done or at work, and a comparison of exactly
            these runs that is there already.

    Raises:
        ConfigError: unknown baselines, or the same settings twice.
        DataError: the log cannot be cut by this test rule.
    """
    check_baselines(baselines)
    check_configs(configs)
    open_split(workspace, dataset_id, split)  # cuts the log, once for all that use this test rule
    run_ids = []
    for config in configs:
        states = ("done", "queued", "running") if reuse else ()
        found = workspace.find_run(dataset_id, config, split, states)
        run_ids.append((found or workspace.create_run(dataset_id, config, split)).id)
    if reuse:
        for known in workspace.comparisons(dataset_id):
            same = known.run_ids == tuple(run_ids) and known.baselines == tuple(baselines)
            if same and known.split == split and known.config == judging:
                return known
    return workspace.create_comparison(dataset_id, split, judging, run_ids, name=name, baselines=baselines)


def with_seeds(config: TrainingConfig, n_seeds: int) -> list[TrainingConfig]:
    """The same settings with `n_seeds` random starts, from the config's own seed upwards."""
    return [config.replace(seed=config.seed + i) for i in range(n_seeds)]
