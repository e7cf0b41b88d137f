"""Models are called tuned where each is the winner of a tuning, with its budget; and not otherwise."""

import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.results.care import NOT_TUNED, Care, describe_care
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.model_choice import compare_two, list_trained_models
from gru4rec_core.workspace.records import ComparisonRecord, TunedWith
from gru4rec_core.workspace.store import Workspace

TRIALS, SHORT = {"n_trials": 20}, {"seconds": 90.0}


def picked(home: Workspace) -> ComparisonRecord:
    """Two models side by side, as on Compare."""
    models = {model.label: model for model in list_trained_models(home, home.datasets()[0].id)}
    return compare_two(home, models["TOP1"], models["BPR"], ComparisonConfig(deciding_k=5))


def tune(home: Workspace, losses: dict[str, dict]) -> None:
    """The comparisons of winners that would have trained these runs, one for each loss."""
    for run in home.runs():
        if budget := losses.get(run.config.loss):
            tuned = TunedWith(tuning_id=f"tuning-{run.config.loss}", **budget)
            home.create_comparison(run.dataset_id, run.split, ComparisonConfig(), [run.id], tuned=tuned)


def care_of(home: Workspace) -> Care:
    record = picked(home)
    runs = {run.config.loss.upper(): [run.id] for run in home.readable_runs(record.run_ids)}
    return describe_care(record, runs, home.comparisons())


@pytest.mark.parametrize(
    ("losses", "sentence", "limit"),
    [
        ({}, "", NOT_TUNED),
        ({"bpr": TRIALS}, "", "Only some settings were tuned: BPR with 20 trials; TOP1 was not."),
        (
            {"top1": TRIALS, "bpr": TRIALS},
            "Each model was tuned first, on validation data, with 20 trials. The baselines have their usual settings.",
            "",
        ),
        (
            {"top1": TRIALS, "bpr": SHORT},
            "Each model was tuned first, on validation data: TOP1 with 20 trials, BPR with 1.5 minutes."
            " The baselines have their usual settings.",
            "The models were tuned with unequal budgets.",
        ),
    ],
)
def test_two_models_picked_by_hand_are_tuned_where_both_are_winners(
    home: Workspace, losses: dict[str, dict], sentence: str, limit: str
) -> None:
    tune(home, losses)
    assert care_of(home) == Care(sentence, limit)


def test_a_model_of_which_one_run_is_no_winner_is_not_tuned(home: Workspace) -> None:
    tune(home, {"top1": TRIALS})
    record = picked(home)
    assert describe_care(record, {"A": record.run_ids}, home.comparisons()) == Care(limit=NOT_TUNED)


def test_the_verdict_on_two_winners_says_so(home: Workspace) -> None:
    tune(home, {"top1": TRIALS, "bpr": SHORT})
    verdict = build_comparison_result(home, picked(home).id).verdict
    assert verdict is not None
    assert verdict.sentences[-1].startswith("Each model was tuned first, on validation data: TOP1 with 20 trials, BPR")
    assert "The models were tuned with unequal budgets." in verdict.limits
    assert NOT_TUNED not in verdict.limits


def test_a_comparison_of_winners_says_that_every_method_was_tuned(home: Workspace) -> None:
    record = home.comparisons()[0].model_copy(update={"tuned": TunedWith(tuning_id="tuning-a", n_trials=20)})
    said = "Every method with settings to tune was tuned first, on validation data, each with 20 trials."
    assert describe_care(record, {}, []) == Care(said)
