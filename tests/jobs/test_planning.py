"""A comparison that could not be carried out is refused before anything of it is stored."""

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import ConfigError, DataError
from gru4rec_core.jobs.planning import plan_comparison

SMALL = TrainingConfig(n_hidden=(4,), batch_size=2, epochs=1)


@pytest.mark.parametrize(
    ("configs", "split", "baselines", "error", "message"),
    [
        ([SMALL], SplitConfig(), ("foo",), ConfigError, "markov"),
        ([SMALL], SplitConfig(), ("markov", "markov"), ConfigError, "once"),
        ([SMALL, SMALL], SplitConfig(), (), ConfigError, "the same settings"),
        ([SMALL], SplitConfig(protocol="time", test_from="2024-99-99"), (), DataError, "2024-99-99"),
        ([SMALL], SplitConfig(min_item_support=100), (), DataError, "leave events over"),
    ],
)
def test_what_cannot_be_is_not_stored(workspace, dataset, configs, split, baselines, error, message) -> None:
    with pytest.raises(error, match=message):
        plan_comparison(workspace, dataset.id, configs, split, ComparisonConfig(), baselines=baselines)
    assert (workspace.runs(), workspace.comparisons()) == ([], [])


def test_a_comparison_of_one_model_with_itself_is_refused(workspace, dataset, run) -> None:
    twin = workspace.create_run(dataset.id, run.config, run.split)
    for run_ids in ([run.id, run.id], [run.id, twin.id]):
        with pytest.raises(ConfigError, match="the same settings"):
            workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), run_ids)
    other = workspace.create_run(dataset.id, run.config.replace(seed=1), run.split)
    assert workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id, other.id])


def test_a_planned_comparison_has_a_run_for_each_setting(workspace, dataset) -> None:
    configs = [SMALL, SMALL.replace(seed=1)]
    record = plan_comparison(workspace, dataset.id, configs, SplitConfig(), ComparisonConfig())
    assert [workspace.run(run_id).config for run_id in record.run_ids] == configs
