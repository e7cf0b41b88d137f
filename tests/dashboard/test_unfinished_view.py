"""Facts about what is said of a comparison some of whose runs did not finish."""

import pytest

from dashboard.unfinished_view import describe_unfinished
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.workspace.job_state import JobState, write_state


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        (["done", "done"], ""),
        (["cancelled", "failed"], ""),
        (["done", "cancelled"], "1 of 2 runs did not finish: BPR, seed 0 (cancelled)."),
        (["done", "failed", "lost"], "2 of 3 runs did not finish: BPR, seed 0 (failed); BPR, seed 1 (lost)."),
    ],
)
def test_the_runs_that_did_not_finish_are_named_with_their_state(workspace, dataset, states, sentence):
    settings = [("top1", 0), ("bpr", 0), ("bpr", 1)][: len(states)]
    configs = tuple(TrainingConfig(loss=loss, seed=seed) for loss, seed in settings)
    comparison = plan_comparison(workspace, dataset.id, ComparisonPlan(configs, SplitConfig(), ComparisonConfig()))
    for run_id, state in zip(comparison.run_ids, states, strict=True):
        write_state(workspace.run_folder(run_id), JobState(state=state))
    assert describe_unfinished(workspace, comparison) == sentence
