"""Facts about which runs a re-check offers, and how it calls them."""

import pandas as pd

from dashboard.recheck_view import (
    describe_run,
    describe_unknown,
    describe_weeks,
    find_older,
    list_finished_runs,
    propose_log,
)
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.workspace.job_state import JobState, write_state


def test_finished_runs_of_other_logs_come_first(workspace, dataset, run, make_dataset):
    other = workspace.add_dataset(make_dataset("xyz", "zyx", "yzx"), "other")
    elsewhere = workspace.create_run(other.id, TrainingConfig(), SplitConfig())
    waiting = workspace.create_run(other.id, TrainingConfig(seed=1), SplitConfig())
    for finished in (run, elsewhere):
        write_state(workspace.run_folder(finished.id), JobState(state="done"))
    assert [listed.id for listed in list_finished_runs(workspace, dataset)] == [elsewhere.id, run.id]
    assert [listed.id for listed in list_finished_runs(workspace, other)] == [run.id, elsewhere.id]
    assert waiting.id not in {listed.id for listed in list_finished_runs(workspace, dataset)}


def test_a_run_is_described_by_loss_seed_log_and_day_as_a_list_shows_text(run):
    loss = "TOP1" if run.config.loss == "top1" else "BPR"
    described = describe_run(run, {run.dataset_id: "*letters*"})
    assert described == f"{loss}, seed 0, trained on *letters*, {run.created:%Y-%m-%d}"


def test_the_chart_of_unknown_items_is_told_with_both_reasons():
    shares = pd.DataFrame({"unknown": [2.0, 20.0], "not_in_training": [2.0, 5.0], "n_events": 9})
    assert describe_unknown(shares) == (
        "Next items that are unknown: up to 20.0 % of a week's events"
        " (5.0 % not in this log's training part, 15.0 % otherwise unknown to the old model)"
    )


def test_a_run_is_tested_on_the_log_that_was_opened_unless_it_learnt_from_it(workspace, dataset, run, make_dataset):
    other = workspace.add_dataset(make_dataset("xyz", "zyx", "yzx"), "other")
    datasets = workspace.datasets()
    assert propose_log(other, run, datasets) == other
    assert propose_log(dataset, run, datasets) == other
    assert propose_log(dataset, run, [dataset]) == dataset


def test_what_was_trained_later_is_not_the_older_model(workspace, dataset, run, make_dataset):
    other = workspace.add_dataset(make_dataset("xyz", "zyx", "yzx"), "other")
    learnt_again = workspace.create_run(other.id, run.config, SplitConfig())
    for finished in (run, learnt_again):
        write_state(workspace.run_folder(finished.id), JobState(state="done"))
    assert find_older(workspace, learnt_again) == run
    assert find_older(workspace, run) is None


def test_the_chart_of_weeks_says_of_every_method_in_words_how_it_did():
    labels = ["BPR of 2026-01-31", "BPR, retrained", "Best-sellers"]
    weeks = pd.DataFrame({"label": labels * 2, "hits": [40.0, 50.0, 10.0, 30.0, 55.5, 12.0]})
    words = "BPR of 2026-01-31 30.0 to 40.0; BPR, retrained 50.0 to 55.5; Best-sellers 10.0 to 12.0"
    assert describe_weeks(weeks, 3) == f"Hits in the top 3 per 100, week by week: {words}"
