"""Finished runs go on in a new comparison, which is judged as the one before."""

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.jobs.more_epochs import plan_more_epochs, stopped_early
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import TunedWith

TOP1, BPR = TrainingConfig(loss="top1", epochs=5), TrainingConfig(loss="bpr", epochs=5)


def finish(workspace, run, epochs: int) -> None:
    for epoch in range(1, epochs + 1):
        run_folder.append_epoch(workspace.run_folder(run.id), {"epoch": epoch})
    write_state(workspace.run_folder(run.id), JobState(state="done"))


@pytest.fixture
def comparison(workspace, dataset):
    runs = [workspace.create_run(dataset.id, config, SplitConfig()) for config in (TOP1, BPR)]
    record = workspace.create_comparison(
        dataset.id, SplitConfig(), ComparisonConfig(deciding_k=3), [run.id for run in runs], baselines=("markov",)
    )
    for run in runs:
        finish(workspace, run, 5)
    return record


def test_each_run_is_continued_and_says_by_which(workspace, comparison) -> None:
    record = plan_more_epochs(workspace, comparison, 3, comparison.run_ids)
    runs = [workspace.run(run_id) for run_id in record.run_ids]
    assert [run.config for run in runs] == [TOP1.replace(epochs=8), BPR.replace(epochs=8)]
    assert tuple(run.continues for run in runs) == comparison.run_ids
    assert (record.config, record.baselines, record.split) == (
        comparison.config,
        comparison.baselines,
        comparison.split,
    )
    assert record.name == "TOP1 against BPR, 8 epochs"
    assert record.decided_before_results


def test_tuned_models_keep_the_epochs_that_were_found(workspace, dataset, comparison) -> None:
    tuned = TunedWith(tuning_id="tuning-1", n_trials=20, seconds=None, baseline_settings={})
    record = workspace.create_comparison(
        dataset.id, SplitConfig(), comparison.config, comparison.run_ids, baselines=(), tuned=tuned
    )
    with pytest.raises(RunError, match="The number of epochs of tuned models was found on validation data"):
        plan_more_epochs(workspace, record, 3, record.run_ids)


def test_one_model_alone_may_go_on(workspace, comparison) -> None:
    record = plan_more_epochs(workspace, comparison, 3, comparison.run_ids[1:])
    assert record.run_ids[0] == comparison.run_ids[0]
    assert workspace.run(record.run_ids[1]).continues == comparison.run_ids[1]
    assert record.name == "TOP1 against BPR, 5 and 8 epochs"
    assert record.decided_before_results


def test_a_second_time_the_name_has_the_new_number_of_epochs_alone(workspace, comparison) -> None:
    record = plan_more_epochs(workspace, comparison, 3, comparison.run_ids)
    for run_id in record.run_ids:
        finish(workspace, workspace.run(run_id), 8)
    assert plan_more_epochs(workspace, record, 2, record.run_ids).name == "TOP1 against BPR, 10 epochs"


def test_the_name_does_not_grow_where_epochs_are_unequal(workspace, comparison) -> None:
    record = plan_more_epochs(workspace, comparison, 3, comparison.run_ids[1:])
    finish(workspace, workspace.run(record.run_ids[1]), 8)
    again = plan_more_epochs(workspace, record, 2_000, record.run_ids[1:])
    assert again.name == "TOP1 against BPR, 5 and 2,008 epochs"
    finish(workspace, workspace.run(again.run_ids[1]), 2_008)
    assert plan_more_epochs(workspace, again, 1, again.run_ids).name == "TOP1 against BPR, 6 and 2,009 epochs"


def test_asking_twice_makes_one_comparison(workspace, comparison) -> None:
    record = plan_more_epochs(workspace, comparison, 3, comparison.run_ids)
    for run_id in record.run_ids:
        finish(workspace, workspace.run(run_id), 8)
    assert plan_more_epochs(workspace, comparison, 3, comparison.run_ids) == record
    assert len(workspace.runs()) == 4


@pytest.mark.parametrize("state", ["new", "failed", "cancelled", "lost"])
def test_asking_again_after_trouble_uses_the_same_runs_which_wait_to_be_started(workspace, comparison, state) -> None:
    record = plan_more_epochs(workspace, comparison, 3, comparison.run_ids)
    for run_id in record.run_ids:
        write_state(workspace.run_folder(run_id), JobState(state=state, reason="No engine."))
    assert plan_more_epochs(workspace, comparison, 3, comparison.run_ids) == record
    assert {workspace.state(run_id).state for run_id in record.run_ids} == {"new"}
    assert (len(workspace.runs()), len(workspace.comparisons())) == (4, 2)


def test_a_run_that_is_not_done_is_refused_and_nothing_is_stored(workspace, comparison) -> None:
    write_state(workspace.run_folder(comparison.run_ids[1]), JobState(state="cancelled"))
    with pytest.raises(RunError, match="once it is done"):
        plan_more_epochs(workspace, comparison, 3, comparison.run_ids)
    with pytest.raises(RunError, match="one run at least"):
        plan_more_epochs(workspace, comparison, 3, ())
    assert (len(workspace.runs()), len(workspace.comparisons())) == (2, 1)


def test_a_run_that_stopped_early_is_refused(workspace, dataset) -> None:
    config = TOP1.replace(early_stopping=True)
    run = workspace.create_run(dataset.id, config, SplitConfig())
    record = workspace.create_comparison(dataset.id, SplitConfig(), ComparisonConfig(), [run.id])
    finish(workspace, run, 4)
    assert stopped_early(workspace, run)
    with pytest.raises(RunError, match="more epochs would change nothing"):
        plan_more_epochs(workspace, record, 3, [run.id])
    finish(workspace, run, 5)
    assert not stopped_early(workspace, run)


@pytest.mark.parametrize(
    ("watched", "is_out"), [((1, 3, 2, 2), True), ((1, 3, 3, 3), True), ((1, 2, 3, 2), False), ((1, 2, 3, 4), False)]
)
def test_patience_that_runs_out_with_the_last_epoch_is_early_stopping_too(workspace, dataset, watched, is_out) -> None:
    watching = {"early_stopping": True, "early_stopping_metric": "accuracy@3", "patience": 2}
    run = workspace.create_run(dataset.id, TOP1.replace(epochs=4, **watching), SplitConfig())
    for epoch, value in enumerate(watched, 1):
        validation = {"accuracy@1": float(epoch), "accuracy@3": value / 10}
        run_folder.append_epoch(workspace.run_folder(run.id), {"epoch": epoch, "validation": validation})
    assert stopped_early(workspace, run) == is_out
