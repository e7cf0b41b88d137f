"""Models of a finished comparison are trained with further seeds, and judged as before."""

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.jobs.more_seeds import more_seeds_command, plan_more_seeds
from gru4rec_core.jobs.planning import with_seeds
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import TunedWith

TOP1, BPR = TrainingConfig(loss="top1", epochs=5), TrainingConfig(loss="bpr", epochs=5)


@pytest.fixture
def comparison(workspace, dataset):
    configs = [*with_seeds(TOP1, 3), *with_seeds(BPR, 3)]
    runs = [workspace.create_run(dataset.id, config, SplitConfig()) for config in configs]
    for run in runs:
        write_state(workspace.run_folder(run.id), JobState(state="done"))
    judging = ComparisonConfig(deciding_k=3)
    return workspace.create_comparison(
        dataset.id, SplitConfig(), judging, [run.id for run in runs], baselines=("markov",)
    )


def seeds(workspace, record):
    runs = [workspace.run(run_id) for run_id in record.run_ids]
    return [(run.config.loss, run.config.seed) for run in runs]


def test_two_more_of_each_have_the_next_seeds_and_are_judged_as_before(workspace, comparison):
    record = plan_more_seeds(workspace, comparison, {"top1": 2, "bpr": 2})
    assert seeds(workspace, record) == [(loss, seed) for loss in ("top1", "bpr") for seed in range(5)]
    assert set(comparison.run_ids) < set(record.run_ids)
    assert (record.config, record.baselines) == (comparison.config, comparison.baselines)
    assert record.decided_before_results == comparison.decided_before_results
    assert record.name == f"{comparison.name}, more seeds"


def test_one_model_alone_may_have_more(workspace, comparison):
    record = plan_more_seeds(workspace, comparison, {"bpr": 1})
    assert seeds(workspace, record)[-1] == ("bpr", 3)
    assert len(record.run_ids) == 7


def test_asking_twice_makes_one_comparison_and_the_name_does_not_grow(workspace, comparison):
    record = plan_more_seeds(workspace, comparison, {"bpr": 1})
    assert plan_more_seeds(workspace, comparison, {"bpr": 1}) == record
    assert plan_more_seeds(workspace, record, {"bpr": 1}).name == record.name


def test_tuned_models_stay_tuned_and_are_found_again(workspace, comparison):
    tuned = comparison.model_copy(update={"tuned": TunedWith(tuning_id="tuning-a", n_trials=20)})
    tuned.write(workspace.comparison_folder(comparison.id) / "comparison.json")
    record = plan_more_seeds(workspace, tuned, {"bpr": 1})
    assert record.tuned == tuned.tuned
    assert plan_more_seeds(workspace, tuned, {"bpr": 1}) == record


@pytest.mark.parametrize("further", [{}, {"cross-entropy": 2}])
def test_a_model_that_the_comparison_does_not_have_is_refused(workspace, comparison, further):
    with pytest.raises(RunError, match="models that the comparison has"):
        plan_more_seeds(workspace, comparison, further)


def test_the_command_names_as_many_seeds(workspace, comparison):
    runs = [workspace.run(run_id) for run_id in comparison.run_ids]
    assert "--losses top1,bpr --seeds 5" in more_seeds_command(comparison, runs, 2)
